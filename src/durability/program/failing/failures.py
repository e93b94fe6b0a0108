"""Where an answer of success covers a failure that a handler took: down the calls whose result nobody looks at."""

from collections import deque
from functools import cached_property
from typing import TYPE_CHECKING

from durability.facts.model import Exit, Value
from durability.model import Step
from durability.program.links.graph import FunctionKey
from durability.program.sites.handler import HandlerSite

if TYPE_CHECKING:
    from durability.program.context import Context

_ROLES = ("route", "worker")
_KEYS = frozenset({"status", "ok", "success", "saved", "deleted", "message", "result"})
_WORDS = frozenset({"ok", "success", "saved", "deleted", "created", "updated", "sent", "done", "paid", "True"})


class Failures:
    """Answers "who is told that it worked?". One breadth-first pass from the entry points, shortest chain kept."""

    def __init__(self, context: "Context") -> None:
        self._context = context

    def told_success(self, handler: HandlerSite) -> tuple[Step, ...]:
        """The chain from an entry point that answers success to a handler that takes the failure; () when none."""
        own = [value for value in handler.returned if value is not None and says_success(value)]
        entry = handler.key in self._answering
        if entry and own:
            return (Step(handler.path, handler.line, "the handler answers success"),)
        if entry and not handler.exits:
            after = self._success_after(handler.key, handler.guarded_block, handler.line)
            if after is not None:
                return (Step(handler.path, after.span[0], "answers success all the same"),)
        return self._chains.get(handler.key, ()) if not entry else ()

    @cached_property
    def _answering(self) -> dict[FunctionKey, list[Exit]]:
        program = self._context.program
        keys = sorted({entry.function for entry in self._context.entries if entry.role in _ROLES})
        found = {key: [item for item in program.files[key[0]].exits if item.function == key[1]] for key in keys}
        return {
            key: good
            for key, exits in found.items()
            if (good := [item for item in exits if item.kind == "return" and says_success(item.value)])
        }

    def _success_after(self, key: FunctionKey, block: int, line: int) -> Exit | None:
        """The first answer of success that is always reached from a place, as far as blocks tell."""
        around = set(self._context.program.blocks_above(key[0], block)) - {block}
        later = (item for item in self._answering[key] if item.span[0] > line)
        return next((item for item in later if item.block in around or item.block < 0), None)

    @cached_property
    def _chains(self) -> dict[FunctionKey, tuple[Step, ...]]:
        program = self._context.program
        chains: dict[FunctionKey, tuple[Step, ...]] = {}
        queue: deque[FunctionKey] = deque(self._answering)
        while queue:
            key = queue.popleft()
            for edge in program.callees.get(key, ()):
                if edge.call < 0 or edge.offloaded or edge.callee in chains or edge.callee in self._answering:
                    continue
                call = program.files[key[0]].calls[edge.call]
                if call.used != "dropped":
                    continue
                if key in self._answering and not self._covered(key, call.block, call.span[0]):
                    continue
                name = program.function(edge.callee).qualname
                step = Step(key[0], call.span[0], f"calls {name}() and does not look at its result")
                chains[edge.callee] = (*chains.get(key, ()), step)
                queue.append(edge.callee)
        return chains

    def _covered(self, key: FunctionKey, block: int, line: int) -> bool:
        later = (item for item in self._answering[key] if item.span[0] > line)
        around = {block, -1, *self._context.program.blocks_above(key[0], block)}
        return any(item.block in around for item in later)


def says_success(value: Value | None) -> bool:
    """Whether an answer says in so many words that it worked: `{"status": "ok"}`, `{"success": True}`, "saved"."""
    if value is None:
        return False
    if value.kind == "text":
        return value.text.strip(" .!").lower() in _WORDS
    if value.kind != "dict":
        return False
    pairs = zip(value.parts[::2], value.parts[1::2], strict=False)
    return any(key.text in _KEYS and (item.text in _WORDS or item.text.lower() in _WORDS) for key, item in pairs)
