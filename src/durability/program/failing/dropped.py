"""Who throws away what a call gives: the caller itself, a chained call, or a caller of the function that returns it."""

from typing import TYPE_CHECKING

from durability.program.sites import CallSite

if TYPE_CHECKING:
    from durability.program.context import Context

_ONLY_WATCHED = ("add_done_callback", "set_name")


def dropped(context: "Context", call: CallSite) -> tuple[CallSite, ...]:
    """The calls whose result nothing keeps, through functions that return it; () when every one is kept."""
    pending, seen, found = [call], {(call.path, call.index)}, []
    while pending:
        site = pending.pop(0)
        if site.used == "dropped" or site.into == ("_",) or _is_only_watched(site):
            found.append(site)
        for caller in _callers(context, site) if site.used == "returned" else ():
            if (caller.path, caller.index) not in seen:
                seen.add((caller.path, caller.index))
                pending.append(caller)
    return tuple(found)


def _is_only_watched(site: CallSite) -> bool:
    """Whether something is called on the result on the spot, and dropped in turn."""
    return any(
        other.receiver is not None
        and other.receiver.kind == "call"
        and other.receiver.call == site.index
        and other.used == "dropped"
        and other.shown.rsplit(".", 1)[-1] in _ONLY_WATCHED
        for other in site.calls_here()
    )


def _callers(context: "Context", site: CallSite) -> list[CallSite]:
    if site.in_async:
        return []
    edges = context.program.callers.get(site.key, ())
    return [context.call(edge.caller[0], edge.call) for edge in edges if edge.call >= 0 and not edge.offloaded]
