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
_PERSONS = frozenset(
    {"customer", "client", "guest", "user", "patient", "tenant", "landlord", "member", "employee", "student", "teacher",
     "tutor", "contact", "buyer", "seller", "lead", "applicant", "candidate", "recipient", "attendee", "visitor",
     "driver", "passenger", "borrower", "subscriber", "parent", "guardian", "payer", "donor", "participant",
     "instructor", "worker", "resident", "beneficiary", "reporter", "caller"}
)  # fmt: skip
_OF_PERSONS = frozenset(
    {"email", "phone", "mobile", "phone_number", "email_address", "address", "first_name", "last_name", "full_name",
     "surname", "birthday", "birth_date", "dob"}
)  # fmt: skip
_NAMED = frozenset(
    {"customer", "guest", "patient", "tenant", "employee", "student", "passenger", "applicant", "candidate", "borrower",
     "buyer", "attendee", "contact", "parent", "guardian", "recipient", "donor", "visitor", "resident"}
)  # fmt: skip
"""Whose `…_name` is that of a person: a client, a user or an owner may be a program, a login or a firm."""

_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_CHANGES = re.compile(r"^\s*(?:insert|update|replace|merge)\b", re.IGNORECASE)
_NAME = re.compile(r"[A-Za-z_]\w*")
DUMPS = frozenset(
    {"model_dump", "dict", "asdict", "vars", "jsonable_encoder", "to_dict", "to_mongo", "model_dump_json"}
)
"""What gives the fields of an object by their names."""


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
            found = next(((name, kind) for name in names if (kind := personal_kind(name))), None)
            if found is not None:
                yield PersonalStore(call, found[0].lower(), found[1])


def personal_kind(name: str) -> str:
    """Which kind of personal data a column or key of that name holds; "" for none.

    `customer_email` is that of a person as `email` is; `template_email` is not.
    """
    if name.lower() in _KINDS:
        return _KINDS[name.lower()]
    word = _CAMEL.sub("_", name).lower()
    if word in _KINDS:
        return _KINDS[word]
    person, _, rest = word.partition("_")
    is_of_person = (person in _PERSONS and rest in _OF_PERSONS) or (person in _NAMED and rest == "name")
    return "personal" if is_of_person else ""


def _names(context: "Context", call: CallSite) -> list[str]:
    """The keywords and keys under which a call stores something, also of the object or dict that it is given."""
    found: list[str] = []
    asked: set[str] = set()
    for item in acting(context, call).arguments:
        if item.keyword:
            found.append(item.keyword)
        found += _keys(context, call, item.value, asked)
    if call.receiver is not None and call.receiver.kind == "name":  # `user = User(email=…)`, then `user.save()`
        found += _keys(context, call, call.receiver, asked)
    return found


def _keys(context: "Context", call: CallSite, value: Value, asked: set[str]) -> list[str]:
    """The names in a value under which it holds something; each name of the function is looked at once (`asked`)."""
    if value.kind == "dict":
        pairs = list(zip(value.parts[::2], value.parts[1::2], strict=False))
        inner = [name for _, item in pairs for name in _keys(context, call, item, asked)]
        return [key.text for key, _ in pairs if key.kind == "text"] + inner
    if value.kind == "call" and value.call >= 0:
        return _made_with(context, context.call(call.path, value.call), asked)
    if value.kind == "name" and value.text not in asked:
        asked.add(value.text)
        bound = context.program.assigns_to(call.path, value.text)
        own = (item for item in bound if item.function == call.key[1] and item.value is not None)
        return [name for item in own if item.value is not None for name in _keys(context, call, item.value, asked)]
    return []


def _made_with(context: "Context", made: CallSite, asked: set[str]) -> list[str]:
    """The names under which a call puts something into the object that it makes; those of what is unpacked, too."""
    last = made.shown.rpartition(".")[2]
    if last in DUMPS:
        value = made.receiver if made.receiver is not None else made.argument("", 0)
        if value is not None:
            return _fields(context, value, made)
    found = [item.keyword for item in made.arguments if item.keyword not in ("", "*", "**")]
    unpacked = [item.value for item in made.arguments if item.keyword == "**"]
    given = [name for value in unpacked for name in _keys(context, made, value, asked)]
    if unpacked and not given and made.symbol.kind == "class":
        given = list(context.schema.field_names(made.symbol))
    return found + given


def _fields(context: "Context", value: Value, call: CallSite) -> list[str]:
    """The fields of the class of the object under a name: made there, or as the parameter says."""
    symbol = context.program.value_symbol(value, *call.key)
    if symbol.kind == "parameter":
        given = next((item for item in call.function.parameters if item.name == value.text), None)
        symbol = context.program.resolve(given.ref, call.path) if given is not None and given.ref else symbol
    elif symbol.kind == "unknown" and value.kind == "name":
        bound = context.program.assigns_to(call.path, value.text)
        made = [item.value.call for item in bound if item.function == call.key[1] and item.value is not None]
        symbol = next((context.program.symbol(call.path, index) for index in made if index >= 0), symbol)
    return list(context.schema.field_names(symbol)) if symbol.kind == "class" else []
