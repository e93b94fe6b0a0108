"""Where a value starts and the way from there: through names, helpers of other files, parameters and attributes."""

from collections import deque
from collections.abc import Iterator
from typing import TYPE_CHECKING

from msgspec.structs import replace

from durability.facts.model import Value
from durability.model import Step
from durability.program.entrypoints.entries import EntryPoint
from durability.program.flows.checks import Checks, Where
from durability.program.flows.entering import KEYS, NAMES, Entering
from durability.program.flows.flow import Flow, parameter_of
from durability.program.flows.passing import PARSERS, cleans, deciding, glued, handed_on, unread_pattern
from durability.program.flows.reaching import Reaching, takes_keys
from durability.program.flows.reading import asks_chain, is_request, pattern_of, through_call
from durability.program.flows.sources import Cleaned, Item, Source, more, source
from durability.program.links.graph import FunctionKey
from durability.program.links.spelling import plain_name
from durability.program.sites import CallSite

if TYPE_CHECKING:
    from durability.program.context import Context

_BUDGET = 1_500
"""Values looked at per question."""

_NEST = 6
"""Calls entered for what they return, one in another."""

_OWN = frozenset(
    {"user", "session", "app", "state", "client", "method", "scope", "auth", "url_for", "content_type", "remote_addr",
     "size", "file", "url_rule", "endpoint", "environ", "loop", "url", "base_url", "host", "META", "blueprint"}
)  # fmt: skip
"""What a request carries that whoever sends it does not write freely."""

_TERMINAL = ("argparse.", "sys.", "optparse.", "click.", "typer.")
"""What the person who starts the program says is no input from outside."""


_VECTORS = ("embed", "moderation", "count_tokens", "models.list")
_ENVIRONMENT = "env.read"


