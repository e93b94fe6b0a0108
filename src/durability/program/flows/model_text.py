"""Text that a model wrote, followed to the places that parse it, through names, helpers and parameters."""

from collections import deque
from collections.abc import Iterator
from functools import cached_property
from typing import TYPE_CHECKING

from msgspec import Struct

from durability.facts.model import Value
from durability.model import Step
from durability.program.flows.guards import leaves
from durability.program.flows.handed import Place
from durability.program.flows.trail import Trail, in_order
from durability.program.flows.uses import Around, Use
from durability.program.links.given import argument_for
from durability.program.links.graph import FunctionKey
from durability.program.sites import CallSite

if TYPE_CHECKING:
    from durability.program.context import Context

_PARSERS = {
    "json.loads": "ValueError", "orjson.loads": "ValueError", "ujson.loads": "ValueError", "json5.loads": "ValueError",
    "ast.literal_eval": "ValueError", "yaml.safe_load": "YAMLError", "int": "ValueError", "float": "ValueError",
}  # fmt: skip
_ERRORS = {
    "ValueError": frozenset({"ValueError", "JSONDecodeError", "Exception", "BaseException"}),
    "YAMLError": frozenset({"YAMLError", "Exception", "BaseException"}),
    "IndexError": frozenset({"IndexError", "LookupError", "Exception", "BaseException"}),
}
_SAME_TEXT = frozenset(
    {
        "strip", "lstrip", "rstrip", "lower", "upper", "replace", "removeprefix", "removesuffix", "split", "rsplit",
        "splitlines", "group", "partition",
    }
)  # fmt: skip
"""Methods of a text, or of a match in it, that give a piece of it or the same in another form."""

_COPIES = frozenset({"str", "re.sub", "re.search", "re.match", "re.findall", "re.fullmatch"})
_STRUCTURED = frozenset(
    {
        "response_format", "text_format", "output_format", "response_model", "response_schema", "tools", "functions",
        "tool_choice", "format", "output_type", "guided_json", "json_mode", "text", "output_config",
    }
)  # fmt: skip
"""Arguments that make the model keep to a format."""

_CONFIGS = frozenset({"config", "generation_config", "model_kwargs", "options", "extra_body"})
_JSON_MODE = ("json", "schema")
_STEPS = 10_000
"""Texts followed at most in one program."""


class Parsed(Struct, frozen=True):
    """A place that parses model text: the error that other text raises, the model call, and the way from there."""

    error: str
    model: Place
    trail: Trail | None = None

    @property
    def steps(self) -> tuple[Step, ...]:
        """The steps from the model to the place."""
        return in_order(self.trail)


class _Text(Struct, frozen=True):
    """A subject that holds model text: `#7` or a name in a function, from a line on."""

    key: FunctionKey
    subject: str
    line: int
    model: Place
    trail: Trail


