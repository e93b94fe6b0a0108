"""Which rows hold for the versions that a project asks for."""

from collections.abc import Iterable, Mapping

import msgspec
from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.version import InvalidVersion, Version

from durability.knowledge.rows import Row

Versions = Mapping[str, str]
"""Distribution name → locked version ("8.1.0") or specifier (">=5,<9"); "||" between several that disagree."""

NEWEST = 9999
_IDENTITY = frozenset({"name", "package", "versions", "source", "disputed"})


def admitted(rows: tuple[Row, ...], wanted: str) -> tuple[Row, ...]:
    """The rows that hold for `wanted`: a version, a specifier (its newest version counts), "" (the newest of all).

    Text that is neither admits every row. Alternatives separated by "||" each add theirs.
    """
    kept: list[Row] = []
    for alternative in wanted.split("||"):
        kept.extend(row for row in _admitted(rows, alternative.strip()) if row not in kept)
    return tuple(kept)


def merged(rows: tuple[Row, ...]) -> Row | None:
    """One row for all: columns on which they differ hold their unknown value and are named in `disputed`."""
    if not rows:
        return None
    first = rows[0]
    names = (column.name for column in msgspec.structs.fields(Row) if column.name not in _IDENTITY)
    disputed = tuple(name for name in names if any(getattr(row, name) != getattr(first, name) for row in rows))
    if not disputed:
        return first
    blank = Row(name=first.name, effect="none", timeout="unknown")
    return msgspec.structs.replace(first, disputed=disputed, **{name: getattr(blank, name) for name in disputed})


def _admitted(rows: tuple[Row, ...], wanted: str) -> tuple[Row, ...]:
    version = _chosen(rows, wanted)
    if version is None:
        return rows
    return tuple(row for row in rows if SpecifierSet(row.versions).contains(version, prereleases=True))


def _chosen(rows: tuple[Row, ...], wanted: str) -> Version | None:
    try:
        return Version(Version(wanted).base_version)  # a pre-release counts as its release
    except InvalidVersion:
        pass
    try:
        asked = SpecifierSet(wanted)
    except InvalidSpecifier:
        return None
    candidates = _candidates([asked, *(SpecifierSet(row.versions) for row in rows)])
    return max((version for version in candidates if asked.contains(version, prereleases=True)), default=None)


def _candidates(specifiers: Iterable[SpecifierSet]) -> set[Version]:
    """Versions that stand for every stretch between the bounds: the bounds, those just below, and the newest."""
    found = {Version(str(NEWEST))}
    for specifier in (one for many in specifiers for one in many):
        try:
            bound = Version(specifier.version.removesuffix(".*"))
        except InvalidVersion:
            continue
        found.add(bound)
        release = bound.release
        for length in range(len(release)):
            head = release[:length]
            found.add(Version(".".join(str(part) for part in (*head, release[length], NEWEST))))
            if release[length]:
                found.add(Version(".".join(str(part) for part in (*head, release[length] - 1, NEWEST))))
    return found
