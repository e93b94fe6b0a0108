"""A column that is on or off, as rules see it: at the first place that tests it."""

from typing import TYPE_CHECKING

from durability.model import Step
from durability.program.schema.switches import Switch
from durability.program.sites.place import Site

if TYPE_CHECKING:
    from durability.program.context import Context


class SwitchSite(Site):
    """The first test of a column that is on or off from the start."""

    def __init__(self, context: "Context", switch: Switch) -> None:
        test = switch.test
        super().__init__(context, test.function, test.block, test.span, f"test of {switch.name}")
        self.switch = switch

    @property
    def trace(self) -> tuple[Step, ...]:
        """From where it gets its first value to where it is tested."""
        table, state = self.switch.table, "on" if self.switch.starts_on else "off"
        declared = Step(table.path, table.line, f"{self.switch.name} is {state} from the start")
        return (declared, Step(self.path, self.line, f"{self.switch.column.name} is tested"))
