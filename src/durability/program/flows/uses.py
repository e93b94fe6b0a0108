"""Every place of a function where a name or the result of a call is used, with what stands around it."""

from collections.abc import Iterator

from msgspec import Struct

from durability.facts.model import Assign, FileFacts, Span, Value
from durability.program.links.graph import FunctionKey
from durability.program.links.program import Program

Guard = tuple[Value, bool]
"""A test in the same expression, and whether it held where the value is used."""


class Around(Struct, frozen=True):
    """The value that stands around another: `position` is the part (for a call: 0 the receiver, then arguments)."""

    value: Value
    position: int
    outer: "Around | None"


class Use(Struct, frozen=True):
    """One use. `root` says what statement it stands in: "return", "assign", "if", "for", "dropped", …"""

    value: Value
    around: Around | None
    guards: tuple[Guard, ...]
    root: str
    block: int
    span: Span


class Uses:
    """The uses in each function, by what is used: `x` for a name, `#7` for the result of call 7."""

    def __init__(self, program: Program) -> None:
        self._program = program
        self._found: dict[FunctionKey, dict[str, list[Use]]] = {}
        self._tests: dict[FunctionKey, dict[str, list[int]]] = {}
        self._assigned: dict[FunctionKey, dict[Span, list[Assign]]] = {}

    def of(self, key: FunctionKey, subject: str) -> list[Use]:
        """The uses of a subject in a function, in source order."""
        if key not in self._found:
            self._found[key] = self._collect(key)
        return self._found[key].get(subject, [])

    def tests(self, key: FunctionKey, subject: str) -> list[int]:
        """The blocks of a function whose test, iterable or subject holds a name or call, outside in."""
        if key not in self._tests:
            facts = self._program.files[key[0]]
            found: dict[str, list[int]] = {}
            for index in self._program.blocks_in(key):
                value = facts.blocks[index].value
                for name in _subjects(value, facts) if value is not None else ():
                    found.setdefault(name, []).append(index)
            self._tests[key] = found
        return self._tests[key].get(subject, [])

    def assigned(self, key: FunctionKey, span: Span) -> list[Assign]:
        """What a statement of a function binds."""
        if key not in self._assigned:
            found: dict[Span, list[Assign]] = {}
            for item in self._program.assigns_in(key):
                found.setdefault(item.span, []).append(item)
            self._assigned[key] = found
        return self._assigned[key].get(span, [])

    def _collect(self, key: FunctionKey) -> dict[str, list[Use]]:
        facts = self._program.files[key[0]]
        found: dict[str, list[Use]] = {}
        seen: set[int] = set()
        for use in self._roots(key, facts):
            _descend(use, facts, found, seen)
        inner = _inner_calls(facts, self._program.calls_in(key))
        for index in self._program.calls_in(key):
            if index not in seen and index not in inner:
                call = facts.calls[index]
                value = Value("call", call.target, (call.receiver,) if call.receiver else (), index)
                _descend(Use(value, None, (), call.used, call.block, call.span), facts, found, seen)
        for uses in found.values():
            uses.sort(key=lambda item: item.span)
        return found

    def _roots(self, key: FunctionKey, facts: FileFacts) -> Iterator[Use]:
        for item in self._program.assigns_in(key):
            if item.value is not None:
                root = "assign" if item.op == "=" else "change"
                yield Use(item.value, None, (), root, item.block, item.span)
            if item.target.kind != "name":
                yield Use(item.target, None, (), "target", item.block, item.span)
        for leaving in self._program.exits_in(key):
            if leaving.value is not None:
                yield Use(leaving.value, None, (), leaving.kind, leaving.block, leaving.span)
        for index in self._program.blocks_in(key):
            block = facts.blocks[index]
            if block.value is not None and block.kind in ("if", "while", "for", "with", "match", "comp"):
                yield Use(block.value, None, (), block.kind, block.parent, block.span)


def _subjects(value: Value, facts: FileFacts) -> set[str]:
    found, pending = set(), [value]
    while pending:
        item = pending.pop()
        if item.kind == "name":
            found.add(item.text)
        if item.kind == "call" and item.call >= 0:
            found.add(f"#{item.call}")
            pending.extend(argument.value for argument in facts.calls[item.call].arguments)
        pending.extend(item.parts)
    return found


def _inner_calls(facts: FileFacts, calls: list[int]) -> set[int]:
    """The calls that another call takes as its receiver or argument."""
    inner = set()
    for index in calls:
        call = facts.calls[index]
        pending = [item.value for item in call.arguments] + ([call.receiver] if call.receiver else [])
        while pending:
            value = pending.pop()
            if value.call >= 0:
                inner.add(value.call)
            pending.extend(value.parts)
    return inner


def _descend(root: Use, facts: FileFacts, found: dict[str, list[Use]], seen: set[int]) -> None:
    stack = [root]
    while stack:
        use = stack.pop()
        value = use.value
        if value.kind == "name":
            found.setdefault(value.text, []).append(use)
        elif value.kind == "attr" and value.parts[0].kind == "name" and value.parts[0].text == "self":
            found.setdefault(f"self.{value.text}", []).append(use)
        if value.kind == "call" and value.call >= 0:
            found.setdefault(f"#{value.call}", []).append(use)
            if value.call not in seen:
                seen.add(value.call)
                stack.extend(_in_call(use, facts))
        else:
            stack.extend(_in_parts(use))


def _in_call(use: Use, facts: FileFacts) -> Iterator[Use]:
    call = facts.calls[use.value.call]
    if call.receiver is not None:
        around = Around(use.value, 0, use.around)
        yield Use(call.receiver, around, use.guards, use.root, use.block, use.span)
    for position, argument in enumerate(call.arguments, start=1):
        around = Around(use.value, position, use.around)
        yield Use(argument.value, around, use.guards, use.root, use.block, use.span)


def _in_parts(use: Use) -> Iterator[Use]:
    value = use.value
    for position, part in enumerate(value.parts):
        guards = use.guards + _guards(value, position)
        yield Use(part, Around(value, position, use.around), guards, use.root, use.block, use.span)


def _guards(value: Value, position: int) -> tuple[Guard, ...]:
    """What held when a part of a value is reached."""
    if value.kind in ("and", "or") and position:
        return tuple((part, value.kind == "and") for part in value.parts[:position])
    if value.kind == "if" and position:
        return ((value.parts[0], position == 1),)
    if value.kind == "comp":
        elements = 2 if value.text == "DictComp" else 1
        return tuple((part, True) for part in value.parts[elements:]) if position < elements else ()
    return ()