class ModelText:
    """Every place of the program that parses what a model wrote: one pass, each subject of a function once."""

    def __init__(self, context: "Context") -> None:
        self._context = context

    @cached_property
    def origins(self) -> dict[Place, Parsed]:
        """The parsing calls, by file and index."""
        found: dict[Place, Parsed] = {}
        queue: deque[_Text] = deque()
        for site in self._context.calls_by_effect.get("llm", ()):
            step = Step(site.path, site.line, f"{site.shown}() asks a model")
            queue.append(_Text(site.key, f"#{site.index}", 0, (site.path, site.index), Trail(step)))
        for path, index in sorted(self._context.remote_json.origins):
            site = self._context.call(path, index)
            if any(_is_completion(reach.written) for reach in self._context.remote_json.reaches(site)):
                step = Step(path, site.line, f"{site.shown}() is the answer of a model")
                queue.append(_Text(site.key, f"#{index}", 0, (path, index), Trail(step)))
        seen: set[tuple[FunctionKey, str]] = set()
        while queue and len(seen) < _STEPS:
            text = queue.popleft()
            if (text.key, text.subject) in seen:
                continue
            seen.add((text.key, text.subject))
            for use in self._context.uses.of(text.key, text.subject):
                if use.span[0] >= text.line:
                    queue.extend(self._follow(text, use, found))
        return found

    def _follow(self, text: _Text, use: Use, found: dict[Place, Parsed]) -> Iterator[_Text]:
        """What holds the text after one use; the parsing calls on the way are put down."""
        around = use.around
        while around is not None:
            value = around.value
            if value.kind == "call" and around.position:
                name = self._context.program.name(text.key[0], value.call) if value.call >= 0 else ""
                if name in _PARSERS and around.position == 1:
                    found.setdefault((text.key[0], value.call), Parsed(_PARSERS[name], text.model, text.trail))
                if name not in _COPIES:
                    yield from self._into_parameter(text, value, around.position)
                    return
            elif not _keeps(around):
                return
            elif _takes_piece(around):
                split = value.parts[0].call
                found.setdefault((text.key[0], split), Parsed("IndexError", text.model, text.trail))
            around = around.outer
        yield from self._bound(text, use) if use.root == "assign" else ()
        yield from self._returned(text, use) if use.root == "return" else ()

    def _bound(self, text: _Text, use: Use) -> Iterator[_Text]:
        for item in self._context.program.assigns_in(text.key):
            if item.span == use.span and item.target.kind == "name":
                yield _Text(text.key, item.target.text, item.span[0], text.model, text.trail)

    def _into_parameter(self, text: _Text, value: Value, position: int) -> Iterator[_Text]:
        if value.call < 0:
            return
        program, path = self._context.program, text.key[0]
        symbol, call = program.symbol(path, value.call), program.files[path].calls[value.call]
        target = program.key_of(symbol) if symbol.kind == "function" else None
        if target is None:
            return
        given, function = call.arguments[position - 1].value, program.function(target)
        name = next((item.name for item in function.parameters if argument_for(function, item.name, call) is given), "")
        if name:
            step = Step(path, call.span[0], f"gives it to {function.qualname}()")
            yield _Text(target, name, 0, text.model, Trail(step, text.trail))

    def _returned(self, text: _Text, use: Use) -> Iterator[_Text]:
        program, key = self._context.program, text.key
        function = program.function(key)
        if function.is_generator or not key[1]:
            return
        step = Step(key[0], use.span[0], f"{function.qualname}() returns what the model wrote")
        for edge in program.callers.get(key, ()):
            if edge.call < 0 or edge.offloaded:
                continue
            symbol = program.symbol(edge.caller[0], edge.call)
            if symbol.kind == "function" and program.key_of(symbol) == key:
                yield _Text(edge.caller, f"#{edge.call}", 0, text.model, Trail(step, text.trail))

    # What copes.

    def copes(self, site: CallSite) -> bool:
        """Whether a handler takes what other text raises, a test looks at it first, or the model keeps to a format."""
        parsed = self.origins[site.path, site.index]
        if self._context.caught.takes(site.key, site.block, _ERRORS[parsed.error]):
            return True
        if self._is_looked_at(site):
            return True
        return parsed.error != "IndexError" and self.structured(self._context.call(*parsed.model))

    def _is_looked_at(self, site: CallSite) -> bool:
        """Whether a test on the way looks into the text; that there is some says nothing about its form."""
        names = frozenset(item.text for item in _names(site))
        uses = self._context.uses.of(site.key, f"#{site.index}")
        tests = [test for use in uses for test, _ in use.guards]
        tests += [block.value for block in site.around() if block.kind in ("if", "while", "else") and block.value]
        blocks = site.program.files[site.path].blocks
        for index in site.program.blocks_in(site.key):
            block = blocks[index]
            if (
                block.kind == "if"
                and block.value
                and block.span[2] < site.line
                and leaves(self._context, site.path, index)
            ):
                tests.append(block.value)
        return any(_looks_into(test, names) for test in tests)

    def structured(self, model: CallSite) -> bool:
        """Whether a model call, or the client it is made on, asks for structured output."""
        if model.shown.rsplit(".", 1)[-1] == "parse":
            return True
        if model.library.effect != "llm":
            return self._sends_format(model)
        for call in (model, *self._context.makers(model)):
            for item in call.arguments:
                if item.keyword in _STRUCTURED or (item.keyword in _CONFIGS and self._says_json(item.value, call)):
                    return True
        return False

    def _sends_format(self, model: CallSite) -> bool:
        """Whether the function that asks a model by hand writes down a format for the answer."""
        values = [item.value for item in self._context.program.assigns_in(model.key) if item.value is not None]
        values += [item.value for call in model.calls_here() for item in call.arguments]
        return any(part.kind == "text" and part.text in _STRUCTURED for value in values for part in value.walk())

    def _says_json(self, value: Value, call: CallSite) -> bool:
        """Whether settings of a model call ask for JSON; settings that are not in sight may."""
        texts = list(value.walk())
        if value.kind == "name":
            bound = self._context.program.assigns_to(call.path, value.text)
            texts = [part for item in bound if item.value is not None for part in item.value.walk()]
            if not texts:
                return True
        keywords = [
            item.keyword
            for part in texts
            if part.kind == "call" and part.call >= 0
            for item in call.program.files[call.path].calls[part.call].arguments
        ]
        said = [part.text for part in texts if part.kind == "text"] + keywords
        return any(word in text.lower() for text in said for word in (*_JSON_MODE, "mime"))


def _is_completion(written: str) -> bool:
    """Whether a way into remote JSON is that of a chat completion."""
    return written.startswith(('["choices"][', '["candidates"][', '["message"]["content"]'))


def _keeps(around: Around) -> bool:
    """Whether the value around a text is still what the model wrote, or a part of it."""
    value = around.value
    if value.kind == "call":
        return value.text.rsplit(".", 1)[-1] in _SAME_TEXT
    if value.kind in ("item", "if"):
        return (around.position == 0) == (value.kind == "item")
    return value.kind in ("attr", "or", "and")


def _takes_piece(around: Around) -> bool:
    """Whether a piece that may not be there is taken: `text.split(":")[1]`."""
    value = around.value
    if value.kind != "item" or value.parts[1].kind != "const" or value.parts[1].text in ("0", "-1"):
        return False
    base = value.parts[0]
    return base.kind == "call" and base.call >= 0 and base.text.rsplit(".", 1)[-1] in ("split", "rsplit", "splitlines")


def _looks_into(test: Value, names: frozenset[str]) -> bool:
    if test.kind == "name":
        return False
    if test.kind in ("not", "and", "or"):
        return any(_looks_into(part, names) for part in test.parts)
    if test.kind == "compare" and any(part.text == "None" for part in test.parts):
        return False
    return any(item.kind == "name" and item.text in names for item in test.walk())


def _names(site: CallSite) -> Iterator[Value]:
    values = [item.value for item in site.arguments[:1]]
    if site.fact.receiver is not None and site.name not in _PARSERS:
        values = [site.fact.receiver]
    for value in values:
        yield from (item for item in value.walk() if item.kind == "name")
