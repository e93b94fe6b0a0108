"""Whether a read of many rows is bounded: by a limit, a condition, an aggregate, a page."""

import re
from typing import TYPE_CHECKING, Literal

from durability.program.flows.statements import query_texts
from durability.program.links.spelling import plain_name
from durability.program.schema.documents import MONGO
from durability.program.sites import CallSite

if TYPE_CHECKING:
    from durability.program.context import Context

Bound = Literal["bounded", "open", "unclear", "none"]
"""`none`: the call reads no rows of its own."""

_BOUNDED = re.compile(
    r"\b(limit|fetch\s+(first|next)|top\s*\(?\d)\b|\b(count|sum|min|max|avg|exists)\s*\(|^\s*(pragma|show|describe|explain)\b",
    re.I,
)
_NARROWED = re.compile(r"\bwhere\b|\bgroup\s+by\b", re.I)
_READS = re.compile(r"^\s*(select|with)\b", re.I)
_LIMITING = frozenset(
    {"limit", "filter", "filter_by", "where", "paginate", "slice", "first", "offset", "fetch", "top", "get", "eq",
     "range", "match", "in_", "sample", "get_or_404", "get_object_or_404"}
)  # fmt: skip
_CAPPING = frozenset({"limit", "to_list"})
_QUERIES = frozenset({"query", "select", "objects", "scalars", "find", "table"})


def bound_of(context: "Context", call: CallSite) -> Bound:
    """How much a call that fetches all rows can bring."""
    steps = [*_steps(call.shown), *(step for text in _made_by(context, call) for step in _steps(text))]
    if _LIMITING.intersection(steps) or _sliced(call):
        return "bounded"
    if call.used == "returned" and "objects" in steps:
        return "none"  # a Django query set: whoever gets it says how much of it is read
    if call.name.startswith(MONGO) and call.name.endswith(".find"):
        return _of_documents(call)
    if call.name.startswith(MONGO) and any(maker.name.endswith(".find") for maker in context.makers(call)):
        return "none"  # the `find` it goes back to is judged
    texts = query_texts(context, call)
    if texts is None:
        return "unclear"
    if not texts:
        is_query = call.library.returns != "" or bool(_QUERIES.intersection(steps))
        return "open" if is_query and not call.arguments else "unclear"
    text = " ".join(texts)
    if not _READS.search(text):
        return "none"
    return "bounded" if _BOUNDED.search(text) or _NARROWED.search(text) else "open"


def _of_documents(call: CallSite) -> Bound:
    """How much `find` brings: all of a collection, unless a condition, or a call on its cursor, says otherwise."""
    for step in _on_cursor(call):
        verb = step.shown.rpartition(".")[2]
        most = step.argument("length", 0) if verb in _CAPPING else None
        if most is not None and most.text not in ("None", "0"):
            return "bounded"
    condition = call.argument("filter", 0)
    if condition is None:
        return "open" if not call.has_unpacked else "unclear"
    if condition.kind == "dict":
        return "bounded" if condition.parts else "open"
    return "open" if condition.text == "None" else "unclear"


def _on_cursor(call: CallSite) -> list[CallSite]:
    """The calls on what a call gives, one after another, and on the names that it is bound to."""
    chain, names = {call.index}, set(call.into)
    found = []
    for other in sorted(call.calls_here(), key=lambda item: item.span[2:]):
        receiver = other.receiver
        if receiver is None or other.index in chain:
            continue
        if (receiver.kind == "call" and receiver.call in chain) or plain_name(receiver) in names:
            chain.add(other.index)
            names.update(other.into)
            found.append(other)
    return found


def _steps(target: str) -> list[str]:
    return [part.split("(")[0].split("[")[0] for part in target.split(".")]


def _made_by(context: "Context", call: CallSite) -> list[str]:
    """The calls whose result the receiver's name was given: `query` in `query = Order.query.filter(...)`."""
    receiver = call.receiver
    while receiver is not None and receiver.kind in ("call", "attr") and receiver.parts:
        receiver = receiver.parts[0]
    name = plain_name(receiver) if receiver is not None else ""
    bound = [item.value for item in context.program.assigns_in(call.key) if name and plain_name(item.target) == name]
    return [value.text for value in bound if value is not None and value.kind == "call"]


def _sliced(call: CallSite) -> bool:
    """Whether a part of the result is taken on the spot: `Event.objects.all()[:10]`."""
    values = [item.value for item in call.program.assigns_in(call.key)]
    values += [item.value for item in call.exits_here()]
    values += [item.value for other in call.calls_here() for item in other.arguments]
    return any(
        value is not None
        and value.kind in ("item", "slice")
        and value.parts
        and value.parts[0].kind == "call"
        and value.parts[0].call == call.index
        for value in values
    )
