"""A place in the program, with the context that every rule may want: function, role, loops, handlers."""

from collections.abc import Iterator
from fnmatch import fnmatchcase
from functools import cached_property
from typing import TYPE_CHECKING

from durability.facts.model import Block, Exit, Function, Span
from durability.program.entrypoints.reach import Reach
from durability.program.links.graph import FunctionKey
from durability.program.links.program import Program
from durability.program.sites.size import size_of

if TYPE_CHECKING:
    from durability.program.context import Context
    from durability.program.sites.call import CallSite
    from durability.program.sites.handler import HandlerSite

LOOPS = ("for", "while", "comp")
_AT_TERMINAL = frozenset({"cli", "script"})
_SERVED = frozenset({"route", "worker", "bot", "tool", "ui", "library"})


class Site:
    """A place where something could go wrong."""

    def __init__(self, context: "Context", key: FunctionKey, block: int, span: Span, operation: str) -> None:
        self.context = context
        self.key = key
        self.path = key[0]
        self.block = block
        self.span = span
        self.operation = operation

    @property
    def program(self) -> Program:
        """The program this place belongs to."""
        return self.context.program

    @property
    def function(self) -> Function:
        """The function around this place; the module body when there is none."""
        return self.program.function(self.key)

    @property
    def line(self) -> int:
        """The first line."""
        return self.span[0]

    @property
    def reach(self) -> Reach:
        """From which entry points, and in which role, this place is reached."""
        return self.context.reach.of(self.key)

    @property
    def for_person(self) -> bool:
        """Whether this runs only for a person at a terminal, who sees what is printed and knows the local time."""
        roles = self.reach.roles
        if "unreached" in roles:
            return self.key[1] == 0 or self.reach.weight == 0.0 or self.context.is_command(self.path)
        return bool(roles & _AT_TERMINAL) and not roles & _SERVED

    @property
    def class_name(self) -> str:
        """The class whose body this place stands in, or ""."""
        return next((block.targets[0] for block in self.around() if block.kind == "class"), "")

    @property
    def in_async(self) -> bool:
        """Whether the function around this place is a coroutine."""
        return self.function.is_async

    @property
    def at_import(self) -> bool:
        """Whether this place runs when its module is imported."""
        return self.key[1] == 0 and not self.under_main_guard

    @cached_property
    def under_main_guard(self) -> bool:
        """Whether this place stands under `if __name__ == "__main__"`."""
        return any(
            block.kind == "if" and block.value is not None and "__name__" in {part.text for part in block.value.parts}
            for block in self.around()
        )

    def around(self) -> Iterator[Block]:
        """The blocks around this place, inside out, up to its function's own."""
        blocks = self.program.files[self.path].blocks
        for index in self.program.blocks_above(self.path, self.block):
            yield blocks[index]

    @cached_property
    def loops(self) -> tuple["Loop", ...]:
        """The loops around this place in its function, inside out; the iterable of a comprehension is outside it."""
        return tuple(Loop(self, block) for block in self.around() if block.kind in LOOPS)

    @property
    def loop(self) -> "Loop | None":
        """The innermost loop around this place."""
        return self.loops[0] if self.loops else None

    @cached_property
    def handlers(self) -> tuple["HandlerSite", ...]:
        """The exception handlers that guard this place in its function, inside out."""
        blocks = self.program.files[self.path].blocks
        found = []
        for index in self.program.blocks_above(self.path, self.block):
            if blocks[index].kind == "try":
                found.extend(self.context.handlers_of(self.path, index))
        return tuple(found)

    def inside(self, *names: str) -> bool:
        """Whether this place stands in a `with` on a library call that one of the patterns names."""
        for block in self.around():
            if block.kind == "with" and block.value is not None:
                symbol = self.context.value_name(block.value, self.key)
                if any(fnmatchcase(symbol, name) for name in names):
                    return True
        return False

    def calls_here(self) -> list["CallSite"]:
        """All calls of the function around this place, in source order."""
        return [self.context.call(self.path, index) for index in self.program.calls_in(self.key)]

    def exits_here(self) -> list[Exit]:
        """All returns, raises, yields, breaks and assertions of the function around this place."""
        return self.program.exits_in(self.key)

    def within(self, block: int, outer: int) -> bool:
        """Whether a block is `outer` or inside it."""
        return outer in self.program.blocks_above(self.path, block)


class Loop:
    """A loop around a place."""

    def __init__(self, site: Site, block: Block) -> None:
        self._site = site
        self.block = block
        self.kind = block.kind
        self.targets = block.targets
        self.iterable = block.value

    @cached_property
    def constant_size(self) -> int | None:
        """How often it runs at most when that is written down: a literal collection, `range(3)`, `rows[:3]`."""
        if self.iterable is None or self.kind == "while":
            return None
        return size_of(self._site.program, self.iterable, self._site.key)

    @property
    def endless(self) -> bool:
        """Whether it is a `while True`."""
        return self.kind == "while" and self.iterable is not None and self.iterable.text in ("True", "1")
