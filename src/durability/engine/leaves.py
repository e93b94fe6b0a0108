"""What an entry point leaves behind, in order, as the map shows it."""

from msgspec.structs import replace

from durability.map_model import Lasting, LastingKind
from durability.model import Step
from durability.program.context import Context
from durability.program.entrypoints.entries import EntryPoint
from durability.program.links.graph import FunctionKey
from durability.program.sequences.events import Item, LastingEffect
from durability.program.sequences.gaps import surely_changes
from durability.program.sequences.order import follows
from durability.program.sequences.subjects import changed, subjects

_WRITING = frozenset({"write", "writelines", "writerow", "writerows", "dump"})
"""They write to a file that is open."""

_Step = tuple[Item, LastingEffect]


def leaves(context: Context, entry: EntryPoint) -> tuple[Lasting, ...]:
    """The lasting effects of an entry point in their order, each way to one once, then those that it only starts."""
    items = context.sequences.of(entry.function)
    steps = [(item, effect) for item in items for effect in item.events if _stands(context, effect)]
    found: dict[tuple[tuple[Step, ...], str], Lasting] = {}
    branches: set[Lasting] = set()
    for before, step in zip([None, *steps], steps, strict=False):
        instead = before is not None and not _follows(context, entry.function, before, step)
        for number, told in enumerate(lasting(context, step[1])):
            shown = replace(told, instead=instead and not number)
            last = next(reversed(found.values()), None)
            branches = branches if shown.instead else set()
            again = told in branches  # several branches that exclude each other lead to the one place
            if last is None or not (again or _is_same(step[1], shown, last)):
                found.setdefault((step[1].trace, shown.kind), shown)
            branches.add(told)
    started = (effect for item in items for effect in item.started if _stands(context, effect))
    later = [replace(told, later=True) for effect in started for told in lasting(context, effect)]
    return (*found.values(), *dict.fromkeys(later))


def _is_same(effect: LastingEffect, shown: Lasting, last: Lasting) -> bool:
    """Whether an effect goes on with the one before it: the same thing, or a write to a file that it has opened."""
    if shown.kind == last.kind == "file" and shown.name == effect.shown and shown.path == last.path:
        return effect.shown.rpartition(".")[2] in _WRITING
    return not shown.instead and (shown.kind, shown.name) == (last.kind, last.name)


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
    below = 1
    while one is other:
        edges = context.program.callees.get(key, ())
        callees = dict.fromkeys(edge.callee for edge in edges if edge.call == one.call)
        for callee in callees:
            items = context.sequences.of(callee)
            before, after = (_led_to(items, effect, below) for effect in (earlier, later))
            if before is not None and after is not None:
                key, one, other, below = callee, before, after, below + 1
                break
        else:
            return True
    return follows(context, key, one, other)


def _led_to(items: tuple[Item, ...], effect: LastingEffect, below: int) -> Item | None:
    """The call of a function, so many calls below, that led to an effect."""
    way = (effect.place, effect.trace[below:])
    return next((item for item in items if any((event.place, event.trace) == way for event in item.events)), None)
