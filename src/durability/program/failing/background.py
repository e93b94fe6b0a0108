"""Work that the program starts in the background, and whether anybody waits for its result."""

from typing import TYPE_CHECKING

from durability.facts.model import Value
from durability.model import Step
from durability.program.entrypoints.model import EntryPoint
from durability.program.sites import CallSite

if TYPE_CHECKING:
    from durability.program.context import Context

_FORGETFUL = (
    "threading.Thread", "threading.Timer", "asyncio.create_task", "asyncio.ensure_future", "asyncio.loop.create_task",
    "asyncio.AbstractEventLoop.create_task", "fastapi.BackgroundTasks.add_task",
    "starlette.background.BackgroundTasks.add_task", "concurrent.futures.Executor.submit", "multiprocessing.Process",
)  # fmt: skip
"""What starts work and tells nobody when it fails; task queues and schedulers log failures themselves."""

_UNHEARD = ("threading.Thread", "threading.Timer", "multiprocessing.Process")
"""What raises in these never reaches whoever waits for them."""


def starts(context: "Context", entry: EntryPoint) -> tuple[CallSite, ...]:
    """The calls that start the work of an entry point in the background."""
    return tuple(
        context.call(edge.caller[0], edge.call)
        for edge in context.program.callers.get(entry.function, ())
        if edge.call >= 0
    )


def forgets(context: "Context", entry: EntryPoint) -> bool:
    """Whether work is started by something that drops its errors, and nobody waits for its result."""
    spawning = [call for start in starts(context, entry) for call in _around(context, start)]
    return bool(spawning) and not any(_is_awaited(call) for call in spawning)


def started_at(context: "Context", entry: EntryPoint) -> tuple[Step, ...]:
    """Where the work is started."""
    spawning = [call for start in starts(context, entry) for call in _around(context, start)]
    return tuple(Step(call.path, call.line, f"{call.shown}() starts it") for call in spawning[:1])


def _around(context: "Context", call: CallSite) -> list[CallSite]:
    """The call itself when it starts work, or the one that is given the coroutine it makes."""
    if call.name in _FORGETFUL:
        return [call]
    return [
        other
        for other in call.calls_here()
        if other.name in _FORGETFUL and any(_is_call(item.value, call.index) for item in other.arguments)
    ]


def _is_call(value: Value, index: int) -> bool:
    return (value.kind == "call" and value.call == index) or any(_is_call(part, index) for part in value.parts)


def _is_awaited(call: CallSite) -> bool:
    """Whether somebody holds what was started and may look at how it ends; a name of the function is such a hold."""
    if call.name in _UNHEARD:
        return False
    return call.awaited or call.used != "dropped"
