"""Tests that admit listed or harmless values only, before the place where a value is used."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Literal

from durability.facts.model import Call, Value
from durability.program.flows.guards import leaves
from durability.program.flows.passing import HOST
from durability.program.links.graph import FunctionKey
from durability.program.links.spelling import plain_name

if TYPE_CHECKING:
    from durability.program.context import Context

Checked = Literal["no", "maybe", "yes"]
_ORDER: dict[Checked, int] = {"no": 0, "maybe": 1, "yes": 2}
_PLAIN = frozenset({"isdigit", "isalnum", "isidentifier", "isdecimal", "isnumeric", "fullmatch", "is_relative_to"})
"""Tests that hold for harmless texts only."""

_LOOKS = frozenset(
    {
        "len", "isinstance", "strip", "lower", "upper", "get", "any", "bool", "hasattr", "exists", "is_file", "is_dir",
        "isfile", "isdir", "endswith", "startswith", "str", "type", "callable", "issubclass", "split", "count",
    }
)  # fmt: skip
"""Calls in a test that say nothing about what the text may do."""

_PIECES = frozenset({"suffix", "suffixes", "splitext", "split", "rsplit", "partition", "rpartition", "scheme"})
"""A piece that is listed says nothing of the rest: an allowed extension on a path that leads elsewhere."""

_TELLING = frozenset({"hostname", "netloc", "parents", "name", "stem"})
"""Attributes of a parsed value that tell where it leads."""

_LOGS = frozenset({"print", "debug", "info", "warning", "error", "exception", "log", "write"})
_HOPS = 3


class Where:
    """A place in a function: its block, and the line and column it starts at."""

    __slots__ = ("block", "key", "start")

    def __init__(self, key: FunctionKey, block: int, start: tuple[int, int]) -> None:
        self.key = key
        self.block = block
        self.start = start


class Checks:
    """Whether a name was tested on every way to a place."""

    def __init__(self, context: "Context") -> None:
        self._context = context

    def of(self, subject: str, where: Where, since: tuple[int, int], sink: str) -> Checked:
        """Whether what `subject` holds was tested after `since` and before `where`."""
        names = self._derived(subject, where, since)
        found: Checked = "no"
        for test, held in self._tests(where, since):
            found = max(found, self.admits(test, names, sink, where, held=held), key=_ORDER.__getitem__)
        for call in self._refusals(where, since):
            if call.receiver is not None and call.target.endswith(".relative_to"):
                if self._made_from(call.receiver, set(names), where.key):
                    return "yes"
            elif any(self._made_from(item.value, set(names), where.key) for item in call.arguments):
                found = max(found, "maybe", key=_ORDER.__getitem__)
        return found

    def _derived(self, subject: str, where: Where, since: tuple[int, int]) -> frozenset[str]:
        """The subject, and the names that were made from it."""
        names = {subject}
        for _ in range(_HOPS):
            for item in self._context.program.assigns_in(where.key):
                made = item.value is not None and item.span[2:] <= where.start
                if made and item.span[:2] >= since and self._made_from(item.value, names, where.key):
                    names.add(plain_name(item.target))
        names.discard("")
        return frozenset(names)

    def _made_from(self, value: Value | None, names: set[str], key: FunctionKey) -> bool:
        return value is not None and any(_mentions(part, frozenset(names)) for part in self._parts(value, key))

    def _parts(self, value: Value, key: FunctionKey) -> Iterator[Value]:
        """A value, and what the calls in it are given."""
        calls = self._context.program.files[key[0]].calls
        pending = [value]
        while pending:
            item = pending.pop()
            yield item
            if item.text.rsplit(".", 1)[-1] in _PIECES and item.kind in ("attr", "call"):
                continue
            if item.kind != "attr" or item.parts[0].kind != "name" or item.text in _TELLING:
                pending.extend(item.parts)
            if item.kind == "call" and item.call >= 0:
                pending.extend(argument.value for argument in calls[item.call].arguments)

    def _tests(self, where: Where, since: tuple[int, int]) -> Iterator[tuple[Value, bool]]:
        """The tests that held, or did not, wherever this place is reached."""
        program, (path, _) = self._context.program, where.key
        blocks = program.files[path].blocks
        above = list(program.blocks_above(path, where.block))
        for index in above:
            block = blocks[index]
            if block.kind in ("if", "while", "else") and block.value is not None and block.span[:2] >= since:
                yield block.value, block.kind != "else"
        for index in program.blocks_in(where.key):
            block = blocks[index]
            before = since <= block.span[:2] and (block.span[2], block.span[3]) <= where.start
            passed = block.kind == "if" and before and index not in above and self._reaches(index, above, path)
            if passed and block.value is not None and leaves(self._context, path, index):
                yield block.value, False
        for item in program.exits_in(where.key):
            if item.kind == "assert" and item.value is not None and since <= item.span[:2] < where.start:
                yield item.value, True

    def _reaches(self, index: int, above: list[int], path: str) -> bool:
        blocks = self._context.program.files[path].blocks
        parent = blocks[index].parent
        while parent not in above and parent >= 0 and blocks[parent].kind in ("try", "with", "finally"):
            parent = blocks[parent].parent
        return parent in above

    def _refusals(self, where: Where, since: tuple[int, int]) -> Iterator[Call]:
        """Calls on every way to the place that may refuse what they are given by raising."""
        program, path = self._context.program, where.key[0]
        above = list(program.blocks_above(path, where.block))
        for index in program.calls_in(where.key):
            call = program.files[path].calls[index]
            if not since <= call.span[:2] < where.start or not self._ends(call.block, above, path):
                continue
            if call.target.endswith(".relative_to") or (call.used == "dropped" and self._may_refuse(path, index)):
                yield call

    def _ends(self, block: int, above: list[int], path: str) -> bool:
        """Whether a failure in a block never comes to a place: it stands around it, or its handlers leave."""
        if block in above:
            return True
        if self._context.program.files[path].blocks[block].kind != "try" or not self._reaches(block, above, path):
            return False
        return all(handler.always_leaves for handler in self._context.handlers_of(path, block))

    def _may_refuse(self, path: str, index: int) -> bool:
        program = self._context.program
        symbol = program.symbol(path, index)
        if program.files[path].calls[index].target.rsplit(".", 1)[-1] in _LOGS:
            return False
        target = program.key_of(symbol) if symbol.kind == "function" else None
        if target is None:
            return symbol.kind != "library"
        return any(item.kind in ("raise", "assert") for item in program.exits_in(target))

    def admits(self, test: Value, names: frozenset[str], sink: str, where: Where, *, held: bool) -> Checked:
        """What a test that held, or did not, says of one of these names."""
        if test.kind == "not":
            return self.admits(test.parts[0], names, sink, where, held=not held)
        if test.kind in ("and", "or"):
            parts = [self.admits(part, names, sink, where, held=held) for part in test.parts]
            choose = max if (test.kind == "and") == held else min
            return choose(parts, key=_ORDER.__getitem__)
        if test.kind == "compare":
            return self._compared(test, names, where, held)
        return self._called(test, names, sink, where, held) if test.kind == "call" else "no"

    def _compared(self, test: Value, names: frozenset[str], where: Where, held: bool) -> Checked:
        left = any(_mentions(part, names) for part in self._parts(test.parts[0], where.key))
        wanted = {"In": True, "NotIn": False, "Equal": True, "NotEqual": False}.get(test.text)
        if wanted is None:
            return "no"
        if left and wanted == held and test.text in ("In", "NotIn"):
            return "no" if _is_length(test.parts[0]) else "yes"
        if left and wanted == held:
            if any(part.text.endswith("commonpath") for part in self._parts(test.parts[0], where.key)):
                return "yes"
            return "yes" if test.parts[1].kind == "text" and not _is_length(test.parts[0]) else "no"
        right = len(test.parts) > 1 and any(_mentions(part, names) for part in self._parts(test.parts[1], where.key))
        if not right or test.text not in ("In", "NotIn"):
            return "no"
        inside = test.parts[1].kind == "attr" and test.parts[1].text == "parents" and wanted == held
        return "yes" if inside else "maybe"

    def _called(self, test: Value, names: frozenset[str], sink: str, where: Where, held: bool) -> Checked:
        if not any(_mentions(part, names) for part in self._parts(test, where.key)):
            return "no"
        last = test.text.rsplit(".", 1)[-1]
        if last in _PLAIN:
            return "yes" if held else "no"
        if last == "match":
            return "yes" if held else "no"
        if last == "startswith" and held:
            return "yes" if sink == "path" or (sink == "url" and self._starts_with_host(test, where)) else "no"
        return "no" if last in _LOOKS else "maybe"

    def _starts_with_host(self, test: Value, where: Where) -> bool:
        given = self._context.program.files[where.key[0]].calls[test.call].arguments
        return bool(given) and (given[0].value.kind != "text" or bool(HOST.match(given[0].value.text)))


def _is_length(value: Value) -> bool:
    return value.kind == "call" and value.text == "len"


def _mentions(value: Value, names: frozenset[str]) -> bool:
    return plain_name(value) in names
