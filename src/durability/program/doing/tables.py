"""Which tables and collections a database call is about, where no statement names them."""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from msgspec import Struct, field

from durability.facts.model import Value
from durability.program.flows.constants import leading_text
from durability.program.flows.forwards import table_argument
from durability.program.links.graph import FunctionKey
from durability.program.links.link import Symbol
from durability.program.links.spelling import plain_name
from durability.program.schema.documents import MONGO, known_collection
from durability.program.sites import CallSite

if TYPE_CHECKING:
    from durability.program.context import Context

_MAPPERS = frozenset(
    {"django", "sqlalchemy", "sqlmodel", "flask_sqlalchemy", "peewee", "tortoise", "mongoengine", "flask_mongoengine",
     "beanie", "odmantic", "pynamodb", "ormar", "piccolo", "redis_om", "umongo", "neomodel"}
)  # fmt: skip
_STORED = frozenset(
    {
        "Model",
        "Document",
        "DynamicDocument",
        "JsonModel",
        "HashModel",
        "AbstractUser",
        "AbstractBaseUser",
        "StructuredNode",
    }
)
"""The classes of object-relational libraries whose subclasses are stored, by their last name."""

_BUILDERS = ("postgrest.", "boto3.dynamodb.", "google.cloud.firestore.")
_OF_DATABASE = re.compile(r"(?:Database|Client)\.\w+$")
"""Calls on a whole database are about no collection."""

_RECEIVING = ("mongoengine.", "google.cloud.firestore.", "supabase.")
_JOINING = frozenset({"join", "outerjoin", "join_from", "select_from"})
_GROUPS = frozenset({"list", "tuple", "set", "comp", "or", "if", "item", "star"})
_DEPTH = 14
_FUNCTION = 4
"""What following a function costs of the depth: few of them, long chains of calls."""


class _Search(Struct):
    """How far a question has got: how deep, and which names have been looked at; each is looked at once."""

    depth: int = 0
    asked: set[tuple[FunctionKey, str]] = field(default_factory=set)

    def deeper(self, steps: int = 1) -> "_Search":
        """The same search, some steps on."""
        return _Search(self.depth + steps, self.asked)


def tables(context: "Context", call: CallSite) -> list[str]:
    """The collection that a call is made on, the table it is built on, or the stored classes that it is about."""
    if (given := context.forwards.given(call.path, call.index, "table")) is not None:
        return [text] if (text := leading_text(context, given, call.key)) else []
    if call.name.startswith(MONGO):
        named = "" if _OF_DATABASE.search(call.name) else known_collection(context, call)
        return [named] if named else []
    if call.name.startswith(_BUILDERS):
        return _built_on(context, call)
    found = [symbol.name for symbol in stored_classes(context, call)]
    return found or _receiving(call)


def is_stored(context: "Context", symbol: Symbol) -> bool:
    """Whether objects of a class of the project are rows or documents: no schema, enumeration, manager or setting."""
    if symbol.kind != "class":
        return False
    if symbol in context.schema.by_model:
        return True
    bases = context.program.linker.library_bases(symbol)
    return any(base.split(".")[0] in _MAPPERS and base.rpartition(".")[2] in _STORED for base in bases)


def row_class(context: "Context", symbol: Symbol) -> Symbol | None:
    """The class of the rows that a class is about: a stored one itself, what a form or serializer stores; else None."""
    if symbol.kind != "class" or is_stored(context, symbol):
        return symbol if symbol.kind == "class" else None
    described = context.program.linker.described(symbol)
    return described if described is not None and is_stored(context, described) else None


def stored_classes(context: "Context", call: CallSite) -> list[Symbol]:
    """The stored classes that a call of an object-relational library is about, the one that it is made on first."""
    return list(dict.fromkeys(_about(context, call, _Search())))


def class_of(context: "Context", value: Value, key: FunctionKey) -> Symbol | None:
    """The stored class of the object, or objects, that a value in a function is; None where that is not in sight."""
    return next(_classes(context, value, key, _Search()), None)


