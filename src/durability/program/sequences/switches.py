"""Calls that do not run because of a constant that the function is given: `save(row, commit=False)`."""

from typing import TYPE_CHECKING

from durability.facts.model import Value
from durability.program.links.given import argument_for
from durability.program.links.graph import FunctionKey
from durability.program.sites import CallSite

if TYPE_CHECKING:
    from durability.program.context import Context

_SWITCHES = {"True": True, "False": False, "None": False}


def switched_off(context: "Context", call: CallSite, callee: FunctionKey) -> frozenset[int]:
    """The calls of `callee` that stand in a branch that it does not take when it is called like this."""
    program = context.program
    blocks = program.files[callee[0]].blocks
    settings = _settings(context, call, callee)
    if not settings:
        return frozenset()
    closed = {
        index
        for index in program.blocks_in(callee)
        if blocks[index].kind in ("if", "else")
        and (holds := _holds(blocks[index].value, settings)) is not None
        and holds == (blocks[index].kind == "else")
    }
    calls = program.files[callee[0]].calls
    return frozenset(
        index
        for index in (program.calls_in(callee) if closed else ())
        if closed.intersection(program.blocks_above(callee[0], calls[index].block))
    )


def _settings(context: "Context", call: CallSite, callee: FunctionKey) -> dict[str, bool]:
    """The parameters that are given a constant switch, or left at one, by a call."""
    function = context.program.function(callee)
    found = {}
    if any(item.keyword in ("*", "**") for item in call.arguments):
        return {}
    for parameter in function.parameters:
        value = argument_for(function, parameter.name, call.fact) or parameter.default
        if value is not None and value.kind == "const" and value.text in _SWITCHES:
            found[parameter.name] = _SWITCHES[value.text]
    assigned = {item.target.text for item in context.program.files[callee[0]].assigns if item.function == callee[1]}
    return {name: value for name, value in found.items() if name not in assigned}


def _holds(test: Value | None, settings: dict[str, bool]) -> bool | None:
    """Whether a test of a switch holds; None where it asks for anything else."""
    if test is None:
        return None
    if test.kind == "not":
        inner = _holds(test.parts[0], settings)
        return None if inner is None else not inner
    return settings.get(test.text) if test.kind == "name" else None
