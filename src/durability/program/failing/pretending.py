"""Whether a value is no more than made-up data, an idle object, or nothing; and whether it says so itself."""

import json
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from durability.facts.model import Value
from durability.model import Step
from durability.program.links.graph import FunctionKey
from durability.program.links.link import Symbol
from durability.program.sites import CallSite

if TYPE_CHECKING:
    from durability.program.context import Context

_OUTSIDE = ("charge", "refund", "message", "llm", "http", "db", "enqueue", "file", "process")
_FAKE = re.compile(
    r"mock|fake|sample|demo(?!graph|te)|dummy|stub|simul|placeholder|synthetic|canned|hardcoded|in_?memory|no_?op|null|"
    r"fallback|heuristic|rule_based|memory(?!view|error)",
    re.I,
)
_SHAPING = frozenset({"round", "int", "float", "abs"})
_SAYS = re.compile(
    r"error|fail|unavailable|not available|could not|couldn't|unable|demo|mock|sample|simulat|fallback|offline|sorry|"
    r"not configured|missing|not set|disabled|unknown|skipped|try again|degraded|stub|placeholder|\bnote\b|warning|"
    r"estimated|approximat|default|not found|n/a|no data|insufficient|dev mode|development",
    re.I,
)
_SAYING_KEYS = frozenset(
    {"source", "is_live", "live", "available", "success", "ok", "mode", "reason", "message", "status", "detail",
     "is_real", "method"}
)  # fmt: skip
_EMPTY = frozenset({"", "0", "0.0", "None", "False", "True", "1"})
_VERDICT = re.compile(
    r"^(?:\w+_)?(?:valid|verified|grounded|safe|allowed|approved|authentic|passed|compliant|genuine|legit\w*)$", re.I
)
_MEASURED = re.compile(
    r"(?:^|_)(?:price|rate|usd|eur|gbp|inr|cost|balance|quote|temperature|humidity|market_?cap|score)s?(?:_|$)", re.I
)
_NUMBER = re.compile(r"[\d_]+(?:\.\d+)?")
_LEAVES = 2
"""Literals that make data rather than an empty answer."""


class Pretending:
    """What a value does in place of the real thing."""

    def __init__(self, context: "Context") -> None:
        self._context = context

    def what(self, value: Value, key: FunctionKey, *, made: bool) -> str:
        """What stands in, in words; "" when it is no stand-in. With `made` an object counts, and an empty store."""
        if value.kind in ("list", "dict", "tuple"):
            return "made-up data" if self._is_data(value) else ""
        if value.kind == "text":
            return "made-up data" if _is_written_json(value.text) else ""
        if value.kind in ("name", "attr"):
            constant = self._context.program.constant(value.text, key[0]) if value.kind == "name" else None
            if constant is not None and constant[1].kind in ("list", "dict") and self._is_data(constant[1]):
                return f"made-up data ({value.text})"
            symbol = self._context.program.value_symbol(value, key[0], key[1])
            return self._class(symbol) if made and symbol.kind == "class" else ""
        if value.kind != "call" or value.call < 0:
            return ""
        call = self._context.call(key[0], value.call)
        if call.name.startswith("unittest.mock.") and "Mock" in call.name:
            return "a mock"
        if call.symbol.kind == "class":
            return self._class(call.symbol)
        if call.name in _SHAPING and call.arguments:
            return self.what(call.arguments[0].value, key, made=made)
        if call.name.startswith(("random.", "numpy.random.")) and not call.shown.endswith(("choice", "sample")):
            return "a random number"
        target = self._context.program.key_of(call.symbol) if call.symbol.kind == "function" else None
        return self._function(target) if target is not None else ""

    def _function(self, target: FunctionKey) -> str:
        """A function that makes data up: it reaches nothing outside, and its name or its answer says so."""
        program = self._context.program
        if any(self._context.effects.reaches(target, effect) for effect in _OUTSIDE):
            return ""
        returned = [item.value for item in program.exits_in(target) if item.kind == "return"]
        written = [value for value in returned if value is not None]
        if any(tells(value, self._context, target) for value in written):
            return ""
        name = program.function(target).name
        if _FAKE.search(name) and written:
            return f"made-up data ({name}())"
        literal = len(written) == len(returned) == 1 and self._is_data(written[0])
        return f"made-up data ({name}())" if literal and not _depends(written[0]) else ""

    def _class(self, symbol: Symbol) -> str:
        program = self._context.program
        item = program.linker.classes[symbol.path].get(symbol.name)
        if item is None or not item.methods or not _FAKE.search(symbol.name):
            return ""
        if any(base.startswith(("unittest", "Enum", "enum", "pydantic", "Exception")) for base in item.bases):
            return ""
        return "" if self.way_of_class(symbol, _OUTSIDE) else f"{symbol.name} (it does nothing outside)"

    def way_of_class(self, symbol: Symbol, effects: tuple[str, ...]) -> tuple[Step, ...]:
        """The way from a method of a class to one of these effects; () when none leads there."""
        for method in self._methods(symbol):
            for effect in effects:
                way = self._context.effects.chain(method, effect)
                if way:
                    return way
        return ()

    def _methods(self, symbol: Symbol) -> Iterator[FunctionKey]:
        linker = self._context.program.linker
        item = linker.classes[symbol.path].get(symbol.name)
        for name in item.methods if item is not None else ():
            method = linker.functions[symbol.path].get(f"{symbol.name}.{name}")
            if method is not None:
                yield (symbol.path, method[0])

    def is_client(self, call: CallSite, effects: tuple[str, ...]) -> bool:
        """Whether a call makes a library's client whose methods have one of these effects."""
        if call.library.effect not in ("constructs", "db.connect"):
            return False
        return call.library.effect == "db.connect" or any(
            call.makes in self._context.program.clients(effect) for effect in effects
        )

    def _is_data(self, value: Value) -> bool:
        """Whether a literal holds what could pass for an answer: several constants that are not empty ones."""
        leaves = [item for item in value.walk() if item.kind in ("text", "const")]
        keys = _keys(value)
        contents = [item for item in leaves if item not in keys and item.text not in _EMPTY]
        return len(contents) >= _LEAVES


