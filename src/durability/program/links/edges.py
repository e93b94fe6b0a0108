"""The edges of the call graph: calls, callbacks, lookups in tables of functions, properties, decorators, `with`."""

from typing import TYPE_CHECKING

from durability.facts.model import Argument, Call, Value
from durability.program.links.graph import Edge, FunctionKey
from durability.program.links.spelling import plain_name

if TYPE_CHECKING:
    from durability.program.links.program import Program

_CONTAINERS = ("list", "tuple", "set", "dict")
_WITH = ("__enter__", "__exit__", "__aenter__", "__aexit__")


def link_calls(program: "Program", path: str) -> None:
    """Add an edge for every call of a file, and for every function that is handed over to be called."""
    facts = program.files[path]
    named = {function.name for function in facts.functions} | {item.name for item in facts.imports}
    imported = {item.path for item in facts.imports}
    named |= {name for name, ref in facts.bindings.items() if ref[:1] in (":", ".") or ref in imported}
    named |= {"self", "cls"}
    for index, call in enumerate(facts.calls):
        caller = (path, call.function)
        callee = program.key_of(program.symbols[path][index])
        if callee is not None:
            program.add(Edge(caller, callee, index))
        head, is_looked_up, _ = call.target.partition("[]" if "[]" in call.target else ".get()")
        for member in _members(program, head, path) if is_looked_up else ():
            program.add(Edge(caller, member, index))
        _link_properties(program, path, caller, index, call.receiver)
        for argument in call.arguments:
            if argument.value.kind != "name" or argument.value.text in named:
                _link_argument(program, path, caller, index, call, argument.value)
            if argument.value.kind == "attr" and argument.ref:
                _link_method(program, path, caller, index, argument)
    for index, function in enumerate(facts.functions):
        for decorator in function.decorators:
            program.link((path, index), program.resolve(decorator.ref, path), decorator.call)
    for block in facts.blocks:
        if block.kind == "with" and block.value is not None and block.value.kind == "call":
            entered = program.symbols[path][block.value.call]
            for method in _WITH if entered.kind == "class" else ():
                found = program.linker.attribute(entered, method)
                if found is not None and found.kind == "function":
                    program.link((path, block.function), found, block.value.call)


def _members(program: "Program", name: str, path: str) -> tuple[FunctionKey, ...]:
    """The functions in a list or dict of some module, by the dotted name it has in `path`."""
    file, table = program.home(name, path) or (path, name)
    if file not in program.tables:
        program.tables[file] = _tables_of(program, file)
    return program.tables[file].get(table, ())


def _tables_of(program: "Program", path: str) -> dict[str, tuple[FunctionKey, ...]]:
    """The functions in each list or dict that a module or an object (`self.commands`) keeps, by its name."""
    tables: dict[str, tuple[FunctionKey, ...]] = {}
    for item in program.files[path].assigns:
        name = plain_name(item.target)
        kept = item.function == 0 or name.startswith("self.")
        if kept and item.value is not None and item.value.kind in _CONTAINERS:
            symbols = (program.value_symbol(part, path, item.function) for part in item.value.parts)
            keys = (program.key_of(symbol) for symbol in symbols if symbol.kind == "function")
            tables[name] = (*tables.get(name, ()), *(key for key in keys if key is not None))
    return tables


def _link_argument(program: "Program", path: str, caller: FunctionKey, index: int, call: Call, value: Value) -> None:
    if value.kind == "lambda":
        program.add(Edge(caller, (path, int(value.text)), index, offloaded=True))
    elif value.kind in _CONTAINERS:
        for part in value.parts:
            _link_argument(program, path, caller, index, call, part)
    elif value.kind in ("name", "attr"):
        symbol = program.value_symbol(value, path, call.function)
        handed = program.key_of(symbol) if symbol.kind == "function" else None
        if handed is not None:
            program.add(Edge(caller, handed, index, offloaded=True))


def _link_method(program: "Program", path: str, caller: FunctionKey, index: int, argument: Argument) -> None:
    """Add the edge to a method of an object that is handed over: `Thread(target=worker.run)`."""
    symbol = program.resolve(argument.ref, path)
    handed = program.key_of(symbol) if symbol.kind == "function" else None
    known = any(edge.callee == handed and edge.call == index for edge in program.callees.get(caller, ()))
    if handed is not None and not known:
        program.add(Edge(caller, handed, index, offloaded=True))


def _link_properties(program: "Program", path: str, caller: FunctionKey, index: int, receiver: Value | None) -> None:
    while receiver is not None and receiver.kind == "attr":
        read = program.value_symbol(receiver, path, caller[1])
        if read.kind == "function":
            program.link(caller, read, index)
        receiver = receiver.parts[0]
