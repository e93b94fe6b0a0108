"""What is on or off, as rules see it: a column at the first place that tests it, a setting where it is bound."""

from typing import TYPE_CHECKING

from durability.facts.model import Argument, Assign
from durability.model import Step
from durability.program.doing.fixed import Open
from durability.program.doing.settings import Field
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


class FieldSite(Site):
    """A field of a class that is filled from the environment."""

    def __init__(self, context: "Context", field: Field) -> None:
        item = field.assign
        super().__init__(context, (field.path, item.function), item.block, item.span, f"setting {field.name}")
        self.field = field
        self.name = field.name
        self.default = field.default

    @property
    def is_looked_at(self) -> bool:
        """Whether a validator of the class looks at it, or some test compares something with its default."""
        facts = self.program.files[self.path]
        for number, function in enumerate(facts.functions):
            if function.owner != self.field.owner or not any("validat" in item.ref for item in function.decorators):
                continue
            texts = [given.value.text for item in function.decorators for given in self._given(item.call)]
            calls = (facts.calls[index] for index in self.program.calls_in((self.path, number)))
            texts += [given.value.text for call in calls for given in call.arguments]
            if self.name in texts or any(read.endswith(f".{self.name}") for read in function.reads):
                return True
        default = self.default.text if self.default is not None else ""
        tests = (block.value for path in self.context.judged_paths() for block in self.program.files[path].blocks)
        return any(default in {part.text for part in test.parts} for test in tests if test is not None and default)

    def _given(self, call: int) -> tuple[Argument, ...]:
        return self.program.files[self.path].calls[call].arguments if call >= 0 else ()
