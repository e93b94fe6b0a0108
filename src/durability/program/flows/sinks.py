"""Places where text becomes a path, an address, a statement, a command or code."""

from typing import Literal

from durability.facts.model import Value
from durability.program.sites import CallSite

SinkKind = Literal["sql", "path", "url", "shell", "code"]
SINK_KINDS: tuple[SinkKind, ...] = ("sql", "path", "url", "shell", "code")

_PATH_METHODS = ("open", "read_text", "read_bytes", "write_text", "write_bytes", "unlink", "rmdir", "touch")
_PATH_EFFECTS = ("file.open", "file.read", "file.write", "file.delete", "none")
_SHELLS = frozenset({"bash", "sh", "zsh", "cmd", "powershell", "python", "python3", "/bin/sh", "/bin/bash", "node"})


def sink_of(call: CallSite) -> tuple[SinkKind, Value] | None:
    """What kind of sink a call is, and the value that must not be chosen by others; None when it is none."""
    row = call.library
    if row.sql_position is not None or row.sql_argument:
        value = call.argument(row.sql_argument, row.sql_position)
        return ("sql", value) if value is not None else None
    owner, _, method = call.name.rpartition(".")
    if owner == "pathlib.Path" and method in _PATH_METHODS and call.receiver is not None:
        return "path", call.receiver
    if row.sink == "path" and row.effect not in _PATH_EFFECTS:
        return None
    if row.sink not in SINK_KINDS:
        return None
    value = call.argument(row.sink_argument, row.sink_position)
    if value is not None and row.sink == "shell":
        value = _command(value)
    return (row.sink, value) if value is not None else None


def _command(value: Value) -> Value | None:
    """The part of a command that decides what runs: of a list the program only, unless that is a shell."""
    if value.kind not in ("list", "tuple") or not value.parts:
        return value
    return value if value.parts[0].text in _SHELLS else value.parts[0]
