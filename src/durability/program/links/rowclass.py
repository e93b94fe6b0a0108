"""Which class of rows a class of the project is about: a view, a form, a serializer."""

from collections.abc import Iterator

from durability.facts.model import FileFacts, Value
from durability.program.links.link import Linker, Symbol
from durability.program.links.spelling import plain_name

_QUERIED = ("queryset", "model")
_DESCRIBED = ("serializer_class", "form_class")
_ASKING = "get_queryset"
Found = tuple[Symbol | None, str, str]
"""The class of rows (None for one of a library), how it is written, and the file where it is written like that."""


def row_class(linker: Linker, symbol: Symbol) -> Found | None:
    """The class of rows that a generic view works on; None where it does not tell."""
    for at in linker.line(symbol):
        facts = linker.files[at.path]
        for value in _queried(facts, at.name):
            found = _read(linker, value, facts)
            if found is not None:
                return found
    for name in _DESCRIBED:
        named = linker.attribute(symbol, name)
        model = linker.described(named) if named is not None and named.kind == "class" else None
        if model is not None:
            return model, model.name, model.path
    return None


def _queried(facts: FileFacts, name: str) -> Iterator[Value]:
    """What a class takes its rows from: the value of its attribute, or what its method gives back."""
    for item in facts.assigns:
        block = facts.blocks[item.block]
        named = item.target.kind == "name" and item.target.text in _QUERIED
        if named and block.kind == "class" and block.targets[:1] == (name,) and item.value is not None:
            yield item.value
    for leaving in facts.exits:
        asked = facts.functions[leaving.function].qualname == f"{name}.{_ASKING}"
        if asked and leaving.kind == "return" and leaving.value is not None:
            yield leaving.value


def _read(linker: Linker, value: Value, facts: FileFacts) -> Found | None:
    """The class at the beginning of a chain of calls: `Order` in `Order.objects.filter(paid=True)`."""
    while value.kind in ("call", "attr", "item") and value.parts and not plain_name(value):
        value = value.parts[0]
    names = plain_name(value).split(".")
    if names[0] not in facts.bindings:
        return None
    for end in range(1, len(names) + 1):
        written = ".".join(names[:end])
        symbol = linker.resolve(facts.bindings[names[0]] + written[len(names[0]) :], facts.path)
        if symbol.kind == "class":
            return symbol, written, facts.path
        if symbol.kind == "library" and (end == len(names) or names[end] == "objects"):
            return None, written, facts.path
    return None


def expression(dotted: str) -> Value:
    """A dotted name as a value."""
    first, *rest = dotted.split(".")
    value = Value("name", first)
    for part in rest:
        value = Value("attr", part, (value,))
    return value
