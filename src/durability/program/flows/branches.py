"""Which arm of a branch runs when a result is empty."""

from typing import TYPE_CHECKING

from durability.facts.model import Span, Value
from durability.program.links.graph import FunctionKey

if TYPE_CHECKING:
    from durability.program.context import Context

EMPTY = frozenset({"None", "False", "0"})
_WRAPPERS = frozenset({"len", "bool", "set", "list", "any", "sum"})
_LOOKUPS = frozenset({"get", "intersection"})
_NEGATED = {
    "IsNot": "Is",
    "NotEqual": "Equal",
    "LessThanEqual": "GreaterThan",
    "LessThan": "GreaterThanEqual",
    "NotIn": "In",
}


def holds(
    context: "Context", test: Value, key: FunctionKey, names: frozenset[str], call: int, empty: frozenset[str] = EMPTY
) -> bool | None:
    """Whether a test holds when the result of a call, or what these names hold, is empty; None when it does not ask.

    `empty` are the constants that stand for empty here, with "[]" for any container without elements.
    """
    if test.kind == "not":
        inner = holds(context, test.parts[0], key, names, call, empty)
        return None if inner is None else not inner
    if test.kind in ("and", "or"):
        parts = [holds(context, part, key, names, call, empty) for part in test.parts]
        known = [part for part in parts if part is not None]
        if not known or (test.kind == "or" and len(known) < len(parts) and not any(known)):
            return None
        return all(known) if test.kind == "and" else any(known)
    if test.kind == "compare" and len(test.parts) == 2:
        return _compared(context, test, key, names, call, empty)
    return False if _is_result(context, test, key, names, call) else None


def _compared(
    context: "Context", test: Value, key: FunctionKey, names: frozenset[str], call: int, empty: frozenset[str]
) -> bool | None:
    left, right = test.parts
    operator = _NEGATED.get(test.text, test.text)
    flip = test.text in _NEGATED
    if operator == "In":
        return flip if _is_result(context, right, key, names, call) else None
    if not _is_result(context, left, key, names, call) or right.kind != "const":
        return None
    if operator in ("Is", "Equal"):
        counted = right.text == "0" and left.kind == "call" and left.text in _WRAPPERS
        return (right.text in empty or counted) != flip
    if operator in ("GreaterThan", "GreaterThanEqual") and right.text in ("0", "1"):
        return flip
    return None


def _is_result(context: "Context", value: Value, key: FunctionKey, names: frozenset[str], call: int) -> bool:
    if value.kind == "call" and value.call >= 0:
        if value.call == call:
            return True
        inner = context.program.files[key[0]].calls[value.call]
        if inner.target in _WRAPPERS and inner.arguments:
            return _is_result(context, inner.arguments[0].value, key, names, call)
        is_lookup = inner.target.rpartition(".")[2] in _LOOKUPS and inner.receiver is not None
        return is_lookup and inner.receiver is not None and _is_result(context, inner.receiver, key, names, call)
    if value.kind == "attr" and value.text == "data" and value.parts:  # where clients of a service keep the rows
        return _is_result(context, value.parts[0], key, names, call)
    return value.kind == "name" and value.text in names


def runs(context: "Context", path: str, index: int, block: int, span: Span) -> bool | None:
    """Whether a place runs when the test of an `if` holds; None when it runs either way."""
    blocks = context.program.files[path].blocks
    above = set(context.program.blocks_above(path, block))
    if index in above:
        return True
    own = blocks[index]
    for item in above:
        arm = blocks[item]
        if arm.kind == "else" and arm.parent == own.parent and arm.value == own.value and _within(arm.span, own.span):
            return False
    follows = own.span[2:] <= span[:2] and own.parent in above
    return False if follows and context.leaving.ends(path, index) else None


def _within(inner: Span, outer: Span) -> bool:
    return outer[:2] <= inner[:2] <= outer[2:]
