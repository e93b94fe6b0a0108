"""Stakes: what entry points do to the outside world that somebody would regret, read from effects."""

import re
from collections.abc import Iterator

from durability.model import Stake
from durability.program.context import Context
from durability.program.doing.personal import personal_stores
from durability.program.doing.rowwork import deletes_rows, takes_back
from durability.program.doing.touches import touches
from durability.program.flows.results import names_in
from durability.program.flows.statements import query_texts
from durability.program.sequences.events import changes_remote, kind_of
from durability.program.sites import CallSite

_SERVED = frozenset({"route", "ui", "bot", "worker", "tool"})
_BY_EFFECT = {
    "charge": "takes or moves money",
    "refund": "takes or moves money",
    "message": "messages people",
    "file.delete": "deletes files",
}
_MODEL_ACTS = "lets a model act"
_ACTING = ("charge", "refund", "message", "db.write", "db.query", "file.write", "file.delete", "process", "http")
_PASSING = re.compile(r"te?mp|scratch|cache|(?:sym)?link$|latest", re.IGNORECASE)
_EXPIRING = re.compile(r"session|token|otp|reset|verif|nonce|expire|cache|temp|lock|attempt", re.IGNORECASE)
_DROPS = re.compile(r"^\s*drop\s+table\b", re.IGNORECASE)


def stakes_of(context: Context) -> tuple[Stake, ...]:
    """One row per kind, at its first place, with every entry point on whose path it lies."""
    found: dict[str, tuple[CallSite, set[str]]] = {}
    tools = {entry.name for entry in context.entries if entry.role == "tool"}
    for kind, call in sorted(_calls(context), key=lambda pair: (pair[0], pair[1].path, pair[1].span)):
        reach = call.reach
        entries = reach.entries if kind != _MODEL_ACTS else [name for name in reach.entries if name in tools]
        if reach.roles & _SERVED and entries:
            found.setdefault(kind, (call, set()))[1].update(entries)
    return tuple(
        Stake(kind, tuple(sorted(entries)), call.path, call.line) for kind, (call, entries) in sorted(found.items())
    )


def _calls(context: Context) -> Iterator[tuple[str, CallSite]]:
    for effect, kind in _BY_EFFECT.items():
        for call in context.stated.get(effect, ()):
            if effect == "file.delete" and (_is_passing(call) or _is_own(context, call)):
                continue
            if effect == "message" and is_reply(call):
                continue
            yield kind, call
    for effect in ("db.write", "db.query"):
        for call in context.stated.get(effect, ()):
            if _deletes(context, call):
                yield "deletes stored records", call
    for store in personal_stores(context):
        yield "stores personal data", store.call
    for effect in _ACTING:
        for call in context.stated.get(effect, ()):
            if "tool" in call.reach.roles and _acts(context, call):
                yield _MODEL_ACTS, call


def _acts(context: Context, call: CallSite) -> bool:
    """Whether a call does something, rather than asking another machine or a database for what is there."""
    if call.effect == "http":
        return changes_remote(call)
    if call.database.library.effect == "db.query":
        return kind_of(call, lambda: query_texts(context, call) or ()) is not None
    return True


def is_reply(call: CallSite) -> bool:
    """Whether a message only answers the person who has just written to the bot."""
    return "bot" in call.reach.roles and not call.reach.roles & (_SERVED - {"bot"})


def _is_passing(call: CallSite) -> bool:
    """Whether a deletion clears away something the program itself made for a moment."""
    names = [name for item in call.arguments for name in names_in(item.value)]
    if call.receiver is not None:
        names.extend(names_in(call.receiver))
    return any(_PASSING.search(name) for name in names) or any(
        other.name.startswith("tempfile.") for other in call.calls_here()
    )


def _is_own(context: Context, call: CallSite) -> bool:
    """Whether the function that deletes a file has written it itself."""
    written = {
        touch.name
        for other in call.calls_here()
        for touch in touches(context, other)
        if touch.kind == "file" and touch.how == "writes"
    }
    return any(touch.name in written - {""} for touch in touches(context, call))


def _deletes(context: Context, call: CallSite) -> bool:
    """Whether a call deletes what people would miss: not a token, what has expired, or what it has only just stored."""
    if takes_back(context, call):
        return False
    texts = query_texts(context, call) or ()
    names = [touch.name for touch in touches(context, call) if touch.kind == "database"]
    return (deletes_rows(context, call) or any(map(_DROPS.match, texts))) and not any(
        _EXPIRING.search(text) for text in (*texts, *names)
    )
