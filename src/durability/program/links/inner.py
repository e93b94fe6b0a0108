"""Methods of a project class that a library calls on the way: `Order.objects.create()` runs `Order.save()`."""

from typing import TYPE_CHECKING

from durability.program.links.graph import Edge, FunctionKey

if TYPE_CHECKING:
    from durability.program.links.program import Program


def follow_library(program: "Program") -> None:
    """Add an edge for each method of the project that the row of a library call says it runs."""
    for path in sorted(program.files):
        for index, call in enumerate(program.files[path].calls):
            row = program.row(program.name(path, index))
            for method in row.calls_back if row is not None else ():
                callee = _method(program, path, index, method)
                if callee is not None:
                    program.add(Edge((path, call.function), callee, index))


def _method(program: "Program", path: str, index: int, method: str) -> FunctionKey | None:
    """The method of the nearest project class on the way to what is called; None where a library has it."""
    held = program.held.get((path, index))
    prefix, _, called = program.files[path].calls[index].ref.rpartition(".")
    while prefix:
        symbol = program.linker.on(held, prefix) if held is not None else program.resolve(prefix, path)
        described = program.linker.described(symbol) if symbol.kind == "class" else None
        # A form's own `save()` is what is called here; what it runs is that of the rows it stores.
        for item in (described,) if method == called else (symbol, described):
            found = program.linker.attribute(item, method) if item is not None and item.kind == "class" else None
            if found is not None and found.kind == "function":
                return program.key_of(found)
        if prefix.endswith("()"):
            return None  # the object itself; what stands before it only made it
        prefix = prefix.rpartition(".")[0]
    return None
