"""Calls that do something else than their name says under a condition that the program shows.

A row may be for one condition: `save(commit=False)` stores nothing, `filter(taken)` is a query whose rows are taken,
`all(kept)` one that is only kept for later.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from durability.facts.model import Call, FileFacts, Value
from durability.program.links.link import Symbol

if TYPE_CHECKING:
    from durability.program.links.program import Program

_TAKEN = "taken"
_KEPT = "kept"
_TAKING = frozenset(
    {"list", "tuple", "set", "frozenset", "sorted", "len", "sum", "max", "min", "any", "all", "bool", "enumerate",
     "next", "iter", "map", "zip", "reversed", "render", "render_to_string", "TemplateResponse", "JsonResponse",
     "HttpResponse", "Response", "serialize", "Paginator", "paginate_queryset"}
)  # fmt: skip
"""Calls, by the last part of their name, that take the rows of a query which they are given."""
_ASKED = ("get_queryset", "get_object")
_WITH_MANY = "many"
_HOLDING = ("dict", "list", "tuple", "star")
_LOOPS = ("for", "comp")
_TESTS = ("if", "while")


def settle(program: "Program") -> None:
    """Give each call that stands under a condition the name of the row that is for it."""
    variants = program.library.variants
    for path in sorted(program.files):
        facts, symbols = program.files[path], program.symbols[path]
        taken: dict[int, frozenset[int]] = {}
        for index, call in enumerate(facts.calls):
            symbol = symbols[index]
            known = variants.get(symbol.name.rpartition(".")[2]) if symbol.kind == "library" else None
            for condition in known or ():
                if condition in (_TAKEN, _KEPT) and call.function not in taken:
                    taken[call.function] = frozenset(_taken(program, (path, call.function)))
                if _holds(facts, index, condition, taken.get(call.function, frozenset())):
                    name = f"{symbol.name}({condition})"
                    symbols[index] = Symbol("library", name) if program.library.is_known(name) else symbol


def _holds(facts: FileFacts, index: int, condition: str, taken: frozenset[int]) -> bool:
    call = facts.calls[index]
    if condition == _TAKEN:
        return index in taken
    if condition == _KEPT:
        if facts.functions[call.function].name in _ASKED:
            return index not in taken  # the framework asks it for one row, or for a page
        return call.used == "bound" and call.function == 0 and facts.blocks[call.block].kind == "class"
    keyword, _, text = condition.partition("=")
    return any(item.keyword == keyword and item.value.text == text for item in call.arguments)


def _taken(program: "Program", key: tuple[str, int]) -> Iterator[int]:
    """The calls of a function whose result is gone through, tested, or given to somebody who does that."""
    facts = program.files[key[0]]
    values = [
        block.value
        for block in (facts.blocks[index] for index in program.blocks_in(key))
        if block.value is not None and block.kind in (*_LOOPS, *_TESTS)
    ]
    for index in program.calls_in(key):
        if _takes(facts.calls[index]):
            values += [item.value for item in facts.calls[index].arguments]
    seen: set[str] = set()
    while values:
        value = values.pop()
        if value.kind == "call" and value.call >= 0:
            yield value.call
        elif value.kind in _HOLDING or (value.kind in ("item", "not", "and", "or") and value.parts):
            values.extend(value.parts if value.kind != "item" else value.parts[:1])
        elif value.kind == "name" and value.text not in seen:
            seen.add(value.text)
            values.extend(_bound(program, key, value.text))


def _takes(call: Call) -> bool:
    many = any(item.keyword == _WITH_MANY and item.value.text == "True" for item in call.arguments)
    return many or call.target.rpartition(".")[2] in _TAKING


def _bound(program: "Program", key: tuple[str, int], name: str) -> Iterator[Value]:
    """What a local name was bound to last, and what was put into it: `context["orders"] = orders`."""
    last: Value | None = None
    for item in program.assigns_in(key):
        if item.target.kind == "name" and item.target.text == name and item.value is not None:
            last = item.value
        elif item.target.kind == "item" and item.target.parts[0].text == name and item.value is not None:
            yield item.value
    if last is not None:
        yield last
