"""Whether a value is known not to be None where it is used: tests, early exits, assertions and handlers before it."""

from collections.abc import Iterator
from functools import cached_property
from typing import TYPE_CHECKING

from durability.facts.model import Assign, Block, Exit, Span, Value
from durability.program.flows.uses import Use
from durability.program.links.graph import FunctionKey
from durability.program.links.program import Program
from durability.program.links.spelling import plain_name

if TYPE_CHECKING:
    from durability.program.context import Context
    from durability.program.sites import HandlerSite

_LEAVES = frozenset({"return", "raise", "continue", "break"})
_ENDS = frozenset({"exit", "_exit", "quit", "abort", "stop", "rerun", "switch_page", "fail", "error", "skip"})
_OPEN = ("try", "with", "finally")
"""What follows such a block runs after it."""

_IS = frozenset({"Is", "Equal"})
_IS_NOT = frozenset({"IsNot", "NotEqual"})


class Subject:
    """A value that may be None: a call or a parameter, the names it is bound to, and flags that were made from it."""

    def __init__(self, context: "Context", key: FunctionKey, call: int = -1, parameter: str = "") -> None:
        self.context = context
        self.key = key
        self.call = call
        program = context.program
        self._start = program.files[key[0]].calls[call].span if call >= 0 else program.function(key).span
        shared = set(program.function(key).globals)
        uses = context.uses.of(key, f"#{call}") if call >= 0 else []
        given = [item for use in uses if use.root == "assign" for item in context.uses.assigned(key, use.span)]
        bound = (item for item in given if item.value is not None and self._is_call(item.value))
        self.bound = tuple(item for item in bound if item.target.kind == "name" and item.target.text not in shared)
        names = (parameter,) if parameter else (item.target.text for item in self.bound)
        self.names = tuple(dict.fromkeys(names))
        made = [use for name in self.names for use in context.uses.of(key, name)] + uses
        self._flags = {
            plain_name(item.target)
            for use in made
            if use.root == "assign"
            for item in context.uses.assigned(key, use.span)
            if item.value is not None and not self._is_call(item.value) and self.mentions(item.value)
        } - set(self.names)

    def _is_call(self, value: Value) -> bool:
        return value.kind == "call" and value.call == self.call >= 0

    def is_self(self, value: Value) -> bool:
        """Whether a value is the result itself."""
        return self._is_call(value) or (value.kind == "name" and value.text in self.names)

    def mentions(self, value: Value) -> bool:
        """Whether a value is made from the result."""
        pending = [value]
        calls = self.context.program.files[self.key[0]].calls
        while pending:
            item = pending.pop()
            if self.is_self(item):
                return True
            pending.extend(item.parts)
            if item.kind == "call" and item.call >= 0:
                pending.extend(argument.value for argument in calls[item.call].arguments)
        return False

    def present(self, test: Value, *, held: bool) -> bool:
        """Whether the result is there when a test held, or did not; tests that cannot be read count as guards."""
        if self.is_self(test):
            return held
        if test.kind == "not":
            return self.present(test.parts[0], held=not held)
        if test.kind in ("and", "or"):
            inner = [self.present(part, held=held) for part in test.parts]
            return any(inner) if (test.kind == "and") == held else all(inner)
        if test.kind == "compare":
            return self._compared(test, held)
        if test.kind == "call":
            return self.mentions(test) and not self._on_self(test)
        return test.kind == "name" and test.text in self._flags

    def _on_self(self, test: Value) -> bool:
        return bool(test.parts) and self.mentions(test.parts[0])

    def _compared(self, test: Value, held: bool) -> bool:
        if not any(self.is_self(part) for part in test.parts):
            return any(part.kind == "name" and part.text in self._flags for part in test.parts) or self._lengths(test)
        if any(part.kind == "const" and part.text == "None" for part in test.parts):
            operators = set(test.text.split())
            return not held if operators <= _IS else held if operators <= _IS_NOT else False
        return held and test.text in ("Equal", "In", "Is")

    def _lengths(self, test: Value) -> bool:
        return any(part.kind == "call" and self.mentions(part) and not self._on_self(part) for part in test.parts)

    # Places.

    def guarded(self, use: Use) -> bool:
        """Whether something on the way to a use makes sure that the result is there, or takes the failure."""
        if any(self.present(test, held=held) for test, held in use.guards):
            return True
        blocks = self.context.program.files[self.key[0]].blocks
        above = list(self.context.program.blocks_above(self.key[0], use.block))
        if any(self._holds(blocks[index]) or self._caught(index) for index in above):
            return True
        within = set(above)
        return any(self._cleared(index, use, within) for index in self._tests) or any(
            item.block in within and self._between(item.span, use) and self._asserted(item.value)
            for item in self.context.leaving.asserts(self.key)
        )

    @cached_property
    def _tests(self) -> list[int]:
        """The blocks whose test may say whether the value is there."""
        subjects = (f"#{self.call}", *self.names, *sorted(self._flags))
        return sorted({index for name in subjects for index in self.context.uses.tests(self.key, name)})

    def _tests_this(self, block: Block) -> bool:
        """Whether a test comes after the call, or holds it."""
        return block.span[0] >= self._start[0] or (block.value is not None and self._holds_call(block.value))

    def _holds_call(self, value: Value) -> bool:
        pending = [value]
        while pending:
            item = pending.pop()
            if self._is_call(item):
                return True
            pending.extend(item.parts)
        return False

    def _asserted(self, test: Value | None) -> bool:
        return test is not None and self.present(test, held=True)

    def _holds(self, block: Block) -> bool:
        if block.value is None or not self._tests_this(block):
            return False
        if block.kind in ("if", "while"):
            return self.present(block.value, held=True)
        if block.kind == "else":
            return self.present(block.value, held=False)
        return block.kind in ("case", "match") and self.mentions(block.value)

    def _caught(self, index: int) -> bool:
        block = self.context.program.files[self.key[0]].blocks[index]
        if block.kind != "try":
            return False
        return any(takes(site, _NONE_ERRORS) for site in self.context.handlers_of(self.key[0], index))

    def _between(self, span: Span, use: Use) -> bool:
        return self._start[:2] <= (span[2], span[3]) and span[:2] <= use.span[:2]

    def _cleared(self, index: int, use: Use, above: set[int]) -> bool:
        """Whether a test before the use ends the function, or gives another value, when there is no result."""
        block = self.context.program.files[self.key[0]].blocks[index]
        if block.kind not in ("if", "else", "while") or block.value is None or index in above:
            return False
        if not self._tests_this(block) or block.span[2] > use.span[0] or not self._reaches(index, above):
            return False
        if block.kind == "while":
            return self.present(block.value, held=False)
        if not self.present(block.value, held=block.kind == "else"):
            return False
        return leaves(self.context, self.key[0], index) or self._rebound_in(index)

    def _reaches(self, index: int, above: set[int]) -> bool:
        blocks = self.context.program.files[self.key[0]].blocks
        parent = blocks[index].parent
        while parent not in above and parent >= 0 and blocks[parent].kind in _OPEN:
            parent = blocks[parent].parent
        return parent in above

    def _rebound_in(self, index: int) -> bool:
        return any(
            index in self.context.program.blocks_above(self.key[0], item.block)
            for name in self.names
            for item in self._assigns_to(name)
        )

    def _assigns_to(self, name: str) -> list[Assign]:
        return [item for item in self.context.program.assigns_to(self.key[0], name) if item.function == self.key[1]]

    def uses(self) -> Iterator[Use]:
        """The places where the result is used as it came from the call, in source order."""
        uses = self.context.uses
        found = uses.of(self.key, f"#{self.call}") if self.call >= 0 else self._of_parameter()
        here = {item.span for item in found}
        for binding in self.bound:
            others = [item for item in self._others(binding) if self._is_after(item.span, binding)]
            for use in uses.of(self.key, binding.target.text):
                walrus = use.span in here and use.span != binding.span
                if (walrus or self._is_after(use.span, binding)) and self._follows(binding.block, use.block):
                    found = found if any(item.span[:2] <= use.span[:2] for item in others) else [*found, use]
        yield from sorted(found, key=lambda item: item.span)

    def _of_parameter(self) -> list[Use]:
        """The uses of a parameter before anything else is given to its name."""
        found = self.context.uses.of(self.key, self.names[0])
        again = [item.span for name in self.names for item in self._assigns_to(name)]
        return [use for use in found if not again or use.span <= min(again)]

    def _others(self, binding: Assign) -> list[Assign]:
        return [item for item in self._assigns_to(binding.target.text) if item is not binding]

    def _is_after(self, span: Span, binding: Assign) -> bool:
        return span[:2] > binding.span[:2]

    def _follows(self, block: int, other: int) -> bool:
        """Whether a place always comes after a binding in `block`: it stands inside, or after a `try` or `with`."""
        blocks = self.context.program.files[self.key[0]].blocks
        above = set(self.context.program.blocks_above(self.key[0], other))
        while block not in above and block >= 0 and blocks[block].kind in _OPEN:
            block = blocks[block].parent
        return block in above


