"""What a rule may ask about stored data: its tables, and rows that are put in after a look."""

from durability.program.context import Context
from durability.program.schema.filters import Filter
from durability.program.schema.guarded import GuardedInsert
from durability.program.schema.races import Race
from durability.program.schema.schema import Schema
from durability.program.schema.switches import Switch
from durability.program.sites import CallSite


class StoredQuestions:
    """Questions about stored data."""

    def __init__(self, context: Context) -> None:
        self._context = context

    def schema(self) -> Schema:
        """The tables that the program declares, by name and by class."""
        return self._context.schema

    def guarded_insert(self, call: CallSite) -> GuardedInsert:
        """The insert that the empty result of a lookup allows; for the sites of the selector `lookups`."""
        return self._context.guarded_inserts.all[call.path, call.index]

    def filtered(self, call: CallSite) -> Filter:
        """The columns by which a query looks for rows; for the sites of the selector `filters`."""
        return self._context.filters.all[call.path, call.index]

    def race(self, call: CallSite) -> Race:
        """The change that hangs on a test of what a lookup found; for the sites of the selector `tested_rows`."""
        return self._context.races.all[call.path, call.index]

    def is_flipped(self, switch: Switch) -> bool | None:
        """Whether the program sets a column to the other value; None when that may happen out of sight."""
        return self._context.switches.is_flipped(switch)
