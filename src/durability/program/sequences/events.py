"""Effects that outlive the call: records, remote writes, payments, messages, queued and started work."""

from collections.abc import Callable
from typing import Literal

from msgspec import Struct

from durability.facts.model import Span, Value
from durability.model import Step
from durability.program.links.graph import FunctionKey
from durability.program.sites import CallSite

LastingKind = Literal["write", "record", "charge", "refund", "message", "enqueue", "remote", "file", "delete", "start"]
"""`write` is a change that is still pending in a transaction, `record` one that stands; `start` is work begun here."""

_PLAIN: dict[str, LastingKind] = {
    "charge": "charge",
    "refund": "refund",
    "message": "message",
    "enqueue": "enqueue",
    "spawn": "start",
    "thread": "start",
    "schedule": "start",
}
_TRANSACTIONAL = (
    "sqlalchemy.", "sqlmodel.", "flask_sqlalchemy.", "sqlite3.", "aiosqlite.", "psycopg2.", "psycopg.", "pymysql.",
    "MySQLdb.", "mysql.", "cx_Oracle.", "oracledb.", "pyodbc.",
)  # fmt: skip
"""Libraries whose writes wait for a commit (DB-API 2.0, PEP 249; SQLAlchemy's sessions)."""

JOINING = frozenset(
    {"gather", "wait_for", "wait", "run", "run_until_complete", "shield", "timeout", "run_in_executor", "to_thread",
     "run_in_threadpool", "run_sync", "sync_to_async", "run_coroutine_threadsafe", "deferToThread"}
)  # fmt: skip
"""Calls that wait for the work they are given."""

_HOUSEKEEPING = frozenset({"mkdir", "makedirs", "chmod", "touch", "symlink", "utime", "ensure_dir"})

_VERBS = ("post", "put", "patch", "delete")
_DOING = (
    "create", "put", "upload", "delete", "remove", "send", "update", "insert", "publish", "patch", "post", "add",
    "cancel", "submit", "place", "book", "transfer", "move", "copy", "write", "append", "batch_update",
)  # fmt: skip
_CHANGING = ("insert", "update", "delete", "replace", "merge", "upsert")


class LastingEffect(Struct, frozen=True):
    """One lasting effect: where it is, what it is called there, and the calls that lead to it from where one looks.

    `method` is the parameter that holds the HTTP method of a remote call, as long as no caller has said which it is;
    `also` are the other calls whose pending changes stand from here on.
    """

    kind: LastingKind
    key: FunctionKey
    call: int
    line: int
    shown: str
    trace: tuple[Step, ...]
    method: str = ""
    also: tuple[tuple[str, int], ...] = ()

    @property
    def place(self) -> tuple[str, int]:
        """The call itself: its file and its index there."""
        return self.key[0], self.call


class Item(Struct, frozen=True):
    """One call of a function that leaves something behind: the effects it has when it has come back.

    `started` are the effects of work that the call only starts, and that happen later or never.
    """

    call: int
    block: int
    span: Span
    events: tuple[LastingEffect, ...]
    started: tuple[LastingEffect, ...] = ()


def kind_of(call: CallSite, texts: Callable[[], tuple[str, ...]]) -> LastingKind | None:
    """What of a call outlives it; `texts` gives the statements it may run. None for what leaves nothing behind."""
    row = call.library
    last = call.shown.rsplit(".", 1)[-1]
    if call.effect == "charge" and call.offers:
        return "remote"  # somebody may pay there; no money has moved
    if call.commits:
        return "record"
    if call.effect in _PLAIN:
        return None if last in JOINING else _PLAIN[call.effect]
    if row.effect in ("file.write", "file.delete"):
        return None if last in _HOUSEKEEPING else "file" if row.effect == "file.write" else "delete"
    if row.effect == "file.open":
        return "file" if _opens_to_write(call) else None
    if call.effect == "http":
        return "remote" if changes_remote(call) or method_parameter(call) else None
    effect = call.database.library.effect
    if effect in ("db.write", "db.query"):
        if effect == "db.query" and not any(text.lstrip().lower().startswith(_CHANGING) for text in texts()):
            return None
        return "write" if call.database.name.startswith(_TRANSACTIONAL) else "record"
    return None


def method_parameter(call: CallSite) -> str:
    """The parameter of the function around a `request(method, …)` that holds the method; "" when it is none."""
    if call.name.rsplit(".", 1)[-1].lower() != "request" or call.library.effect != "http":
        return ""
    method = call.argument("method", 0)
    own = {parameter.name for parameter in call.function.parameters}
    return method.text if method is not None and method.kind == "name" and method.text in own else ""


def changes(method: str) -> bool:
    """Whether an HTTP method asks the other side to change something (RFC 9110: it is not safe)."""
    return method.lower() in _VERBS


def _opens_to_write(call: CallSite) -> bool:
    mode = call.argument("mode", call.library.mode_position)
    return mode is not None and mode.kind == "text" and bool(set(mode.text) & set("wax+"))


def changes_remote(call: CallSite) -> bool:
    """Whether a remote call asks the other side to change something, as its name or its method says."""
    verb = remote_verb(call)
    if verb == "request":
        method = call.argument("method", 0)
        return method is not None and method.kind == "text" and changes(method.text)
    return verb in _VERBS or verb.startswith(_DOING)


def remote_verb(call: CallSite) -> str:
    """What a remote call is for, as its name says: `insert` in `service.events().insert(body=event).execute()`."""
    last = call.name.rsplit(".", 1)[-1].lower()
    if last == "execute" and "." in call.shown:
        return call.shown.split(".")[-2].removesuffix("()").lower()
    return last


def names_of(value: Value | None) -> str:
    """The text that a value shows, for reading words in it: names, attributes and constants."""
    if value is None:
        return ""
    return " ".join((value.text, *(names_of(part) for part in value.parts)))
