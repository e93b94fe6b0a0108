"""Whether the callers of a function that hides its errors look at what it gives before they use it."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from durability.facts.model import Value
from durability.model import Step
from durability.program.flows.results import names_in
from durability.program.sites import CallSite, HandlerSite

if TYPE_CHECKING:
    from durability.program.context import Context

_LEAVING = ("raise", "return", "continue", "break")


def callers_of(context: "Context", handler: HandlerSite) -> Iterator[CallSite]:
    """The calls of the function around a handler in first-party code."""
    for edge in context.program.callers.get(handler.key, ()):
        if edge.call >= 0 and context.program.file_roles.get(edge.caller[0]) == "first-party":
            yield context.call(edge.caller[0], edge.call)


def told_apart(context: "Context", handler: HandlerSite) -> bool:
    """Whether every caller tests for the empty value and then leaves: it knows what the value stands for."""
    callers = list(callers_of(context, handler))
    return bool(callers) and all(_tests(context, call) for call in callers)


def used_blindly(context: "Context", handler: HandlerSite) -> tuple[Step, ...]:
    """The first caller that takes the empty value for an answer, preferring another file; () when none is known."""
    blind = [call for call in callers_of(context, handler) if not _tests(context, call)]
    first = min(blind, key=lambda call: (call.path == handler.path, call.path, call.line), default=None)
    if first is None:
        return ()
    said = f"{first.function.name or first.path} uses what {first.shown}() gives without a test"
    return (Step(handler.path, handler.line, "the error becomes an empty value"), Step(first.path, first.line, said))


def _tests(context: "Context", call: CallSite) -> bool:
    names = set(call.into)
    program = context.program
    leaving = {item.block for item in program.exits_in(call.key) if item.kind in _LEAVING}
    for index in program.blocks_in(call.key):
        block = program.files[call.path].blocks[index]
        if (
            block.kind == "if"
            and block.value is not None
            and index in leaving
            and _asks(block.value, names, call.index)
        ):
            return True
    return False


def _asks(test: Value, names: set[str], call: int) -> bool:
    """Whether a test is about one of these names, or about the call itself (`if found := load():`)."""
    if test.kind in ("or", "and"):
        return any(_asks(part, names, call) for part in test.parts)
    if test.kind == "compare" and test.text not in ("Is", "Equal"):
        return False
    about = test.parts if test.kind in ("not", "compare") else (test,)
    if any(part.kind == "call" and part.call == call for part in about):
        return True
    return test.kind in ("not", "name", "compare") and bool(names.intersection(names_in(test)))
