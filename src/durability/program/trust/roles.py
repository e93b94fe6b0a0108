"""Roles that people give themselves: an open registration that stores the one its caller asks for."""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

from durability.facts.model import Assign, Value
from durability.program.entrypoints.routes import Route
from durability.program.links.graph import FunctionKey
from durability.program.links.link import Symbol
from durability.program.links.spelling import plain_name
from durability.program.sites import CallSite
from durability.program.sites.claim import ClaimSite
from durability.program.trust.proofs import parts_of

if TYPE_CHECKING:
    from durability.program.context import Context

_ROLE = re.compile(r"^(?:user_?)?(?:role|is_?admin|is_?superuser|is_?staff)$", re.IGNORECASE)
_JOINING = re.compile(r"register|registration|sign_?up|create_?(?:user|account)", re.IGNORECASE)
_MIGHTY = re.compile(r"admin|super|staff|root|moderator", re.IGNORECASE)


class Field(NamedTuple):
    """A field of a body, and the class that declares it."""

    owner: Symbol
    item: Assign


def chosen_roles(context: "Context") -> Iterator[ClaimSite]:
    """One site for each open registration that stores a role; checked where its caller cannot choose a mighty one."""
    for route in context.routes:
        name = context.program.function(route.handler).name
        open_to_all = route.authentication == "open" and "POST" in route.methods
        if open_to_all and (_JOINING.search(name) or _JOINING.search(route.path)):
            for call, field, value in _stored(context, route.handler):
                asked = _field_of(context, route, value)
                if value.kind in ("text", "const") or asked is not None:
                    closed = asked is None or _is_closed(context, route.handler, value, asked)
                    yield ClaimSite(context, call.key, call.span, "chosen", field, checked=closed)
                    break


def _stored(context: "Context", key: FunctionKey) -> Iterator[tuple[CallSite, str, Value]]:
    """What a handler writes into a field for a role: the call that makes the row, the field, the value."""
    for index in context.program.calls_in(key):
        call = context.call(key[0], index)
        symbol = call.symbol
        row = symbol.kind == "class" and bool(context.program.linker.classes[symbol.path][symbol.name].bases)
        if row or call.database.library.effect == "db.write":
            for item in call.arguments:
                if _ROLE.match(item.keyword):
                    yield call, item.keyword, item.value
                for table in (item.value, *_named(context, key, item.value)):
                    pairs = zip(table.parts[::2], table.parts[1::2], strict=False) if table.kind == "dict" else ()
                    found = ((name.text, value) for name, value in pairs if name.kind == "text")
                    yield from ((call, name, value) for name, value in found if _ROLE.match(name))


def _named(context: "Context", key: FunctionKey, value: Value) -> Iterator[Value]:
    name = plain_name(value)
    bound = context.program.assigns_to(key[0], name) if name else []
    yield from (item.value for item in bound if item.function == key[1] and item.value is not None)


def _field_of(context: "Context", route: Route, value: Value) -> Field | None:
    """The field of the body that a value is; None where it is none, or its class is not in sight."""
    program = context.program
    if value.kind != "attr" or value.parts[0].kind != "name":
        return None
    given = [item for item in program.function(route.handler).parameters if item.name == value.parts[0].text]
    bodies = {item.name for item in route.parameters if item.place == "body"}
    pending = [program.resolve(item.ref, route.handler[0]) for item in given if item.name in bodies and item.ref]
    for symbol in pending:
        if symbol.kind != "class":
            continue
        for item in _inside(context, symbol):
            if plain_name(item.target) == value.text and item.annotation:
                return Field(symbol, item)
        pending += [
            program.resolve(base, symbol.path) for base in program.linker.classes[symbol.path][symbol.name].bases
        ]
    return None


def _inside(context: "Context", symbol: Symbol) -> Iterator[Assign]:
    """What the body of a class binds."""
    facts = context.program.files[symbol.path]
    for item in facts.assigns:
        block = facts.blocks[item.block]
        if block.kind == "class" and block.targets[:1] == (symbol.name.rsplit(".", 1)[-1],):
            yield item


def _is_closed(context: "Context", key: FunctionKey, value: Value, field: Field) -> bool:
    """Whether a test, a validator or the type of the field keeps the mighty roles from whoever asks for them."""
    program = context.program
    blocks = program.files[key[0]].blocks
    tests = (blocks[number].value for number in program.blocks_in(key))
    if any(plain_name(part) == plain_name(value) for test in tests if test is not None for part in parts_of(test)):
        return True
    validators = (item for item in program.files[field.owner.path].functions if item.owner == field.owner.name)
    described = field.item.value is not None and field.item.value.kind == "call"
    if described or any("validat" in given.ref for item in validators for given in item.decorators):
        return True  # what describes or validates a field may hold the roles that are allowed
    annotation = field.item.annotation
    if "Literal" in annotation:
        return _MIGHTY.search(annotation) is None
    for word in re.findall(r"\w+", annotation):
        kind = program.value_symbol(Value("name", word), field.owner.path, 0)
        if kind.kind == "class":
            return not any(_MIGHTY.search(plain_name(item.target)) for item in _inside(context, kind))
    return re.search(r"\b(?:str|bool)\b", annotation) is None or not _is_asked_for(context)


def _is_asked_for(context: "Context") -> bool:
    """Whether some test of the program looks for a mighty role."""
    tests = (block.value for path in context.judged_paths() for block in context.program.files[path].blocks)
    parts = (part for test in tests if test is not None for part in parts_of(test))
    return any(part.kind in ("text", "attr") and _MIGHTY.search(part.text) for part in parts)
