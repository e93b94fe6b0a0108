"""Effects that must not happen twice, inside of what is tried again after a failure."""

from collections.abc import Iterator
from functools import cached_property
from typing import TYPE_CHECKING

from msgspec import Struct

from durability.model import Step
from durability.program.failing.attempts import retried_by
from durability.program.failing.retries import handed_in, retries
from durability.program.links.graph import FunctionKey
from durability.program.sequences.events import Item, LastingEffect, remote_verb
from durability.program.sequences.gaps import leaves_harm, surely_changes
from durability.program.sites import LoopSite

if TYPE_CHECKING:
    from durability.program.context import Context

_ONCE = ("charge", "refund", "remote")
_KEPT = ("put", "delete", "patch", "get", "update", "upsert", "set", "remove", "cancel")
"""Verbs of which the second call leaves what the first one left (RFC 9110, idempotent methods)."""


class Repeated(Struct, frozen=True):
    """An effect that is asked for again: `call` is where its function asks for it, `trace` the way to it."""

    call: int
    effect: LastingEffect
    trace: tuple[Step, ...]


class RepeatedEffects:
    """Every lasting remote effect inside a retry."""

    def __init__(self, context: "Context") -> None:
        self._context = context

    @cached_property
    def all(self) -> dict[tuple[str, int], Repeated]:
        """By the file and the index of the call that is repeated; the first effect behind it."""
        found: dict[tuple[str, int], Repeated] = {}
        for key, item, again in self._items():
            for effect in item.events:
                if effect.kind in _ONCE and self._happens_twice(effect):
                    repeated = Repeated(item.call, effect, (again, *effect.trace))
                    found.setdefault((key[0], item.call), repeated)
        return found

    def _items(self) -> Iterator[tuple[FunctionKey, Item, Step]]:
        program = self._context.program
        paths = frozenset(self._context.judged_paths())
        for key in program.functions():
            if key[0] not in paths:
                continue
            library = retried_by(self._context, key) or self._task_library(key)
            if library:
                step = Step(key[0], program.function(key).span[0], f"{library} repeats it after an error")
                yield from ((key, item, step) for item in self._context.sequences.of(key))
            for index in program.blocks_in(key):
                block = program.files[key[0]].blocks[index]
                loop = LoopSite(self._context, key[0], index)
                if block.kind in ("for", "while") and retries(self._context, loop):
                    step = Step(key[0], block.span[0], "tries again after an error")
                    yield from (
                        (key, item, step)
                        for item in self._context.sequences.of(key)
                        if self._is_tried(key, item.block, index)
                    )
                    handed = (done for call in loop.calls for done in handed_in(self._context, call))
                    yield from ((done, item, step) for done in handed for item in self._context.sequences.of(done))

    def _is_tried(self, key: FunctionKey, block: int, loop: int) -> bool:
        """Whether a place is what the loop tries, and not what it does once all has failed."""
        above = list(self._context.program.blocks_above(key[0], block))
        if loop not in above:
            return False
        blocks = self._context.program.files[key[0]].blocks
        return any(blocks[index].kind == "try" for index in above[: above.index(loop)])

    def _task_library(self, key: FunctionKey) -> str:
        """The queue that runs a task again by itself: Celery with `autoretry_for`."""
        for decorator in self._context.program.function(key).decorators:
            if decorator.call >= 0:
                given = self._context.program.files[key[0]].calls[decorator.call].arguments
                if any(item.keyword == "autoretry_for" for item in given):
                    return "Celery"
        return ""

    def _happens_twice(self, effect: LastingEffect) -> bool:
        verb = remote_verb(self._context.call(*effect.place))
        lasts = surely_changes(self._context, effect) and leaves_harm(self._context, effect)
        return lasts and not verb.startswith(_KEPT)
