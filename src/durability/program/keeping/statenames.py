"""Which state of the process a name stands for: through imports, aliases, parameters, getters and attributes."""

from collections.abc import Iterator
from functools import cached_property

from msgspec import Struct

from durability.facts.model import Assign, Import, Value
from durability.program.flows.flow import parameter_of
from durability.program.links.given import argument_for
from durability.program.links.graph import FunctionKey
from durability.program.links.link import Symbol
from durability.program.links.program import Program
from durability.program.links.spelling import plain_name

APPLICATION = "app.state"
"""The owner of what a web application keeps for all its requests."""

_DEPTH = 7
_CALLERS = 40
_BUDGET = 600
"""Steps per question: parameters that hand one another on would take for ever."""
_INNER = ("get", "setdefault", "values", "items")


class State(Struct, frozen=True, order=True):
    """A name that lives as long as the process: of a module (`owner` ""), a class, its instances or the application."""

    path: str
    owner: str
    name: str

    @property
    def identity(self) -> str:
        """A name that is unique in the program."""
        return f"{self.path}:{self.owner}.{self.name}" if self.owner else f"{self.path}:{self.name}"


class Ref(Struct, frozen=True):
    """What a value stands for: a state, or (`inner`) something kept in it under `key`."""

    state: State
    inner: bool = False
    key: Value | None = None


