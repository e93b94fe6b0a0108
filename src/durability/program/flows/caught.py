"""Whether an error that is raised at a place is taken: by a handler around it, or by one on every way to it."""

from collections import deque
from typing import TYPE_CHECKING

from durability.program.flows.guards import takes
from durability.program.links.graph import FunctionKey

if TYPE_CHECKING:
    from durability.program.context import Context


class Caught:
    """Answers "does anything take this error?". One pass over the call graph per set of errors, kept."""

    def __init__(self, context: "Context") -> None:
        self._context = context
        self._open: dict[frozenset[str], frozenset[FunctionKey]] = {}

    def takes(self, key: FunctionKey, block: int, errors: frozenset[str]) -> bool:
        """Whether one of these errors, raised in a block, meets a handler on every way that leads there."""
        return self._held(key[0], block, errors) or key not in self._exposed(errors)

    def _held(self, path: str, block: int, errors: frozenset[str]) -> bool:
        blocks = self._context.program.files[path].blocks
        for index in self._context.program.blocks_above(path, block):
            fact = blocks[index]
            if fact.kind == "try":
                if any(takes(item, errors) for item in self._context.handlers_of(path, index)):
                    return True
            elif fact.kind == "with" and fact.value is not None and fact.value.text.endswith("suppress"):
                return True
        return False

    def _exposed(self, errors: frozenset[str]) -> frozenset[FunctionKey]:
        """The functions that some way from outside reaches without such a handler on it."""
        if errors not in self._open:
            program = self._context.program
            starts = {entry.function for entry in self._context.entries}
            starts |= {key for key in program.functions() if not program.callers.get(key)}
            starts |= {edge.callee for edge in program.edges if edge.offloaded or edge.call < 0}
            queue, seen = deque(sorted(starts)), set(starts)
            while queue:
                key = queue.popleft()
                for edge in program.callees.get(key, ()):
                    if edge.callee in seen or edge.call < 0:
                        continue
                    call = program.files[key[0]].calls[edge.call]
                    if not self._held(key[0], call.block, errors):
                        seen.add(edge.callee)
                        queue.append(edge.callee)
            self._open[errors] = frozenset(seen)
        return self._open[errors]
