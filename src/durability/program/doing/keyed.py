"""Operations behind helpers that run for one item: the item's value must reach what is asked."""

from collections import deque
from typing import TYPE_CHECKING

from durability.facts.model import Function
from durability.model import Step
from durability.program.doing.effects import matches
from durability.program.flows.results import depends, made_from
from durability.program.flows.statements import asks_about_schema
from durability.program.links.caches import is_cached
from durability.program.links.given import argument_for
from durability.program.links.graph import FunctionKey
from durability.program.schema.rows import put
from durability.program.sites import CallSite

if TYPE_CHECKING:
    from durability.program.context import Context

_State = tuple[FunctionKey, frozenset[str]]
"""A function, and which of its parameters are made from the item."""


def keyed_chain(
    context: "Context", call: CallSite, names: tuple[str, ...], effects: tuple[str, ...]
) -> tuple[Step, ...]:
    """The shortest chain from a call to an operation that is asked about the items `names`; () when there is none.

    The item is followed through the parameters of each function on the way; what asks about something else, or about
    nothing in particular, is no such operation; nor is one that puts in a row, which each item needs once.
    """
    first = _handed(context, call, names)
    if first is None:
        return ()
    came: dict[_State, tuple[_State | None, CallSite]] = {first: (None, call)}
    queue = deque([first])
    while queue:
        state = queue.popleft()
        key, carried = state
        for index in context.program.calls_in(key):
            inner = context.call(key[0], index)
            if not depends(context, inner, tuple(sorted(carried))):
                continue
            if any(matches(inner.library, effect) for effect in effects) and _asks(context, inner):
                return (*_way(came, state), Step(inner.path, inner.line, f"{inner.shown}()"))
            following = _handed(context, inner, tuple(sorted(carried)))
            if following is not None and following not in came:
                came[following] = (state, inner)
                queue.append(following)
    return ()


def _asks(context: "Context", call: CallSite) -> bool:
    if not call.library.round_trip or call.takes_many or asks_about_schema(context, call):
        return False
    return not matches(call.library, "db") or put(context, call) is None


def _handed(context: "Context", call: CallSite, names: tuple[str, ...]) -> _State | None:
    """The project function that a call runs, with the parameters that it gives something made from `names`."""
    key = context.program.key_of(call.symbol)
    if key is None or is_cached(context.program, key):
        return None  # what is kept is asked for once
    function = context.program.function(key)
    carried = frozenset(
        item.name
        for item in function.parameters
        if (value := argument_for(function, item.name, call.fact)) is not None
        and made_from(context, value, call, frozenset(names))
    )
    carried |= _gathered(context, call, function, frozenset(names))
    carried |= _receiver(context, call, function, names)
    return (key, carried) if carried else None


def _gathered(context: "Context", call: CallSite, function: Function, names: frozenset[str]) -> frozenset[str]:
    """`args` and `kwargs`, when one of the arguments that they take together is made from `names`."""
    named = {item.name for item in function.parameters}
    plain = [item for item in function.parameters if item.kind == "positional"]
    given = [item for item in call.arguments if item.keyword == ""]
    first = len(plain) - (1 if function.owner and plain and plain[0].name in ("self", "cls") else 0)
    taken = {
        "star": given[first:],
        "double-star": [item for item in call.arguments if item.keyword and item.keyword not in named],
    }
    return frozenset(
        item.name
        for item in function.parameters
        if any(made_from(context, argument.value, call, names) for argument in taken.get(item.kind, ()))
    )


def _receiver(context: "Context", call: CallSite, function: Function, names: tuple[str, ...]) -> frozenset[str]:
    """`self`, when the method is called on the item itself."""
    if not function.owner or call.receiver is None or not function.parameters:
        return frozenset()
    is_item = made_from(context, call.receiver, call, frozenset(names))
    return frozenset({function.parameters[0].name}) if is_item else frozenset()


def _way(came: dict[_State, tuple[_State | None, CallSite]], state: _State) -> tuple[Step, ...]:
    steps = []
    at: _State | None = state
    while at is not None:
        before, call = came[at]
        steps.append(Step(call.path, call.line, f"calls {call.shown}()"))
        at = before
    return tuple(reversed(steps))
