"""Where values come from: through local names, module names, attributes, parameters and their callers."""

import re
from collections.abc import Iterator, Mapping
from typing import Literal

from msgspec import Struct

from durability.facts.model import Call, Function, Parameter, Value
from durability.program.entrypoints.entries import EntryPoint
from durability.program.links.given import argument_for
from durability.program.links.graph import FunctionKey
from durability.program.links.link import Symbol
from durability.program.links.program import Program
from durability.program.links.spelling import plain_name

_DEPTH = 12
_BUDGET = 4_000
"""Steps per question: names that are made from one another over and over would take for ever."""
_CLEANERS = frozenset(
    {"int", "float", "bool", "len", "round", "abs", "hash", "ord", "uuid.UUID", "uuid.uuid4", "datetime.datetime.now"}
)
_CLEAN_TYPES = frozenset({"int", "float", "bool", "uuid.UUID", "datetime.date", "datetime.datetime", "decimal.Decimal"})
_ENVIRONMENT = frozenset({"os.getenv", "os.environ.get", "os.environ.__getitem__"})
_FIRST_PART = (
    "str", "list", "dict", "tuple", "set", "sorted", "json.loads", "json.dumps", "sqlalchemy.text",
    "sqlalchemy.sql.text",
    "sqlalchemy.sql.expression.text", "psycopg2.sql.SQL", "psycopg.sql.SQL", "textwrap.dedent",
)  # fmt: skip
_KEYED = ("dict.get", "dict.pop", "dict.setdefault")
"""What they give comes from the table or from the default, not from the key: the way to admit listed values only."""

_CONVERTED = re.compile(r"<(?:int|float|uuid)(?:\([^)]*\))?:(\w+)>")
_DEPENDS = ("Depends", "Security")
_CLOSED = ("model_dump", "dict", "model_fields")

LeafKind = Literal["constant", "external", "parameter", "cleaned", "environment", "library", "unknown"]


class Leaf(Struct, frozen=True):
    """Where a value starts. `external`: chosen by whoever calls the program from outside."""

    kind: LeafKind
    name: str = ""
    path: str = ""
    line: int = 0