def tells(value: Value, context: "Context", key: FunctionKey) -> bool:
    """Whether a value says that it is not the real thing: by a key, a text, or the error in it."""
    if value.kind == "name":
        constant = context.program.constant(value.text, key[0])
        value = constant[1] if constant is not None else value
    values = [value]
    if value.kind == "call" and value.call >= 0:
        call = context.program.files[key[0]].calls[value.call]
        values += [argument.value for argument in call.arguments]
        if any(_SAYS.search(argument.keyword) or argument.keyword in _SAYING_KEYS for argument in call.arguments):
            return True
        target = context.program.key_of(context.call(key[0], value.call).symbol)
        if target is not None:
            inner = (item.value for item in context.program.exits_in(target) if item.kind == "return")
            values += [item for item in inner if item is not None]
    return any(_says(item) for given in values for item in given.walk())


def compares(value: Value) -> bool:
    """Whether an answer is the outcome of a comparison."""
    return value.kind == "compare" or (value.kind == "call" and value.text.endswith("compare_digest"))


def passes(value: Value | None) -> bool:
    """Whether an answer says of what was to be checked that it is as it should be: `{"is_valid": True}`."""
    if claims_done(value):
        return True
    if value is None or value.kind != "dict":
        return False
    pairs = zip(value.parts[::2], value.parts[1::2], strict=False)
    return any(_VERDICT.search(key.text) and item.text == "True" for key, item in pairs)


def invented_number(value: Value | None, name: str) -> bool:
    """Whether a number that is written down passes for one that is measured or asked for: a price, a balance."""
    if value is None or value.kind != "const" or value.text in _EMPTY or not _MEASURED.search(name):
        return False
    return bool(_NUMBER.fullmatch(value.text)) and float(value.text.replace("_", "")) not in (0.0, 1.0, 100.0)


def _is_written_json(text: str) -> bool:
    """Whether a text is a JSON object or list with something in it."""
    if text.strip()[:1] not in ("{", "["):
        return False
    try:
        pending = [json.loads(text)]
    except ValueError:
        return False
    while pending:
        item = pending.pop()
        if isinstance(item, dict | list):
            pending.extend(item.values() if isinstance(item, dict) else item)
        elif item not in (None, "", 0, 1):
            return True
    return False


def is_empty(value: Value | None) -> bool:
    """Whether an answer is an empty list or table, which a service that was asked could give as well."""
    return value is not None and value.kind in ("list", "dict") and not value.parts


def claims_done(value: Value | None) -> bool:
    """Whether an answer says that all went well, where nothing was done."""
    return value is not None and value.kind == "const" and value.text == "True"


def _says(item: Value) -> bool:
    return item.kind in ("text", "format") and (bool(_SAYS.search(item.text)) or item.text in _SAYING_KEYS)


def _depends(value: Value) -> bool:
    return any(item.kind in ("name", "call", "attr") for item in value.walk())


def _keys(value: Value) -> set[Value]:
    found: set[Value] = set()
    for item in value.walk():
        if item.kind == "dict":
            found.update(item.parts[::2])
    return found
