"""How often a call is tried by what it calls: clients that retry by themselves, helpers with a retry of their own."""

from collections import deque
from typing import TYPE_CHECKING

from msgspec import Struct

from durability.model import Step
from durability.program.links.graph import Edge, FunctionKey
from durability.program.sites import CallSite

if TYPE_CHECKING:
    from durability.program.context import Context

_REMOTE = ("http", "llm", "message", "charge", "refund")
_SETTINGS = ("max_retries", "retries", "num_retries")
_DECORATORS = frozenset(
    {"tenacity.retry", "backoff.on_exception", "backoff.on_predicate", "retry.retry", "retrying.retry", "stamina.retry"}
)


class Attempts(Struct, frozen=True):
    """How often one call may reach the other side: `count` tries (None: not known, 0: it does not reach it)."""

    count: int | None
    trace: tuple[Step, ...] = ()


def retried_by(context: "Context", key: FunctionKey) -> str:
    """The library whose decorator repeats the function, or ""."""
    for decorator in context.program.function(key).decorators:
        symbol = context.program.resolve(decorator.ref, key[0])
        if symbol.kind == "library" and symbol.name in _DECORATORS:
            return symbol.name.partition(".")[0]
    return ""


def attempts(context: "Context", call: CallSite) -> Attempts:
    """The most tries that one call makes, itself or in the first remote operation behind it that tries again."""
    step = Step(call.path, call.line, f"calls {call.shown}()")
    if call.library.effect in _REMOTE:
        return Attempts(_own(call), (step,))
    target = context.program.key_of(call.symbol)
    if target is None:
        return Attempts(0)
    found = _behind(context, target)
    return Attempts(found.count, (step, *found.trace)) if found.trace else found


def _behind(context: "Context", start: FunctionKey) -> Attempts:
    program = context.program
    came: dict[FunctionKey, Edge | None] = {start: None}
    queue = deque([start])
    once = Attempts(0)
    while queue:
        key = queue.popleft()
        library = retried_by(context, key)
        if library:
            function = program.function(key)
            last = Step(key[0], function.span[0], f"{function.name}() is repeated by {library}")
            return Attempts(None, (*_way(context, came, key), last))
        for index in program.calls_in(key):
            site = context.call(key[0], index)
            if site.library.effect in _REMOTE:
                count = _own(site)
                trace = (*_way(context, came, key), Step(site.path, site.line, f"{site.shown}()"))
                if count is None or count > 1:
                    return Attempts(count, trace)
                once = Attempts(1, trace)
        for edge in program.callees.get(key, ()):
            if edge.callee not in came and not edge.offloaded and edge.call >= 0:
                came[edge.callee] = edge
                queue.append(edge.callee)
    return once


def _way(context: "Context", came: dict[FunctionKey, Edge | None], key: FunctionKey) -> tuple[Step, ...]:
    steps = []
    at = came[key]
    while at is not None:
        line = context.program.files[at.caller[0]].calls[at.call].span[0]
        steps.append(Step(at.caller[0], line, f"calls {context.program.function(at.callee).name}()"))
        at = came[at.caller]
    return tuple(reversed(steps))


def _own(call: CallSite) -> int | None:
    """The tries of one remote call: what its client was told, else what the library does by itself."""
    for name in _SETTINGS:
        setting = call.value(name, default=1.0)
        if setting.given is not None:
            text = setting.given.text
            return int(text) + 1 if setting.given.kind == "const" and text.isdigit() else None
        if setting.never.value == "unknown":
            return None
    return call.library.attempts
