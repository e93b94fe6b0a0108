"""A state of the process as rules see it: what it holds and what the program does to it."""

from functools import cached_property
from typing import TYPE_CHECKING

from durability.facts.model import Value
from durability.program.entrypoints.reach import Reach, strongest
from durability.program.keeping.statenames import State
from durability.program.sites.place import Site

if TYPE_CHECKING:
    from durability.program.context import Context
    from durability.program.keeping.states import Event


class StateSite(Site):
    """A module name, class attribute, attribute of a lasting object or of the application; at its definition."""

    def __init__(self, context: "Context", state: State) -> None:
        path, item = context.states.place(state)
        kind = context.states.kind(state)
        super().__init__(context, (path, item.function), item.block, item.span, f"{kind} kept in the process")
        self.state = state
        self.kind = kind
        self.value = item.value

    @property
    def name(self) -> str:
        """How its file calls it: `CACHE`, `Store.items`, `app.state.jobs`."""
        return f"{self.state.owner}.{self.state.name}" if self.state.owner else self.state.name

    @property
    def cause(self) -> str:
        """Its identity: the same from every file."""
        return self.state.identity

    @property
    def in_class_body(self) -> bool:
        """Whether it is bound in a class body: one for all objects of the class."""
        return self.context.states.in_class_body(self.state)

    def events(self, *kinds: str) -> tuple["Event", ...]:
        """What the program does to it, of these kinds: grow, shrink, cap, read, rebind, escape."""
        return tuple(event for event in self.context.states.events(self.state) if event.kind in kinds)

    @cached_property
    def reach(self) -> Reach:
        """Its changes' reach taken together: a state matters where it is changed, not where it is made."""
        keys = {event.function for event in self.events("grow", "rebind") if event.function[1]}
        return strongest([self.context.reach.of(key) for key in sorted(keys)]) or self.context.reach.of(self.key)

    def is_constant(self, value: Value | None, event: "Event") -> bool:
        """Whether a value of an event is written down: a literal, or one of a written list."""
        if value is None:
            return False
        leaves = self.context.flow.leaves(value, event.function)
        return all(leaf.kind in ("constant", "environment") for leaf in leaves)
