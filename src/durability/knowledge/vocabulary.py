"""The closed words of the tables: what a call can do to the outside world, and what can go wrong with it."""

from typing import Literal

from msgspec import Struct

Fault = Literal[
    "timeout", "refused", "error-status", "malformed", "slow", "partial", "duplicate", "locked", "full-disk", "missing",
    "rate-limit",
]  # fmt: skip
Effect = Literal[
    "http", "llm", "response.read", "response.check",
    "db.connect", "db.query", "db.write", "db.commit", "db.rollback", "db.begin",
    "db.fetch_all", "db.fetch_one", "db.schema",
    "file.open", "file.read", "file.write", "file.delete",
    "process", "blocking", "sleep", "cpu", "model.load",
    "message", "charge", "refund", "enqueue", "schedule",
    "spawn", "thread", "lock", "limit", "retry", "cache", "cache.clear",
    "body.read", "serve", "auth", "console", "env.read", "log", "log.setup", "telemetry",
    "constructs", "none",
]  # fmt: skip
Role = Literal["route", "worker", "ui", "cli", "tool", "startup", "bot"]
EntryKind = Literal["decorator", "call", "base", "script", "router", "mount", "generic"]
Meaning = Literal[
    "request", "body", "form", "query", "path", "header", "cookie", "upload", "model", "dependency", "security",
    "background", "websocket", "session", "text", "settings",
]  # fmt: skip
Place = Literal["annotation", "default", "base", "attribute"]
Sink = Literal["shell", "code", "path", "url", "html", "pickle", "template", "redirect"]


class EffectInfo(Struct, frozen=True):
    """What an effect means, whether such a call blocks its thread, and the faults of rows that name none."""

    meaning: str
    blocks: bool = False
    faults: tuple[Fault, ...] = ()


REMOTE: tuple[Fault, ...] = ("timeout", "refused", "error-status", "malformed", "slow", "rate-limit")
QUERY: tuple[Fault, ...] = ("timeout", "refused", "slow", "locked")
WRITE: tuple[Fault, ...] = ("timeout", "refused", "slow", "locked", "duplicate")
SEND: tuple[Fault, ...] = ("timeout", "refused", "error-status", "slow", "duplicate", "rate-limit")

EFFECTS: dict[str, EffectInfo] = {
    "http": EffectInfo("asks another machine and waits for its answer", blocks=True, faults=REMOTE),
    "llm": EffectInfo("asks a language, image, speech or embedding model over the network", blocks=True, faults=REMOTE),
    "response.read": EffectInfo("uses the body of a remote answer"),
    "response.check": EffectInfo("looks at the status of a remote answer, or raises when it is an error"),
    "db.connect": EffectInfo("opens a connection to a store", blocks=True, faults=("timeout", "refused", "locked")),
    "db.query": EffectInfo("runs a statement or looks something up in a data store", blocks=True, faults=QUERY),
    "db.write": EffectInfo("inserts, changes or deletes in a data store", blocks=True, faults=WRITE),
    "db.commit": EffectInfo("makes pending changes permanent", blocks=True, faults=WRITE),
    "db.rollback": EffectInfo("undoes pending changes", blocks=True),
    "db.begin": EffectInfo("opens a transaction or a block that commits or rolls back as a whole"),
    "db.fetch_all": EffectInfo("brings every row of a result into memory", blocks=True, faults=QUERY),
    "db.fetch_one": EffectInfo("brings one row, or a bounded number", blocks=True, faults=(*QUERY, "missing")),
    "db.schema": EffectInfo("creates, changes or drops tables, collections or indexes", blocks=True, faults=QUERY),
    "file.open": EffectInfo("opens a file; the mode says whether to read or write", faults=("missing", "full-disk")),
    "file.read": EffectInfo("reads or lists files", faults=("missing", "malformed")),
    "file.write": EffectInfo("creates or changes files or folders", faults=("full-disk", "partial")),
    "file.delete": EffectInfo("deletes files or folders", faults=("missing",)),
    "process": EffectInfo("runs another program", blocks=True, faults=("timeout", "missing", "error-status", "slow")),
    "blocking": EffectInfo("holds the thread until something else happens", blocks=True, faults=("slow",)),
    "sleep": EffectInfo("waits for a set time", blocks=True),
    "cpu": EffectInfo("computes long enough to hold up everything else in the thread", blocks=True, faults=("slow",)),
    "model.load": EffectInfo("loads a model or other large artefact", blocks=True, faults=("missing", "slow")),
    "message": EffectInfo("sends something to a person: mail, text message, chat, push", blocks=True, faults=SEND),
    "charge": EffectInfo("moves money or starts a payment", blocks=True, faults=SEND),
    "refund": EffectInfo("gives money back or cancels a payment", blocks=True, faults=SEND),
    "enqueue": EffectInfo("hands work or an event to a queue that outlives the call", blocks=True, faults=WRITE),
    "schedule": EffectInfo("registers work to be run later or again and again in this process"),
    "spawn": EffectInfo("starts concurrent work: a task, a pool job, a child process"),
    "thread": EffectInfo("starts or builds a thread"),
    "lock": EffectInfo("excludes others for a while"),
    "limit": EffectInfo("bounds how much runs at once or per unit of time"),
    "retry": EffectInfo("repeats a failed call"),
    "cache": EffectInfo("keeps results to be used again"),
    "cache.clear": EffectInfo("drops kept results"),
    "body.read": EffectInfo("reads a request body or upload whole into memory", faults=("slow", "partial")),
    "serve": EffectInfo("starts a server and blocks"),
    "auth": EffectInfo("establishes or checks who is asking"),
    "console": EffectInfo("writes to the terminal"),
    "env.read": EffectInfo("reads configuration from the environment", faults=("missing",)),
    "log": EffectInfo("writes a log record"),
    "log.setup": EffectInfo("configures logging"),
    "telemetry": EffectInfo("reports errors, traces or metrics to a monitoring service"),
    "constructs": EffectInfo("builds an object without input or output"),
    "none": EffectInfo("nothing outside the process"),
}  # fmt: skip

ROUND_TRIPS = frozenset(
    {
        "http", "llm", "db.connect", "db.query", "db.write", "db.commit", "db.fetch_all", "db.fetch_one", "db.schema",
        "message", "charge", "refund", "enqueue",
    }
)  # fmt: skip
"""Effects whose rows ask another process or machine unless they say otherwise."""

MEANINGS: dict[str, str] = {
    "request": "the whole incoming request",
    "body": "the request body, not validated unless the row says so",
    "form": "form fields",
    "query": "query parameters",
    "path": "path parameters",
    "header": "request headers",
    "cookie": "cookies",
    "upload": "an uploaded file",
    "model": "a class whose fields are validated on construction",
    "dependency": "a value that the framework obtains by calling a function",
    "security": "a value that the framework obtains by checking who is asking",
    "background": "a list of work to do after the response",
    "websocket": "a two-way connection with the client",
    "session": "state kept per client",
    "text": "free text typed by a person",
    "settings": "a class whose fields are read from the environment and validated",
}

SINKS: dict[str, str] = {
    "shell": "text that a shell or the operating system runs",
    "code": "text that is run as code",
    "path": "a path on this machine",
    "url": "an address that this machine will call",
    "html": "markup that a browser will show as is",
    "pickle": "bytes that can run code while being loaded",
    "template": "a template that is evaluated",
    "redirect": "an address that the client is sent to",
}
