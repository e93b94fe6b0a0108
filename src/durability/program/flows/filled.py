"""Fields of stored records and of charges, and whether a model wrote into them what nobody checked."""

import re
from collections.abc import Iterator
from functools import cached_property
from typing import TYPE_CHECKING

from msgspec import Struct

from durability.facts.model import Value
from durability.model import Step
from durability.program.flows.sources import Source
from durability.program.flows.statements import acting
from durability.program.schema.rows import given, put
from durability.program.sites import CallSite

if TYPE_CHECKING:
    from durability.program.context import Context

_CHARGES = ("charge", "refund")
_DOCUMENTS = ("db.write",)
_MEANT = re.compile(
    r"amount|price|cost|total|fee|tax|salary|balance|score|rating|rank|count|qty|quantity|percent|confidence|probabil|verdict"
    r"|date|deadline|due|_at$|_on$|time$|duration|status|state|priority|severity|category|currency|level|(?:^|_)type$|_id$",
    re.IGNORECASE,
)
"""Names of fields that other code counts with, sorts by or compares; prose does no harm wherever it is kept."""

_SENTENCE = re.compile(r"text|reason|note|message|comment|explanation|summary|description", re.IGNORECASE)


class Filled(Struct, frozen=True):
    """A call that stores or charges what a model wrote: `raw` is the first field that nobody checked, "" for none."""

    raw: str
    trace: tuple[Step, ...] = ()


class FilledByModel:
    """Every call that stores a record or moves money with values that a model wrote as data."""

    def __init__(self, context: "Context") -> None:
        self._context = context

    @cached_property
    def all(self) -> dict[tuple[str, int], Filled]:
        """By the file and the index of the call."""
        found: dict[tuple[str, int], Filled] = {}
        if not self._context.stated.get("llm"):
            return found
        for path in self._context.judged_paths():
            for index in range(len(self._context.program.files[path].calls)):
                call = self._context.call(path, index)
                made = self._judged(call, list(self._fields(call)))
                if made is not None:
                    found[path, index] = made
        return found

    def _fields(self, call: CallSite) -> Iterator[tuple[str, Value, str]]:
        """The fields that a call fills, with what they are used for."""
        if call.library.effect in _CHARGES:
            for item in call.arguments:
                if item.keyword.startswith("amount"):
                    yield item.keyword, item.value, "amount"
        elif call.symbol in self._context.schema.by_model and put(self._context, call) is not None:
            named = (item for item in call.arguments if item.keyword not in ("", "**"))
            yield from ((item.keyword, item.value, "record") for item in named)
        elif columns := given(self._context, call):
            yield from ((name, value, "record") for name, value in columns)
        elif call.library.effect in _DOCUMENTS:
            for item in acting(self._context, call).arguments:
                if item.value.kind == "dict":
                    pairs = zip(item.value.parts[::2], item.value.parts[1::2], strict=False)
                    yield from ((key.text, value, "record") for key, value in pairs if key.kind == "text")

    def _judged(self, call: CallSite, fields: list[tuple[str, Value, str]]) -> Filled | None:
        """None when no field with a meaning comes from a model."""
        handled = False
        for name, value, use in fields:
            if use == "record" and (not _MEANT.search(name) or _SENTENCE.search(name)):
                continue
            sources = self._context.trace.sources(value, call, use)
            for source in sources:
                if source.kind == "tool" or (source.kind == "model" and source.parsed):
                    if source.cleaned == "no":
                        return Filled(name, _trace(source, call, name))
                    handled = handled or source.cleaned == "yes"
        return Filled("") if handled else None


def _trace(source: Source, call: CallSite, name: str) -> tuple[Step, ...]:
    said = "is chosen by a model" if source.kind == "tool" else "is what a model wrote"
    start = Step(source.path, source.line, f"{source.name} {said}")
    return (start, *source.steps, Step(call.path, call.line, f"{call.shown}() keeps it as {name}"))
