"""Classes that describe a request: which they are, and whether they admit more than the fields they declare."""

from collections.abc import Iterator

from durability.facts.model import Class, Value
from durability.program.links.link import Symbol
from durability.program.links.program import Program

MODELS = ("pydantic.", "sqlmodel.", "marshmallow.", "msgspec.", "attrs.", "rest_framework.", "django.forms.", "ninja.")
_CLOSED = ("pydantic.", "sqlmodel.", "msgspec.", "ninja.")
"""Libraries whose classes drop, or refuse, what they do not declare."""

_DEPTH = 8


def is_model(program: Program, symbol: Symbol, libraries: tuple[str, ...] = MODELS) -> bool:
    """Whether a class of the project is made on a class of one of these libraries, through its bases."""
    return any(base.startswith(libraries) for _, item in _lineage(program, symbol, 0) for base in item)


def has_declared_names(program: Program, symbol: Symbol) -> bool:
    """Whether the field names of every object of a class are those that the program declares: no extra ones come in."""
    if symbol.kind != "class" or not is_model(program, symbol, _CLOSED):
        return False
    return not any(_admits_extra(program, at) for at, _ in _lineage(program, symbol, 0))


def _lineage(program: Program, symbol: Symbol, depth: int) -> Iterator[tuple[Symbol, tuple[str, ...]]]:
    """A class and the project's classes below it, each with the library classes it is made on."""
    item = program.linker.classes[symbol.path].get(symbol.name) if symbol.path else None
    if item is None or depth > _DEPTH:
        return
    parents = [program.resolve(base, symbol.path) for base in item.bases]
    yield symbol, tuple(parent.name for parent in parents if parent.kind == "library")
    for parent in parents:
        if parent.kind == "class" and parent != symbol:
            yield from _lineage(program, parent, depth + 1)


def _admits_extra(program: Program, symbol: Symbol) -> bool:
    """Whether a class is set to keep what it does not declare: `extra="allow"`."""
    facts = program.files[symbol.path]
    item: Class | None = program.linker.classes[symbol.path].get(symbol.name)
    if item is None:
        return False
    first, last = item.span[0], item.span[2]
    values = [one.value for one in facts.assigns if first <= one.span[0] <= last and one.value is not None]
    values += [
        argument.value
        for call in facts.calls
        if first <= call.span[0] <= last
        for argument in call.arguments
        if argument.keyword == "extra"
    ]
    return any(_says(value, "allow") for value in values)


def _says(value: Value, text: str) -> bool:
    return (value.kind in ("text", "attr") and value.text == text) or any(_says(part, text) for part in value.parts)
