"""What manifests declare; structs, and the ledger that readers write to."""

import re

from msgspec import Struct, field

from durability.sources.model import Skipped

_SEPARATORS = re.compile(r"[-_.]+")


def normalised(name: str) -> str:
    """A distribution's name as PEP 503 compares it."""
    return _SEPARATORS.sub("-", name).lower()


class Dependency(Struct, frozen=True):
    """One declared requirement.

    `specifier` is a PEP 440 specifier, "" for any version, with "||" between alternatives; `extra` is the group it
    belongs to, or its marker, or both ("dev; python_version < '3.12'"); `line` is 1-based in the manifest at `path`.
    """

    name: str
    specifier: str
    path: str
    line: int
    extra: str | None
    pinned: bool
    extras: tuple[str, ...] = ()


class Ledger(Struct):
    """What the readers have found so far."""

    dependencies: list[Dependency] = field(default_factory=list)
    locked: dict[str, set[str]] = field(default_factory=dict)
    scripts: dict[str, str] = field(default_factory=dict)
    requires_python: list[str] = field(default_factory=list)
    installed: set[str] = field(default_factory=set)
    problems: list[Skipped] = field(default_factory=list)
    compiled: bool = False

    def lock(self, name: str, version: str) -> None:
        """Note an exact version."""
        if name and version:
            self.locked.setdefault(normalised(name), set()).add(version)


class Broken(Exception):
    """A manifest that cannot be understood; the message says why in a few words."""
