"""Whether a later effect needs what an earlier one made: its id, its row, its answer."""

import re
from typing import TYPE_CHECKING

from durability.facts.model import Value
from durability.program.flows.results import names_in
from durability.program.flows.statements import acting, query_texts
from durability.program.links.graph import FunctionKey
from durability.program.links.spelling import plain_name
from durability.program.sequences.events import LastingEffect
from durability.program.sequences.subjects import subjects
from durability.program.sites import CallSite, GapSite

if TYPE_CHECKING:
    from durability.program.context import Context

_NEAR = 3
"""How long a chain may be for its end to belong to the same operation."""

_NOTES = re.compile(r"(?:^|_)(?:audits?|audit_?logs?|logs?|history|events?|activity|activities)$", re.IGNORECASE)
"""Tables of notes on what has been done: the thing itself is whole without them."""

_CACHES = ("django.core.cache.", "redis.", "cachetools.", "diskcache.", "aiocache.")
_ADDING = frozenset({"add", "add_all", "insert", "insert_one", "insert_many", "create", "bulk_create", "save"})
_STORING = frozenset({"save", "asave"})
"""Methods with which a row stores itself."""

_NEW_ID = re.compile(r"uuid|ulid|nanoid|ObjectId|token_(?:hex|urlsafe)", re.IGNORECASE)
_MAKING = ("insert", "create", "add", "save", "execute", "merge")


def needs_first(context: "Context", gap: GapSite) -> bool:
    """Whether the part of a function that leads to the second effect uses a name that the first part made."""
    if not _inserts(context, gap.first) or not _inserts(context, gap.then):
        return False
    if not context.call(*gap.first.place).commits and not _stands(context, gap.first):
        return False
    if _is_note(context, gap.first) or _is_note(context, gap.then):
        return False
    made = _made(context, gap)
    if not made:
        return False
    start, end = gap.first_item.span[2:], gap.then_item.span[2:]
    program = context.program
    for index in program.calls_in(gap.key):
        call = context.call(gap.path, index)
        # What the commit makes permanent was written between the two; reading the new row again is no need.
        if not start <= call.span[:2] <= end or not _writes(context, gap.key, index):
            continue
        used = {name for item in acting(context, call).arguments for name in _names(context, gap.path, item.value)}
        if (used | _put_into(context, gap.key, used)) & made:
            return True
    return False


def _inserts(context: "Context", effect: LastingEffect) -> bool:
    """Whether an effect makes a row that was not there: an insert, or the commit of one, a helper or two away."""
    if len(effect.trace) > _NEAR or context.call(*effect.place).name.startswith(_CACHES):
        return False
    if effect.kind == "write":
        return _makes_row(context, effect.key[0], effect.call)
    before = [index for index in context.program.calls_in(effect.key) if index <= effect.call]
    commits = [index for index in before if index < effect.call and context.call(effect.key[0], index).commits]
    since = max(commits, default=-1)
    return any(_makes_row(context, effect.key[0], index) for index in before if index > since)


def _stands(context: "Context", effect: LastingEffect) -> bool:
    """Whether an effect that no commit ends, or the end of a block, makes a row by itself."""
    return any(_makes_row(context, *place) for place in (*effect.also, effect.place))


def _is_note(context: "Context", effect: LastingEffect) -> bool:
    receiver = context.call(*effect.place).receiver
    named = subjects(context, effect) or {plain_name(receiver) if receiver is not None else ""}
    return bool(named) and all(_NOTES.search(name) for name in named)


def _makes_row(context: "Context", path: str, index: int) -> bool:
    call = context.call(path, index)
    if call.database.library.effect not in ("db.write", "db.query"):
        return False
    texts = query_texts(context, call) or ()
    if texts:
        return any(text.lstrip().lower().startswith("insert") for text in texts)
    return acting(context, call).shown.rsplit(".", 1)[-1].lower() in _ADDING


