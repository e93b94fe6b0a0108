"""The words of a map that its writers for people share."""

from durability.map_model import Lasting, ProjectMap, Touch
from durability.model import CallCounts

KINDS = {
    "money": "payment", "message": "message", "model": "model", "database": "database", "service": "service",
    "queue": "queue", "state": "memory", "file": "file", "program": "program",
}  # fmt: skip
_COUNTED = {"money": "payment service", "message": "messaging service", "database": "table", "state": "state in memory"}
ROLES = {
    "route": "route", "ui": "page", "bot": "bot handler", "worker": "background job", "tool": "tool for a model",
    "cli": "command", "startup": "start-up", "script": "script", "library": "public function", "import": "import",
    "unreached": "",
}  # fmt: skip
ACCESS = {
    "open": "open to anyone", "required": "needs a login", "signed": "needs the sender's signature",
    "unknown": "access not clear", "": "",
}  # fmt: skip


MISSING = {
    "stops": "stops without it", "default": "default", "stand-in": "stand-in without it",
    "does without": "does without it", "fails later": "fails later without it",
}  # fmt: skip
LEAVES = {
    "record": "record", "deletion": "deleted rows of", "file": "file", "delete": "deleted file",
    "remote": "change at another service", "charge": "payment", "refund": "refund", "message": "message",
    "enqueue": "queued work",
}  # fmt: skip


def lasting(effect: Lasting) -> str:
    """A lasting effect: what it is and what it is about."""
    if not effect.name:
        return LEAVES[effect.kind].removesuffix(" of")
    return f"{LEAVES[effect.kind]} {effect.name}"


def named(touch: Touch) -> str:
    """What is touched: its name, the setting that holds its name, or that the program does not say."""
    if touch.name.startswith("$"):
        return f"named by {touch.name[1:]}"
    return touch.name or "name not known"


def unseen(calls: CallCounts) -> str:
    """How many calls of how many the map says nothing about, and why; "" when it follows all of them."""
    total = calls.project + calls.library + calls.other_library + calls.unresolved
    lost = [f"{calls.unresolved:,} could not be followed"] if calls.unresolved else []
    verb = "goes" if calls.other_library == 1 else "go"
    lost += [f"{calls.other_library:,} {verb} into libraries that are not known here"] if calls.other_library else []
    return (
        f"Of {total:,} call{'' if total == 1 else 's'} {' and '.join(lost)}; what they touch is not shown"
        if lost
        else ""
    )


def nothing(calls: CallCounts) -> str:
    """That an entry point touches nothing, as far as that is known."""
    doubt = unseen(calls)
    if not doubt:
        return "touches nothing outside the program"
    return f"touches nothing outside the program that can be seen: of its {doubt[3:].partition(';')[0]}"


def counted(found: ProjectMap) -> str:
    """How much there is, in one line."""
    things = {(touch.kind, touch.name) for entry in found.entry_points for touch in entry.touches}
    things -= {(kind, name) for kind, name in things if kind == "database" and not name}
    kinds = [(_COUNTED.get(kind, kind), sum(1 for other, _ in things if other == kind)) for kind in KINDS]
    parts = [_plural(len(found.entry_points), "entry point")]
    parts += [_plural(number, word) for word, number in kinds if number]
    parts.append(_plural(len(found.settings), "setting"))
    return ", ".join(parts)


def _plural(number: int, word: str) -> str:
    head, _, rest = word.partition(" in ")
    return f"{number} {head}{'' if number == 1 else 's'}{f' in {rest}' if rest else ''}"
