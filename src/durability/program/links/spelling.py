"""How names are written in values."""

from durability.facts.model import Value


def plain_name(value: Value) -> str:
    """The dotted text of a name or attribute value; "" for anything else."""
    if value.kind == "name":
        return value.text
    if value.kind == "attr":
        base = plain_name(value.parts[0])
        return f"{base}.{value.text}" if base else ""
    return ""