class StateNames:
    """Resolves values to states; answers are kept."""

    def __init__(self, program: Program) -> None:
        self._program = program
        self._kept: dict[tuple[FunctionKey, str], frozenset[Ref]] = {}
        self._busy: set[tuple[FunctionKey, str]] = set()
        self._left = _BUDGET
        self._locals: dict[FunctionKey, dict[str, list[Value]]] = {}
        self._inside: dict[FunctionKey, dict[str, Import]] = {}

    @cached_property
    def definitions(self) -> dict[State, list[Assign]]:
        """Every binding of a module name, class attribute, attribute of self or `app.state`, by what it binds."""
        found: dict[State, list[tuple[str, Assign]]] = {}
        for path in sorted(self._program.files):
            for item in self._program.files[path].assigns:
                state = self._defined(path, item) if item.op != "del" else None
                if state is not None:
                    found.setdefault(state, []).append((path, item))
        self.places = {state: [path for path, _ in items] for state, items in found.items()}
        return {state: [item for _, item in items] for state, items in found.items()}

    def _defined(self, path: str, item: Assign) -> State | None:
        facts = self._program.files[path]
        function = facts.functions[item.function]
        target = item.target
        if target.kind == "name":
            if item.function and target.text not in function.globals:
                return None
            owner = "" if item.function else self.class_at(path, item.block)
            return State(path, owner, target.text)
        name = plain_name(target) if target.kind == "attr" else ""
        pieces = name.split(".")
        if len(pieces) > 2 and pieces[-2] == "state":
            return State("", APPLICATION, pieces[-1])
        own = function.owner and function.parameters and len(pieces) == 2 and pieces[0] == function.parameters[0].name
        return State(path, function.owner, pieces[1]) if own else None

    def class_at(self, path: str, block: int) -> str:
        """The class whose body a block stands in, or ""."""
        blocks = self._program.files[path].blocks
        above = (blocks[index] for index in self._program.blocks_above(path, block))
        return next((item.targets[0] for item in above if item.kind == "class"), "")

    def of(self, value: Value | None, key: FunctionKey, depth: int = 0) -> frozenset[Ref]:
        """The states that a value in a function may stand for."""
        self._left = _BUDGET if depth == 0 else self._left - 1
        if value is None or depth > _DEPTH or self._left < 0:
            return frozenset()
        if value.kind == "name":
            return self._name(value.text, key, depth)
        if value.kind == "attr":
            return self._attribute(value, key, depth)
        if value.kind == "item":
            return _inner(self.of(value.parts[0], key, depth + 1), value.parts[1])
        if value.kind == "call":
            return self._call(value, key, depth)
        if value.kind in ("or", "and", "if"):
            return frozenset(ref for part in value.parts for ref in self.of(part, key, depth + 1))
        return frozenset()

    def _name(self, name: str, key: FunctionKey, depth: int) -> frozenset[Ref]:
        mark = (key, name)
        if mark in self._kept:
            return self._kept[mark]
        if mark in self._busy:
            return frozenset()
        self._busy.add(mark)
        found = frozenset(self._named(name, key, depth))
        self._busy.discard(mark)
        if depth <= _DEPTH // 2:
            self._kept[mark] = found
        return found

    def _named(self, name: str, key: FunctionKey, depth: int) -> Iterator[Ref]:
        path, at = key
        functions = self._program.files[path].functions
        while at > 0:
            function = functions[at]
            if name in function.globals:
                break
            inside = self._imports_in((path, at)).get(name)
            if inside is not None:
                yield from self._dotted(inside.path, path, depth)
                return
            bound = self.locals_of((path, at)).get(name)
            parameter = parameter_of(function, name)
            own = any(value.kind in ("list", "dict", "set", "comp") for value in bound or ())
            for value in bound or ():
                refs = self.of(value, (path, at), depth + 1)
                yield from (ref for ref in refs if ref.inner or not own)
            if parameter is not None:
                yield from self._parameter(name, (path, at), depth)
            if bound is not None or parameter is not None:
                return
            at = function.parent
        yield from self.of_module(path, name, depth)

    def locals_of(self, key: FunctionKey) -> dict[str, list[Value]]:
        """The values bound to each local name of a function; loop and `with` targets are bound to nothing known."""
        if key not in self._locals:
            found: dict[str, list[Value]] = {}
            shared = self._program.function(key).globals
            for item in self._program.assigns_in(key):
                if item.target.kind == "name" and item.target.text not in shared and item.op != "del":
                    found.setdefault(item.target.text, []).extend([item.value] if item.value is not None else [])
            for index in self._program.blocks_in(key):
                for name in self._program.files[key[0]].blocks[index].targets:
                    found.setdefault(name, [])
            self._locals[key] = found
        return self._locals[key]

    def _imports_in(self, key: FunctionKey) -> dict[str, Import]:
        if key not in self._inside:
            for item in self._program.files[key[0]].imports:
                self._inside.setdefault((key[0], item.function), {})[item.name] = item
            self._inside.setdefault(key, {})
        return self._inside[key]

    def _parameter(self, name: str, key: FunctionKey, depth: int) -> Iterator[Ref]:
        function = self._program.function(key)
        for edge in self._program.callers.get(key, [])[:_CALLERS]:
            if edge.call >= 0 and not edge.offloaded:
                given = argument_for(function, name, self._program.files[edge.caller[0]].calls[edge.call])
                yield from self.of(given, edge.caller, depth + 1)

    def of_module(self, path: str, name: str, depth: int) -> Iterator[Ref]:
        """The states that a module-level name of a file may stand for: its own, imported, re-exported or another's."""
        state = State(path, "", name)
        if state in self.definitions:
            yield from self._followed(state, depth)
            return
        imported = self._imports_in((path, 0))
        if name in imported:
            yield from self._dotted(imported[name].path, path, depth)
            return
        for item in self._program.files[path].imports if depth < _DEPTH else ():
            if item.name == "*":
                file = self._file(item.path, path)
                if file is not None and file != path:
                    yield from self.of_module(file, name, depth + 1)

    def _followed(self, state: State, depth: int) -> Iterator[Ref]:
        """A state, or the one that it is only another name of."""
        items = self.definitions[state]
        value = items[0].value if len(items) == 1 else None
        if value is not None and value.kind in ("name", "attr"):
            other = self.of(value, (self.places[state][0], items[0].function), depth + 1)
            if other:
                yield from other
                return
        yield Ref(state)

    def _dotted(self, ref: str, path: str, depth: int) -> Iterator[Ref]:
        head, _, name = ref.rpartition(".")
        if depth > _DEPTH or not name:
            return
        file = self._file(head + "." if not head.strip(".") and ref.startswith(".") else head, path)
        if file is not None and file != path:
            yield from self.of_module(file, name, depth + 1)

    def _file(self, dotted: str, path: str) -> str | None:
        modules = self._program.linker.modules
        if not dotted:
            return None
        return modules.relative(dotted, path) if dotted.startswith(".") else modules.find(dotted, path)

    def _attribute(self, value: Value, key: FunctionKey, depth: int) -> frozenset[Ref]:
        pieces = plain_name(value).split(".")
        if len(pieces) > 2 and pieces[-2] == "state":
            return frozenset({Ref(State("", APPLICATION, value.text))})
        owner = self.object_of(value.parts[0], key, depth + 1)
        if owner is None:
            return frozenset()
        if owner.kind == "module":
            return frozenset(self.of_module(owner.path, value.text, depth + 1))
        state = self.attribute(owner, value.text)
        return frozenset(self._followed(state, depth + 1)) if state is not None else frozenset()

    def attribute(self, owner: Symbol, name: str) -> State | None:
        """The attribute of a project class, or of the nearest of its bases that has it."""
        pending, seen = [owner], {owner}
        while pending:
            symbol = pending.pop(0)
            state = State(symbol.path, symbol.name, name)
            if state in self.definitions:
                return state
            item = self._program.linker.classes[symbol.path].get(symbol.name)
            for base in item.bases if item is not None else ():
                parent = self._program.resolve(base, symbol.path)
                if parent.kind == "class" and parent not in seen:
                    seen.add(parent)
                    pending.append(parent)
        return None

    def object_of(self, value: Value, key: FunctionKey, depth: int) -> Symbol | None:
        """The module, or the class of the lasting object, that a value stands for; what is made on the spot is none."""
        if depth > _DEPTH:
            return None
        path, index = key
        root = plain_name(value).split(".")[0]
        bound = self.locals_of(key).get(root) if index and root else None
        if value.kind == "name" and bound:
            made = (self.object_of(item, key, depth + 1) for item in bound if not self._is_fresh(item, path))
            return next((symbol for symbol in made if symbol is not None), None)
        if bound is not None:
            return None
        if value.kind == "call" and value.call >= 0:
            symbol = self._program.resolve(self._program.files[path].calls[value.call].ref + "()", path)
        elif value.kind in ("name", "attr"):
            symbol = self._program.value_symbol(value, path, index)
            if symbol.kind == "parameter":
                return self._given_object(value, key, depth)
        else:
            return None
        return symbol if symbol.kind in ("module", "class") else None

    def _given_object(self, value: Value, key: FunctionKey, depth: int) -> Symbol | None:
        parameter = parameter_of(self._program.function(key), value.text) if value.kind == "name" else None
        default = parameter.default if parameter is not None else None
        if parameter is not None and parameter.ref:
            symbol = self._program.resolve(parameter.ref, key[0])
            if symbol.kind == "class":
                return symbol
        if default is not None and default.kind == "call" and default.text.rsplit(".", 1)[-1] == "Depends":
            given = self._program.files[key[0]].calls[default.call].arguments
            target = self._program.value_symbol(given[0].value, key[0], 0) if given else None
            if target is not None and target.kind == "function":
                _, function = self._program.linker.functions[target.path][target.name]
                symbol = self._program.resolve(function.returns, target.path)
                return symbol if symbol.kind == "class" else None
        return None

    def _is_fresh(self, value: Value, path: str) -> bool:
        return value.kind == "call" and value.call >= 0 and self._program.symbol(path, value.call).kind == "class"

    def _call(self, value: Value, key: FunctionKey, depth: int) -> frozenset[Ref]:
        if value.call < 0:
            return frozenset()
        last = value.text.rsplit(".", 1)[-1]
        if value.parts and last in _INNER:
            arguments = self._program.files[key[0]].calls[value.call].arguments
            kept = _inner(self.of(value.parts[0], key, depth + 1), arguments[0].value if arguments else None)
            if kept:
                return kept
        symbol = self._program.symbol(key[0], value.call)
        target = self._program.key_of(symbol) if symbol.kind == "function" else None
        if target is None:
            return frozenset()
        given = (item.value for item in self._program.exits_in(target) if item.kind == "return")
        return frozenset(ref for part in given for ref in self.of(part, target, depth + 2))


def _inner(refs: frozenset[Ref], key: Value | None) -> frozenset[Ref]:
    return frozenset(Ref(ref.state, True, ref.key if ref.inner else key) for ref in refs)
