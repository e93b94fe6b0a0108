"""What becomes of errors that are caught while people are served."""

from typing import TYPE_CHECKING, Literal

from durability.program.sites import CallSite, HandlerSite

if TYPE_CHECKING:
    from durability.program.context import Context

_SERVED = frozenset({"route", "bot", "worker", "tool", "ui"})
_OUTSIDE = ("http", "llm", "db", "message", "charge", "refund")


def caught_while_serving(context: "Context") -> Literal["traced", "untraced", "none"]:
    """Whether errors of operations on the outside are caught while people are served, and some trace is kept."""
    if any(_traces(call) for effect in ("log", "telemetry") for call in context.calls_by_effect.get(effect, ())):
        return "traced"
    caught = False
    for path in context.judged_paths():
        for index, block in enumerate(context.program.files[path].blocks):
            if block.kind != "handler" or not context.reach.of((path, block.function)).roles & _SERVED:
                continue
            handler = HandlerSite(context, path, index)
            if handler.keeps_trace:
                return "traced"
            caught = caught or _guards_outside(handler)
    return "untraced" if caught else "none"


def _traces(call: CallSite) -> bool:
    """Whether a log record carries the trace of an error."""
    given = call.argument("exc_info")
    return call.shown.rsplit(".", 1)[-1] in ("exception", "capture_exception") or (
        given is not None and given.text not in ("False", "None")
    )


def _guards_outside(handler: HandlerSite) -> bool:
    """Whether what a handler guards asks somebody else, itself or through helpers."""
    context = handler.context
    for call in handler.guarded_calls:
        if call.library.effect.split(".")[0] in _OUTSIDE:
            return True
        target = context.program.key_of(call.symbol)
        if target is not None and any(context.effects.reaches(target, effect) for effect in _OUTSIDE):
            return True
    return False
