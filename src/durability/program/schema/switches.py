"""Columns that are on or off from the start, are tested somewhere, and are never set to the other value."""

from functools import cached_property
from typing import TYPE_CHECKING

from msgspec import Struct

from durability.program.schema.model import Column, Table
from durability.program.schema.uses import DYNAMIC, ColumnUses, Tested

if TYPE_CHECKING:
    from durability.program.context import Context

_OFF = frozenset({"false", "0"})
_ON = frozenset({"true", "1"})
_PEOPLE = ("django.contrib.admin", "flask_admin.", "sqladmin.", "starlette_admin.")
"""Back offices in which a person edits rows."""


class Switch(Struct, frozen=True):
    """A column that is on or off, with the first place that tests it."""

    table: Table
    column: Column
    test: Tested

    @property
    def name(self) -> str:
        """Table and column."""
        return f"{self.table.name}.{self.column.name}"

    @property
    def starts_on(self) -> bool:
        """Whether it is on from the start."""
        return self.column.default.lower() in _ON


class Switches:
    """Every such column of the program."""

    def __init__(self, context: "Context") -> None:
        self._context = context
        self._uses = ColumnUses(context)

    @cached_property
    def all(self) -> list[Switch]:
        """By name; one that several tables share counts only where nothing flips it in any of them."""
        tables = {(table.path, table.name): table for table in self._context.schema.by_name.values()}
        found: dict[str, list[Switch]] = {}
        for key in sorted(tables):
            for column in tables[key].columns:
                tests = [item for item in self._uses.tests(column.name) if self._context.reach.of(item.function).roles]
                if column.default.lower() in _OFF | _ON and column.flag and tests:
                    first = min(tests, key=lambda item: (item.function[0], item.span))
                    found.setdefault(column.name, []).append(Switch(tables[key], column, first))
        switches = [items[0] for _, items in sorted(found.items())]
        return [item for item in switches if len(found[item.column.name]) == 1 or self.is_flipped(item) is False]

    def is_flipped(self, switch: Switch) -> bool | None:
        """Whether something sets it to the other value; None when that may happen out of sight."""
        values = self._uses.values(switch.column.name)
        other = _OFF if switch.starts_on else _ON
        if DYNAMIC in values or values & other:
            return True
        if self._uses.is_out_of_sight(switch.column.name) or self._is_edited_by_people:
            return None
        return False

    @cached_property
    def _is_edited_by_people(self) -> bool:
        imports = (item.path for facts in self._context.program.files.values() for item in facts.imports)
        return any(path.startswith(_PEOPLE) for path in imports)
