"""Refs as texts: what their marks mean, and what several refs or a literal are together."""

import re

from durability.facts.model import Value

_CONTAINERS = {"list": "list", "tuple": "tuple", "set": "set", "dict": "dict", "text": "str", "format": "str"}

KEEPING = {
    "str": ("Add", "Modulo", "Multiply"),
    "list": ("Add", "Multiply"),
    "tuple": ("Add",),
    "set": ("BitOr", "BitAnd", "Subtract"),
    "dict": ("BitOr",),
    "pathlib.Path": ("Divide",),
    "pathlib.PurePath": ("Divide",),
}
"""The operators whose result is of the type of what stands on their left."""

SUPER = "<super>"
"""Stands in a ref for the bases of the class before it."""

DIVIDED = "</>"
"""Stands in a ref for `/` and what follows it: a path below the one before it."""

CALLED = ".__call__"
"""Ends the ref of a callee that is an object: its class would stand for making one."""

_STANDING_IN = re.compile(
    r"Fake|Mock|Dummy|Stub|Null|No[Oo]p|InMemory|Memory|Console|Sample|Demo|Simulated|Offline|Print|Log(?:ging)?(?=[A-Z])"
)
"""Parts of the names of classes that do nothing outside and have the methods of one that does."""


def is_parameter(ref: str) -> bool:
    """Whether a ref is a parameter itself."""
    return ref.startswith("$") and ref.partition(":")[2].isidentifier()


def is_of_parameter(ref: str) -> bool:
    """Whether a ref is a parameter or an attribute of one."""
    return ref.startswith("$") and ref.partition(":")[2].replace(".", "").isidentifier()


def below(base: str) -> str:
    """The ref of what `/` gives on something whose type another file may tell."""
    known = base.startswith("?") or base in (*KEEPING, *_CONTAINERS.values(), "number", "bool", "None")
    return "?" if known else f"{base}.{DIVIDED}"


def part(base: str, index: Value) -> str:
    """The ref of an item of what a call gives, by its place where that is written down: `()` and `<1>`."""
    place = index.text if index.kind == "const" and index.text.isdecimal() and base.endswith("()") else ""
    return f"{base}.<{place}>" if place else f"{base}[]"


def place_of(segment: str) -> int | None:
    """The place that a segment of a ref such as `<1>` stands for."""
    return int(segment[1:-1]) if segment[:1] == "<" and segment[1:-1].isdecimal() else None


def literal(value: Value) -> str:
    """The type of a literal; "?" for what is none."""
    if value.kind == "comp":
        return {"ListComp": "list", "SetComp": "set", "DictComp": "dict"}.get(value.text, "generator")
    if value.kind == "const":
        return {"None": "None", "True": "bool", "False": "bool"}.get(value.text, "number")
    return _CONTAINERS.get(value.kind, "?")


def agreed(refs: list[str]) -> str:
    """What several refs are, where all are the same; what stands in for a real object speaks as that does."""
    if refs and all(ref == refs[0] for ref in refs):
        return refs[0]
    real = {ref for ref in refs if not _STANDING_IN.search(ref.rpartition(".")[2])}
    return real.pop() if len(real) == 1 and _is_made(refs) else "?"


def _is_made(refs: list[str]) -> bool:
    """Whether each ref is an object of a class, as its name says."""
    return all(ref.rpartition(".")[2].lstrip(":_")[:1].isupper() for ref in refs)


def split(text: str, separator: str) -> list[str]:
    """The parts of an annotation between separators that stand outside brackets."""
    parts, depth, start = [], 0, 0
    for index, char in enumerate(text):
        if char == "[":
            depth += 1
        elif char == "]":
            depth -= 1
        elif char == separator and depth == 0:
            parts.append(text[start:index])
            start = index + 1
    parts.append(text[start:])
    return parts
