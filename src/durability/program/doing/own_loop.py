"""Coroutines that have an event loop to themselves: `asyncio.run(job())`, and nothing beside it on that loop."""

from collections import deque
from typing import TYPE_CHECKING

from durability.program.links.graph import FunctionKey

if TYPE_CHECKING:
    from durability.program.context import Context

_RUNNERS = ("asyncio.run", "anyio.run", "trio.run")
_BESIDE = (
    "asyncio.gather",
    "asyncio.create_task",
    "asyncio.ensure_future",
    "asyncio.TaskGroup",
    "asyncio.as_completed",
)
_MOST = 100
"""Callers looked at: more than that are taken for a loop that is shared."""


def has_own_loop(context: "Context", key: FunctionKey) -> bool:
    """Whether every way to a coroutine begins with a loop made for it, and none of them starts work beside it."""
    seen, queue = {key}, deque([key])
    entries = {entry.function for entry in context.entries}
    while queue:
        at = queue.popleft()
        edges = context.program.callers.get(at, ())
        if not edges or at in entries or len(seen) > _MOST or _starts_work(context, at):
            return False
        for edge in edges:
            if edge.call < 0 or edge.offloaded:
                return False
            if not context.program.function(edge.caller).is_async:
                if not _is_run(context, edge.caller, edge.call):
                    return False
            elif edge.caller not in seen:
                seen.add(edge.caller)
                queue.append(edge.caller)
    return True


def _starts_work(context: "Context", key: FunctionKey) -> bool:
    return any(context.program.name(key[0], index) in _BESIDE for index in context.program.calls_in(key))


def _is_run(context: "Context", key: FunctionKey, call: int) -> bool:
    """Whether the coroutine that a call makes is handed to a runner right there."""
    calls = context.program.files[key[0]].calls
    return any(
        context.program.name(key[0], index) in _RUNNERS
        and any(item.value.kind == "call" and item.value.call == call for item in calls[index].arguments)
        for index in context.program.calls_in(key)
    )
