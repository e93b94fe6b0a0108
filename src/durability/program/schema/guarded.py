"""Rows that are put in because a lookup found none: what is looked for, what is put in, and what stands in between."""

from functools import cached_property
from typing import TYPE_CHECKING

from msgspec import Struct

from durability.model import Step
from durability.program.flows.branches import holds, runs
from durability.program.flows.results import names_in
from durability.program.keeping.locks import under_lock
from durability.program.links.graph import FunctionKey
from durability.program.links.spelling import plain_name
from durability.program.schema.behind import Behind
from durability.program.schema.model import Table
from durability.program.schema.rows import Asked, Put, put
from durability.program.sites import CallSite

if TYPE_CHECKING:
    from durability.program.context import Context


class GuardedInsert(Struct, frozen=True):
    """A lookup of a row, and the insert that a test of its result allows; `trace` leads from the one to the other.

    `then` is the call of the same function that puts the row in or leads there.
    """

    call: int
    then: int
    asked: Asked
    put: Put
    table: Table | None
    serial: bool
    trace: tuple[Step, ...]


class GuardedInserts:
    """Every lookup whose empty result lets the same function put a row into the same table."""

    def __init__(self, context: "Context") -> None:
        self._context = context
        self._puts = Behind(context, put, "puts it in")

    @cached_property
    def all(self) -> dict[tuple[str, int], GuardedInsert]:
        """By the file and the index of the call that looks."""
        found: dict[tuple[str, int], GuardedInsert] = {}
        for path in self._context.judged_paths():
            for index in range(len(self._context.program.files[path].calls)):
                call = self._context.call(path, index)
                looked = self._context.lookups.of(call)
                made = self._guarded(call, *looked) if looked is not None else None
                if made is not None:
                    found[path, index] = made
        return found

    @cached_property
    def found_again(self) -> frozenset[tuple[FunctionKey, int]]:
        """The calls that put a row in, or lead there, where a lookup finds none, in functions that go on with the row
        where it finds one: the function and the line of the call.
        """
        found = set()
        for (path, index), item in self.all.items():
            if item.put.call >= 0 and self._goes_on(self._context.call(path, index)):
                then = self._context.call(path, item.then)
                found.add((then.key, then.line))
        return frozenset(found)

    def _goes_on(self, call: CallSite) -> bool:
        """Whether no way that the found row takes ends without it: refused, somebody who tries again stays refused."""
        names = set(call.into)
        for index in self._context.program.blocks_in(call.key):
            block = self._context.program.files[call.path].blocks[index]
            if block.kind != "if" or block.value is None or block.span[2:] < call.span[2:]:
                continue
            missing = holds(self._context, block.value, call.key, frozenset(names), call.index)
            for item in call.exits_here() if missing is not None else ():
                on_found = runs(self._context, call.path, index, item.block, item.span) is (not missing)
                inside = index in self._context.program.blocks_above(call.path, item.block)
                given = set(names_in(item.value)) if item.value is not None else set()
                if on_found and inside and item.kind in ("return", "raise") and not names & given:
                    return False
        return True

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
                for made, way in self._puts.of(later):
                    if made.table == looked.table and not self._is_renewed(call, later):
                        return self._made(call, looked, made, (*steps, *way), later)
        return None

    def _is_renewed(self, call: CallSite, later: CallSite) -> bool:
        """Whether what was looked for gets another value before the insert: a number or token that is new each time."""
        sought = {name for item in call.arguments for name in names_in(item.value)}
        return any(
            plain_name(item.target) in sought and call.span[2:] < item.span[:2] < later.span[:2]
            for item in self._context.program.assigns_in(call.key)
        )

    def _made(
        self, call: CallSite, looked: Asked, made: Put, trace: tuple[Step, ...], later: CallSite
    ) -> GuardedInsert:
        schema = self._context.schema
        model = looked.model or made.model
        table = schema.by_model.get(model) if model is not None else schema.by_name.get(looked.table)
        if looked.document:
            table = schema.collection(looked.table, call.path, call.line)
        serial = under_lock(self._context, call) and under_lock(self._context, later)
        serial = serial or self._context.lookups.is_serial(call)
        return GuardedInsert(call.index, later.index, looked, made, table, serial, trace)
