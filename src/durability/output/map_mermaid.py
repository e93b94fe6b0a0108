"""A map as a Mermaid flowchart: entry points on the left, what they touch on the right."""

from durability.map_model import ProjectMap, Touch
from durability.output.escape import plain
from durability.output.map_words import KINDS, named

_SHAPES = {
    "database": ("[(", ")]"),
    "service": ("{{", "}}"),
    "model": ("([", "])"),
    "file": ("[/", "/]"),
    "queue": ("[[", "]]"),
}
_ROUND = ("(", ")")


def render(found: ProjectMap) -> str:
    """The map as text in Mermaid's language."""
    lines = ["flowchart LR"]
    ids: dict[tuple[str, str], str] = {}
    edges: dict[tuple[str, str], list[str]] = {}
    for number, entry in enumerate(found.entry_points, start=1):
        lines.append(f'    e{number}["{_label(entry.name)}"]')
        for touch in entry.touches:
            thing = ids.setdefault((touch.kind, touch.name), f"t{len(ids) + 1}")
            edges.setdefault((f"e{number}", thing), []).append(touch.how)
    for (kind, name), thing in ids.items():
        opened, closed = _SHAPES.get(kind, _ROUND)
        text = f"{KINDS[kind]}: {named(Touch(kind, 'calls', name, '', 0))}"  # type: ignore[arg-type]
        lines.append(f'    {thing}{opened}"{_label(text)}"{closed}')
    for (entry_id, thing), ways in edges.items():
        verbs = " and ".join(way for way in dict.fromkeys(ways) if way != "calls")
        lines.append(f"    {entry_id} -->{f'|{verbs}|' if verbs else ''} {thing}")
    return "\n".join(lines) + "\n"


def _label(text: str) -> str:
    """Text inside quotes, with what Mermaid or a page would read as markup written as entities."""
    shown = plain(text)
    for character in '#&"<>`':
        shown = shown.replace(character, f"\0{ord(character)};")
    return shown.replace("\0", "#")
