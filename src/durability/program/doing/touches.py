"""What a call touches outside the program: which table, host, model or file."""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from durability.facts.model import Value
from durability.map_model import Touch, TouchHow, TouchKind
from durability.program.doing.hosts import addresses
from durability.program.doing.rowwork import row_work, text_work
from durability.program.doing.tables import tables
from durability.program.entrypoints.bindings import UNKNOWN_TEXT
from durability.program.flows.constants import leading_text
from durability.program.flows.statements import query_texts
from durability.program.links.graph import FunctionKey
from durability.program.links.spelling import plain_name
from durability.program.sites import CallSite

if TYPE_CHECKING:
    from durability.program.context import Context
    from durability.program.keeping.states import Event

_SIMPLE: dict[str, tuple[TouchKind, TouchHow]] = {
    "http": ("service", "calls"),
    "llm": ("model", "calls"),
    "message": ("message", "calls"),
    "charge": ("money", "calls"),
    "refund": ("money", "calls"),
    "process": ("program", "calls"),
    "enqueue": ("queue", "writes"),
    "file.read": ("file", "reads"),
    "file.write": ("file", "writes"),
    "file.delete": ("file", "deletes"),
}
_DATABASE = ("db.query", "db.fetch_all", "db.fetch_one", "db.write", "db.schema")
EFFECTS = (*_SIMPLE, *_DATABASE, "file.open")
"""The effects that touch something worth drawing."""

_TABLE = re.compile(
    r"\b(?P<verb>from|join|into|update|table(?:\s+if\s+(?:not\s+)?exists)?)\s+[\"'`\[]?(?P<name>[A-Za-z_][\w.]*)",
    re.IGNORECASE,
)
_KEYWORDS = frozenset({"select", "set", "values", "where", "only", "lateral", "unnest", "not", "exists", "if"})
_URL_ARGUMENTS = ("url", "base_url")
_MODEL_ARGUMENTS = ("model", "model_name", "model_id", "modelId", "engine")
_HANDLED = frozenset({"write", "writelines", "writerow", "writerows", "dump"})
"""They write to a file that is open: their arguments are what is written."""

_PATH_ARGUMENTS = ("path", "file", "filename", "filepath_or_buffer", "path_or_buf", "fp", "src")


def touches(context: "Context", call: CallSite) -> Iterator[Touch]:
    """What one call touches; a database call touches each table that its statement names."""
    effect = call.database.library.effect
    if effect in _DATABASE:
        for how, name in _tables(context, call):
            yield Touch("database", how, name, call.path, call.line)
    elif effect == "file.open":
        yield Touch("file", _mode(call), _path(context, call), call.path, call.line)
    elif effect in _SIMPLE:
        kind, how = _SIMPLE[call.effect]
        yield Touch(kind, how, _name(context, call, kind), call.path, call.line)


_STATE: dict[str, TouchHow] = {"grow": "writes", "shrink": "writes", "rebind": "writes", "read": "reads"}


def state_touches(context: "Context") -> Iterator[tuple[FunctionKey, Touch]]:
    """Each function that reads or changes something in memory that the program changes while it runs, and what."""
    for state in context.states.all:
        shared = context.states.in_class_body(state)
        events = [
            event
            for event in context.states.events(state)
            if event.kind in _STATE and event.function[1] and not (shared and _is_of_one_object(state.owner, event))
        ]
        if any(_STATE[event.kind] == "writes" for event in events):
            for event in events:
                name = f"{state.owner}.{state.name}" if state.owner else state.name
                yield event.function, Touch("state", _STATE[event.kind], name, event.function[0], event.span[0])


def _is_of_one_object(owner: str, event: "Event") -> bool:
    """Whether a name of a class body is given another value for one object alone: `order.status = "paid"`."""
    return event.kind == "rebind" and event.what.split(".")[-2:-1] not in (["cls"], [owner.rsplit(".", 1)[-1]])


def _tables(context: "Context", call: CallSite) -> list[tuple[TouchHow, str]]:
    found: list[tuple[TouchHow, str]] = []
    for text in query_texts(context, call) or ():
        names = [match["name"] for match in _TABLE.finditer(text) if match["name"].lower() not in _KEYWORDS]
        found += [(text_work(text) if number == 0 else "reads", name) for number, name in enumerate(names)]
    if not found:
        how = row_work(context, call)
        found = [(how, name) for name in tables(context, call)] or [(how, "")]
    return list(dict.fromkeys(found))


def _mode(call: CallSite) -> TouchHow:
    given = call.argument("mode", call.library.mode_position if call.library.mode_position is not None else 1)
    text = given.text if given is not None and given.kind == "text" else "r"
    return "writes" if set(text) & set("wax+") else "reads"


def _name(context: "Context", call: CallSite, kind: TouchKind) -> str:
    if kind == "service" or call.library.effect == "http":
        return _host(context, call)
    if kind == "model":
        return _model(context, call)
    if kind == "file":
        return _path(context, call)
    if kind == "program":
        return _program(context, call)
    return call.name.split(".")[0]


def _host(context: "Context", call: CallSite) -> str:
    """The host that is asked, or the setting that holds it."""
    for site in (call, *context.makers(call)):
        candidates = [site.argument(name) for name in _URL_ARGUMENTS]
        candidates += [item.value for item in site.arguments if item.keyword == ""][:2] if site is call else []
        for value in candidates:
            text = leading_text(context, value, site.key)
            if text.startswith("$"):
                return text.partition("/")[0]
            if "://" in text:
                return urlsplit(text).netloc.rpartition("@")[2]
    for text in addresses(context, call):
        if UNKNOWN_TEXT not in (host := urlsplit(text).netloc.rpartition("@")[2]) and host:
            return host
    vendor = call.name.split(".")[0]
    return "" if vendor in ("requests", "httpx", "aiohttp", "urllib", "urllib3", "http", "socket") else vendor


def _model(context: "Context", call: CallSite) -> str:
    for site in (call, *context.makers(call)):
        for name in _MODEL_ARGUMENTS:
            text = leading_text(context, site.argument(name), site.key)
            if text:
                return text
    return call.name.split(".")[0]


def _path(context: "Context", call: CallSite) -> str:
    if call.shown.rsplit(".", 1)[-1] in _HANDLED:
        return _opened(context, call)
    for name in _PATH_ARGUMENTS:
        text = leading_text(context, call.argument(name), call.key)
        if text:
            return text
    position = call.library.sink_position or 0
    text = leading_text(context, call.argument(position=position), call.key)
    if not text and call.receiver is not None:
        text = leading_text(context, call.receiver, call.key)
    return text


def _opened(context: "Context", call: CallSite) -> str:
    """The path of the file whose handle a call writes to: `with open(path, "w") as f: f.write(text)`."""
    given = call.argument("fp", 1) if call.receiver is None or call.shown.endswith("dump") else None
    handle = plain_name(given or call.receiver or Value("unknown"))
    for block in call.around():
        if block.kind == "with" and handle in block.targets and block.value is not None and block.value.call >= 0:
            return _path(context, context.call(call.path, block.value.call))
    for other in call.calls_here():
        if other.library.effect == "file.open" and handle in other.into:
            return _path(context, other)
    return ""


def _program(context: "Context", call: CallSite) -> str:
    value = call.argument("args", 0)
    if value is not None and value.kind in ("list", "tuple") and value.parts:
        value = value.parts[0]
    words = leading_text(context, value, call.key).split()
    return words[0] if words else ""
