"""Frozen structs of `durability map`: entry points, what each touches, and the settings; no logic."""

from typing import Literal

from msgspec import Struct

from durability.model import CallCounts, Role

TouchKind = Literal["database", "service", "model", "file", "state", "message", "money", "program", "queue"]
TouchHow = Literal["reads", "writes", "deletes", "calls"]
LastingKind = Literal[
    "record", "deletion", "file", "delete", "remote", "charge", "refund", "message", "enqueue", "start"
]
"""`deletion` is of rows or documents, `delete` of a file."""

Access = Literal["open", "required", "signed", "unknown", ""]


class Touch(Struct, frozen=True):
    """Something outside the function that it reads or changes: a table, a host, a model, a file, a state.

    `name` is "" when the program does not say which; `path` and `line` are the first place on the entry point's path.
    """

    kind: TouchKind
    how: TouchHow
    name: str
    path: str
    line: int


class Lasting(Struct, frozen=True):
    """What stays when an entry point has ended: a record, a payment, a message.

    `later`: it only starts that. `instead`: it is on another branch than the one before it, and does not follow it.
    """

    kind: LastingKind
    name: str
    path: str
    line: int
    later: bool
    instead: bool = False


class Gap(Struct, frozen=True):
    """Two lasting effects in their order: when it stops in between, the first stands and the second is missing."""

    after: Lasting
    missing: Lasting


class MappedHold(Struct, frozen=True):
    """The longest documented wait of one call: `seconds` is null for ever, `said` gives it with its factors."""

    seconds: float | None
    said: str
    path: str
    line: int


class MappedEntry(Struct, frozen=True):
    """One entry point with what it touches. `access` says whether a stranger may use it ("signed": only another
    service that proves itself); "" where nobody asks.

    `leaves` are its lasting effects in the order in which they happen, `stakes` what of it somebody would regret,
    `lanes` how many are served at once, where its framework documents it, and `calls` how the calls on its path were
    resolved: what those into libraries that are not known, and unresolved ones, touch is not among `touches`.
    """

    name: str
    role: Role
    path: str
    line: int
    function: str
    access: Access
    touches: tuple[Touch, ...]
    stakes: tuple[str, ...]
    leaves: tuple[Lasting, ...]
    gaps: tuple[Gap, ...]
    hold: MappedHold | None
    lanes: int | None
    calls: CallCounts


class SettingPlace(Struct, frozen=True):
    """Where a setting is read."""

    path: str
    line: int


Missing = Literal["stops", "default", "stand-in", "does without", "fails later"]
"""What happens without a setting: the program does not start, takes the default, uses something that is not the real
thing, goes another way, or goes on with nothing until the first use fails."""


class Setting(Struct, frozen=True):
    """One setting read from the environment. `default` is None when there is none, masked for secrets."""

    name: str
    default: str | None
    required: bool
    missing: Missing
    places: tuple[SettingPlace, ...]


class ProjectMap(Struct, frozen=True):
    """The whole map; encoding it gives the JSON. `at_start` is what importing the program touches."""

    schema_version: int
    project: str
    entry_points: tuple[MappedEntry, ...]
    at_start: tuple[Touch, ...]
    settings: tuple[Setting, ...]
    calls: CallCounts
