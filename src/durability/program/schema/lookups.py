"""Lookups of one row, made by a call itself or by a function that gives what it finds."""

from functools import cached_property
from typing import TYPE_CHECKING

from durability.facts.model import Value
from durability.model import Step
from durability.program.flows.shapes import SHAPING
from durability.program.links.graph import FunctionKey
from durability.program.schema.rows import LISTS, Asked, asked, statement
from durability.program.sites import CallSite

if TYPE_CHECKING:
    from durability.program.context import Context

_HOPS = 2
"""How many functions hand on what another one finds."""

_SERIAL = ("serializable", "begin immediate", "begin exclusive", "advisory", "lock table", "get_lock(")
_LEVELS = ("SERIALIZABLE", "IMMEDIATE", "EXCLUSIVE")


class Lookups:
    """Answers "which row does this call look for?"."""

    def __init__(self, context: "Context") -> None:
        self._context = context

    def of(self, call: CallSite) -> tuple[Asked, tuple[Step, ...]] | None:
        """What a call looks for, with the way to the lookup; None when it makes none, or another kind."""
        own = _sought(self._context, call)
        if own is not None:
            return own, (_step(call),)
        target = self._context.program.key_of(call.symbol) if call.symbol.kind == "function" else None
        found = self._by_function.get(target) if target is not None else None
        if found is None:
            return None
        return found[0], (Step(call.path, call.line, f"calls {call.shown}()"), found[1])

    def is_serial(self, call: CallSite) -> bool:
        """Whether a lookup holds a lock of the database, or the program asks for serial transactions."""
        for item in call.calls_here():
            text = statement(self._context, item).lower() if item.index <= call.index else ""
            if any(word in text for word in _SERIAL):
                return True
        return self._all_serial

    @cached_property
    def _by_function(self) -> dict[FunctionKey, tuple[Asked, Step]]:
        """Functions that give the row that their only lookup finds, a part of it, or whether there is one."""
        found: dict[FunctionKey, tuple[Asked, Step]] = {}
        program = self._context.program
        for key in program.functions():
            returned = [item.value for item in program.exits_in(key) if item.kind == "return"]
            calls = [self._context.call(key[0], index) for index in program.calls_in(key)]
            lookups = [(call, made) for call in calls if (made := _sought(self._context, call)) is not None]
            if len(lookups) == 1 and any(value is not None and _says(value, lookups[0][0]) for value in returned):
                found[key] = lookups[0][1], _step(lookups[0][0])
        for _ in range(_HOPS):
            found |= self._handed_on(found)
        return found

    def _handed_on(self, known: dict[FunctionKey, tuple[Asked, Step]]) -> dict[FunctionKey, tuple[Asked, Step]]:
        """Functions that give what one of the known ones finds, and look for nothing else."""
        program = self._context.program
        asking: dict[FunctionKey, list[tuple[CallSite, FunctionKey]]] = {}
        for callee in sorted(known):
            for edge in program.callers.get(callee, ()):
                if edge.call >= 0 and not edge.offloaded and edge.caller not in known:
                    asking.setdefault(edge.caller, []).append((self._context.call(edge.caller[0], edge.call), callee))
        found = {}
        for key, calls in sorted(asking.items(), key=lambda pair: pair[0]):
            returned = [item.value for item in program.exits_in(key) if item.kind == "return"]
            own = any(_sought(self._context, self._context.call(key[0], index)) for index in program.calls_in(key))
            given = any(value is not None and _says(value, calls[0][0]) for value in returned)
            if len(calls) == 1 and given and not own:
                found[key] = known[calls[0][1]]
        return found

    @cached_property
    def _all_serial(self) -> bool:
        return any(
            item.keyword == "isolation_level" and item.value.text.upper() in _LEVELS
            for path in self._context.judged_paths()
            for fact in self._context.program.files[path].calls
            for item in fact.arguments
        )


def _sought(context: "Context", call: CallSite) -> Asked | None:
    """What a call looks for: one row, or all that are like it."""
    return asked(context, call) or asked(context, call, LISTS)


def _step(call: CallSite) -> Step:
    return Step(call.path, call.line, f"{call.shown}() looks whether it is there")


def _says(value: Value, call: CallSite) -> bool:
    """Whether a value is what a lookup gave, a part of it, or whether it gave something."""
    if value.kind == "call":
        inner = value.text.rpartition(".")[2]
        if value.call == call.index or value.call < 0:
            return value.call == call.index
        made = call.context.call(call.path, value.call)
        back = call.context.shapes.given_back(made)
        if back is not None:
            return _says(back, call)
        return (inner in SHAPING or made.symbol.kind == "class") and any(
            _says(item.value, call) for item in made.arguments
        )
    if value.kind in ("compare", "not", "item", "attr", "if"):
        return any(_says(part, call) for part in value.parts)
    return value.kind == "name" and value.text in call.into
