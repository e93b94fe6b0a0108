"""Entry points: functions that a framework, the operating system or a person starts."""

import re
from collections.abc import Iterable, Iterator, Mapping

from msgspec.structs import replace

from durability.facts.model import Block, Call, FileFacts, Value
from durability.knowledge.rows import Entry
from durability.program.entrypoints.addresses import Addresses, title_of
from durability.program.entrypoints.bindings import Bindings
from durability.program.entrypoints.daemons import told_as_daemons
from durability.program.entrypoints.handlers import Handler, class_handlers, handlers, serving_name
from durability.program.entrypoints.joined import without_joined
from durability.program.entrypoints.model import EntryPoint
from durability.program.entrypoints.routers import Routers, argument, library_bases
from durability.program.links.graph import FunctionKey
from durability.program.links.link import Symbol
from durability.program.links.program import Program

__all__ = ["EntryPoint", "entry_points", "main_block", "routing_of"]

_SPAWNING = ("threading.", "multiprocessing.")
_VERBED = re.compile(r"_?(?:on|do|render|async_render|handle)_(GET|POST|PUT|PATCH|DELETE|HEAD|OPTIONS)")
_CLOUD_NAMES = ("handler", "lambda_handler")
_CLOUD_PARAMETERS = ("event", "context")
_CLOUD_TYPES = ("", "dict", "Dict", "Any", "Mapping", "dict[str, Any]", "Dict[str, Any]", "dict[str, object]")


def entry_points(
    program: Program, scripts: Mapping[str, str] | None = None, routers: Routers | None = None
) -> tuple[EntryPoint, ...]:
    """All entry points of the first-party files, in order of file and line.

    `scripts` are the console scripts that manifests declare, as `package.module:function`.
    """
    finder = _Finder(program, routers or routing_of(program))
    found: list[EntryPoint] = []
    for path in sorted(program.files):
        if program.file_roles.get(path) == "first-party":
            found.extend(finder.of_file(path, program.files[path]))
    console = list(_console(program, scripts or {}))
    named = {entry.function for entry in console}
    found = [entry for entry in found if entry.role != "cli" or entry.function not in named] + console
    lasting = told_as_daemons(program, _addressed_once(found))
    unique = {(entry.function, entry.role, entry.name): entry for entry in lasting}
    kept = without_joined(program, list(unique.values()))
    return tuple(sorted(_told_apart(kept), key=lambda entry: (entry.function, entry.role, entry.name)))


def _told_apart(found: Iterable[EntryPoint]) -> Iterator[EntryPoint]:
    """Entry points of several files that have one name, such as `GET /` of two applications, with their file."""
    files: dict[str, set[str]] = {}
    entries = list(found)
    for entry in entries:
        files.setdefault(entry.name, set()).add(entry.function[0])
    for entry in entries:
        alone = len(files[entry.name]) == 1
        yield entry if alone else replace(entry, name=f"{entry.name} ({entry.function[0]})")


def routing_of(program: Program) -> Routers:
    """The routers of a program."""
    return Routers(program, Bindings(program))


