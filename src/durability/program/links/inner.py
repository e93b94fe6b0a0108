"""Methods of a project class that a library calls on the way: `Order.objects.create()` runs `Order.save()`."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from durability.program.links.graph import Edge, FunctionKey
from durability.program.links.link import Symbol

if TYPE_CHECKING:
    from durability.program.links.program import Program


def follow_library(program: "Program") -> None:
    """Add an edge for each method of the project that the row of a library call says it runs."""
    for path in sorted(program.files):
        for index, call in enumerate(program.files[path].calls):
            row = program.row(program.name(path, index))
            for method in row.calls_back if row is not None else ():
                for callee in _methods(program, path, index, method):
                    program.add(Edge((path, call.function), callee, index))


def _methods(program: "Program", path: str, index: int, method: str) -> list[FunctionKey]:
    """The methods of the nearest project class on the way to what is called; none where a library has them."""
    held = program.held.get((path, index))
    prefix, _, called = program.files[path].calls[index].ref.rpartition(".")
    while prefix:
        symbol = program.linker.on(held, prefix) if held is not None else program.resolve(prefix, path)
        described = program.linker.described(symbol) if symbol.kind == "class" else None
        # A form's own `save()` is what is called here; what it runs is that of the rows it stores.
        for item in (described,) if method == called else (symbol, described):
            found = list(_named(program, item, method)) if item is not None and item.kind == "class" else []
            if found:
                return found
        if prefix.endswith("()"):
            return []  # the object itself; what stands before it only made it
        prefix = prefix.rpartition(".")[0]
    return []


def _named(program: "Program", symbol: Symbol, method: str) -> Iterator[FunctionKey]:
    """The methods of a class and its project bases with a name, or whose names begin as in `clean_*`."""
    linker = program.linker
    names = {method}
    if method.endswith("*"):
        line = linker.line(symbol)
        names = {name for at in line for name in linker.classes[at.path][at.name].methods}
    for name in sorted(names):
        found = linker.attribute(symbol, name) if name.startswith(method.removesuffix("*")) else None
        key = program.key_of(found) if found is not None and found.kind == "function" else None
        if key is not None:
            yield key