class Flow:
    """Traces values back to where they start."""

    def __init__(self, program: Program, external: Mapping[FunctionKey, EntryPoint]) -> None:
        self._program = program
        self._external = external
        self._left = 0
        self.request_objects = frozenset(row.name for row in program.library.parameters if row.external)

    def leaves(self, value: Value, key: FunctionKey, depth: int = 0) -> frozenset[Leaf]:
        """The starts of a value that stands in a function."""
        self._left = _BUDGET
        return frozenset(self._leaves(value, key, depth, ())) or frozenset({Leaf("unknown", "no value in sight")})

    def _leaves(self, value: Value, key: FunctionKey, depth: int, busy: tuple[str, ...]) -> Iterator[Leaf]:
        self._left -= 1
        if depth > _DEPTH or self._left < 0:
            yield Leaf("unknown", "too deep" if depth > _DEPTH else "budget")
            return
        kind = value.kind
        if kind in ("const", "text"):
            yield Leaf("constant", value.text[:40])
        elif kind == "name":
            yield from self._name(value.text, key, depth, busy)
        elif kind == "call":
            yield from self._call(value, key, depth, busy)
        elif kind == "attr":
            yield from self._attribute(value, key, depth, busy)
        elif kind in ("compare", "not"):
            yield Leaf("cleaned", kind)
        elif kind == "comp":
            yield from self._parts(value.parts[: 2 if value.text == "DictComp" else 1], key, depth, busy)
        elif kind == "if":
            yield from self._parts(value.parts[1:], key, depth, busy)
        elif kind == "item":
            yield from self._leaves(value.parts[0], key, depth + 1, busy)
        elif value.parts:
            yield from self._parts(value.parts, key, depth, busy)
        elif kind in ("list", "tuple", "set", "dict", "format"):
            yield Leaf("constant", kind)
        else:
            yield Leaf("unknown", kind)

    def _parts(self, parts: tuple[Value, ...], key: FunctionKey, depth: int, busy: tuple[str, ...]) -> Iterator[Leaf]:
        for part in parts:
            yield from self._leaves(part, key, depth + 1, busy)

    def _name(self, name: str, key: FunctionKey, depth: int, busy: tuple[str, ...]) -> Iterator[Leaf]:
        path, index = key
        mark = f"{path}:{index}:{name}"
        if mark in busy:
            yield from self._rebound(name, key, depth, busy)
            return
        busy = (*busy, mark)
        facts = self._program.files[path]
        at = index
        while at >= 0:
            function = facts.functions[at]
            parameter = parameter_of(function, name)
            bound = [item for item in self._program.assigns_to(path, name) if item.function == at and item.op != "del"]
            looped = [block.value for block in facts.blocks if block.function == at and name in block.targets]
            if parameter is not None and not any(item.block == function.block and item.op == "=" for item in bound):
                yield from self._parameter(parameter, (path, at), depth, busy)
            for value in [item.value for item in bound] + looped:
                if value is not None:
                    yield from self._leaves(value, (path, at), depth + 1, busy)
            if parameter is not None or bound or looped:
                return
            at = function.parent
        symbol = self._program.value_symbol(Value("name", name), path, index)
        yield from self._symbol(symbol, name, path, index, depth, busy)

    def _rebound(self, name: str, key: FunctionKey, depth: int, busy: tuple[str, ...]) -> Iterator[Leaf]:
        """A name that is made from itself (`q = q.strip()`) starts at its parameter."""
        parameter = parameter_of(self._program.function(key), name)
        mark = f"{key[0]}:{key[1]}:{name}="
        if parameter is not None and mark not in busy:
            yield from self._parameter(parameter, key, depth, (*busy, mark))

    def _symbol(
        self, symbol: Symbol, name: str, path: str, index: int, depth: int, busy: tuple[str, ...]
    ) -> Iterator[Leaf]:
        ref = next((item.path for item in self._program.files[path].imports if item.name == name), "")
        found = self._imported_constant(ref, path) if ref else None
        if found is not None:
            other, value = found
            yield from self._leaves(value, (other, 0), depth + 1, busy)
        elif symbol.kind == "library":
            yield Leaf("external" if symbol.name in self.request_objects else "library", symbol.name, path)
        else:
            yield Leaf("unknown", name, path)

    def imported_value(self, name: str, path: str) -> tuple[str, Value] | None:
        """The value that a module of the project gives to a name imported from it, and that module."""
        ref = next((item.path for item in self._program.files[path].imports if item.name == name), "")
        return self._imported_constant(ref, path) if ref else None

    def is_given(self, parameter: Parameter, entry: EntryPoint, path: str) -> bool:
        """Whether the framework finds or converts a parameter of an entry point itself."""
        return parameter.name in _CONVERTED.findall(entry.path) or self._is_dependency(parameter, path)

    def _imported_constant(self, ref: str, path: str) -> tuple[str, Value] | None:
        head, _, name = ref.rpartition(".")
        modules = self._program.linker.modules
        file = modules.relative(head or ".", path) if ref.startswith(".") else modules.find(head, path)
        if file is None:
            return None
        bound = [item for item in self._program.assigns_to(file, name) if item.function == 0 and item.value is not None]
        return (file, bound[-1].value) if bound and bound[-1].value is not None else None

    def _parameter(self, parameter: Parameter, key: FunctionKey, depth: int, busy: tuple[str, ...]) -> Iterator[Leaf]:
        line = self._program.function(key).span[0]
        entry = self._external.get(key)
        if self.admits_listed_only(parameter, key[0]):
            yield Leaf("cleaned", parameter.name, key[0], line)
        elif entry is not None:
            clean = parameter.name in _CONVERTED.findall(entry.path) or self._is_dependency(parameter, key[0])
            yield Leaf("cleaned" if clean else "external", parameter.name, key[0], line)
        else:
            sites = list(self._arguments(parameter, key))
            if not sites:
                yield Leaf("parameter", parameter.name, key[0], line)
            for value, caller in sites:
                yield from self._leaves(value, caller, depth + 2, busy)

    def admits_listed_only(self, parameter: Parameter, path: str) -> bool:
        """Whether the annotation admits numbers, times or listed values only."""
        if parameter.ref in _CLEAN_TYPES or parameter.annotation.startswith(("Literal[", "typing.Literal[")):
            return True
        symbol = self._program.resolve(parameter.ref, path) if parameter.ref else None
        return symbol is not None and symbol.kind == "class" and self._program.linker.is_enum(symbol)

    def _is_dependency(self, parameter: Parameter, path: str) -> bool:
        """Whether the framework takes it from a function: by its default, or as `Db = Annotated[..., Depends(...)]`."""
        if parameter.default is not None:
            return _is_depends(parameter.default)
        bound = self._program.assigns_to(path, parameter.annotation)
        alias = bound[-1].value if bound else None
        if alias is None:
            ref = next((i.path for i in self._program.files[path].imports if i.name == parameter.annotation), "")
            found = self._imported_constant(ref, path) if ref else None
            alias = found[1] if found is not None else None
        if alias is None or alias.kind != "item":
            return False
        return any(_is_depends(part) for part in alias.parts[1].parts)

    def _arguments(self, parameter: Parameter, key: FunctionKey) -> Iterator[tuple[Value, FunctionKey]]:
        function = self._program.function(key)
        for edge in self._program.callers.get(key, ()):
            if edge.offloaded or edge.call < 0:
                continue
            call = self._program.files[edge.caller[0]].calls[edge.call]
            value = argument_for(function, parameter.name, call)
            if value is not None:
                yield value, edge.caller
            elif parameter.default is not None and not any(item.keyword in ("*", "**") for item in call.arguments):
                yield parameter.default, (key[0], max(function.parent, 0))

    def _attribute(self, value: Value, key: FunctionKey, depth: int, busy: tuple[str, ...]) -> Iterator[Leaf]:
        name = plain_name(value)
        symbol = self._program.value_symbol(value, key[0], key[1]) if name else None
        if symbol is not None and symbol.kind == "library" and symbol.name in self.request_objects:
            yield Leaf("external", symbol.name, key[0])
            return
        if self.is_clean_field(value, key):
            yield Leaf("cleaned", name, key[0])
            return
        bound = self._program.assigns_to(key[0], name) if name.startswith("self.") else []
        if bound and name not in busy:
            for item in bound:
                if item.value is not None:
                    yield from self._leaves(item.value, (key[0], item.function), depth + 1, (*busy, name))
            return
        yield from self._leaves(value.parts[0], key, depth + 1, busy)

    def is_clean_field(self, value: Value, key: FunctionKey) -> bool:
        """Whether an attribute of a parameter is a field of a project class that admits numbers or times only."""
        base = value.parts[0]
        parameter = parameter_of(self._program.function(key), base.text) if base.kind == "name" else None
        if parameter is None or not parameter.ref:
            return False
        owner = self._program.resolve(parameter.ref, key[0])
        field = self._program.linker.attribute(owner, value.text) if owner.kind == "class" else None
        return field is not None and field.kind == "library" and field.name in _CLEAN_TYPES

    def _call(self, value: Value, key: FunctionKey, depth: int, busy: tuple[str, ...]) -> Iterator[Leaf]:
        path = key[0]
        call = self._program.files[path].calls[value.call]
        symbol = self._program.symbol(path, value.call)
        if symbol.kind == "library":
            yield from self._library_call(symbol.name, call, key, depth, busy)
            return
        target = self._program.key_of(symbol) if symbol.kind == "function" else None
        if target is not None and depth < _DEPTH // 2:
            returned = [item.value for item in self._program.exits_in(target) if item.kind == "return"]
            for part in returned:
                if part is not None:
                    yield from self._leaves(part, target, depth + 2, busy)
            if returned:
                return
        yield Leaf("unknown", call.target, path, call.span[0])

    def _library_call(
        self, name: str, call: Call, key: FunctionKey, depth: int, busy: tuple[str, ...]
    ) -> Iterator[Leaf]:
        if call.target.rsplit(".", 1)[-1] in _CLOSED and call.receiver is not None:
            yield Leaf("cleaned", name, key[0], call.span[0])
        elif name in _ENVIRONMENT:
            yield Leaf("environment", name, key[0], call.span[0])
        elif name in _CLEANERS:
            yield Leaf("cleaned", name, key[0], call.span[0])
        elif name in self.request_objects or name.rpartition(".")[0] in self.request_objects or name == "input":
            yield Leaf("external", name, key[0], call.span[0])
        elif name.startswith(("str.", "dict.", "list.")) or name in _FIRST_PART:
            given = tuple(item.value for item in call.arguments)
            inner = ((call.receiver,) if call.receiver else ()) + (given[1:] if name in _KEYED else given)
            yield from self._parts(inner, key, depth, busy)
        elif call.receiver is not None and any(
            leaf.kind == "external" for leaf in self._leaves(call.receiver, key, depth + 1, busy)
        ):
            yield Leaf("external", name, key[0], call.span[0])
        else:
            yield Leaf("library", name, key[0], call.span[0])


def parameter_of(function: Function, name: str) -> Parameter | None:
    """The parameter of a function that is called so."""
    return next((item for item in function.parameters if item.name == name), None)


def _is_depends(value: Value) -> bool:
    return value.kind == "call" and value.text.rsplit(".", 1)[-1] in _DEPENDS
