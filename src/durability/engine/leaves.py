"""What an entry point leaves behind, in order, as the map shows it."""

from msgspec.structs import replace

from durability.map_model import Lasting, LastingKind
from durability.program.context import Context
from durability.program.entrypoints.entries import EntryPoint
from durability.program.links.graph import FunctionKey
from durability.program.sequences.events import LastingEffect
from durability.program.sequences.gaps import surely_changes
from durability.program.sequences.order import follows
from durability.program.sequences.sequence import Item
from durability.program.sequences.subjects import changed, subjects

_Step = tuple[Item, LastingEffect]


def leaves(context: Context, entry: EntryPoint) -> tuple[Lasting, ...]:
    """The lasting effects of an entry point in their order, each place once, then those that it only starts."""
    items = context.sequences.of(entry.function)
    steps = [(item, effect) for item in items for effect in item.events if _stands(context, effect)]
    found: dict[tuple[str, int, str], Lasting] = {}
    for before, step in zip([None, *steps], steps, strict=False):
        instead = before is not None and not _follows(context, entry.function, before, step)
        for number, told in enumerate(lasting(context, step[1])):
            shown = replace(told, instead=instead and not number)
            last = next(reversed(found.values()), None)
            if last is None or shown.instead or (shown.kind, shown.name) != (last.kind, last.name):
                found.setdefault((*step[1].place, shown.kind), shown)
    started = (effect for item in items for effect in item.started if _stands(context, effect))
    later = [replace(told, later=True) for effect in started for told in lasting(context, effect)]
    return (*found.values(), *dict.fromkeys(later))


def lasting(context: Context, effect: LastingEffect) -> tuple[Lasting, ...]:
    """One effect with the name of what it is about; two where one commit writes rows of one table and deletes others.

    What is deleted first is told first.
    """
    place = (effect.key[0], effect.line)
    if effect.kind in ("write", "record"):
        names: dict[LastingKind, set[str]] = {}
        for touch in changed(context, effect):
            names.setdefault("deletion" if touch.how == "deletes" else "record", set()).add(touch.name)
        told = [(kind, ", ".join(sorted(found - {""}))) for kind, found in names.items()]
        known = [pair for pair in told if pair[1] or pair[0] == "deletion"] or [("record", effect.shown)]
        return tuple(Lasting(kind, name, *place, later=False) for kind, name in known)
    name = ", ".join(sorted(subjects(context, effect))) or effect.shown
    return (Lasting(effect.kind, name, *place, later=False),)  # type: ignore[arg-type]


def _stands(context: Context, effect: LastingEffect) -> bool:
    """Whether an effect is one by itself: not pending in a transaction, and no question that is sent as a POST."""
    return effect.kind not in ("write", "start") and not effect.method and surely_changes(context, effect)


def _follows(context: Context, key: FunctionKey, first: _Step, then: _Step) -> bool:
    """Whether the second of two lasting effects can come after the first, in the innermost function that has both."""
    (one, earlier), (other, later) = first, then
    if one is not other:
        return follows(context, key, one, other)
    if earlier.key != later.key:
        return True
    own = {item.call: item for item in context.sequences.of(earlier.key)}
    before, after = own.get(earlier.call), own.get(later.call)
    return before is None or after is None or follows(context, earlier.key, before, after)
