"""The longest documented wait of an entry point: time limit × tries × rounds, with its factors."""

from collections import deque
from typing import TYPE_CHECKING

from msgspec import Struct

from durability.model import Step
from durability.program.failing.attempts import attempts
from durability.program.links.graph import Edge, FunctionKey
from durability.program.sites import CallSite

if TYPE_CHECKING:
    from durability.program.context import Context

_WAITING = ("http", "llm", "message", "charge", "refund", "db.connect", "enqueue")
_LOOPS = ("for", "while", "comp")


class Hold(Struct, frozen=True):
    """How long one call may keep its caller waiting.

    `seconds` is None for a wait without end. `limit` is the time limit of one try in seconds (None: none), `tries` how
    often the client tries, `rounds` how often bounded loops on the way repeat it, `per_item` whether a loop without a
    known bound does so too.
    """

    seconds: float | None
    limit: float | None
    tries: int
    rounds: int
    per_item: bool
    trace: tuple[Step, ...]

    @property
    def longest(self) -> float:
        """The wait as a number that can be compared."""
        return float("inf") if self.seconds is None else self.seconds

    @property
    def said(self) -> str:
        """It in words, with its factors: `30 s × 3 tries × 5 rounds = 450 s, for each item`."""
        if self.seconds is None:
            return "for ever: there is no time limit"
        parts = [f"{self.limit:g} s"]
        if self.tries > 1:
            parts.append(f"{self.tries} tries")
        if self.rounds > 1:
            parts.append(f"{self.rounds} rounds")
        total = f" = {self.seconds:g} s" if len(parts) > 1 else ""
        return " × ".join(parts) + total + (", for each item" if self.per_item else "")


def hold(context: "Context", start: FunctionKey) -> Hold | None:
    """The longest wait that is documented for one call on the way from a function; None when nothing is waited for."""
    came: dict[FunctionKey, Edge | None] = {start: None}
    queue = deque([start])
    worst: Hold | None = None
    while queue:
        key = queue.popleft()
        for index in context.program.calls_in(key):
            found = _of(context, came, context.call(key[0], index))
            if found is not None and (worst is None or found.longest > worst.longest):
                worst = found
        for edge in context.program.callees.get(key, ()):
            if edge.callee not in came and edge.call >= 0 and _is_waited_for(context, edge):
                came[edge.callee] = edge
                queue.append(edge.callee)
    return worst


def _is_waited_for(context: "Context", edge: Edge) -> bool:
    """Whether a function goes on only when what it calls, or hands to another thread, has come back."""
    if not edge.offloaded:
        return True
    call = context.call(edge.caller[0], edge.call)
    return call.library.runs is not None and call.library.async_ and _is_taken(call)


def _is_taken(call: CallSite) -> bool:
    """Whether the result of work on another thread is waited for here, as far as one can see."""
    return call.awaited or (call.used != "dropped" and not any("." in name for name in call.into))


def _of(context: "Context", came: dict[FunctionKey, Edge | None], call: CallSite) -> Hold | None:
    if call.library.effect not in _WAITING or call.library.timeout == "unknown":
        return None
    if call.elsewhere and not _is_taken(call):
        return None
    limit = call.value("timeout", default=call.library.timeout)
    forever = limit.never.value == "yes"
    seconds = limit.seconds
    if not forever and seconds is None:
        return None
    rounds, per_item = 1, False
    for site in (call, *_way(context, came, call.key)):
        for loop in site.loops:
            if loop.constant_size is None:
                per_item = True
            else:
                rounds *= max(loop.constant_size, 1)
    tries = attempts(context, call).count or 1
    total = None if forever or seconds is None else seconds * tries * rounds
    trace = (
        *(Step(site.path, site.line, f"calls {site.shown}()") for site in reversed(_way(context, came, call.key))),
        Step(call.path, call.line, f"{call.shown}()"),
    )
    return Hold(total, None if forever else seconds, tries, rounds, per_item, trace)


def _way(context: "Context", came: dict[FunctionKey, Edge | None], key: FunctionKey) -> list[CallSite]:
    """The calls that lead to a function, from the nearest to the farthest."""
    found = []
    edge = came[key]
    while edge is not None:
        found.append(context.call(edge.caller[0], edge.call))
        edge = came[edge.caller]
    return found
