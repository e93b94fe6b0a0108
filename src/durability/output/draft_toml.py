"""A draft of the settings as TOML, with what each key means beside it."""

from durability.engine.draft import Draft

_PRODUCT = """\
# What no tool can read from the code: who uses this, and what is at stake. What is left out counts as the strictest.
# [{prefix}product]
# users = "public"                  # "self", "team" or "public"
# data = "personal"                 # the most delicate data it holds: "none", "personal", "financial" or "health"
# peak_requests_per_minute = 600    # at the busiest time
# lifetime = "years"                # how long it has to live: "weeks", "months" or "years"
"""
_FEATURES = """\
# What a user would name, and where each begins in the code. Rename them, join and split them, say why each matters.
"""


def render(draft: Draft, prefix: str) -> str:
    """The draft as text; `prefix` stands before the table names ("tool.durability." in pyproject.toml)."""
    parts = [_PRODUCT.format(prefix=prefix), _FEATURES if draft.features else ""]
    for feature in draft.features:
        entries = "".join(f"    {_text(entry)},\n" for entry in feature.entry)
        lines = (
            f'[[{prefix}feature]]\nname = {_text(feature.name)}\nwhy = ""\nentry = [\n{entries}]\ncritical = false\n'
        )
        parts.append(lines)
    return "\n".join(part for part in parts if part)


def _text(value: str) -> str:
    """A TOML string that holds exactly this text."""
    shown = "".join(_escaped(character) for character in value.encode("utf-8", "replace").decode("utf-8"))
    return f'"{shown}"'


def _escaped(character: str) -> str:
    if character in '"\\':
        return f"\\{character}"
    if character < " " or character == "\x7f" or not character.isprintable():
        return f"\\U{ord(character):08x}"
    return character