class _Finder:
    """Finds the entry points of one file after another."""

    def __init__(self, program: Program, routers: Routers) -> None:
        self.program = program
        self.addresses = Addresses(program, routers)
        self.routers = routers
        self.bindings = routers.bindings

    def of_file(self, path: str, facts: FileFacts) -> Iterator[EntryPoint]:
        """The entry points that one file defines or registers."""
        yield from self._decorated(path, facts)
        yield from self._registered(path, facts)
        yield from self._inherited(path, facts)
        yield from _scripts(self.program, path, facts)
        yield from _named(self.program, path, facts)

    def _decorated(self, path: str, facts: FileFacts) -> Iterator[EntryPoint]:
        for index, function in enumerate(facts.functions):
            for decorator in function.decorators:
                for row, name in self._rows(decorator.ref, path):
                    yield from self._entries([Handler((path, index))], row, name, (path, decorator.call))
        for item in facts.classes:
            for decorator in item.decorators:
                for row, name in self._rows(decorator.ref, path):
                    found = list(class_handlers(self.program, Symbol("class", item.qualname, path)))
                    yield from self._entries(found, row, name, (path, decorator.call))

    def _rows(self, ref: str, path: str) -> Iterator[tuple[Entry, str]]:
        symbol = self.program.resolve(ref, path)
        for row in self.program.library.entry(symbol.name) if symbol.kind == "library" else ():
            if row.kind == "decorator":
                yield row, symbol.name

    def _registered(self, path: str, facts: FileFacts) -> Iterator[EntryPoint]:
        for index, call in enumerate(facts.calls):
            symbol = self.program.symbol(path, index)
            for row in self.program.library.entry(symbol.name) if symbol.kind == "library" else ():
                if row.kind == "call":
                    value = _handler_value(call, row)
                    found = list(handlers(self.bindings, value, (path, call.function)))
                    for entry in self._entries(found, row, symbol.name, (path, index)):
                        yield replace(entry, spawned=row.role == "worker")

    def _entries(self, found: list[Handler], row: Entry, name: str, place: tuple[str, int]) -> Iterator[EntryPoint]:
        if not found or (row.role == "route" and not self.routers.is_served(*place)):
            return
        for handler in found:
            if handler.method and row.role == "tool":  # an object with a method named like a request is no function
                continue
            written = self.addresses.methods(row, name, place, handler.edge)
            addresses = self.addresses.of(row, place, handler.edge) if not row.hook else ("",)
            function = self.program.function(handler.function)
            methods = (handler.method,) if handler.method else written
            for address in addresses:
                whole = self.addresses.whole(row, place, address + handler.suffix) if address else ""
                title = title_of(row, methods, whole or function.qualname)
                yield EntryPoint(
                    handler.function,
                    row.role,
                    title,
                    methods,
                    whole,
                    row.external_input,
                    hook=row.hook,
                    registered=place,
                )

    def _inherited(self, path: str, facts: FileFacts) -> Iterator[EntryPoint]:
        for item in facts.classes:
            symbol = Symbol("class", item.qualname, path)
            for base in library_bases(self.program, symbol):
                for row in self.program.library.entry(base):
                    if row.kind == "base":
                        yield from self._methods(symbol, row, base)

    def _methods(self, symbol: Symbol, row: Entry, base: str) -> Iterator[EntryPoint]:
        item = self.program.linker.classes[symbol.path][symbol.name]
        for method in item.methods:
            if not any(
                method == name or (name.endswith("*") and method.startswith(name[:-1])) for name in row.handlers
            ):
                continue
            index, function = self.program.linker.functions[symbol.path][f"{symbol.name}.{method}"]
            if function.supplied:
                continue  # a way in only where the class is given an address
            verb = serving_name(method)
            methods = (verb,) if verb and row.role == "route" else ()
            hook = row.hook or (row.role == "route" and row.methods in (("from-name",), ("ANY",)) and not verb)
            spawned = base.startswith(_SPAWNING)
            yield EntryPoint(
                (symbol.path, index), row.role, function.qualname, methods, "", row.external_input, spawned, hook
            )


def _handler_value(call: Call, row: Entry) -> Value | None:
    if not row.handler_argument and row.handler_position is None:
        return None
    return argument(call, row.handler_argument, row.handler_position)


def _addressed_once(found: list[EntryPoint]) -> Iterator[EntryPoint]:
    """A function that has an address is not listed again for its decorators or base class, whose methods it keeps."""
    addressed = {entry.function for entry in found if entry.role == "route" and entry.path}
    known: dict[FunctionKey, tuple[str, ...]] = {}
    for entry in found:
        if entry.function in addressed and not entry.path and not entry.hook and entry.methods not in ((), ("ANY",)):
            known.setdefault(entry.function, entry.methods)
    for entry in found:
        if entry.role != "route" or entry.function not in addressed:
            yield entry
        elif entry.path:
            methods = known.get(entry.function, entry.methods) if entry.methods == ("ANY",) else entry.methods
            yield replace(entry, methods=methods, name=f"{'/'.join(methods) or 'ANY'} {entry.path}")


