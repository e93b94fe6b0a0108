"""The linked program: every call resolved, who calls whom, what is reached from where."""

from collections.abc import Iterable, Iterator, Mapping

from durability.facts.model import Assign, Exit, FileFacts, Function, Value
from durability.knowledge import Knowledge
from durability.knowledge.rows import Row
from durability.model import CallCounts
from durability.program.links.arguments import follow_arguments
from durability.program.links.conditions import settle
from durability.program.links.edges import link_calls
from durability.program.links.graph import Edge, FunctionKey
from durability.program.links.handovers import follow_handovers
from durability.program.links.inner import follow_library
from durability.program.links.link import _BUILTIN, _TYPES, Linker, Symbol
from durability.program.links.modules import imported_paths
from durability.program.links.spelling import plain_name

_HOPS = 6
"""How many modules a constant may be imported through."""


class Program:
    """All facts linked. Lookups are dictionaries built once; nothing here walks a tree."""

    def __init__(
        self, files: Mapping[str, FileFacts], roles: Mapping[str, str], library: Knowledge, versions: Mapping[str, str]
    ) -> None:
        self.files = files
        self.file_roles = roles
        self.library = library
        self.versions = versions
        self.linker = Linker(files, library, versions)
        self.symbols: dict[str, list[Symbol]] = {}
        self.elsewhere: set[tuple[str, int]] = set()
        self.edges: list[Edge] = []
        self.callers: dict[FunctionKey, list[Edge]] = {}
        self.callees: dict[FunctionKey, list[Edge]] = {}
        self.held: dict[tuple[str, int], Symbol] = {}
        self.tables: dict[str, dict[str, tuple[FunctionKey, ...]]] = {}
        self._rows: dict[str, Row | None] = {}
        self._imported: frozenset[str] | None = None
        self._clients: dict[str, frozenset[str]] = {}
        self._assigns: dict[str, dict[str, list[Assign]]] = {}
        self._exits: dict[str, dict[int, list[Exit]]] = {}
        self._assigns_of: dict[str, dict[int, list[Assign]]] = {}
        self._blocks_of: dict[str, dict[int, list[int]]] = {}
        self._calls_of: dict[str, dict[int, list[int]]] = {}
        self._inner: dict[str, dict[int, list[FunctionKey]]] = {}
        self._locals: dict[str, dict[int, set[str]]] = {}
        for path in sorted(files):
            self.symbols[path] = [self.linker.callee(call.ref, path) for call in files[path].calls]
        self.files = {**files, **follow_handovers(self)}
        for path in sorted(files):
            link_calls(self, path)
        follow_arguments(self)
        settle(self)
        follow_library(self)

    # Names and rows.

    def symbol(self, path: str, call: int) -> Symbol:
        """What the callee of a call means."""
        return self.symbols[path][call]

    def name(self, path: str, call: int) -> str:
        """The canonical library name of a callee; "" when it is none."""
        symbol = self.symbols[path][call]
        return symbol.name if symbol.kind == "library" else ""

    def row(self, name: str) -> Row | None:
        """What the library tables say of a name, for the versions of this project."""
        if name not in self._rows:
            self._rows[name] = self.library.row(name, self.versions) if name else None
        return self._rows[name]

    def is_imported(self, path: str) -> bool:
        """Whether another file of the project imports this one."""
        if self._imported is None:
            self._imported = frozenset(
                target
                for importer, facts in self.files.items()
                if self.file_roles.get(importer) == "first-party"
                for item in facts.imports
                for target in imported_paths(self.linker.modules, item.path, importer)
                if target != importer
            )
        return path in self._imported

    def clients(self, effect: str) -> frozenset[str]:
        """The types that have methods with an effect (`openai.OpenAI` for `llm`)."""
        if effect not in self._clients:
            named = self.library.names_with(effect)
            self._clients[effect] = frozenset(prefix for name in named for prefix in _prefixes(name) if prefix != name)
        return self._clients[effect]

    def resolve(self, ref: str, path: str) -> Symbol:
        """What a ref in the facts of `path` means."""
        return self.linker.resolve(ref, path)

    def home(self, name: str, path: str) -> tuple[str, str] | None:
        """The file of the project that an imported dotted name comes from, and its name there."""
        first, _, rest = name.partition(".")
        ref = next((item.path for item in self.files[path].imports if item.name == first), "")
        if not ref:
            return None
        head, _, last = (f"{ref}.{rest}" if rest else ref).rpartition(".")
        modules = self.linker.modules
        file = modules.relative(head or ".", path) if ref.startswith(".") else modules.find(head, path)
        return (file, last) if file and file != path else None

    def constant(self, name: str, path: str) -> tuple[str, Value] | None:
        """The value that a name of a module is bound to once, there or where it is imported from, and the file."""
        at = path
        for _ in range(_HOPS):
            bound = [item for item in self.assigns_to(at, name) if item.function == 0 and item.op == "="]
            if bound:
                value = bound[0].value
                return (at, value) if len(bound) == 1 and value is not None else None
            found = self.home(name, at)
            if found is None:
                return None
            at, name = found
        return None

    # Functions.

    def function(self, key: FunctionKey) -> Function:
        """The function fact of a key."""
        return self.files[key[0]].functions[key[1]]

    def functions(self) -> Iterator[FunctionKey]:
        """Every function of every file, module bodies included."""
        for path in sorted(self.files):
            for index in range(len(self.files[path].functions)):
                yield (path, index)

    def functions_in(self, key: FunctionKey) -> list[FunctionKey]:
        """The functions that are defined right inside a function."""
        path, index = key
        if path not in self._inner:
            found: dict[int, list[FunctionKey]] = {}
            for number, item in enumerate(self.files[path].functions):
                found.setdefault(item.parent, []).append((path, number))
            self._inner[path] = found
        return self._inner[path].get(index, [])

    def key_of(self, symbol: Symbol) -> FunctionKey | None:
        """The function that calling a project symbol runs: itself, or the constructor of a class."""
        if symbol.kind == "function":
            return (symbol.path, self.linker.functions[symbol.path][symbol.name][0])
        if symbol.kind == "class":
            made = self.linker.attribute(symbol, "__init__")
            if made is not None and made.kind == "function":
                return (made.path, self.linker.functions[made.path][made.name][0])
        return None

    def calls_in(self, key: FunctionKey) -> list[int]:
        """Indices of the calls directly in a function, in source order."""
        path, index = key
        if path not in self._calls_of:
            grouped: dict[int, list[int]] = {}
            for number, call in enumerate(self.files[path].calls):
                grouped.setdefault(call.function, []).append(number)
            self._calls_of[path] = grouped
        return self._calls_of[path].get(index, [])

    def exits_in(self, key: FunctionKey) -> list[Exit]:
        """The exits directly in a function, in source order."""
        path, index = key
        if path not in self._exits:
            grouped: dict[int, list[Exit]] = {}
            for item in self.files[path].exits:
                grouped.setdefault(item.function, []).append(item)
            self._exits[path] = grouped
        return self._exits[path].get(index, [])

    def assigns_in(self, key: FunctionKey) -> list[Assign]:
        """The bindings directly in a function, in source order."""
        path, index = key
        if path not in self._assigns_of:
            grouped: dict[int, list[Assign]] = {}
            for item in self.files[path].assigns:
                grouped.setdefault(item.function, []).append(item)
            self._assigns_of[path] = grouped
        return self._assigns_of[path].get(index, [])

    def blocks_in(self, key: FunctionKey) -> list[int]:
        """Indices of the blocks directly in a function, outside in."""
        path, index = key
        if path not in self._blocks_of:
            grouped: dict[int, list[int]] = {}
            for number, block in enumerate(self.files[path].blocks):
                grouped.setdefault(block.function, []).append(number)
            self._blocks_of[path] = grouped
        return self._blocks_of[path].get(index, [])

    def assigns_to(self, path: str, target: str) -> list[Assign]:
        """The bindings of a dotted name (`client`, `self.client`) anywhere in a file."""
        if path not in self._assigns:
            grouped: dict[str, list[Assign]] = {}
            for item in self.files[path].assigns:
                name = plain_name(item.target)
                if name:
                    grouped.setdefault(name, []).append(item)
            self._assigns[path] = grouped
        return self._assigns[path].get(target, [])

    def blocks_above(self, path: str, block: int) -> Iterator[int]:
        """A block and those around it, inside out, up to its function's own."""
        blocks = self.files[path].blocks
        while block >= 0:
            yield block
            block = blocks[block].parent

    def counts(self) -> CallCounts:
        """How the calls of first-party code were resolved."""
        return self.counts_in((path, index) for path in self.files for index in range(len(self.files[path].functions)))

    def counts_in(self, keys: Iterable[FunctionKey]) -> CallCounts:
        """How the calls of some functions were resolved, as far as they are first-party code."""
        totals = {"project": 0, "library": 0, "other_library": 0, "unresolved": 0}
        for key in keys:
            if self.file_roles.get(key[0]) == "first-party" and not self.function(key).supplied:
                for call in self.calls_in(key):
                    totals[self._class(self.symbols[key[0]][call])] += 1
        return CallCounts(**totals)

    def is_unresolved(self, path: str, call: int) -> bool:
        """Whether it is not known what a call runs."""
        return self._class(self.symbols[path][call]) == "unresolved"

    def _class(self, symbol: Symbol) -> str:
        if symbol.kind in ("function", "class", "module"):
            return "project"
        if symbol.kind != "library":
            return "unresolved"
        head = symbol.name.split(".")[0].split("(")[0].split("[")[0]
        return "library" if self.row(symbol.name) or head in _BUILTIN or head in _TYPES else "other_library"

    # Edges.

    def relink(self, path: str, index: int, held: Symbol) -> bool:
        """Resolve a call on a parameter that holds `held`; false when that does not tell what is called."""
        call = self.files[path].calls[index]
        symbol = self.linker.on(held, call.ref)
        if symbol.kind in ("unknown", "parameter", "module"):
            return False
        self.symbols[path][index] = symbol
        self.held[path, index] = held
        self.link((path, call.function), symbol, index)
        return True

    def link(self, caller: FunctionKey, symbol: Symbol, call: int) -> None:
        """Add the edge to what a symbol runs, if it is of the project."""
        callee = self.key_of(symbol)
        if callee is not None:
            self.add(Edge(caller, callee, call))

    def add(self, edge: Edge) -> None:
        """Add an edge."""
        self.edges.append(edge)
        self.callees.setdefault(edge.caller, []).append(edge)
        self.callers.setdefault(edge.callee, []).append(edge)

    def value_symbol(self, value: Value, path: str, function: int) -> Symbol:
        """What a name or attribute written in a function means, as far as functions, classes and imports go."""
        name = plain_name(value)
        if not name:
            return Symbol("unknown", "")
        first, _, rest = name.partition(".")
        facts = self.files[path]
        at = function
        while at > 0:
            fact = facts.functions[at]
            nested = f"{fact.qualname}.{first}"
            if nested in self.linker.functions[path]:
                return self.resolve(f":{nested}" + (f".{rest}" if rest else ""), path)
            if any(parameter.name == first for parameter in fact.parameters):
                if fact.owner and fact.parameters[0].name == first:
                    return self.resolve(f":{fact.owner}.{rest}" if rest else f":{fact.owner}", path)
                return Symbol("parameter", name)
            if first in self._local_names(path).get(at, ()):
                return Symbol("unknown", name)
            at = fact.parent
        ref = facts.bindings.get(first) or self._imported_in(path, function, first)
        if ref is None:
            return Symbol("unknown", name)
        return self.resolve(f"{ref}.{rest}" if rest else ref, path)

    def _local_names(self, path: str) -> dict[int, set[str]]:
        """Names that functions of a file bind themselves, which hide those of the module."""
        if path not in self._locals:
            found: dict[int, set[str]] = {}
            facts = self.files[path]
            for item in facts.assigns:
                targets = item.target.parts if item.target.kind in ("tuple", "list") else (item.target,)
                names = {target.text for target in targets if target.kind == "name"}
                found.setdefault(item.function, set()).update(names.difference(facts.functions[item.function].globals))
            for block in facts.blocks:
                if block.kind in ("for", "with", "handler"):
                    found.setdefault(block.function, set()).update(block.targets)
            self._locals[path] = found
        return self._locals[path]

    def _imported_in(self, path: str, function: int, name: str) -> str | None:
        return next((i.path for i in self.files[path].imports if i.name == name and i.function == function), None)


def _prefixes(name: str) -> Iterator[str]:
    while name:
        yield name
        name = name.rpartition(".")[0]
