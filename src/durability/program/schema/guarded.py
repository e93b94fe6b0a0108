"""Rows that are put in because a lookup found none: what is looked for, what is put in, and what stands in between."""

from functools import cached_property
from typing import TYPE_CHECKING

from msgspec import Struct

from durability.facts.model import Value
from durability.model import Step
from durability.program.flows.branches import holds, runs
from durability.program.keeping.locks import under_lock
from durability.program.links.graph import FunctionKey
from durability.program.schema.model import Table
from durability.program.schema.rows import Asked, Put, asked, put, statement
from durability.program.sites import CallSite

if TYPE_CHECKING:
    from durability.program.context import Context

_HOPS = 3
"""How many functions deep a lookup or an insert may be."""
_SERIAL = ("serializable", "begin immediate", "begin exclusive", "advisory", "lock table", "get_lock(")


class GuardedInsert(Struct, frozen=True):
    """A lookup of a row, and the insert that a test of its result allows; `trace` leads from the one to the other."""

    call: int
    asked: Asked
    put: Put
    table: Table | None
    serial: bool
    trace: tuple[Step, ...]


class GuardedInserts:
    """Every lookup whose empty result lets the same function put a row into the same table."""

    def __init__(self, context: "Context") -> None:
        self._context = context

    @cached_property
    def all(self) -> dict[tuple[str, int], GuardedInsert]:
        """By the file and the index of the call that looks."""
        found: dict[tuple[str, int], GuardedInsert] = {}
        for path in self._context.judged_paths():
            for index in range(len(self._context.program.files[path].calls)):
                call = self._context.call(path, index)
                looked = self._lookup(call)
                made = self._guarded(call, *looked) if looked is not None else None
                if made is not None:
                    found[path, index] = made
        return found

    # Lookups and inserts, of a call itself or of the functions that it runs.

    def _lookup(self, call: CallSite) -> tuple[Asked, tuple[Step, ...]] | None:
        here = (Step(call.path, call.line, f"{call.shown}() looks whether it is there"),)
        own = asked(self._context, call)
        if own is not None:
            return own, here
        target = self._context.program.key_of(call.symbol) if call.symbol.kind == "function" else None
        found = self._lookups.get(target) if target is not None else None
        if found is None:
            return None
        return found[0], (Step(call.path, call.line, f"calls {call.shown}()"), *found[1])

    @cached_property
    def _lookups(self) -> dict[FunctionKey, tuple[Asked, tuple[Step, ...]]]:
        """Functions that give the row that their only lookup finds, or whether there is one."""
        found: dict[FunctionKey, tuple[Asked, tuple[Step, ...]]] = {}
        program = self._context.program
        for key in self._keys:
            returned = [
                item.value for item in program.exits_in(key) if item.kind == "return" and item.value is not None
            ]
            calls = [self._context.call(key[0], index) for index in program.calls_in(key)]
            lookups = [(call, made) for call in calls if (made := asked(self._context, call)) is not None]
            if len(lookups) == 1 and any(_says(value, lookups[0][0]) for value in returned):
                call, made = lookups[0]
                found[key] = made, (Step(call.path, call.line, f"{call.shown}() looks whether it is there"),)
        return found

    @cached_property
    def _puts(self) -> dict[FunctionKey, tuple[tuple[Put, tuple[Step, ...]], ...]]:
        """What a function puts in, itself or through what it calls, a few functions deep."""
        program = self._context.program
        found: dict[FunctionKey, list[tuple[Put, tuple[Step, ...]]]] = {}
        for key in self._keys:
            for index in program.calls_in(key):
                made = put(self._context, call := self._context.call(key[0], index))
                if made is not None:
                    found.setdefault(key, []).append(
                        (made, (Step(call.path, call.line, f"{call.shown}() puts it in"),))
                    )
        edge_of = dict(found)
        for _ in range(_HOPS):
            grown: dict[FunctionKey, list[tuple[Put, tuple[Step, ...]]]] = {}
            for callee in sorted(edge_of):
                for edge in program.callers.get(callee, ()):
                    if edge.call < 0 or edge.caller == callee:
                        continue
                    step = Step(edge.caller[0], program.files[edge.caller[0]].calls[edge.call].span[0], "calls on")
                    known = {made for made, _ in found.get(edge.caller, ())}
                    new = [(made, (step, *steps)) for made, steps in edge_of[callee] if made not in known]
                    grown.setdefault(edge.caller, []).extend(new)
            for key, items in grown.items():
                found.setdefault(key, []).extend(items)
            edge_of = grown
        return {key: tuple(items) for key, items in found.items()}

    @cached_property
    def _keys(self) -> list[FunctionKey]:
        paths = frozenset(self._context.judged_paths())
        return [key for key in self._context.program.functions() if key[0] in paths]

    def _puts_of(self, call: CallSite) -> tuple[tuple[Put, tuple[Step, ...]], ...]:
        own = put(self._context, call)
        if own is not None:
            return ((own, (Step(call.path, call.line, f"{call.shown}() puts it in"),)),)
        target = self._context.program.key_of(call.symbol) if call.symbol.kind == "function" else None
        first = Step(call.path, call.line, f"calls {call.shown}()")
        return (
            tuple((made, (first, *steps)) for made, steps in self._puts.get(target, ())) if target is not None else ()
        )

    # One lookup and the insert behind its test.

    def _guarded(self, call: CallSite, looked: Asked, steps: tuple[Step, ...]) -> GuardedInsert | None:
        blocks = self._context.program.files[call.path].blocks
        for index in self._context.program.blocks_in(call.key):
            block = blocks[index]
            if block.kind != "if" or block.value is None or block.span[2:] < call.span[2:]:
                continue
            missing = holds(self._context, block.value, call.key, frozenset(call.into), call.index)
            if missing is None:
                continue
            for later in call.calls_here():
                if later.span[:2] <= call.span[:2]:
                    continue
                if runs(self._context, call.path, index, later.block, later.span) is not missing:
                    continue
                for made, way in self._puts_of(later):
                    if made.table == looked.table:
                        return self._made(call, looked, made, (*steps, *way), later)
        return None

    def _made(
        self, call: CallSite, looked: Asked, made: Put, trace: tuple[Step, ...], later: CallSite
    ) -> GuardedInsert:
        schema = self._context.schema
        model = looked.model or made.model
        table = schema.by_model.get(model) if model is not None else schema.by_name.get(looked.table)
        serial = under_lock(self._context, call) and under_lock(self._context, later)
        return GuardedInsert(call.index, looked, made, table, serial or self._is_serial(call), trace)

    def _is_serial(self, call: CallSite) -> bool:
        """Whether a lookup holds a lock of the database, or the program asks for serial transactions."""
        for item in call.calls_here():
            text = statement(self._context, item).lower() if item.index < call.index or item is call else ""
            if any(word in text for word in _SERIAL):
                return True
        return self._all_serial

    @cached_property
    def _all_serial(self) -> bool:
        return any(
            item.keyword == "isolation_level" and item.value.text.upper() in ("SERIALIZABLE", "IMMEDIATE", "EXCLUSIVE")
            for path in self._context.judged_paths()
            for fact in self._context.program.files[path].calls
            for item in fact.arguments
        )


def _says(value: Value, call: CallSite) -> bool:
    """Whether a value is what a lookup gave, or whether it gave something."""
    if value.kind == "call":
        inner = value.text.rpartition(".")[2]
        return value.call == call.index or (
            inner == "bool" and bool(call.context.call(call.path, value.call).arguments)
        )
    if value.kind in ("compare", "not"):
        return any(_says(part, call) for part in value.parts)
    return value.kind == "name" and value.text in call.into
