"""How much work is started at once: over which collection, and whether anything limits it."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Literal

from durability.facts.model import Value
from durability.program.links.spelling import plain_name
from durability.program.sites import CallSite

if TYPE_CHECKING:
    from durability.program.context import Context
    from durability.program.links.graph import FunctionKey

Fanout = Literal["one", "few", "bounded", "many", "unknown"]
_LIMITS = ("sem", "limit", "throttle", "slots")
_STARTERS = ("create_task", "ensure_future")
_NEAR = 40


def fanout(context: "Context", call: CallSite) -> Fanout:
    """Whether a call starts one thing, few, a bounded number, or one per item of a collection from outside."""
    found = _collection(context, call)
    if found is None:
        return "one"
    iterable, starts = found
    if _is_few(iterable):
        return "few"
    workers = [key for index in starts for key in _workers(context, call, index)]
    if _is_limited(context, call.key, call.block) or _is_batch(context, call, iterable):
        return "bounded"
    if any(_waits_its_turn(context, key) for key in workers):
        return "bounded"
    leaves = context.flow.leaves(iterable, call.key)
    if any(leaf.kind == "external" or (leaf.kind == "library" and _is_stored(context, leaf.name)) for leaf in leaves):
        return "many"
    return "few" if all(leaf.kind == "constant" for leaf in leaves) else "unknown"


def _collection(context: "Context", call: CallSite) -> tuple[Value, list[int]] | None:
    """What is run over, and the calls that start or make the work."""
    if call.name == "asyncio.gather":
        starred = next((item.value for item in call.arguments if item.keyword == "*"), None)
        bound = context.states.names.locals_of(call.key).get(starred.text, []) if starred is not None else []
        made = [starred, *bound] if starred is not None else []
        comp = next((value for value in made if value.kind == "comp" and len(value.parts) > 1), None)
        if comp is None or comp.parts[0].text.rsplit(".", 1)[-1] in _STARTERS:
            return None
        return comp.parts[1], [comp.parts[0].call] if comp.parts[0].call >= 0 else []
    loop = next((item for item in call.loops if item.kind != "while"), None)
    return (loop.iterable, [call.index]) if loop is not None and loop.iterable is not None else None


def _is_few(value: Value) -> bool:
    return value.kind in ("list", "tuple", "set", "dict") or (value.kind == "call" and value.text == "range")


def _is_stored(context: "Context", name: str) -> bool:
    row = context.program.row(name)
    return row is not None and row.effect.startswith("db.")


def _is_batch(context: "Context", call: CallSite, value: Value) -> bool:
    """Whether a collection is a slice of another, or what an outer loop hands out piece by piece."""
    if value.kind == "item" and value.parts[1].kind == "slice":
        return True
    if value.kind != "name":
        return False
    outer = any(value.text in loop.targets for loop in call.loops)
    bound = context.states.names.locals_of(call.key).get(value.text, []) if call.key[1] else []
    return outer or any(item.kind == "item" and item.parts[1].kind == "slice" for item in bound)


def _workers(context: "Context", call: CallSite, index: int) -> Iterator["FunctionKey"]:
    """The functions that the started work runs: called on the spot, or handed over."""
    program = context.program
    values = [item.value for item in program.files[call.path].calls[index].arguments]
    inner = [index, *(value.call for value in values if value.kind == "call" and value.call >= 0)]
    for number in inner:
        key = program.key_of(program.symbol(call.path, number))
        if key is not None:
            yield key
    for value in values:
        symbol = program.value_symbol(value, call.path, call.key[1])
        handed = program.key_of(symbol) if symbol.kind == "function" else None
        if handed is not None:
            yield handed


def _waits_its_turn(context: "Context", start: "FunctionKey") -> bool:
    """Whether a function, or one that it calls, does its work inside `with` on a semaphore or limiter."""
    pending, seen = [start], {start}
    while pending and len(seen) < _NEAR:
        key = pending.pop(0)
        for index in context.program.blocks_in(key):
            if _is_limited(context, key, index):
                return True
        for edge in context.program.callees.get(key, ()):
            if edge.callee not in seen:
                seen.add(edge.callee)
                pending.append(edge.callee)
    return False


def _is_limited(context: "Context", key: "FunctionKey", block: int) -> bool:
    facts = context.program.files[key[0]]
    for index in context.program.blocks_above(key[0], block):
        item = facts.blocks[index]
        if item.kind == "with" and item.value is not None:
            name = (plain_name(item.value) or item.value.text).rsplit(".", 1)[-1].lower()
            if any(word in name for word in _LIMITS) or "Semaphore" in context.value_name(item.value, key):
                return True
    return False