def _about(context: "Context", call: CallSite, search: "_Search") -> Iterator[Symbol]:
    prefix = call.fact.ref
    while prefix := prefix.rpartition(".")[0]:
        symbol = row_class(context, context.program.resolve(prefix, call.path))
        if symbol is not None:
            yield symbol
            return
    found = list(_classes(context, call.receiver, call.key, search.deeper())) if call.receiver is not None else []
    yield from found
    if not found or call.shown.rpartition(".")[2] in _JOINING:
        for item in call.arguments:
            if item.keyword in ("", "*"):
                yield from _classes(context, item.value, call.key, search.deeper())


def _classes(context: "Context", value: Value, key: FunctionKey, search: "_Search") -> Iterator[Symbol]:
    """The stored classes that a value names or holds objects of; what an object is made with is none of them."""
    if search.depth > _DEPTH:
        return
    if value.kind in ("name", "attr"):
        yield from _named(context, value, key, search)
    elif value.kind == "call" and value.call >= 0:
        yield from _called(context, context.call(key[0], value.call), search)
    elif value.kind in _GROUPS:
        for part in value.parts:
            yield from _classes(context, part, key, search.deeper())


def _named(context: "Context", value: Value, key: FunctionKey, search: "_Search") -> Iterator[Symbol]:
    symbol = context.program.value_symbol(value, *key)
    if is_stored(context, symbol):
        yield symbol
    elif value.kind == "attr":
        base = context.program.value_symbol(value.parts[0], *key)  # `User.id`
        if is_stored(context, base) and plain_name(value.parts[0]) not in ("self", "cls"):
            yield base
        elif symbol.kind == "unknown":
            yield from _bound(context, value, key, search)
    elif symbol.kind == "parameter":
        given = next((item for item in context.program.function(key).parameters if item.name == value.text), None)
        annotated = context.program.resolve(given.ref, key[0]) if given is not None and given.ref else symbol
        if is_stored(context, annotated):
            yield annotated
    elif symbol.kind == "unknown":
        yield from _bound(context, value, key, search)


def _bound(context: "Context", value: Value, key: FunctionKey, search: "_Search") -> Iterator[Symbol]:
    """The classes of what a local name is bound to: made there, found by an earlier query, or one after the other."""
    name = plain_name(value)
    if (key, name) in search.asked:
        return
    search.asked.add((key, name))
    bound = [item.value for item in context.program.assigns_to(key[0], name) if item.function == key[1]]
    blocks = context.program.files[key[0]].blocks
    bound += [
        blocks[index].value
        for index in context.program.blocks_in(key)
        if blocks[index].kind in ("for", "comp", "with") and name in blocks[index].targets
    ]
    for item in bound:
        found = list(_classes(context, item, key, search.deeper())) if item is not None and item != value else []
        if found:
            yield from found[:1]
            return


def _called(context: "Context", call: CallSite, search: "_Search") -> Iterator[Symbol]:
    if call.symbol.kind == "class":
        made = row_class(context, call.symbol)
        if made is not None:
            yield made
    elif call.symbol.kind == "function":
        given = context.program.resolve(f"{call.fact.ref}()", call.path)
        if is_stored(context, given):
            yield given
            return
        target = context.program.key_of(call.symbol)
        for item in context.program.exits_in(target) if target is not None else ():
            if target is not None and item.kind == "return" and item.value is not None:
                found = list(_classes(context, item.value, target, search.deeper(_FUNCTION)))
                if found:
                    yield from found[:1]
                    return
    else:
        yield from _about(context, call, search.deeper())


def _receiving(call: CallSite) -> list[str]:
    """`users` in `db.users.find_one()` and `db["users"].find_one()`."""
    receiver = call.receiver
    if receiver is None or not call.name.startswith(_RECEIVING):
        return []
    if receiver.kind == "item" and receiver.parts[1].kind == "text":
        return [receiver.parts[1].text]
    return [receiver.text] if receiver.kind == "attr" else []


def _built_on(context: "Context", call: CallSite) -> list[str]:
    """`users` in `client.table("users").select("*").execute()` and in `resource.Table("users").put_item()`."""
    given = table_argument(context, call)
    return [text] if given is not None and (text := leading_text(context, given, call.key)) else []
