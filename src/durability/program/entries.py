"""Entry points: functions that a framework, the operating system or a person starts."""

from collections.abc import Iterator

from msgspec import Struct
from msgspec.structs import replace

from durability.facts.model import Block, Call, FileFacts, Function, Value
from durability.knowledge.rows import Entry
from durability.model import Role
from durability.program.graph import FunctionKey
from durability.program.link import Symbol
from durability.program.program import Program

_ROUTE_METHODS = frozenset({"get", "post", "put", "patch", "delete", "head", "options", "websocket"})


class EntryPoint(Struct, frozen=True):
    """One entry point. `name` is what a person calls it: `POST /pay`, a command's name, or the function.

    `spawned`: the program itself starts it, as a thread, task or callback.
    """

    function: FunctionKey
    role: Role
    name: str
    methods: tuple[str, ...] = ()
    path: str = ""
    external: bool = False
    spawned: bool = False


def entry_points(program: Program) -> tuple[EntryPoint, ...]:
    """All entry points of the first-party files, in order of file and line."""
    found: list[EntryPoint] = []
    for path in sorted(program.files):
        if program.file_roles.get(path) != "first-party":
            continue
        facts = program.files[path]
        found.extend(_decorated(program, path, facts))
        found.extend(_registered(program, path, facts))
        found.extend(_inherited(program, path, facts))
        found.extend(_scripts(program, path, facts))
    unique = {(entry.function, entry.role, entry.name): entry for entry in found}
    return tuple(sorted(unique.values(), key=lambda entry: (entry.function, entry.role, entry.name)))


def _decorated(program: Program, path: str, facts: FileFacts) -> Iterator[EntryPoint]:
    for index, function in enumerate(facts.functions):
        for decorator in function.decorators:
            symbol = program.resolve(decorator.ref, path)
            if symbol.kind != "library":
                continue
            call = facts.calls[decorator.call] if decorator.call >= 0 else None
            for row in program.library.entry(symbol.name):
                if row.kind == "decorator":
                    yield _entry(program, (path, index), function, row, symbol.name, call)


def _entry(
    program: Program, key: FunctionKey, function: Function, row: Entry, name: str, call: Call | None
) -> EntryPoint:
    last = name.rsplit(".", 1)[-1]
    methods = tuple(row.methods)
    if methods == ("from-name",):
        methods = (last.upper(),)
    elif methods == ("argument",):
        listed = _keyword(call, "methods")
        methods = tuple(part.text.upper() for part in listed.parts if part.kind == "text") if listed else ("GET",)
    route = _route_path(call, row)
    if row.role == "route":
        title = f"{'/'.join(methods) or 'ANY'} {route or function.qualname}"
    else:
        title = route or function.qualname
    return EntryPoint(key, row.role, title, methods, route, row.external_input)


def _route_path(call: Call | None, row: Entry) -> str:
    if call is None:
        return ""
    if row.path_argument:
        named = _keyword(call, row.path_argument)
        if named is not None and named.kind == "text":
            return named.text
    if row.path_position is not None:
        positional = [argument.value for argument in call.arguments if argument.keyword == ""]
        if row.path_position < len(positional) and positional[row.path_position].kind == "text":
            return positional[row.path_position].text
    return ""


def _keyword(call: Call | None, name: str) -> Value | None:
    if call is None:
        return None
    return next((argument.value for argument in call.arguments if argument.keyword == name), None)


def _registered(program: Program, path: str, facts: FileFacts) -> Iterator[EntryPoint]:
    for index, call in enumerate(facts.calls):
        symbol = program.symbol(path, index)
        if symbol.kind != "library":
            continue
        for row in program.library.entry(symbol.name):
            if row.kind != "call":
                continue
            value = _keyword(call, row.handler_argument) if row.handler_argument else None
            positional = [argument.value for argument in call.arguments if argument.keyword == ""]
            if value is None and row.handler_position is not None and row.handler_position < len(positional):
                value = positional[row.handler_position]
            for handler in _handlers(program, path, call, value):
                entry = _entry(program, handler, program.function(handler), row, symbol.name, call)
                yield replace(entry, spawned=row.role == "worker")


def _handlers(program: Program, path: str, call: Call, value: Value | None) -> Iterator[FunctionKey]:
    if value is None:
        return
    if value.kind == "lambda":
        yield (path, int(value.text))
        return
    if value.kind == "call" and value.text.endswith("as_view"):
        value = value.parts[0] if value.parts else value
    symbol = program.value_symbol(value, path, call.function)
    if symbol.kind == "class":
        yield from _methods(program, symbol, tuple(_ROUTE_METHODS))
        return
    key = program.key_of(symbol) if symbol.kind == "function" else None
    if key is not None:
        yield key


def _methods(program: Program, symbol: Symbol, names: tuple[str, ...]) -> Iterator[FunctionKey]:
    item = program.linker.classes[symbol.path].get(symbol.name)
    for method in item.methods if item else ():
        wanted = any(method == name or (name.endswith("*") and method.startswith(name[:-1])) for name in names)
        if wanted:
            yield (symbol.path, program.linker.functions[symbol.path][f"{symbol.name}.{method}"][0])


def _inherited(program: Program, path: str, facts: FileFacts) -> Iterator[EntryPoint]:
    for item in facts.classes:
        for base in _library_bases(program, Symbol("class", item.qualname, path), 0):
            for row in program.library.entry(base):
                if row.kind != "base":
                    continue
                for key in _methods(program, Symbol("class", item.qualname, path), row.handlers):
                    name = program.function(key).qualname
                    spawned = base.startswith(("threading.", "multiprocessing."))
                    yield EntryPoint(key, row.role, name, (), "", row.external_input, spawned)


def _library_bases(program: Program, symbol: Symbol, depth: int) -> Iterator[str]:
    item = program.linker.classes[symbol.path].get(symbol.name)
    if item is None or depth > 8:
        return
    for base in item.bases:
        parent = program.resolve(base, symbol.path)
        if parent.kind == "library":
            yield parent.name
        elif parent.kind == "class" and parent != symbol:
            yield from _library_bases(program, parent, depth + 1)


def _scripts(program: Program, path: str, facts: FileFacts) -> Iterator[EntryPoint]:
    imported = {item.path for item in facts.imports}
    heads = {name for item in imported for name in (item, item.split(".")[0])}
    for name in sorted(heads):
        for row in program.library.entry(name):
            if row.kind == "script" and _uses_at_top(program, path, facts, name):
                yield EntryPoint((path, 0), row.role, path, (), "", row.external_input)
    if main_block(facts) is not None:
        yield EntryPoint((path, 0), "cli", f"python {path}", (), "", False)


def _uses_at_top(program: Program, path: str, facts: FileFacts, name: str) -> bool:
    prefix = name.split(".", maxsplit=1)[0] + "."
    calls_at_top = any(
        call.function == 0 and program.name(path, index).startswith(prefix) for index, call in enumerate(facts.calls)
    )
    return calls_at_top or main_block(facts) is not None


def main_block(facts: FileFacts) -> Block | None:
    """The `if __name__ == "__main__"` block of a file."""
    for block in facts.blocks:
        if block.function == 0 and block.kind == "if" and block.value is not None and block.value.kind == "compare":
            texts = {part.text for part in block.value.parts}
            if texts == {"__name__", "__main__"}:
                return block
    return None
