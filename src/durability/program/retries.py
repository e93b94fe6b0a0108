"""Loops that repeat a remote call until it works, and how they wait."""

from typing import TYPE_CHECKING

from durability.facts.model import Value
from durability.program.sites import CallSite, LoopSite
from durability.program.spelling import plain_name

if TYPE_CHECKING:
    from durability.program.context import Context

_NOT_READY = frozenset(
    {"BlockingIOError", "InterruptedError", "SSLWantReadError", "SSLWantWriteError", "Empty", "Full", "QueueEmpty"}
)
"""Errors that say "not yet" rather than "failed": waiting for them is no retry."""
_REMOTE = ("http", "llm", "db", "message", "charge")


def retries(context: "Context", loop: LoopSite) -> bool:
    """Whether a loop repeats one remote call until it works: it leaves on success and goes on after an error."""
    if loop.view.kind == "for" and not _is_counted(loop):
        return False
    if any(call.shown == "input" for call in loop.calls):
        return False  # it asks a person again, and waits for the answer
    for handler in loop.handlers_inside:
        if handler.types and all(name.rsplit(".", 1)[-1] in _NOT_READY for name in handler.types):
            continue
        if handler.always_leaves:
            continue
        tried = handler.guarded_block
        remote = any(_is_remote(context, call) for call in handler.guarded_calls)
        leaves = any(
            item.kind in ("return", "break") and _follows(context, loop, item.block, tried) for item in loop.exits
        )
        if remote and leaves:
            return True
    return False


def waits(context: "Context", loop: LoopSite) -> str:
    """How a loop waits between rounds: "growing", "constant" or "not"."""
    found = "not"
    for call in loop.calls:
        if call.library.effect != "sleep":
            continue
        value = call.argument("", 0)
        if value is None:
            continue
        if value.kind == "const" or (value.kind in ("name", "attr") and not _grows(context, value, loop)):
            found = "constant" if found == "not" else found
        else:
            return "growing"
    return found


def _follows(context: "Context", loop: LoopSite, block: int, tried: int) -> bool:
    above = set(context.program.blocks_above(loop.path, block))
    if tried in above:
        return True
    blocks = context.program.files[loop.path].blocks
    in_handler = any(blocks[index].kind == "handler" for index in above if index > loop.index)
    return not in_handler and loop.index in above


def _is_remote(context: "Context", call: CallSite) -> bool:
    if call.library.effect.split(".")[0] in _REMOTE:
        return True
    target = context.program.key_of(call.symbol)
    return target is not None and any(context.effects.reaches(target, effect) for effect in _REMOTE)


def _grows(context: "Context", value: Value, loop: LoopSite) -> bool:
    name = plain_name(value)
    if name in loop.view.targets:
        return True
    bound = context.program.assigns_to(loop.path, name)
    inside = [item for item in bound if item.function == loop.key[1] and loop.within(item.block, loop.index)]
    return any(item.op != "=" or (item.value is not None and item.value.kind != "const") for item in inside)


def _is_counted(loop: LoopSite) -> bool:
    iterable = loop.view.iterable
    if iterable is None or iterable.kind != "call":
        return False
    return iterable.text in ("range", "count", "itertools.count") or "retr" in iterable.text.lower()
