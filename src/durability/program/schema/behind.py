"""What a call does to stored rows, itself or a few functions deep."""

from collections.abc import Callable
from functools import cached_property
from typing import TYPE_CHECKING, Generic, TypeVar

from durability.model import Step
from durability.program.links.graph import FunctionKey
from durability.program.sites import CallSite

if TYPE_CHECKING:
    from durability.program.context import Context

Did = TypeVar("Did")
_HOPS = 3
"""How many functions deep a change may be."""


class Behind(Generic[Did]):
    """Answers "what does this call do?" for one kind of change; `find` says it of a call itself, `note` names it."""

    def __init__(self, context: "Context", find: "Callable[[Context, CallSite], Did | None]", note: str) -> None:
        self._context = context
        self._find = find
        self._note = note

    def of(self, call: CallSite) -> tuple[tuple[Did, tuple[Step, ...]], ...]:
        """The changes of a call, each with the way to it."""
        own = self._find(self._context, call)
        if own is not None:
            return ((own, (Step(call.path, call.line, f"{call.shown}() {self._note}"),)),)
        target = self._context.program.key_of(call.symbol) if call.symbol.kind == "function" else None
        if target is None:
            return ()
        first = Step(call.path, call.line, f"calls {call.shown}()")
        return tuple((made, (first, *steps)) for made, steps in self._by_function.get(target, ()))

    @cached_property
    def _by_function(self) -> dict[FunctionKey, list[tuple[Did, tuple[Step, ...]]]]:
        program = self._context.program
        found: dict[FunctionKey, list[tuple[Did, tuple[Step, ...]]]] = {}
        for key in program.functions():
            for index in program.calls_in(key):
                made = self._find(self._context, call := self._context.call(key[0], index))
                if made is not None:
                    step = Step(call.path, call.line, f"{call.shown}() {self._note}")
                    found.setdefault(key, []).append((made, (step,)))
        last = dict(found)
        for _ in range(_HOPS):
            grown: dict[FunctionKey, list[tuple[Did, tuple[Step, ...]]]] = {}
            for callee in sorted(last):
                for edge in program.callers.get(callee, ()):
                    if edge.call < 0 or edge.caller == callee:
                        continue
                    call = self._context.call(edge.caller[0], edge.call)
                    step = Step(call.path, call.line, f"calls {call.shown}()")
                    known = {made for made, _ in found.get(edge.caller, ())}
                    new = [(made, (step, *steps)) for made, steps in last[callee] if made not in known]
                    grown.setdefault(edge.caller, []).extend(new)
            for key, items in grown.items():
                found.setdefault(key, []).extend(items)
            last = grown
        return found
