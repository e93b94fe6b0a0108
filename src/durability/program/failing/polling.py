"""Loops that wait for something to happen, and whether they let the processor rest."""

from typing import TYPE_CHECKING

from durability.facts.model import Value
from durability.program.sites import CallSite, LoopSite

if TYPE_CHECKING:
    from durability.program.context import Context

_ASKING = frozenset(
    {"is_alive", "poll", "done", "is_set", "empty", "get_nowait", "exists", "is_file", "isfile", "qsize", "is_running",
     "running", "isReady", "ready", "successful", "locked", "get_status", "status", "refresh", "reload", "full", "len",
     "all", "any", "get", "json", "lower", "str", "print", "debug", "info", "text", "is_connected", "isConnected"}
)  # fmt: skip
"""Calls that only look whether it is time to go on, or tell that it is not."""

_RESTING = frozenset({"sleep", "blocking", "spawn", "llm", "process", "enqueue"})
_WAITING = frozenset(
    {"sleep", "wait", "join", "get", "recv", "read", "readline", "accept", "select", "acquire", "result", "input",
     "run_forever", "tick", "update", "process_events", "waitKey", "next", "recvfrom", "receive", "pause", "flip",
     "run_pending", "run_once", "step", "wait_for", "yield_"}
)  # fmt: skip


def polls(context: "Context", loop: LoopSite) -> bool:
    """Whether a `while` loop does nothing but ask again until it may go on."""
    if loop.view.kind != "while" or (loop.view.endless and not loop.exits):
        return False
    if any(not _asks(call) and not _rests(context, call) for call in loop.calls):
        return False
    changes = [item for item in context.program.assigns_in(loop.key) if loop.within(item.block, loop.index)]
    if any(item.value is None or item.value.kind != "call" or item.op != "=" for item in changes):
        return False
    return bool(loop.calls) or _tests_flag(loop.view.iterable)


def rests(context: "Context", loop: LoopSite) -> bool:
    """Whether each round waits for something: a pause, a blocking call, or the event loop."""
    return any(_rests(context, call) for call in loop.calls)


def _asks(call: CallSite) -> bool:
    return call.shown.rsplit(".", 1)[-1] in _ASKING or call.library.effect in ("http", "db.query", "log", "console")


def _rests(context: "Context", call: CallSite) -> bool:
    last = call.shown.rsplit(".", 1)[-1]
    if call.awaited or call.library.effect in _RESTING or call.library.blocking:
        return call.library.effect not in ("http", "db.query", "db.connect")
    if last in _WAITING and call.library.effect == "none" and last not in _ASKING:
        return True
    if last == "get" and "ueue" in call.name:
        return True
    target = context.program.key_of(call.symbol)
    return target is not None and any(context.effects.reaches(target, effect) for effect in ("sleep", "blocking"))


def _tests_flag(test: Value | None) -> bool:
    """Whether a loop without any call goes round until somebody else changes a name or attribute."""
    while test is not None and test.kind == "not":
        test = test.parts[0]
    return test is not None and test.kind in ("name", "attr")
