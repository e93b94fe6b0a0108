"""A loop as rules see it: its calls, handlers and ways out."""

from functools import cached_property
from typing import TYPE_CHECKING

from durability.facts.model import Block, Exit, Value
from durability.program.sites.call import CallSite
from durability.program.sites.handler import HandlerSite
from durability.program.sites.place import Loop, Site

if TYPE_CHECKING:
    from durability.program.context import Context


class LoopSite(Site):
    """A `for` or `while` loop."""

    def __init__(self, context: "Context", path: str, index: int) -> None:
        self.index = index
        self.fact: Block = context.program.files[path].blocks[index]
        super().__init__(context, (path, self.fact.function), index, self.fact.span, self.fact.kind)
        self.view = Loop(self, self.fact)

    @cached_property
    def calls(self) -> tuple[CallSite, ...]:
        """The calls in its body (and its test)."""
        return tuple(call for call in self.calls_here() if self.within(call.block, self.index))

    @cached_property
    def handlers_inside(self) -> tuple[HandlerSite, ...]:
        """The handlers in its body."""
        blocks = self.program.files[self.path].blocks
        return tuple(
            HandlerSite(self.context, self.path, number)
            for number in self.program.blocks_in(self.key)
            if blocks[number].kind == "handler" and self.within(number, self.index)
        )

    @cached_property
    def exits(self) -> tuple[Exit, ...]:
        """The returns, raises, breaks and continues in its body."""
        return tuple(item for item in self.exits_here() if self.within(item.block, self.index))

    @property
    def gives_up(self) -> bool:
        """Whether some test in the loop compares something and then leaves it by raise, return or break."""
        blocks = self.program.files[self.path].blocks
        return any(
            item.kind in ("raise", "return", "break") and self._is_tested(blocks, item.block) for item in self.exits
        )

    def _is_tested(self, blocks: tuple[Block, ...], block: int) -> bool:
        for index in self.program.blocks_above(self.path, block):
            if index == self.index:
                return False
            test = blocks[index].value if blocks[index].kind in ("if", "else") else None
            if test is not None and _compares(test):
                return True
        return False


def _compares(value: Value) -> bool:
    if value.kind == "compare":
        return any(operator in value.text for operator in ("Less", "Greater", "Equal"))
    return any(_compares(part) for part in value.parts)
