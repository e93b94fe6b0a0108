"""The texts of database statements, as far as they are constant."""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from durability.facts.model import Assign, Value
from durability.program.links.spelling import plain_name
from durability.program.sites import CallSite

if TYPE_CHECKING:
    from durability.program.context import Context

_SCHEMA = re.compile(
    r"^\s*(?:pragma|describe|explain|show\s+(?:tables|columns|create))\b|information_schema|sqlite_(?:master|schema)|pg_catalog",
    re.IGNORECASE,
)

_MARK = "\0"
_TABLE = re.compile(r"\b(?:from|into|table|join)\s+[\"'`\[]?\0", re.IGNORECASE)
_DEPTH = 4


_VERBS = frozenset({"insert", "update", "upsert", "delete"})
_BUILDING = ("postgrest.",)
"""Libraries whose statements are put together call by call and run by the last one."""


def acting(context: "Context", call: CallSite) -> CallSite:
    """The call that says what is done: `insert(row)` in `client.table("notes").insert(row).execute()`, else itself."""
    if not call.name.startswith(_BUILDING) or call.library.effect != "db.write":
        return call
    return next((item for item in context.makers(call) if item.shown.rsplit(".", 1)[-1] in _VERBS), call)


def query_texts(context: "Context", call: CallSite) -> tuple[str, ...] | None:
    """The texts of the statement whose result a call fetches, as far as they are constant.

    () when no statement is in sight (an object-relational query), None when its text is not known.
    """
    maker = asked_by(context, call)
    if maker is None:
        return ()
    value = maker.statement
    if value is None:
        return ()
    texts = tuple(_texts(context, value, maker, set()))
    return texts or None


def asked_by(context: "Context", call: CallSite) -> CallSite | None:
    """The call that ran the statement whose result a call fetches: itself, or an earlier one; None for no statement."""
    return next(_query_calls(context, call), None)


def asks_about_schema(context: "Context", call: CallSite) -> bool:
    """Whether a statement is about tables rather than rows: what there is, or one table after the other.

    There are few of them, however much they hold, and no statement asks several tables whose names come in as it runs.
    """
    if any(_SCHEMA.search(text) for text in query_texts(context, call) or ()):
        return True
    value = call.statement
    return value is not None and any(_TABLE.search(text) for text in _templates(context, value, call, 0))


def _templates(context: "Context", value: Value, site: CallSite, depth: int) -> Iterator[str]:
    """The texts that are put together from parts, with a mark for each part that is not written down."""
    if value.kind == "format":
        yield "".join(part.text if part.kind == "text" else _MARK for part in value.parts)
    elif value.kind == "name" and depth < _DEPTH:
        bound = context.program.assigns_to(site.path, value.text)
        for item in bound:
            if item.function == site.key[1] and item.value is not None:
                yield from _templates(context, item.value, site, depth + 1)
    elif value.kind == "call" and value.call >= 0 and depth < _DEPTH:
        for argument in context.call(site.path, value.call).arguments[:1]:
            yield from _templates(context, argument.value, site, depth + 1)


def _texts(context: "Context", value: Value, site: CallSite, seen: set[str]) -> Iterator[str]:
    if value.kind == "text":
        yield value.text
    elif value.kind == "name":
        if value.text in seen:
            return
        seen.add(value.text)
        for item in _bindings(context, value.text, site):
            if item.value is not None:
                yield from _texts(context, item.value, site, seen)
    elif value.kind == "call" and value.call >= 0:
        call = context.call(site.path, value.call)
        for part in (*([call.receiver] if call.receiver else []), *(item.value for item in call.arguments[:1])):
            yield from _texts(context, part, site, seen)
    else:
        for part in value.parts:
            yield from _texts(context, part, site, seen)


def _bindings(context: "Context", name: str, site: CallSite) -> list[Assign]:
    """What a name is bound to in the function of a call, or in the innermost one around it that binds it."""
    bound = context.program.assigns_to(site.path, name)
    functions = context.program.files[site.path].functions
    at = site.key[1]
    while at >= 0:
        own = [item for item in bound if item.function == at]
        if own or any(parameter.name == name for parameter in functions[at].parameters):
            return own
        at = functions[at].parent
    return []


def _query_calls(context: "Context", call: CallSite) -> Iterator[CallSite]:
    """The calls that ran the statement whose rows a call fetches: in its chain, or before it on the same cursor."""
    if call.runs_statement:
        yield call
    for maker in context.makers(call):
        if maker.runs_statement:
            yield maker
    receiver = plain_name(call.receiver) if call.receiver is not None else ""
    for item in reversed(call.calls_here() if receiver else ()):
        same = item.index < call.index and item.receiver is not None and plain_name(item.receiver) == receiver
        if same and item.runs_statement:
            yield item
