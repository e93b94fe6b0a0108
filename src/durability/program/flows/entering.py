"""How values come into a function: from its callers, from whoever starts it, or by default."""

from collections.abc import Iterator, Mapping

from msgspec.structs import replace

from durability.facts.model import Parameter
from durability.model import Step
from durability.program.entrypoints.entries import EntryPoint
from durability.program.flows.declared import has_declared_names
from durability.program.flows.flow import Flow
from durability.program.flows.sources import Item, Source, source
from durability.program.links.given import argument_for
from durability.program.links.graph import FunctionKey
from durability.program.links.program import Program

UPLOADS = ("UploadFile", "FileStorage", "UploadedFile")
NAMES = ("filename", "name", "raw_filename")
"""Attributes of an uploaded file that are text from outside."""

KEYS = "keys()"
"""What `taken` says when the keys of a table are read."""

_STATES = frozenset({"state", "config", "runtime", "ctx", "context", "run_context"})
"""What a framework keeps between steps and gives to each of them."""


class Entering:
    """What the parameters of functions are given."""

    def __init__(self, program: Program, flow: Flow, external: Mapping[FunctionKey, EntryPoint]) -> None:
        self._program = program
        self._flow = flow
        self._external = external

    def parameter(self, item: Item, parameter: Parameter, sink: str) -> Iterator[Item | Source]:
        """What may be in a parameter of the function that an item stands in."""
        key = item.key
        function = self._program.function(key)
        if self._flow.admits_listed_only(parameter, key[0]):
            item = replace(item, cleaned="yes")
        entry = self._external.get(key)
        if item.inside and item.inside[-1][0] != ("", 0):
            caller, call = item.inside[-1]
            yield from self._given(replace(item, inside=item.inside[:-1]), parameter, caller, call, step=False)
        elif entry is not None and function.owner and parameter is function.parameters[0]:
            yield source("library", item, parameter.name, function.span[0])
        elif entry is not None:
            yield self._entered(item, parameter, entry, sink)
        else:
            edges = [edge for edge in self._program.callers.get(key, ()) if edge.call >= 0 and not edge.offloaded]
            for edge in edges:
                yield from self._given(item, parameter, edge.caller, edge.call, step=True)
            if not edges:
                yield source("parameter", item, parameter.name, function.span[0])

    def _entered(self, item: Item, parameter: Parameter, entry: EntryPoint, sink: str) -> Source:
        line = self._program.function(item.key).span[0]
        if parameter.ref.rsplit(".", 1)[-1] in UPLOADS and item.taken not in NAMES:
            return source("library", item, parameter.name, line)
        if self._flow.is_given(parameter, entry, item.key[0]):
            return source("library", item, parameter.name, line)
        if item.taken == KEYS and has_declared_names(self._program, self._program.resolve(parameter.ref, item.key[0])):
            item = replace(item, cleaned="yes")
        segment = f"{{{parameter.name}}}" in entry.path or f"<{parameter.name}>" in entry.path
        if segment and sink == "path":
            item = replace(item, cleaned="yes")
        if parameter.name in _STATES:
            return source("unknown", item, parameter.name, line)
        return source("tool" if entry.role == "tool" else "external", item, parameter.name, line)

    def _given(
        self, item: Item, parameter: Parameter, caller: FunctionKey, index: int, *, step: bool
    ) -> Iterator[Item | Source]:
        function = self._program.function(item.key)
        call = self._program.files[caller[0]].calls[index]
        value = argument_for(function, parameter.name, call)
        if value is not None:
            note = Step(caller[0], call.span[0], f"gives it to {function.name}()")
            steps = (note, *item.steps) if step else item.steps
            yield replace(item, value=value, key=caller, block=call.block, start=call.span[:2], steps=steps, whole=True)
        elif any(one.keyword in ("*", "**") for one in call.arguments):
            yield source("unknown", item, parameter.name)
        elif parameter.default is not None:
            start = function.span[:2]
            yield replace(
                item, value=parameter.default, key=(item.key[0], max(function.parent, 0)), block=-1, start=start
            )
        else:
            yield source("unknown", item, parameter.name)
