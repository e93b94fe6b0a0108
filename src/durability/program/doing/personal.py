"""Where a program stores what belongs to a person: addresses, names, numbers, health, money."""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from msgspec import Struct

from durability.facts.model import Value
from durability.program.flows.statements import acting, query_texts
from durability.program.sites import CallSite

if TYPE_CHECKING:
    from durability.program.context import Context

_WORDS = {
    "personal": (
        "email", "e_mail", "email_address", "phone", "phone_number", "mobile", "first_name", "last_name", "full_name",
        "surname", "firstname", "lastname", "birthday", "birth_date", "date_of_birth", "dob", "street",
        "postal_address", "home_address", "passport", "ssn", "national_id", "ip_address", "resume", "resume_text",
    ),
    "health": ("diagnosis", "symptom", "symptoms", "medication", "medications", "patient_id", "patient_name",
               "blood_type", "allergies", "medical_history", "mood"),
    "financial": ("iban", "card_number", "credit_card", "account_number", "salary", "income", "tax_id", "bank_account"),
}  # fmt: skip
_KINDS = {word: kind for kind, words in _WORDS.items() for word in words}
_CHANGES = re.compile(r"^\s*(?:insert|update|replace|merge)\b", re.IGNORECASE)
_NAME = re.compile(r"[A-Za-z_]\w*")
_DEPTH = 4


class PersonalStore(Struct, frozen=True):
    """A write of something that belongs to a person: where, under which name, of which kind (as in `data`)."""

    call: CallSite
    word: str
    kind: str


def personal_stores(context: "Context") -> Iterator[PersonalStore]:
    """Each write to a data store whose column, key or attribute says that it holds personal data."""
    for effect in ("db.write", "db.query"):
        for call in context.stated.get(effect, ()):
            texts = query_texts(context, call) or ()
            if effect == "db.query" and not any(_CHANGES.match(text) for text in texts):
                continue
            names = [name for text in texts for name in _NAME.findall(text)] if texts else _names(context, call)
            word = next((name.lower() for name in names if name.lower() in _KINDS), None)
            if word is not None:
                yield PersonalStore(call, word, _KINDS[word])


def _names(context: "Context", call: CallSite) -> list[str]:
    """The keywords and keys under which a call stores something, also of the object or dict that it is given."""
    found: list[str] = []
    for item in acting(context, call).arguments:
        if item.keyword:
            found.append(item.keyword)
        found += _keys(context, call, item.value, 0)
    if call.receiver is not None and call.receiver.kind == "name":  # `user = User(email=…)`, then `user.save()`
        found += _keys(context, call, call.receiver, 0)
    return found


def _keys(context: "Context", call: CallSite, value: Value, depth: int) -> list[str]:
    if depth > _DEPTH:
        return []
    if value.kind == "dict":
        inner = [name for item in value.parts[1::2] for name in _keys(context, call, item, depth + 1)]
        return [key.text for key in value.parts[::2] if key.kind == "text"] + inner
    if value.kind == "call" and value.call >= 0:
        given = context.program.files[call.path].calls[value.call].arguments
        return [item.keyword for item in given if item.keyword not in ("", "*", "**")]
    if value.kind == "name":
        bound = context.program.assigns_to(call.path, value.text)
        own = (item for item in bound if item.function == call.key[1] and item.value is not None)
        return [name for item in own if item.value is not None for name in _keys(context, call, item.value, depth + 1)]
    return []
