"""What a lasting effect is about: the tables, the host, the file, the service."""

from typing import TYPE_CHECKING

from durability.program.doing.touches import touches
from durability.program.sequences.events import LastingEffect

if TYPE_CHECKING:
    from durability.program.context import Context


def subjects(context: "Context", effect: LastingEffect) -> frozenset[str]:
    """The names of what an effect changes; for a commit, of what was pending in its function since the one before."""
    call = context.call(*effect.place)
    if call.library.effect != "db.commit":
        return frozenset(touch.name for touch in touches(context, call) if touch.how != "reads") - {""}
    calls = [context.call(effect.key[0], index) for index in context.program.calls_in(effect.key)]
    commits = [item.line for item in calls if item.library.effect == "db.commit" and item.line < effect.line]
    since = max(commits, default=0)
    found = (touch for item in calls if since < item.line <= effect.line for touch in touches(context, item))
    return frozenset(touch.name for touch in found if touch.kind == "database" and touch.how != "reads") - {""}
