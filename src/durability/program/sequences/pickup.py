"""Work that is only begun: what it will leave behind, and who finds it again after a restart."""

from typing import TYPE_CHECKING

from durability.program.doing.touches import touches
from durability.program.entrypoints.model import EntryPoint
from durability.program.links.graph import Edge, FunctionKey
from durability.program.sequences.events import JOINING, LastingEffect
from durability.program.sequences.gaps import before
from durability.program.sites import CallSite, GapSite

if TYPE_CHECKING:
    from durability.program.context import Context

_AGAIN = ("startup", "worker")


def started(context: "Context", call: CallSite) -> tuple[LastingEffect, ...]:
    """The effects of the work that a call hands over, or of the coroutine that it is given."""
    if call.awaited or call.shown.rsplit(".", 1)[-1] in JOINING:
        return ()
    if any(_goes_round(context, edge.callee) for edge in _edges(context, call)):
        return ()
    given = {item.value.call for item in call.arguments if item.value.kind == "call"}
    items = (item for item in context.sequences.of(call.key) if item.call == call.index or item.call in given)
    return tuple(event for item in items for event in item.started)


def _edges(context: "Context", call: CallSite) -> list[Edge]:
    return [edge for edge in context.program.callees.get(call.key, ()) if edge.call == call.index]


def _goes_round(context: "Context", key: FunctionKey) -> bool:
    """Whether a function is a service of its own, which starts anew with the process: its loop is no pending work."""
    blocks = context.program.files[key[0]].blocks
    return any(blocks[index].kind == "while" for index in context.program.blocks_in(key))


def picks_up(context: "Context", call: CallSite) -> bool:
    """Whether something that runs at start-up or again and again does the same work, or reads a table that was written
    before the start.
    """
    background = _background(context)
    work = {key for edge in _edges(context, call) for key in (edge.callee, *_wrapped(context, edge.callee))}
    if _is_the_same_each_time(call) and any(
        work & (_below(context, start) - {start}) for start in background if start not in work
    ):
        return True
    written = _written_before(context, call)
    return any(written & _tables(context, key, reading=True) for start in background for key in _below(context, start))


def settles(context: "Context", gap: GapSite) -> bool:
    """Whether something that runs at start-up or again and again looks for what was written before the first of two
    effects, and can bring the second about.
    """
    written = _written_before(context, gap.first_call)
    for start in _background(context) if written else ():
        below = _below(context, start)
        again = gap.then.key in below or any(
            event.kind == gap.then.kind for item in context.sequences.of(start) for event in item.events
        )
        if start != gap.key and again and any(written & _tables(context, key, reading=True) for key in below):
            return True
    return False


def _background(context: "Context") -> list[FunctionKey]:
    return [entry.function for entry in context.entries if entry.role in _AGAIN and comes_back(context, entry)]


def _written_before(context: "Context", call: CallSite) -> set[str]:
    """The tables and files that have been written when a function comes to a call, also by its callers."""
    return {
        name
        for event in before(context, call.key, call.index)
        for name in _tables(context, event.key, reading=False)
        if event.kind in ("record", "write", "file")
    }


def _is_the_same_each_time(call: CallSite) -> bool:
    """Whether the work that a call starts is given nothing of its own to do."""
    given = [item for item in call.arguments if item.keyword in ("", "args", "kwargs", "*", "**")]
    return len(given) <= (0 if call.argument("target") is not None else 1)


def _wrapped(context: "Context", key: FunctionKey) -> list[FunctionKey]:
    """The one function that a function only calls."""
    program = context.program
    if len(program.calls_in(key)) != 1 or len(program.blocks_in(key)) > 1:
        return []
    return [edge.callee for edge in program.callees.get(key, ()) if edge.call >= 0]


def comes_back(context: "Context", entry: EntryPoint) -> bool:
    """Whether an entry point runs again after a restart without anybody asking for it."""
    if not entry.spawned:
        return True
    starting = [edge for edge in context.program.callers.get(entry.function, ()) if edge.call >= 0]
    return any(edge.caller[1] == 0 or context.reach.of(edge.caller).roles & {"startup", "import"} for edge in starting)


def _tables(context: "Context", key: FunctionKey, *, reading: bool) -> set[str]:
    calls = (context.call(key[0], index) for index in context.program.calls_in(key))
    found = (touch for call in calls for touch in touches(context, call) if touch.kind in ("database", "file"))
    return {touch.name for touch in found if (touch.how == "reads") == reading} - {""}


def _below(context: "Context", start: FunctionKey) -> set[FunctionKey]:
    seen = {start}
    pending = [start]
    while pending:
        for edge in context.program.callees.get(pending.pop(), ()):
            if edge.callee not in seen:
                seen.add(edge.callee)
                pending.append(edge.callee)
    return seen
