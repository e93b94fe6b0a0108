"""Whom an identity names: somebody the caller chose, or a guest who gets a new random name."""

import re
from typing import TYPE_CHECKING

from msgspec import Struct

from durability.facts.model import Value
from durability.program.links.graph import FunctionKey
from durability.program.links.spelling import plain_name

if TYPE_CHECKING:
    from durability.program.links.program import Program

_SOMEBODY = re.compile(r"user|email|account|\bsub\b|identity|login|member|customer|person|phone|admin", re.IGNORECASE)
_RANDOM = re.compile(r"uuid|token_hex|token_urlsafe|randint|urandom|nanoid|secrets\.", re.IGNORECASE)
_MOST = 60
"""Values that are looked at for one question."""


class Subject(Struct, frozen=True):
    """What the values an identity is made of say: whether they name somebody, and whether that is a new guest."""

    names_somebody: bool
    is_guest: bool


def subject_of(program: "Program", key: FunctionKey, values: tuple[Value, ...]) -> Subject:
    """Whom some values of a function name, followed through the names it binds."""
    words: list[str] = []
    pending, seen = list(values), set[str]()
    while pending and len(words) < _MOST:
        value = pending.pop(0)
        name = plain_name(value)
        words.append(value.text if value.kind in ("call", "text") else name or value.text)
        if value.kind == "call" and value.call >= 0:
            pending.extend(item.value for item in program.files[key[0]].calls[value.call].arguments)
            words.extend(item.keyword for item in program.files[key[0]].calls[value.call].arguments)
        pending.extend(value.parts)
        if name and name not in seen:
            seen.add(name)
            bound = program.assigns_to(key[0], name.partition(".")[0])
            pending.extend(item.value for item in bound if item.function == key[1] and item.value is not None)
    said = [word for word in words if word]
    own = {item.name for item in program.function(key).parameters}
    chosen = any(_SOMEBODY.search(word) and word.partition(".")[0] in own for word in said)
    random = any(_RANDOM.search(word) for word in said)
    return Subject(any(_SOMEBODY.search(word) for word in said), random and not chosen and not _asked(said))


def _asked(said: list[str]) -> bool:
    """Whether the caller said who they are: an address or a name among what the identity is made of."""
    return any(re.search(r"email|username|user_name|phone", word, re.IGNORECASE) for word in said)
