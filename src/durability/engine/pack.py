"""Rule packs: found through the entry point group `durability.rules`, the same road for ours and for others."""

from collections.abc import Sequence
from importlib.metadata import EntryPoint, entry_points

from durability.engine.rules import Rule
from durability.errors import UsageError

GROUP = "durability.rules"
CORE = "core"


def load_rules(packs: Sequence[str] = ()) -> tuple[Rule, ...]:
    """The rules of the built-in pack and of the packs named, sorted by name.

    Packs that are merely installed are not loaded. Raises UsageError when the built-in pack or a named one is missing
    or cannot be imported.
    """
    offered = {item.name: item for item in entry_points(group=GROUP)}
    found: list[Rule] = []
    for name in (CORE, *packs):
        if name not in offered:
            raise UsageError(_missing(name, offered))
        found.extend(_load(offered[name]))
    if not found:
        raise UsageError("no rules found: reinstall durability-scan")
    return tuple(sorted(found, key=lambda item: item.name))


def _missing(name: str, offered: dict[str, EntryPoint]) -> str:
    if name == CORE:
        return "the built-in rules are not installed: reinstall durability-scan"
    known = ", ".join(sorted(set(offered) - {CORE})) or "none"
    return f"rule pack {name!r} is not installed; installed packs: {known}"


def _load(entry: EntryPoint) -> Sequence[Rule]:
    try:
        rules: Sequence[Rule] = entry.load()()
    except Exception as error:
        raise UsageError(f"rule pack {entry.name!r} cannot be loaded: {error}") from error
    return rules
