"""The gap between two lasting effects, as rules see it: the first stands, and the second may never happen."""

from typing import TYPE_CHECKING

from durability.model import Step
from durability.program.links.graph import FunctionKey
from durability.program.sites.call import CallSite
from durability.program.sites.place import Site

if TYPE_CHECKING:
    from durability.program.context import Context
    from durability.program.sequences.events import Item, LastingEffect

    Half = tuple[Item, LastingEffect]


class GapSite(Site):
    """Two effects of one function that outlive it, in the order in which they happen; at the first of them."""

    def __init__(self, context: "Context", key: FunctionKey, first: "Half", then: "Half") -> None:
        self.first_item, self.first = first
        self.then_item, self.then = then
        operation = f"{self.first.kind} {self.first.shown} before {self.then.kind}"
        super().__init__(context, key, self.first_item.block, self.first_item.span, operation)

    @property
    def first_call(self) -> CallSite:
        """The call of this function that leads to the first effect."""
        return self.context.call(self.path, self.first_item.call)

    @property
    def then_call(self) -> CallSite:
        """The call of this function that leads to the second effect."""
        return self.context.call(self.path, self.then_item.call)

    @property
    def trace(self) -> tuple[Step, ...]:
        """The way to the first effect and then the way to the second."""
        return (*self.first.trace, *self.then.trace)
