"""What becomes of errors that are caught while people are served."""

from typing import TYPE_CHECKING, Literal

from durability.program.sites import HandlerSite

if TYPE_CHECKING:
    from durability.program.context import Context

_SERVED = frozenset({"route", "bot", "worker", "tool", "ui"})
_OUTSIDE = ("http", "llm", "db", "message", "charge", "refund")


def caught_while_serving(context: "Context") -> Literal["traced", "untraced", "none"]:
    """Whether errors of operations on the outside are caught while people are served, and some trace is kept."""
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
