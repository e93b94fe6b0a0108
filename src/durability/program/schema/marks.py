"""What a column is set to: a mark that is the same each time, or what was counted from what was read."""

from durability.facts.model import Value
from durability.program.links.spelling import plain_name
from durability.program.sites import CallSite

_COUNTING = frozenset({"Add", "Subtract"})
_MOMENTS = frozenset({"now", "utcnow", "today", "isoformat", "time"})


def is_mark(value: Value | None) -> bool:
    """Whether a value is written down or is the time: a status, a member of an enumeration, a flag, a moment."""
    if value is None:
        return False
    if value.kind == "call":
        return value.text.rpartition(".")[2] in _MOMENTS
    if value.kind == "attr":
        holders = plain_name(value).split(".")[:-1]
        return value.text.isupper() or any(name[:1].isupper() for name in holders)
    return value.kind in ("const", "text")


def is_counted(call: CallSite, value: Value) -> bool:
    """Whether a value that a call is given goes up or down from another one, here or where its name is bound."""
    if value.kind == "name":
        bound = [item for item in call.program.assigns_to(call.path, value.text) if item.function == call.key[1]]
        value = bound[0].value or value if len(bound) == 1 and bound[0].op == "=" else value
    return value.kind == "op" and value.text in _COUNTING
