"""How expressions are written: dotted names, targets, annotations."""

import libcst as cst

from durability.facts.model import Value


def dotted(node: cst.BaseExpression) -> str:
    """The dotted text of names, attributes, calls and items (`a.b().c[]`); other bases read `?`."""
    parts: list[str] = []
    suffix = ""
    while True:
        if isinstance(node, cst.Attribute):
            parts.append(node.attr.value + suffix)
            suffix = ""
            node = node.value
        elif isinstance(node, cst.Name):
            parts.append(node.value + suffix)
            break
        elif isinstance(node, cst.Call):
            suffix = "()" + suffix
            node = node.func
        elif isinstance(node, cst.Subscript):
            suffix = "[]" + suffix
            node = node.value
        elif isinstance(node, cst.Await):
            node = node.expression
        else:
            parts.append("?" + suffix)
            break
    return ".".join(reversed(parts))


def names(node: cst.BaseExpression) -> tuple[str, ...]:
    """The names that a target binds: `a`, `self.a`, each of `a, b`."""
    if isinstance(node, (cst.Tuple, cst.List)):
        return tuple(name for element in node.elements for name in names(element.value))
    if isinstance(node, cst.Name):
        return (node.value,)
    if isinstance(node, cst.Attribute):
        return (dotted(node),)
    return ()


def item_name(node: cst.Subscript) -> str:
    """The constant text key of an item, or ""."""
    first = node.slice[0].slice if node.slice else None
    if isinstance(first, cst.Index) and isinstance(first.value, cst.SimpleString):
        return first.value.raw_value
    return ""


def exception_types(node: cst.BaseExpression) -> tuple[str, ...]:
    """The exception types of a handler, as written."""
    if isinstance(node, cst.Tuple):
        return tuple(dotted(element.value) for element in node.elements)
    return (dotted(node),)


def dotted_value(value: Value) -> str:
    """The dotted text of a name or attribute value; "" for anything else."""
    if value.kind == "name":
        return value.text
    if value.kind == "attr":
        base = dotted_value(value.parts[0])
        return f"{base}.{value.text}" if base else ""
    return ""


def annotation_text(node: cst.BaseExpression) -> str:
    """An annotation as text without spaces, quotes removed: `list[str]`, `User|None`, `Annotated[Session,...]`."""
    if isinstance(node, cst.Name):
        return node.value
    if isinstance(node, cst.SimpleString):
        return node.raw_value.replace(" ", "")
    if isinstance(node, cst.Attribute):
        return f"{annotation_text(node.value)}.{node.attr.value}"
    if isinstance(node, cst.Subscript):
        inner = [
            annotation_text(item.slice.value) if isinstance(item.slice, cst.Index) else "..." for item in node.slice
        ]
        return f"{annotation_text(node.value)}[{','.join(inner)}]"
    if isinstance(node, cst.BinaryOperation):
        return f"{annotation_text(node.left)}|{annotation_text(node.right)}"
    return "..."
