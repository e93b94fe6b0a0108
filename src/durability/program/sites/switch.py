"""What is on or off, as rules see it: a column at the first place that tests it, a setting where it is bound."""

from typing import TYPE_CHECKING

from durability.facts.model import Assign
from durability.model import Step
from durability.program.doing.fixed import Open
from durability.program.links.spelling import plain_name
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


class SettingSite(Site):
    """A switch of Django (DEBUG, ALLOWED_HOSTS) where the settings module that a server runs binds it for good."""

    def __init__(self, context: "Context", path: str, item: Assign, state: Open) -> None:
        self.name = plain_name(item.target)
        self.state = state
        super().__init__(context, (path, item.function), item.block, item.span, f"setting {self.name}")