class Trace:
    """Traces values back to their sources, shortest way first; no question looks at more than a budget."""

    def __init__(self, context: "Context", flow: Flow, external: dict[FunctionKey, EntryPoint]) -> None:
        self._context = context
        self._program = context.program
        self._flow = flow
        self._checks = Checks(context)
        self._reaching = Reaching(context.program)
        self._entering = Entering(context.program, flow, external)
        self._requests = flow.request_objects - {name for name in flow.request_objects if name.startswith(_TERMINAL)}
        rows = context.program.library.parameters
        self._uploads = frozenset(row.name for row in rows if row.external and row.meaning == "upload")

    def sources(self, value: Value, call: CallSite, sink: str) -> tuple[Source, ...]:
        """The sources of a value that a call is given, for one kind of use; nearest first."""
        queue = deque([Item(value, call.key, call.block, call.span[:2])])
        seen: set[tuple[object, ...]] = set()
        found: dict[tuple[str, str, str, int, str], Source] = {}
        left = _BUDGET
        while queue:
            item = queue.popleft()
            mark = (item.value, item.key, item.start, item.inside, item.cleaned, item.whole, item.taken, item.parsed)
            if mark in seen:
                continue
            seen.add(mark)
            left -= 1
            if left < 0:
                found.setdefault(("unknown", "", "", 0, "no"), Source("unknown", "budget"))
                break
            for made in self._look(item, sink):
                if isinstance(made, Source):
                    found.setdefault((made.kind, made.name, made.path, made.line, made.cleaned), made)
                else:
                    queue.append(made)
        return tuple(found.values())

    def _look(self, item: Item, sink: str) -> Iterator[Item | Source]:
        value, kind = item.value, item.value.kind
        if kind in ("const", "text"):
            yield source("constant", item, value.text[:40])
        elif kind == "name":
            yield from self._name(item, sink)
        elif kind == "call":
            yield from self._call(item, sink)
        elif kind == "attr":
            yield from self._attribute(item, sink)
        elif kind in ("compare", "not"):
            yield source("constant", item, kind)
        elif kind == "if":
            yield from self._choice(item, sink)
        elif kind == "item":
            cut = value.parts[0].text.endswith("splitext") and value.parts[1].text in ("1", "-1") and sink == "path"
            key = value.parts[1]
            taken = f"[{key.text}]" if key.kind == "text" and item.taken not in NAMES else item.taken
            yield self._part(item, value.parts[0], cleaned="yes" if cut else item.cleaned, whole=False, taken=taken)
        elif kind == "dict" and value.parts:
            keyed = [
                part
                for key, part in zip(value.parts[::2], value.parts[1::2], strict=False)
                if f"[{key.text}]" == item.taken
            ]
            chosen = value.parts[::2] if item.taken == KEYS else tuple(keyed) or value.parts[1::2]
            yield from (self._part(item, part, taken="") for part in chosen)
        elif kind == "comp":
            at = 1 if value.text == "DictComp" and item.taken != KEYS else 0
            yield self._part(item, value.parts[at], taken="" if value.text == "DictComp" else item.taken)
        elif value.parts:
            for part in deciding(value, sink):
                held_back: Cleaned = "maybe" if sink == "path" and glued(value, part) else "no"
                yield self._part(item, part, cleaned=more(item.cleaned, held_back))
        else:
            known = kind in ("list", "tuple", "set", "dict", "format")
            yield source("constant" if known else "unknown", item, kind)

    def _part(self, item: Item, value: Value, **changes: object) -> Item:
        return replace(item, value=value, whole=changes.pop("whole", True), **changes)

    def _outside(self, item: Item, name: str) -> Source:
        """What a person sends; of a file that is sent only the name is text that leads somewhere."""
        if name not in self._uploads:
            return source("external", item, name)
        if item.taken not in NAMES:
            return source("library", item, name)
        unclear = item.taken == "name" and item.cleaned == "yes"
        return source("external", replace(item, cleaned="maybe") if unclear else item, name)

    def _choice(self, item: Item, sink: str) -> Iterator[Item]:
        test, body, other = item.value.parts
        where = Where(item.key, item.block, item.start)
        for part, held in ((body, True), (other, False)):
            names = frozenset({plain_name(part)}) - {""}
            checked = self._checks.admits(test, names, sink, where, held=held) if names else "no"
            yield self._part(item, part, cleaned=more(item.cleaned, checked))

    def _name(self, item: Item, sink: str) -> Iterator[Item | Source]:
        name, (path, index) = item.value.text, item.key
        facts = self._program.files[path]
        function = facts.functions[index]
        place = Where(item.key, item.block, item.start)
        bound, last, killed = self._reaching.reaching(place, name)
        parameter = parameter_of(function, name) if index else None
        if item.whole:
            checked = self._checks.of(name, Where(item.key, item.block, item.start), last, sink)
            item = replace(item, cleaned=more(item.cleaned, checked))
        for assign in bound:
            if assign.value is not None and (assign.op == "=" or sink != "url"):
                yield replace(
                    item, value=assign.value, block=assign.block, start=assign.span[:2], whole=assign.op == "="
                )
        looped = self._reaching.loops(place, name)
        for block in looped:
            if block.value is not None:
                taken = KEYS if takes_keys(block, name) and item.whole and not item.taken else item.taken
                yield replace(
                    item, value=block.value, block=block.parent, start=block.span[:2], whole=False, taken=taken
                )
        if parameter is not None and not killed:
            yield from self._entering.parameter(replace(item, value=Value("name", name)), parameter, sink)
        if parameter is None and not bound and not looped:
            yield from self._outer(item, name)

    def _outer(self, item: Item, name: str) -> Iterator[Item | Source]:
        """A name of a function around, of the module, or imported."""
        path, index = item.key
        facts = self._program.files[path]
        at = facts.functions[index].parent if index else -1
        while at >= 0:
            own = [one for one in self._program.assigns_to(path, name) if one.function == at and one.value is not None]
            parameter = parameter_of(facts.functions[at], name)
            if own or parameter is not None:
                for one in own:
                    if one.value is not None:
                        yield replace(
                            item, value=one.value, key=(path, at), block=one.block, start=one.span[:2], whole=False
                        )
                if parameter is not None:
                    yield from self._entering.parameter(replace(item, key=(path, at), inside=()), parameter, "")
                return
            at = facts.functions[at].parent
        found = self._flow.imported_value(name, path)
        if found is not None:
            yield replace(item, value=found[1], key=(found[0], 0), block=-1, start=(1, 1), whole=False)
            return
        symbol = self._program.value_symbol(item.value, path, index)
        if symbol.kind == "library":
            yield (
                self._outside(item, symbol.name)
                if symbol.name in self._requests
                else source("library", item, symbol.name)
            )
        else:
            yield source("unknown", item, name)

    # Attributes.

    def _attribute(self, item: Item, sink: str) -> Iterator[Item | Source]:
        value, key = item.value, item.key
        name = plain_name(value)
        base = value.parts[0]
        if self._flow.is_clean_field(value, key) or (sink == "path" and value.text in ("name", "stem", "suffix")):
            kind = "" if base.kind == "name" and base.text in ("self", "cls") else "yes"
            if kind:
                item = replace(item, cleaned="yes")
        if name and item.whole:
            checked = self._checks.of(name, Where(key, item.block, item.start), (0, 0), sink)
            item = replace(item, cleaned=more(item.cleaned, checked))
        symbol = self._program.value_symbol(value, key[0], key[1]) if name else None
        if symbol is not None and symbol.kind == "library" and symbol.name in self._requests:
            yield self._outside(item, symbol.name)
            return
        own = [one for one in self._program.assigns_to(key[0], name) if one.value is not None] if name else []
        owner = self._program.function(key).owner
        own = [one for one in own if self._program.function((key[0], one.function)).owner == owner]
        if own and "." in name:
            for one in own:
                if one.value is not None:
                    there = (key[0], one.function)
                    yield replace(item, value=one.value, key=there, block=one.block, start=one.span[:2], inside=())
            return
        if name.startswith(("self.", "cls.")):
            yield source("unknown", item, name)
            return
        if value.text in _OWN and is_request(self._program, base, key):
            yield source("library", item, name)
            return
        yield self._part(item, base, whole=False, taken=value.text)

    def _call(self, item: Item, sink: str) -> Iterator[Item | Source]:
        path, index = item.key[0], item.value.call
        if index < 0:
            yield source("unknown", item, item.value.text)
            return
        call = self._program.files[path].calls[index]
        item = replace(item, block=call.block, start=call.span[:2])
        symbol = self._program.symbol(path, index)
        if symbol.kind == "library":
            yield from self._library(item, symbol.name, sink)
            return
        target = self._program.key_of(symbol) if symbol.kind == "function" else None
        returned = [one for one in self._program.exits_in(target) if one.kind == "return"] if target else []
        if target is not None and returned and len(item.inside) < _NEST:
            name = self._program.function(target).name
            for one in returned:
                if one.value is not None:
                    steps = (Step(target[0], one.span[0], f"{name}() returns it"), *item.steps)
                    inside = (*item.inside, (item.key, index))
                    where = {"key": target, "block": one.block, "start": one.span[:2], "steps": steps, "inside": inside}
                    yield replace(item, value=one.value, whole=True, **where)
            return
        through = handed_on("", call, sink)
        if symbol.kind != "function" and asks_chain(self._program, call, path):
            yield self._model(item, call.target)
        elif symbol.kind in ("unknown", "parameter") and through is not None:
            yield from through_call(item, call, through)
        else:
            yield source("unknown", item, call.target)

    def _model(self, item: Item, shown: str) -> Source:
        return source("model", item, f"{shown}()")

    def _library(self, item: Item, name: str, sink: str) -> Iterator[Item | Source]:
        call = self._program.files[item.key[0]].calls[item.value.call]
        row = self._program.row(name)
        if self._context.call(item.key[0], item.value.call).effect == "llm":
            vector = any(word in name.lower() for word in _VECTORS)
            yield source("library", item, name) if vector else self._model(item, call.target)
            return
        if row is not None and row.effect == _ENVIRONMENT:
            yield source("environment", item, name)
            return
        if name == "input" or name in self._requests:
            yield self._outside(item, name)
            return
        pattern = pattern_of(self._program, call, item.key[0])
        if cleans(name, row, pattern, sink):
            item = replace(item, cleaned="yes")
            values = tuple(one.value for one in call.arguments) or ((call.receiver,) if call.receiver else ())
            yield from (self._part(item, part) for part in values)
            return
        if name in PARSERS:
            item = replace(item, parsed=True)
        through = handed_on(name, call, sink)
        if unread_pattern(name, pattern, sink):
            item = replace(item, cleaned=more(item.cleaned, "maybe"))
        if through is None and asks_chain(self._program, call, item.key[0]):
            yield self._model(item, call.target)
        elif through is None:
            yield source("library", item, name)
            if row is None:
                item = replace(item, cleaned=more(item.cleaned, "maybe"))
                yield from (self._part(item, one.value) for one in call.arguments)
        else:
            yield from through_call(item, call, through)
