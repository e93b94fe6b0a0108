"""What becomes of something that must be closed: closed here, given away, kept, or forgotten."""

from typing import TYPE_CHECKING, Literal

from durability.facts.model import Value
from durability.program.answers import NO, YES, Answer, unknown
from durability.program.flows.results import names_in
from durability.program.links.given import argument_for
from durability.program.links.graph import FunctionKey
from durability.program.links.spelling import plain_name
from durability.program.sites import CallSite

if TYPE_CHECKING:
    from durability.program.context import Context

Ending = Literal["closed", "kept", "given", "escapes", "open"]

_CLOSING = frozenset({"close", "aclose", "disconnect", "quit", "shutdown", "release", "terminate", "stop", "cleanup",
                      "unlink", "closeall", "dispose", "wait_closed"})  # fmt: skip
_TAKING = frozenset({"closing", "aclosing", "enter_context", "enter_async_context", "push", "callback", "append", "add",
                     "put", "put_nowait", "putconn", "setdefault", "insert"})  # fmt: skip
_DEPTH = 4


def is_closed(context: "Context", call: CallSite) -> Answer:
    """Whether what a call makes is closed, kept for later or given to somebody who may close it."""
    ending = _ending(context, call.key, set(call.into), call.index, 0)
    if ending == "escapes":
        return unknown("escapes")
    return NO if ending == "open" else YES


def _ending(context: "Context", key: FunctionKey, names: set[str], made: int, depth: int) -> Ending:
    """What becomes of the object that a function knows under these names, or of the result of the call `made`."""
    program = context.program
    names |= {plain_name(item.target) for item in program.assigns_in(key) if _is(item.value, names, made)} - {""}
    if any("." in name or name in program.function(key).globals for name in names) or _in_item(
        context, key, names, made
    ):
        return "kept"
    if any(_within(item.value, names, made) for item in program.exits_in(key) if item.kind in ("return", "yield")):
        return "given"
    blocks = (program.files[key[0]].blocks[index] for index in program.blocks_in(key))
    if any(block.kind == "with" and block.value is not None and _within(block.value, names, made) for block in blocks):
        return "closed"
    found: Ending = "open"
    for index in program.calls_in(key):
        other = context.call(key[0], index)
        last = other.shown.rsplit(".", 1)[-1]
        if other.receiver is not None and last in _CLOSING and _is(other.receiver, names, made):
            return "closed"
        given = [item for item in other.arguments if _is(item.value, names, made)]
        if given:
            ending = _handed(context, other, last, given[0].value, names, depth)
            if ending in ("closed", "kept", "given"):
                return ending
            found = "escapes" if ending == "escapes" else found
    return found


def _handed(context: "Context", call: CallSite, last: str, value: Value, names: set[str], depth: int) -> Ending:
    """What becomes of an object that is given to a call."""
    if last in _TAKING:
        return "kept"
    target = context.program.key_of(call.symbol)
    if target is not None and depth < _DEPTH:
        function = context.program.function(target)
        for parameter in function.parameters:
            if argument_for(function, parameter.name, call.fact) == value:
                inner = _ending(context, target, {parameter.name}, -1, depth + 1)
                # What the function gives back goes by the name that its result gets.
                return _ending(context, call.key, set(call.into), call.index, depth + 1) if inner == "given" else inner
        return "escapes"
    if call.symbol.kind == "library":
        return "kept" if call.library.effect == "constructs" or call.name[:1].isupper() or _makes(call) else "open"
    return "escapes"


def _makes(call: CallSite) -> bool:
    """Whether a library call makes an object that holds on to what it is given."""
    return call.name.rsplit(".", 1)[-1][:1].isupper()


def _is(value: Value | None, names: set[str], made: int) -> bool:
    if value is None:
        return False
    return (value.kind == "call" and value.call == made >= 0) or (
        bool(plain_name(value)) and plain_name(value) in names
    )


def _within(value: Value | None, names: set[str], made: int) -> bool:
    """Whether the object itself is part of a value: alone, in a tuple or list, or as an argument of a constructor."""
    if value is None:
        return False
    if _is(value, names, made):
        return True
    if value.kind in ("tuple", "list", "dict", "if", "or", "and", "star"):
        return any(_within(part, names, made) for part in value.parts)
    return value.kind == "call" and bool(names.intersection(names_in(value))) and not value.parts


def _in_item(context: "Context", key: FunctionKey, names: set[str], made: int) -> bool:
    """Whether it is put into a container: `pool[key] = connection`."""
    return any(item.target.kind == "item" and _is(item.value, names, made) for item in context.program.assigns_in(key))
