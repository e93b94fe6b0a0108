"""What parameters hold when nothing says so: what every caller of the program passes, where all agree."""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from durability.facts.model import Call, Function, Value
from durability.knowledge.vocabulary import EntryKind
from durability.program.links.link import Symbol

if TYPE_CHECKING:
    from durability.program.links.graph import Edge, FunctionKey
    from durability.program.links.program import Program

_ROUNDS = 4
"""How often newly resolved calls may bring new arguments: the depth of helpers that hand an object on."""

_NAME = re.compile(r"\w*")
_Slot = tuple["FunctionKey", str]


def _by_frameworks(program: "Program") -> dict[_Slot, Symbol]:
    """The parameters of handlers that their framework gives an object of a type that its entry row names."""
    found: dict[_Slot, Symbol] = {}
    for path in sorted(program.files):
        facts = program.files[path]
        for index, function in enumerate(facts.functions):
            for decorator in function.decorators:
                symbol = program.resolve(decorator.ref.removesuffix("()"), path)
                _note(program, (path, index), symbol, "decorator", found)
        for number, call in enumerate(facts.calls):
            symbol = program.symbols[path][number]
            for row in program.library.entry(symbol.name) if symbol.kind == "library" else ():
                handler = _handler(call, row.handler_argument, row.handler_position) if row.gives else None
                target = program.value_symbol(handler, path, call.function) if handler is not None else None
                key = program.key_of(target) if target is not None and target.kind == "function" else None
                if key is not None:
                    _note(program, key, symbol, "call", found)
    return found


def _note(program: "Program", key: "FunctionKey", symbol: Symbol, kind: EntryKind, found: dict[_Slot, Symbol]) -> None:
    function = program.function(key)
    own = [item.name for item in function.parameters if item.kind == "positional"]
    own = own[1:] if function.owner and own[:1] in (["self"], ["cls"]) else own
    for row in program.library.entry(symbol.name) if symbol.kind == "library" else ():
        given = [item for item in row.gives if "=" not in item] if row.kind == kind else []
        given += [item.partition("=")[2] for item in row.gives if item.partition("=")[0] == function.name]
        found.update(((key, name), Symbol("library", type_)) for name, type_ in zip(own, given, strict=False))


def _handler(call: Call, keyword: str, position: int | None) -> Value | None:
    named = next((item.value for item in call.arguments if keyword and item.keyword == keyword), None)
    plain = [item.value for item in call.arguments if item.keyword == ""]
    return named or (plain[position] if position is not None and position < len(plain) else None)


def follow_arguments(program: "Program") -> None:
    """Resolve the calls on parameters that every caller gives the same kind of object, and link them.

    What a framework passes to its handlers stands in its rows. A parameter is left alone when a caller passes something
    unknown, unpacks its arguments, or disagrees with another; tests are no callers, what they pass is often made up.
    """
    waiting = list(_calls_on_parameters(program))
    supplied = _by_frameworks(program) if waiting else {}
    for _ in range(_ROUNDS):
        held = _held(program, {slot for slot, _, _ in waiting}, supplied)
        left = []
        for slot, path, index in waiting:
            symbol = held.get(slot)
            if symbol is None or not program.relink(path, index, symbol):
                left.append((slot, path, index))
        if len(left) == len(waiting):
            return
        waiting = left


def _calls_on_parameters(program: "Program") -> Iterator[tuple[_Slot, str, int]]:
    for path in sorted(program.files):
        facts = program.files[path]
        for index, call in enumerate(facts.calls):
            if call.ref.startswith("$") and program.symbols[path][index].kind == "parameter":
                yield _slot(path, call.ref), path, index


def _slot(path: str, ref: str) -> _Slot:
    """The parameter that a ref like `$3:client.get()` starts with: its function and its name."""
    number, _, rest = ref[1:].partition(":")
    name = _NAME.match(rest)
    return (path, int(number)), name[0] if name is not None else ""


def _held(program: "Program", slots: set[_Slot], supplied: dict[_Slot, Symbol]) -> dict[_Slot, Symbol]:
    """What each parameter holds; parameters that are handed on are followed to all that they are given."""
    given: dict[_Slot, frozenset[Symbol | _Slot] | None] = {}
    pending = sorted(slots)
    while pending:
        slot = pending.pop()
        if slot not in given:
            known = supplied.get(slot)
            given[slot] = found = frozenset({known}) if known is not None else _given(program, slot)
            pending.extend(item for item in found or () if isinstance(item, tuple))
    held = {slot: _ends(slot, given) for slot in slots}
    return {slot: next(iter(found)) for slot, found in held.items() if len(found) == 1}


def _ends(slot: _Slot, given: dict[_Slot, frozenset[Symbol | _Slot] | None]) -> set[Symbol]:
    """All that a parameter is given in the end; empty when one of its callers gives what is not known."""
    found: set[Symbol] = set()
    seen, pending = {slot}, [slot]
    while pending:
        passed = given[pending.pop()]
        if passed is None:
            return set()
        found.update(item for item in passed if isinstance(item, Symbol))
        further = {item for item in passed if isinstance(item, tuple)} - seen
        seen |= further
        pending.extend(further)
    return found


def _given(program: "Program", slot: _Slot) -> frozenset[Symbol | _Slot] | None:
    """What the callers give for a parameter: objects, and parameters of their own; None where that is not known."""
    key, name = slot
    edges = [edge for edge in program.callers.get(key, ()) if program.file_roles.get(edge.caller[0]) != "test"]
    if not edges or any(edge.offloaded or edge.call < 0 for edge in edges):
        return None
    found: set[Symbol | _Slot] = set()
    for edge in edges:
        passed = _passed(program, edge, program.function(key), name)
        if passed is None:
            return None
        if not isinstance(passed, str):
            found.add(passed)
    return frozenset(found)


def _passed(program: "Program", edge: "Edge", function: Function, name: str) -> "Symbol | _Slot | str | None":
    """What one call gives: a symbol, the caller's own parameter, "default", or None when it is not known."""
    path = edge.caller[0]
    call = program.files[path].calls[edge.call]
    if any(item.keyword in ("*", "**") for item in call.arguments):
        return None
    ref = _argument_ref(function, name, call)
    if ref is None:
        parameter = next(item for item in function.parameters if item.name == name)
        return "default" if parameter.default is not None else None
    if ref.startswith("$"):
        slot = _slot(path, ref)
        return slot if ref.endswith(f":{slot[1]}") else None
    if ref == "None":
        return "default"
    symbol = program.resolve(ref, path) if ref else None
    return symbol if symbol is not None and symbol.kind in ("class", "library", "function") else None


def _argument_ref(function: Function, name: str, call: Call) -> str | None:
    """The ref of the argument for a parameter; None when the call gives none."""
    for item in call.arguments:
        if item.keyword == name:
            return item.ref
    plain = [item.name for item in function.parameters if item.kind == "positional"]
    static = any(item.ref == "staticmethod" for item in function.decorators)
    if function.owner and not static:
        plain = plain[1:]
    positional = [item.ref for item in call.arguments if item.keyword == ""]
    position = plain.index(name) if name in plain else len(positional)
    return positional[position] if position < len(positional) else None
