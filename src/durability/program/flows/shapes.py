"""Functions that give back what they are given, as it is or in another shape: `row_to_dict(row)`."""

from typing import TYPE_CHECKING

from durability.facts.model import Value
from durability.program.flows.results import names_in
from durability.program.links.given import argument_for
from durability.program.links.graph import FunctionKey
from durability.program.sites import CallSite

if TYPE_CHECKING:
    from durability.program.context import Context

SHAPING = frozenset({"bool", "dict", "model_validate", "parse_obj", "from_dict", "from_row", "from_orm", "_asdict"})
"""What gives a row another shape and keeps whether there is one."""


class Shapes:
    """Answers "which argument does this call give back?". Each function is looked at once."""

    def __init__(self, context: "Context") -> None:
        self._context = context
        self._known: dict[FunctionKey, str] = {}

    def given_back(self, call: CallSite) -> Value | None:
        """The argument whose shape a call of a project function is; None when it is something else."""
        target = self._context.program.key_of(call.symbol) if call.symbol.kind == "function" else None
        name = self._parameter(target) if target is not None else ""
        return argument_for(self._context.program.function(target), name, call.fact) if target and name else None

    def stays_none(self, call: CallSite) -> bool:
        """Whether the function that a call runs gives None for None."""
        target = self._context.program.key_of(call.symbol) if call.symbol.kind == "function" else None
        name = self._parameter(target) if target is not None else ""
        returned = self._context.program.exits_in(target) if target is not None and name else ()
        return any(item.kind == "return" and _keeps_none(item.value, name) for item in returned)

    def _parameter(self, key: FunctionKey) -> str:
        if key not in self._known:
            function = self._context.program.function(key)
            values = [item.value for item in self._context.program.exits_in(key) if item.kind == "return"]
            given = [value for value in values if value is not None and not _is_empty(value)]
            names = [] if function.is_generator or not given else [item.name for item in function.parameters]
            shaped = (name for name in names if all(self._is_shape(value, name, key) for value in given))
            self._known[key] = next(shaped, "")
        return self._known[key]

    def _is_shape(self, value: Value, name: str, key: FunctionKey) -> bool:
        if value.kind == "name":
            return value.text == name
        if value.kind in ("or", "and", "if"):
            parts = value.parts[1:] if value.kind == "if" else value.parts
            return any(self._is_shape(part, name, key) for part in parts)
        if value.kind == "dict":
            filled = [part for part in value.parts[1::2] if part.kind not in ("const", "text")]
            return bool(filled) and all(name in names_in(part) for part in filled)
        if value.kind == "comp":
            return name in names_in(value)
        if value.kind != "call" or value.call < 0:
            return False
        call = self._context.call(key[0], value.call)
        shapes = value.text.rpartition(".")[2] in SHAPING or call.symbol.kind == "class"
        values = [item.value for item in call.arguments] + ([call.receiver] if call.receiver is not None else [])
        return shapes and any(self._is_shape(item, name, key) for item in values)


def _is_empty(value: Value) -> bool:
    return (value.kind == "const" and value.text in ("None", "False")) or (value.kind == "dict" and not value.parts)


def _keeps_none(value: Value | None, name: str) -> bool:
    if value is None or (value.kind == "const" and value.text == "None"):
        return True
    if value.kind == "if":
        return any(part.kind == "const" and part.text == "None" for part in value.parts[1:])
    return value.kind in ("name", "and") and name in names_in(value)
