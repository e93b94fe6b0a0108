"""Rows that are read, tested and then changed, with time in between in which another request does the same."""

from functools import cached_property
from typing import TYPE_CHECKING, Literal

from msgspec import Struct

from durability.facts.model import Assign, Value
from durability.model import Step
from durability.program.flows.branches import runs
from durability.program.flows.results import names_in
from durability.program.keeping.locks import under_lock
from durability.program.links.graph import FunctionKey
from durability.program.links.spelling import plain_name
from durability.program.schema.behind import Behind
from durability.program.schema.marks import is_mark
from durability.program.schema.rows import Asked, changed, put
from durability.program.sites import CallSite

if TYPE_CHECKING:
    from durability.program.context import Context

_ELSEWHERE = frozenset({"charge", "refund", "message", "remote", "enqueue"})
_COUNTING = frozenset({"Add", "Subtract", "Add=", "Subtract="})


class Race(Struct, frozen=True):
    """A row that is changed because of what was read: `guard` is what keeps a second request out, "" for nothing."""

    table: str
    columns: tuple[str, ...]
    guard: Literal["", "lock", "condition"]
    trace: tuple[Step, ...]


class Races:
    """Every lookup whose result is tested before the same columns of the same row are changed.

    Counted are changes that add up or that let something else happen, as twice the same mark does no harm.
    """

    def __init__(self, context: "Context") -> None:
        self._context = context
        self._changes = Behind(context, changed, "changes it")
        self._puts = Behind(context, put, "puts a row in")

    @cached_property
    def all(self) -> dict[tuple[str, int], Race]:
        """By the file and the index of the call that looks."""
        found: dict[tuple[str, int], Race] = {}
        for path in self._context.judged_paths():
            for index in range(len(self._context.program.files[path].calls)):
                call = self._context.call(path, index)
                looked = self._context.lookups.of(call)
                made = self._after(call, *looked) if looked is not None else None
                if made is not None:
                    found[path, index] = made
        return found

    def _after(self, call: CallSite, looked: Asked, steps: tuple[Step, ...]) -> Race | None:
        names = self._names(call)
        tests = self._tests(call, names)
        if not tests:
            return None
        return self._by_statement(call, looked, steps, tests) or self._by_attribute(call, looked, steps, tests)

    def _by_statement(
        self, call: CallSite, looked: Asked, steps: tuple[Step, ...], tests: dict[int, frozenset[str]]
    ) -> Race | None:
        for later in call.calls_here():
            if later.span[:2] <= call.span[:2] or not self._hangs(call, later, tests):
                continue
            for change, way in self._changes.of(later):
                if change.table != looked.table:
                    continue
                marked = change.marked if self._lets_happen(call, tests) else frozenset()
                # Of a document all fields come; those that the tests read are the ones that count.
                known = frozenset().union(*tests.values()) if looked.built else looked.selected or change.columns
                read = (change.counted | marked) & known
                if read:
                    guard = "condition" if change.conditional else self._guard(call, looked, later)
                    return Race(looked.table, tuple(sorted(read)), guard, (*steps, *way))
        return None

    def _by_attribute(
        self, call: CallSite, looked: Asked, steps: tuple[Step, ...], tests: dict[int, frozenset[str]]
    ) -> Race | None:
        if looked.model is None or not self._is_stored(call.key):
            return None
        read = frozenset().union(*tests.values())
        for item in self._context.program.assigns_in(call.key):
            target = item.target
            if target.kind != "attr" or plain_name(target.parts[0]) not in call.into or item.span <= call.span:
                continue
            hangs = any(self._runs(call, index, item.block, item.span) for index in tests)
            once = is_mark(item.value) and self._lets_happen(call, tests)
            if target.text in read and hangs and (_counts(item) or once):
                step = Step(call.path, item.span[0], f"changes {target.text}")
                last = call.calls_here()[-1]
                return Race(looked.table, (target.text,), self._guard(call, looked, last), (*steps, step))
        return None

    def _names(self, call: CallSite) -> frozenset[str]:
        """The names that hold what was found, or a part of it."""
        found = set(call.into)
        for item in self._context.program.assigns_in(call.key):
            if item.value is None or item.target.kind != "name" or item.span[2:] < call.span[2:]:
                continue
            if found.intersection(names_in(item.value)) or self._holds_call(item.value, call):
                found.add(item.target.text)
        return frozenset(found)

    def _holds_call(self, value: Value, call: CallSite) -> bool:
        """Whether a value is what a call gave, a part of it, or it in another shape: `dict(rows[0])`."""
        given = self._context.program.files[call.path].calls[value.call].arguments if value.call >= 0 else ()
        parts = (*value.parts, *(item.value for item in given))
        return value.call == call.index or any(self._holds_call(part, call) for part in parts)

    def _tests(self, call: CallSite, names: frozenset[str]) -> dict[int, frozenset[str]]:
        """The branches that ask what was found, with the columns that they read of it."""
        found: dict[int, frozenset[str]] = {}
        for index in self._context.program.blocks_in(call.key):
            block = self._context.program.files[call.path].blocks[index]
            if block.kind != "if" or block.value is None or block.span[2:] <= call.span[2:]:
                continue
            if names.intersection(names_in(block.value)) or self._holds_call(block.value, call):
                found[index] = frozenset(self._read(block.value, call.path)) | self._behind(block.value, call, names)
        return {index: read for index, read in found.items() if not self._asks_only_presence(call, index)}

    def _behind(self, test: Value, call: CallSite, names: frozenset[str]) -> frozenset[str]:
        """The columns from which the names of a test were made: `free = row["all"] - row["taken"]`."""
        found: set[str] = set()
        pending, seen = list(names_in(test)), set(call.into)
        while pending:
            name = pending.pop()
            if name in seen or name not in names:
                continue
            seen.add(name)
            for item in self._context.program.assigns_to(call.path, name):
                if item.function == call.key[1] and item.value is not None and item.span[:2] > call.span[:2]:
                    found.update(self._read(item.value, call.path))
                    pending.extend(names_in(item.value))
        return frozenset(found)

    def _read(self, value: Value, path: str) -> list[str]:
        """The attributes and keys that a test reads: `row.status`, `row["status"]`, `row.get("status")`."""
        found = [value.text] if value.kind == "attr" else []
        if value.kind == "item" and len(value.parts) == 2 and value.parts[1].kind == "text":
            found.append(value.parts[1].text)
        if value.kind == "call" and value.call >= 0 and value.text.rpartition(".")[2] == "get":
            given = self._context.program.files[path].calls[value.call].arguments[:1]
            found += [item.value.text for item in given if item.value.kind == "text"]
        return found + [name for part in value.parts for name in self._read(part, path)]

    def _asks_only_presence(self, call: CallSite, index: int) -> bool:
        value = self._context.program.files[call.path].blocks[index].value
        while value is not None and value.kind == "not":
            value = value.parts[0]
        if value is None or value.kind != "compare":
            return value is not None and value.kind in ("name", "call") and value.text in (*call.into, call.shown)
        return value.parts[1].text == "None"

    def _hangs(self, call: CallSite, later: CallSite, tests: dict[int, frozenset[str]]) -> bool:
        return any(self._runs(call, index, later.block, later.span) for index in tests)

    def _runs(self, call: CallSite, index: int, block: int, span: tuple[int, int, int, int]) -> bool:
        return runs(self._context, call.path, index, block, span) is not None

    def _lets_happen(self, call: CallSite, tests: dict[int, frozenset[str]]) -> bool:
        """Whether something hangs on the same test that must not happen twice."""
        for item in self._context.sequences.of(call.key):
            leaves = any(event.kind in _ELSEWHERE for event in item.events)
            if leaves and any(self._runs(call, index, item.block, item.span) for index in tests):
                return True
        later = (other for other in call.calls_here() if other.span > call.span and self._hangs(call, other, tests))
        return any(self._puts.of(other) for other in later)

    def _is_stored(self, key: FunctionKey) -> bool:
        items = self._context.sequences.of(key)
        return any(event.kind in ("write", "record") for item in items for event in item.events)

    def _guard(self, call: CallSite, looked: Asked, later: CallSite) -> Literal["", "lock"]:
        both = under_lock(self._context, call) and under_lock(self._context, later)
        return "lock" if looked.locked or both or self._context.lookups.is_serial(call) else ""


def _counts(item: Assign) -> bool:
    value = item.value
    return item.op in _COUNTING or (value is not None and value.kind == "op" and value.text in _COUNTING)
