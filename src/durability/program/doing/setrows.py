"""Rows that are changed by giving an attribute another value: `user.name = name`, and a commit that keeps it."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from durability.facts.model import Value
from durability.map_model import Touch
from durability.program.doing.tables import class_of
from durability.program.links.graph import FunctionKey
from durability.program.links.link import Symbol

if TYPE_CHECKING:
    from durability.program.context import Context

_SAVED = frozenset({"django", "peewee", "tortoise", "mongoengine", "beanie", "odmantic"})
"""Libraries that change a row only when its object is saved by a call of its own."""

_MAKING = frozenset({"__init__", "__new__", "__post_init__"})


def set_rows(context: "Context", key: FunctionKey) -> list[Touch]:
    """The stored classes whose objects a function gives other values, each place once; nothing is kept yet."""
    if not key[1] or context.program.function(key).name in _MAKING:
        return []
    found = {}
    for value, line in _given(context, key):
        symbol = _class(context, value, key)
        if symbol is not None:
            found[symbol.name, line] = Touch("database", "writes", symbol.name, key[0], line)
    return list(found.values())


def kept_rows(context: "Context") -> Iterator[tuple[FunctionKey, Touch]]:
    """Each function that gives rows other values that it, or a caller of it, commits; and the tables."""
    for path in context.judged_paths():
        for index in range(1, len(context.program.files[path].functions)):
            key = (path, index)
            found = set_rows(context, key)
            if found and _is_kept(context, key):
                yield from ((key, touch) for touch in found)


def _given(context: "Context", key: FunctionKey) -> Iterator[tuple[Value, int]]:
    """The objects whose attributes a function sets, with the lines."""
    for item in context.program.assigns_in(key):
        if item.target.kind == "attr" and item.op != "del":
            yield item.target.parts[0], item.span[0]
    for index in context.program.calls_in(key):
        call = context.call(key[0], index)
        if call.name == "setattr" and call.arguments:
            yield call.arguments[0].value, call.line


def _class(context: "Context", value: Value, key: FunctionKey) -> Symbol | None:
    if context.program.value_symbol(value, *key).kind == "class" and value.text != "self":
        return None  # of the class itself, not of a row
    symbol = class_of(context, value, key)
    if symbol is None or symbol not in context.schema.by_model:
        return None
    bases = context.program.linker.library_bases(symbol)
    return None if any(base.split(".")[0] in _SAVED for base in bases) else symbol


def _is_kept(context: "Context", key: FunctionKey) -> bool:
    callers = (edge.caller for edge in context.program.callers.get(key, ()))
    return any(context.effects.reaches(at, effect) for at in (key, *callers) for effect in ("db.commit", "db.begin"))
