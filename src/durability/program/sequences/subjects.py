"""What a lasting effect is about: the tables, the host, the file, the service."""

from typing import TYPE_CHECKING

from durability.map_model import Touch
from durability.program.doing.setrows import set_rows
from durability.program.doing.touches import touches
from durability.program.sequences.events import LastingEffect

if TYPE_CHECKING:
    from durability.program.context import Context


def subjects(context: "Context", effect: LastingEffect) -> frozenset[str]:
    """The names of what an effect changes; for a commit, of what was pending in its function since the one before."""
    return frozenset(touch.name for touch in changed(context, effect)) - {""}


def changed(context: "Context", effect: LastingEffect) -> list[Touch]:
    """What an effect changes, in the order in which that is written down."""
    call = context.call(*effect.place)
    if not call.commits:
        changing = (context.call(*place) for place in (*effect.also, effect.place))
        return [touch for item in changing for touch in touches(context, item) if touch.how != "reads"]
    calls = [context.call(effect.key[0], index) for index in context.program.calls_in(effect.key)]
    commits = [item.line for item in calls if item.commits and item.line < effect.line]
    since = max(commits, default=0)
    pending = {item.index: item for item in calls if since < item.line <= effect.line}
    behind = (item for item in context.sequences.of(effect.key) if item.call in pending)
    written = (context.call(*event.place) for item in behind for event in _still_pending(item.events))
    found = [touch for item in (*pending.values(), *written) for touch in touches(context, item)]
    kept = {item.call for item in context.sequences.of(effect.key) if any(e.kind == "record" for e in item.events)}
    calls = [item for item in pending.values() if item.symbol.kind == "function" and item.index not in kept]
    called = [context.program.key_of(item.symbol) for item in calls]
    found += [touch for touch in set_rows(context, effect.key) if since < touch.line <= effect.line]
    found += [touch for key in dict.fromkeys(called) if key is not None for touch in set_rows(context, key)]
    return [touch for touch in found if touch.kind == "database" and touch.how != "reads"]


def _still_pending(events: tuple[LastingEffect, ...]) -> list[LastingEffect]:
    """The writes of what a call leads to that nothing there has made permanent."""
    last = max((number for number, event in enumerate(events) if event.kind == "record"), default=-1)
    return [event for event in events[last + 1 :] if event.kind == "write"]
