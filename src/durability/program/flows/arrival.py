"""Whether text from outside, or from a model, arrives at a sink, and how."""

from typing import TYPE_CHECKING

from msgspec import Struct

from durability.model import Step
from durability.program.answers import NO, Answer, unknown
from durability.program.flows.sinks import sink_of
from durability.program.flows.sources import Source, SourceKind
from durability.program.sites import CallSite

if TYPE_CHECKING:
    from durability.program.context import Context

_SAID = {"external": "comes from outside", "model": "is what a model wrote", "tool": "is chosen by a model"}
_DOES = ("sql", "code", "shell")
"""Where an argument of a tool is as bad as an answer; reading a file that the model asks for may be its purpose."""

_UNSEEN = ("unknown", "parameter")


class Arrival(Struct, frozen=True):
    """`comes`: the value starts there at all, cleaned or not. `raw`: it arrives as it was; then `source` names it.

    `others` are the kinds of its other sources that arrive as they were.
    """

    comes: bool
    raw: Answer
    source: str = ""
    others: frozenset[SourceKind] = frozenset()


def arrival(context: "Context", call: CallSite, kind: SourceKind) -> Arrival:
    """How what a sink call is given gets there from sources of one kind."""
    found = sink_of(call)
    if found is None:
        return Arrival(False, NO)
    sources = context.trace.sources(found[1], call, found[0])
    kinds = {kind, "tool"} if kind == "model" and found[0] in _DOES else {kind}
    wanted = [source for source in sources if source.kind in kinds]
    others = frozenset(source.kind for source in sources if source.cleaned == "no" and source.kind not in kinds)
    raw = [source for source in wanted if source.cleaned == "no"]
    if raw:
        first = min(raw, key=lambda source: (len(source.steps), source.path, source.line, source.name))
        return Arrival(True, Answer("yes", trace=_trace(first, call)), _named(first), others)
    if any(source.cleaned == "maybe" for source in wanted):
        return Arrival(True, unknown("passed through"), "", others)
    if any(source.kind in _UNSEEN and source.cleaned != "yes" for source in sources):
        return Arrival(bool(wanted), unknown("unresolved"), "", others)
    return Arrival(bool(wanted), NO, "", others)


def _named(source: Source) -> str:
    return f"{source.path}:{source.line}:{source.name}"


def _trace(source: Source, call: CallSite) -> tuple[Step, ...]:
    start = Step(source.path, source.line, f"{source.name} {_SAID.get(source.kind, '')}".strip())
    return (start, *source.steps, Step(call.path, call.line, f"{call.shown}() uses it"))