_NONE_ERRORS = frozenset({"TypeError", "AttributeError", "Exception", "BaseException"})


def takes(handler: "HandlerSite", wanted: frozenset[str]) -> bool:
    """Whether a handler catches one of the wanted errors, and does not just let it go on."""
    caught = not handler.types or any(name.rsplit(".", 1)[-1] in wanted for name in handler.types)
    return caught and not any(
        item.kind == "raise" and item.value is None and item.block == handler.index for item in handler.exits
    )


def leaves(context: "Context", path: str, index: int) -> bool:
    """Whether a block never runs past its end, as far as exits, calls that end, and branches tell."""
    return context.leaving.ends(path, index)


class Leaving:
    """Which blocks never run past their end; each function is looked at once."""

    def __init__(self, program: Program) -> None:
        self._program = program
        self._ends: dict[FunctionKey, frozenset[int]] = {}
        self._asserts: dict[FunctionKey, list[Exit]] = {}

    def asserts(self, key: FunctionKey) -> list[Exit]:
        """The assertions of a function."""
        if key not in self._asserts:
            self._asserts[key] = [item for item in self._program.exits_in(key) if item.kind == "assert"]
        return self._asserts[key]

    def ends(self, path: str, index: int) -> bool:
        """Whether a block never runs past its end."""
        key = (path, self._program.files[path].blocks[index].function)
        if key not in self._ends:
            self._ends[key] = self._find(key)
        return index in self._ends[key]

    def _find(self, key: FunctionKey) -> frozenset[int]:
        facts = self._program.files[key[0]]
        calls = (facts.calls[number] for number in self._program.calls_in(key))
        found = {item.block for item in self._program.exits_in(key) if item.kind in _LEAVES}
        found |= {call.block for call in calls if call.used == "dropped" and call.target.rsplit(".", 1)[-1] in _ENDS}
        inner: dict[int, list[int]] = {}
        for number in reversed(self._program.blocks_in(key)):
            left = [item for item in inner.get(number, ()) if item in found]
            kinds = {facts.blocks[item].kind for item in left}
            tried = [item for item in inner.get(number, ()) if facts.blocks[item].kind in ("try", "handler")]
            if "with" in kinds or {"if", "else"} <= kinds or (tried and all(item in found for item in tried)):
                found.add(number)
            inner.setdefault(facts.blocks[number].parent, []).append(number)
        return frozenset(found)
