"""Queries that look for rows by columns, and whether an index leads to them."""

from functools import cached_property
from typing import TYPE_CHECKING

from msgspec import Struct

from durability.program.schema.model import Table
from durability.program.schema.rows import FINDS, LISTS, Asked, asked, put
from durability.program.sites import CallSite

if TYPE_CHECKING:
    from durability.program.context import Context


class Filter(Struct, frozen=True):
    """A query by equal columns of a table that the program fills while it serves."""

    asked: Asked
    table: Table

    @property
    def is_indexed(self) -> bool:
        """Whether a key or an index starts with one of the columns."""
        columns = self.asked.columns
        if any(key <= columns or (len(key) == 1 and key & columns) for key in self.table.keys):
            return True
        leading = {index[0] for index in self.table.indexes if index}
        leading |= {item.name for item in self.table.columns if item.indexed or item.unique}
        leading |= set().union(*self.table.keys) if self.table.keys else set()
        return bool(leading & (columns | {f"{name}_id" for name in columns}))

    @property
    def is_readable(self) -> bool:
        """Whether the table's keys and these columns are all in sight."""
        return self.table.readable and self.table.knows(self.asked.columns)


class Filters:
    """Every such query of the program."""

    def __init__(self, context: "Context") -> None:
        self._context = context

    @cached_property
    def all(self) -> dict[tuple[str, int], Filter]:
        """By the file and the index of the call that fetches."""
        found: dict[tuple[str, int], Filter] = {}
        schema = self._context.schema
        for path in self._context.judged_paths():
            calls = self._context.program.files[path].calls
            chained = {call.receiver.call for call in calls if call.receiver is not None}
            for index in range(len(calls)):
                if index in chained:
                    continue
                made = asked(self._context, self._context.call(path, index), FINDS | LISTS)
                if made is None or made.table not in self._filled:
                    continue
                table = schema.by_model.get(made.model) if made.model is not None else schema.by_name.get(made.table)
                if table is not None and not self._is_flags(table, made):
                    found[path, index] = Filter(made, table)
        return found

    @cached_property
    def _filled(self) -> frozenset[str]:
        """Tables into which the program puts rows for those whom it serves: they grow with use."""
        found = set()
        for path in self._context.judged_paths():
            for index in range(len(self._context.program.files[path].calls)):
                call = self._context.call(path, index)
                if (made := put(self._context, call)) is not None and self._serves(call):
                    found.add(made.table)
        return frozenset(found)

    def _serves(self, call: CallSite) -> bool:
        return bool(call.reach.roles & {"route", "bot", "ui", "worker", "tool"})

    def _is_flags(self, table: Table, made: Asked) -> bool:
        """Whether it only asks for what is on or off, or has one of a few states: an index helps little."""
        columns = [table.column(name) for name in made.columns]
        return all(item is not None and (item.flag or item.name in ("status", "state", "type")) for item in columns)
