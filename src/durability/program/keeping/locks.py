"""Whether an object is only used under a lock."""

from typing import TYPE_CHECKING

from durability.program.sites import CallSite

if TYPE_CHECKING:
    from durability.program.context import Context

_LOCKS = frozenset({"Lock", "RLock", "Semaphore", "BoundedSemaphore", "Condition"})


def locked(context: "Context", call: CallSite) -> bool:
    """Whether the object a call makes is only used inside `with` on a lock, wherever its name is used."""
    names = [name for name in call.into if name]
    if not names:
        return False
    uses = []
    for path in context.judged_paths():
        for index, fact in enumerate(context.program.files[path].calls):
            if any(fact.target.startswith(f"{name}.") for name in names) and call.index != index:
                uses.append(context.call(path, index))
    return bool(uses) and all(under_lock(context, use) for use in uses)


def under_lock(context: "Context", site: CallSite) -> bool:
    """Whether a call stands inside `with` on a lock."""
    for block in site.around():
        if block.kind == "with" and block.value is not None:
            name = context.value_name(block.value, site.key)
            row = context.program.row(name)
            if (row is not None and row.effect == "lock") or name.rsplit(".", 1)[-1] in _LOCKS:
                return True
    return False
