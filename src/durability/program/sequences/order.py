"""Whether one part of a function can run after another: branches that exclude each other, parts that leave."""

from typing import TYPE_CHECKING

from durability.program.links.graph import FunctionKey
from durability.program.sequences.events import Item

if TYPE_CHECKING:
    from durability.program.context import Context

_ARMS = ("if", "else", "case", "handler")
_BROAD = frozenset({"Exception", "BaseException"})
"""What a handler names that takes whatever is raised; one that names nothing does so, too."""


def follows(context: "Context", key: FunctionKey, first: Item, second: Item) -> bool:
    """Whether `second` happens after `first` has worked, in one run without an exception in between."""
    if first.span[2:] > second.span[:2] and first.span[:2] != second.span[:2]:
        return False
    if first.call == second.call:
        return False
    above_first = list(context.program.blocks_above(key[0], first.block))
    above_second = list(context.program.blocks_above(key[0], second.block))
    shared = next((index for index in above_first if index in set(above_second)), -1)
    arms_first = above_first[: above_first.index(shared)] if shared in above_first else above_first
    arms_second = above_second[: above_second.index(shared)] if shared in above_second else above_second
    if _cleans_up(context, key, arms_first[-1:], arms_second[-1:]):
        return True
    if _raised_into(context, key, first, arms_first, arms_second[-1:]):
        return True
    if _excluded(context, key, arms_first[-1:], arms_second[-1:]):
        return False
    if any(context.leaving.ends(key[0], index) for index in arms_first if _is_arm(context, key, index)):
        return False
    return not _has_left(context, key, first, arms_first)


def _is_arm(context: "Context", key: FunctionKey, index: int) -> bool:
    return context.program.files[key[0]].blocks[index].kind in _ARMS


def _cleans_up(context: "Context", key: FunctionKey, first: list[int], second: list[int]) -> bool:
    """Whether the second block is the `finally` of the first, which runs however that one is left."""
    blocks = context.program.files[key[0]].blocks
    return any(
        blocks[one].kind in ("try", "handler") and blocks[other].kind == "finally" for one in first for other in second
    )


def _raised_into(context: "Context", key: FunctionKey, first: Item, arms: list[int], second: list[int]) -> bool:
    """Whether the first block of a `try` ends by raising on purpose, right after the first part, into its handler."""
    blocks = context.program.files[key[0]].blocks
    tries = [index for index in arms if blocks[index].kind == "try"]
    kinds = [blocks[index].kind for index in (*arms[-1:], *second)]
    if kinds != ["try", "handler"] or len(tries) > 1:
        return False
    if any(name.rsplit(".", 1)[-1] not in _BROAD for name in blocks[second[0]].refs):
        return False
    return any(
        item.kind == "raise" and item.block == first.block and item.span[:2] >= first.span[2:]
        for item in context.program.exits_in(key)
    )


def _excluded(context: "Context", key: FunctionKey, first: list[int], second: list[int]) -> bool:
    """Whether two blocks beside each other are arms of one statement, of which only one runs."""
    blocks = context.program.files[key[0]].blocks
    for one, other in ((a, b) for a in first for b in second):
        kinds = {blocks[one].kind, blocks[other].kind}
        if kinds == {"if", "else"} and blocks[one].value == blocks[other].value:
            return True
        if kinds in ({"case"}, {"handler"}, {"try", "handler"}):
            return True
    return False


def _has_left(context: "Context", key: FunctionKey, first: Item, arms: list[int]) -> bool:
    """Whether the function returns with the first part, or right after it in the same block."""
    within = {first.block, *arms}
    leaving = [item for item in context.program.exits_in(key) if item.kind in ("return", "raise")]
    return any(
        item.block in within and (item.span[:2] <= first.span[:2] <= item.span[2:] or item.span[:2] > first.span[2:])
        for item in leaving
        if item.block in arms or item.span[:2] <= first.span[:2] <= item.span[2:]
    )
