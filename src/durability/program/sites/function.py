"""A function as rules see it, and the parameters of entry points."""

from typing import TYPE_CHECKING

from durability.facts.model import Parameter
from durability.program.entrypoints.entries import EntryPoint
from durability.program.links.graph import FunctionKey
from durability.program.sites.handler import HandlerSite
from durability.program.sites.place import Site

if TYPE_CHECKING:
    from durability.program.context import Context


class FunctionSite(Site):
    """A function."""

    def __init__(self, context: "Context", key: FunctionKey) -> None:
        fact = context.program.function(key)
        super().__init__(context, key, fact.block, fact.span, f"def {fact.qualname}")

    @property
    def broadly_guarded_statements(self) -> int:
        """How many of its statements stand in a `try` whose handler catches everything and tells nobody."""
        blocks = self.program.files[self.path].blocks
        handlers = [
            HandlerSite(self.context, self.path, index)
            for index in self.program.blocks_in(self.key)
            if blocks[index].kind == "handler"
        ]
        broad = {handler.guarded_block for handler in handlers if handler.broad and not _tells(handler)}
        outer = [index for index in broad if not self._inside_any(index, broad)]
        return sum(blocks[index].statements for index in outer)

    def _inside_any(self, index: int, others: set[int]) -> bool:
        parent = self.program.files[self.path].blocks[index].parent
        return any(above in others for above in self.program.blocks_above(self.path, parent))

    @property
    def hidden_imports(self) -> tuple[str, ...]:
        """What it imports inside, unless in a `try` or for types only."""
        imports = self.program.files[self.path].imports
        return tuple(item.path for item in imports if item.function == self.key[1] and not item.guarded)


def _tells(handler: HandlerSite) -> bool:
    """Whether whoever asked learns that it failed: caller, client, or the person at the terminal."""
    return (
        handler.reraises
        or handler.ends_process
        or (handler.keeps_trace and any(entry.function == handler.key for entry in handler.context.entries))
        or handler.hands_on
        or handler.gives_back_input
        or handler.tells_caller
        or handler.answers_failure
        or handler.tells_person
        or handler.only_loads
    )


class ParameterSite(Site):
    """A parameter of an entry point."""

    def __init__(self, context: "Context", key: FunctionKey, parameter: Parameter) -> None:
        fact = context.program.function(key)
        super().__init__(context, key, fact.block, fact.span, f"parameter {parameter.name}")
        self.parameter = parameter


class EntrySite(Site):
    """An entry point, at its function; a module body stands for a script."""

    def __init__(self, context: "Context", entry: EntryPoint) -> None:
        fact = context.program.function(entry.function)
        span = fact.span if entry.function[1] else (1, 1, 1, 1)
        super().__init__(context, entry.function, fact.block, span, f"entry {entry.name}")
        self.entry = entry
