"""Clone keys: copies of a function count once in the score."""

import hashlib

from durability.program.links.graph import FunctionKey
from durability.program.links.program import Program

_CONTROL = frozenset({"if", "else", "for", "while", "match", "case", "comp"})
_UNCOUNTED = frozenset({"log", "sleep", "console", "telemetry"})
SMALLEST = 5
"""Functions with fewer resolved callees are never taken for copies."""


def clone_key(program: Program, key: FunctionKey) -> str:
    """A hash of what a function calls and how it branches; "" for a function too small to be a copy.

    Arguments, literals, names, handlers, `with`, decorators, logging and sleeps are left out, so that no protection a
    rule looks for and no edit a fix makes changes the key.
    """
    path, index = key
    if index == 0:
        return ""
    items: list[tuple[int, int, str]] = []
    callees = 0
    facts = program.files[path]
    for number in program.calls_in(key):
        symbol = program.symbol(path, number)
        row = program.row(symbol.name) if symbol.kind == "library" else None
        if row is not None and row.effect in _UNCOUNTED:
            continue
        if symbol.kind in ("function", "class", "library"):
            callees += 1
            name = symbol.name.rsplit(".", 1)[-1] if symbol.path else symbol.name
            items.append((*facts.calls[number].span[:2], name))
    if callees < SMALLEST:
        return ""
    for block in facts.blocks:
        if block.function == index and block.kind in _CONTROL:
            items.append((*block.span[:2], block.kind))
    text = "\n".join(item[2] for item in sorted(items))
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16]