def _scripts(program: Program, path: str, facts: FileFacts) -> Iterator[EntryPoint]:
    imported = {item.path for item in facts.imports}
    heads = {name for item in imported for name in (item, item.split(".")[0])}
    for name in sorted(heads):
        for row in program.library.entry(name):
            if row.kind == "script" and _uses_at_top(program, path, facts, name):
                yield EntryPoint((path, 0), row.role, path, (), "", row.external_input)
    if main_block(facts) is not None or path.endswith("/__main__.py"):
        yield EntryPoint((path, 0), "cli", f"python {path}", (), "", False)


def _uses_at_top(program: Program, path: str, facts: FileFacts, name: str) -> bool:
    prefix = name.split(".", maxsplit=1)[0] + "."
    at_top = [index for index, call in enumerate(facts.calls) if call.function == 0]
    if any(program.name(path, index).startswith(prefix) for index in at_top) or main_block(facts) is not None:
        return True
    return not program.is_imported(path) and any(_draws(program, path, index, prefix) for index in at_top)


def _draws(program: Program, path: str, index: int, prefix: str) -> bool:
    """Whether a call runs a function of its own file that uses a library: `main()` at the end of a script."""
    symbol = program.symbol(path, index)
    key = program.key_of(symbol) if symbol.kind == "function" and symbol.path == path else None
    return key is not None and any(program.name(path, inner).startswith(prefix) for inner in program.calls_in(key))


def _named(program: Program, path: str, facts: FileFacts) -> Iterator[EntryPoint]:
    """Handlers by shape: `(event, context)` of AWS Lambda's guide that nobody calls, methods like `on_GET`."""
    for index, function in enumerate(facts.functions):
        names = tuple(item.name.lstrip("_") for item in function.parameters)
        called = function.name not in _CLOUD_NAMES and program.callers.get((path, index))
        plain = all(item.annotation in _CLOUD_TYPES for item in function.parameters[:1])
        is_cloud = names == _CLOUD_PARAMETERS and plain and not called and not function.name.startswith("_")
        verb = _VERBED.fullmatch(function.name) if function.owner else None
        if verb is not None:
            yield EntryPoint((path, index), "route", function.qualname, (verb[1],), "", True)
        elif is_cloud and function.parent == 0 and not function.owner:
            yield EntryPoint((path, index), "route", f"ANY {function.qualname}", ("ANY",), "", True)


def _console(program: Program, scripts: Mapping[str, str]) -> Iterator[EntryPoint]:
    for name in sorted(scripts):
        module, _, attribute = scripts[name].partition(":")
        path = program.linker.modules.find(module.strip(), "") or program.linker.modules.find(
            "src." + module.strip(), ""
        )
        wanted = attribute.split("[")[0].strip()
        if path is None or program.file_roles.get(path) != "first-party" or not wanted:
            continue
        symbol = program.resolve(f":{wanted}", path)
        if symbol.kind == "unknown":
            symbol = program.value_symbol(Value("name", wanted), path, 0)
        key = program.key_of(symbol) if symbol.kind == "function" else None
        if key is not None:
            yield EntryPoint(key, "cli", name, (), "", True)


def main_block(facts: FileFacts) -> Block | None:
    """The `if __name__ == "__main__"` block of a file."""
    for block in facts.blocks:
        if block.function == 0 and block.kind == "if" and block.value is not None and block.value.kind == "compare":
            texts = {part.text for part in block.value.parts}
            if texts == {"__name__", "__main__"}:
                return block
    return None
