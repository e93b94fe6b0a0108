"""Results that functions hand on: from the calls that give something to every call that gets it through functions."""

from collections import deque
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from msgspec import Struct

from durability.model import Step
from durability.program.flows.trail import Trail, latest_first
from durability.program.links.graph import FunctionKey

if TYPE_CHECKING:
    from durability.program.context import Context

Place = tuple[str, int]
"""A call: path of its file and its index there."""


class Origin(Struct, frozen=True):
    """Why a call gives what it gives: in words, and the way from there."""

    why: str
    trail: Trail | None = None

    @property
    def steps(self) -> tuple[Step, ...]:
        """The steps that lead there from the call."""
        return latest_first(self.trail)


def spread(
    context: "Context",
    starts: dict[Place, Origin],
    summaries: Iterable[tuple[FunctionKey, Step]],
    returned: Callable[[FunctionKey, int], int],
    said: str,
) -> dict[Place, Origin]:
    """Every call that gives what `starts` give, shortest way first; each call and each function is asked once.

    `summaries` are functions that give it by themselves; `returned` is the line on which a function hands on the result
    of one of its calls, 0 when it does not.
    """
    found = dict(starts)
    queue = deque(sorted(found))
    done: set[FunctionKey] = set()
    for key, step in summaries:
        done.add(key)
        _callers(context, key, Origin(said, Trail(step)), found, queue)
    while queue:
        path, index = queue.popleft()
        key = (path, context.program.files[path].calls[index].function)
        line = returned(key, index) if key not in done and key[1] else 0
        if line:
            done.add(key)
            origin = found[path, index]
            step = Step(path, line, f"{context.program.function(key).qualname}() hands it on: {origin.why}")
            _callers(context, key, Origin(said, Trail(step, origin.trail)), found, queue)
    return found


def _callers(
    context: "Context", key: FunctionKey, origin: Origin, found: dict[Place, Origin], queue: deque[Place]
) -> None:
    program = context.program
    function = program.function(key)
    if function.is_generator or function.name.startswith("<") or function.name == "__init__":
        return
    for edge in program.callers.get(key, ()):
        place = (edge.caller[0], edge.call)
        if edge.offloaded or edge.call < 0 or place in found:
            continue
        symbol = program.symbol(*place)
        call = program.files[place[0]].calls[place[1]]
        if symbol.kind != "function" or program.key_of(symbol) != key or (function.is_async and not call.awaited):
            continue
        found[place] = Origin(f"{call.target}() {origin.why}", origin.trail)
        queue.append(place)
