"""Loops that look through a whole list in every round."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from durability.facts.model import Assign, Value
from durability.program.links.spelling import plain_name
from durability.program.sites import CallSite, LoopSite

if TYPE_CHECKING:
    from durability.program.context import Context

_SEARCHING = frozenset({"index", "remove", "count"})
_ADDING = frozenset({"append", "extend", "insert"})
_MAKERS = frozenset({"list", "sorted"})


def scanned_list(context: "Context", loop: LoopSite) -> tuple[str, int] | None:
    """The list that a loop searches in each round, and the line; None when it searches none that grows."""
    if loop.view.constant_size is not None:
        return None
    grown = _lists_that_grow(context, loop)
    for name, line in _searches(context, loop):
        if name in grown:
            return name, line
    return None


def _searches(context: "Context", loop: LoopSite) -> Iterator[tuple[str, int]]:
    """Names that are searched in the loop and in no loop inside it, by `in`, `index`, `remove` or `count`."""
    blocks = context.program.files[loop.path].blocks
    for index in context.program.blocks_in(loop.key):
        block = blocks[index]
        if block.kind == "if" and block.value is not None and _innermost(context, loop, block.parent):
            for value in _membership(block.value):
                yield plain_name(value), block.span[0]
    for call in loop.calls:
        if not _innermost(context, loop, call.block):
            continue
        if call.receiver is not None and call.shown.rsplit(".", 1)[-1] in _SEARCHING and call.name.startswith("list."):
            yield plain_name(call.receiver), call.line


def _innermost(context: "Context", loop: LoopSite, block: int) -> bool:
    """Whether the nearest loop around a block is this one."""
    blocks = context.program.files[loop.path].blocks
    above = context.program.blocks_above(loop.path, block)
    return next((index for index in above if blocks[index].kind in ("for", "while")), -1) == loop.index


def _membership(test: Value) -> Iterator[Value]:
    if test.kind == "compare" and test.text in ("In", "NotIn") and len(test.parts) == 2:
        yield test.parts[1]
    if test.kind in ("and", "or", "not"):
        for part in test.parts:
            yield from _membership(part)


def _lists_that_grow(context: "Context", loop: LoopSite) -> set[str]:
    """Lists made in the function outside the loop that hold as much as the data: filled in a loop, or copied whole."""
    outside = [item for item in context.program.assigns_in(loop.key) if not loop.within(item.block, loop.index)]
    lists = {plain_name(item.target): item for item in outside if item.op == "=" and _is_list(context, item, loop)}
    filled = {
        plain_name(call.receiver)
        for call in _adding(loop.calls_here())
        if call.receiver is not None and any(around.constant_size is None for around in call.loops)
    }
    return {name for name, item in lists.items() if name and (name in filled or _is_copy(item))}


def _adding(calls: list[CallSite]) -> Iterator[CallSite]:
    yield from (call for call in calls if call.shown.rsplit(".", 1)[-1] in _ADDING)


def _is_list(context: "Context", item: Assign, loop: LoopSite) -> bool:
    value = item.value
    if value is None:
        return False
    if value.kind == "list" or (value.kind == "comp" and value.text == "ListComp"):
        return True
    return value.kind == "call" and context.value_name(value, loop.key) in _MAKERS


def _is_copy(item: Assign) -> bool:
    """Whether a list holds one thing for each of a collection that is not written down."""
    value = item.value
    if value is None or value.kind == "list":
        return False
    return value.kind != "comp" or value.parts[-1].kind not in ("list", "tuple", "set", "text")
