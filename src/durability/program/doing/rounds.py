"""How often a loop runs something: for each of many items, for a few, or at most once."""

import re
from typing import TYPE_CHECKING

from durability.facts.model import Exit, Value
from durability.program.doing.effects import matches
from durability.program.failing.retries import retries
from durability.program.flows.statements import query_texts
from durability.program.links.spelling import plain_name
from durability.program.sites import CallSite, Loop, LoopSite
from durability.program.sites.size import number

if TYPE_CHECKING:
    from durability.program.context import Context

_LIMITS = {
    "limit": 0, "to_list": 0, "fetchmany": 0, "head": 0, "most_common": 0, "first": 0, "islice": 1, "sample": 1,
    "nlargest": 0, "nsmallest": 0,
}  # fmt: skip
"""Calls that say how many items there are at most, with the position of the number."""

_SAME_ITEMS = frozenset({"enumerate", "list", "tuple", "sorted", "reversed", "iter", "tqdm"})
_LIMIT = re.compile(r"\blimit\s+(\d+)(?:\s+offset\s+\S+)?\s*;?\s*$", re.IGNORECASE)
_AGAIN = re.compile(r"retr|attempt|tries", re.IGNORECASE)
_DEPTH = 6


def growing(context: "Context", call: CallSite, few: int) -> tuple[Loop, ...]:
    """The loops around a call that run it once per item of a collection that grows, inside out.

    No such loop runs over at most `few` items whatever the data, tries one thing again, or is left after the call.
    """
    return tuple(loop for loop in call.loops if loop.kind != "while" and not _is_bounded(context, call, loop, few))


def _is_bounded(context: "Context", call: CallSite, loop: Loop, few: int) -> bool:
    size = loop.constant_size
    if size is None and loop.iterable is not None:
        size = _most(context, loop.iterable, call, 0)
    return (size is not None and size <= few) or _tries_again(context, call, loop) or _left_after(call, loop)


def _most(context: "Context", value: Value, site: CallSite, depth: int) -> int | None:
    """How many items are asked for at most, in the calls or the statement that fetch them."""
    if depth > _DEPTH:
        return None
    if value.kind == "comp":
        return _most(context, value.parts[1], site, depth + 1) if len(value.parts) == 2 else None
    if value.kind == "name":
        bound = [item for item in context.program.assigns_to(site.path, value.text) if item.function == site.key[1]]
        once = len(bound) == 1 and bound[0].op == "=" and bound[0].value is not None
        return _most(context, bound[0].value, site, depth + 1) if once and bound[0].value is not None else None
    if value.kind != "call" or value.call < 0:
        return None
    call = context.call(site.path, value.call)
    if call.shown in _SAME_ITEMS and call.arguments:
        return _most(context, call.arguments[0].value, site, depth + 1)
    return _limited(context, call)


def _limited(context: "Context", call: CallSite) -> int | None:
    at: CallSite | None = call
    while at is not None:
        position = _LIMITS.get(at.shown.rpartition(".")[2])
        given = (
            at.argument("length" if at.shown.endswith("to_list") else "", position) if position is not None else None
        )
        if given is not None and (found := number(context.program, given, at.key)) is not None:
            return found
        receiver = at.receiver
        at = context.call(at.path, receiver.call) if receiver is not None and receiver.call >= 0 else None
    texts = query_texts(context, call)
    limits = [_LIMIT.search(text) for text in texts or ()]
    return max((int(item[1]) for item in limits if item is not None), default=None) if all(limits) else None


def _tries_again(context: "Context", call: CallSite, loop: Loop) -> bool:
    """Whether a loop repeats what failed, by what it does or by the name of what it counts."""
    value = loop.iterable
    if value is not None and value.kind == "call" and value.call >= 0 and value.text == "range":
        counted = [item.value for item in context.call(call.path, value.call).arguments]
        if any(_AGAIN.search(name) for item in counted for name in _names(item)):
            return True
    index = _index(call, loop)
    return loop.kind == "for" and retries(context, LoopSite(context, call.path, index))


def _names(value: Value) -> list[str]:
    name = value.text if value.kind == "call" else plain_name(value)
    return [name] if name else [found for part in value.parts for found in _names(part)]


def _index(call: CallSite, loop: Loop) -> int:
    blocks = call.program.files[call.path].blocks
    return next(item for item in call.program.blocks_above(call.path, call.block) if blocks[item] is loop.block)


def _left_after(call: CallSite, loop: Loop) -> bool:
    """Whether a loop is left on the way that goes on from a call, with nothing in between that starts another round."""
    if loop.kind != "for":
        return False
    index = _index(call, loop)
    above = list(call.program.blocks_above(call.path, call.block))
    inside = above[: above.index(index) + 1]
    exits = [item for item in call.exits_here() if item.block in call.program.blocks_in(call.key)]
    leaving = [item for item in exits if item.block in inside and _leaves(call, item, index) and _is_after(item, call)]
    first = min(leaving, key=lambda item: item.span, default=None)
    if first is None:
        return False
    return not any(
        item.kind == "continue" and call.span[:2] < item.span[:2] < first.span[:2] and call.within(item.block, index)
        for item in exits
    )


def _is_after(item: Exit, call: CallSite) -> bool:
    return item.span[2:] >= call.span[2:]


def _leaves(call: CallSite, item: Exit, index: int) -> bool:
    """Whether an exit ends a loop: a return or raise any, a `break` only the innermost around it."""
    blocks = call.program.files[call.path].blocks
    if item.kind == "break":
        above = call.program.blocks_above(call.path, item.block)
        return next((at for at in above if blocks[at].kind in ("for", "while")), -1) == index
    return item.kind in ("return", "raise")


def holds_model_call(context: "Context", call: CallSite, loops: tuple[Loop, ...]) -> bool:
    """Whether one of these loops asks a model in each round: beside that, a query is no wait."""
    return any(
        _asks_model(context, other)
        for loop in loops
        if loop.kind == "for"
        for other in LoopSite(context, call.path, _index(call, loop)).calls
    )


def _asks_model(context: "Context", call: CallSite) -> bool:
    target = context.program.key_of(call.symbol)
    return matches(call.library, "llm") or (target is not None and context.effects.reaches(target, "llm"))