def _made(context: "Context", gap: GapSite) -> set[str]:
    """The names of what was made by the first effect: results of inserting calls, objects that were added."""
    found: set[str] = set()
    for index in context.program.calls_in(gap.key):
        call = context.call(gap.path, index)
        if call.span[:2] > gap.first_item.span[2:]:
            continue
        last = acting(context, call).shown.rsplit(".", 1)[-1].lower()
        if index == gap.first_item.call or (_writes(context, gap.key, index) and last.startswith(_MAKING)):
            found |= set(call.into) | _taken_from(context, call)
            if last.startswith(("add", "save", "insert", "merge")):
                found |= {item.value.text for item in call.arguments if item.value.kind == "name"}
            stored = last in _STORING and index == gap.first_item.call
            if stored and call.receiver is not None and call.receiver.kind == "name":
                found.add(call.receiver.text)
            given = {name for item in acting(context, call).arguments for name in _names(context, gap.path, item.value)}
            found |= (given | _put_into(context, gap.key, given)) & _identifiers(context, gap.key)
    return found - set(context.program.function(gap.key).globals) - _handles(context, gap.key)


def _taken_from(context: "Context", call: CallSite) -> set[str]:
    """The names for a part of what a call gave: `number` in `number = str(orders.insert_one(row).inserted_id)`."""
    found: set[str] = set()
    for item in context.program.assigns_in(call.key):
        value = item.value
        while value is not None and (value.kind == "attr" or _is_converted(value)):
            given = context.program.files[call.path].calls[value.call].arguments if value.kind == "call" else ()
            value = given[0].value if given else value.parts[0] if value.kind == "attr" else None
        is_part = value is not None and value is not item.value
        is_made = is_part and value is not None and (value.call == call.index or value.text in call.into)
        if is_made and item.target.kind == "name":
            found.add(item.target.text)
    return found


def _is_converted(value: Value) -> bool:
    return value.kind == "call" and value.call >= 0 and value.text in ("str", "int")


def _identifiers(context: "Context", key: FunctionKey) -> set[str]:
    """The names of a function for identifiers that it makes itself: `number = str(uuid4())`."""
    found: set[str] = set()
    for item in context.program.assigns_in(key):
        texts = _called(context, key[0], item.value) if item.value is not None else ()
        if item.target.kind == "name" and any(_NEW_ID.search(text) for text in texts):
            found.add(item.target.text)
    return found


def _called(context: "Context", path: str, value: Value) -> set[str]:
    """What is called to make a value, as written."""
    found = {value.text} if value.kind == "call" else set()
    given = context.program.files[path].calls[value.call].arguments if value.call >= 0 else ()
    for part in (*value.parts, *(item.value for item in given)):
        found |= _called(context, path, part)
    return found


def _put_into(context: "Context", key: FunctionKey, names: set[str]) -> set[str]:
    """The names from which a row under one of some names was made: `row = {"order": number}`, `row = Line(number)`."""
    found: set[str] = set()
    for item in context.program.assigns_in(key):
        value = item.value
        if value is None or item.target.kind != "name" or item.target.text not in names:
            continue
        if value.kind == "dict" or (value.kind == "call" and value.text.rpartition(".")[2][:1].isupper()):
            found |= _names(context, key[0], value)
    return found


def _handles(context: "Context", key: FunctionKey) -> set[str]:
    """The names through which a function speaks to its store: they are not what it made there."""
    calls = (context.call(key[0], index) for index in context.program.calls_in(key))
    speaking = (
        call
        for call in calls
        if call.database.library.effect.startswith("db.")
        and call.receiver is not None
        and call.shown.rpartition(".")[2] not in _STORING
    )
    return {plain_name(call.receiver).partition(".")[0] for call in speaking if call.receiver is not None}


def _writes(context: "Context", key: FunctionKey, index: int) -> bool:
    return any(
        event.kind in ("write", "record")
        for item in context.sequences.of(key)
        if item.call == index
        for event in item.events
    )


def _names(context: "Context", path: str, value: Value) -> set[str]:
    """The names in an argument, and in the arguments of the call that makes it: `add(Line(order=order))`."""
    found = set(names_in(value)) | {plain_name(value).partition(".")[0]}
    if value.kind == "call" and value.call >= 0:
        for item in context.program.files[path].calls[value.call].arguments:
            found |= _names(context, path, item.value)
    for part in value.parts:
        found |= _names(context, path, part)
    return found - {""}
