"""Reads the TOML tables, checks them, and writes the one file that a scan loads."""

import hashlib
import re
import tomllib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import msgspec
from packaging.specifiers import InvalidSpecifier, SpecifierSet

from durability.errors import UsageError
from durability.knowledge.names import Distributions, expand, normal
from durability.knowledge.rows import (
    Alias,
    Brings,
    Distribution,
    Entry,
    Host,
    Implied,
    Parameter,
    Quiet,
    Row,
    Shared,
    Tables,
)
from durability.knowledge.stdlib import STDLIB
from durability.knowledge.vocabulary import EFFECTS, ROUND_TRIPS

FOLDER = Path(__file__).parent
COMPILED = FOLDER / "compiled.msgpack"

_NAME = re.compile(r"[A-Za-z_]\w*(\.[A-Za-z_]\w*)*(\((taken|kept|\w+=\w+)\))?")
_KINDS: dict[str, tuple[type, str]] = {
    "row": (Row, "rows"),
    "entry": (Entry, "entries"),
    "parameter": (Parameter, "parameters"),
    "distribution": (Distribution, "distributions"),
    "brings": (Brings, "brings"),
    "implied": (Implied, "implied"),
    "alias": (Alias, "aliases"),
    "quiet": (Quiet, "quiet"),
    "host": (Host, "hosts"),
}
_Placed = tuple[str, Any]
"""Where a row stands (file, number, name as written) and the row."""


def read_tables(folder: Path = FOLDER) -> Tables:
    """All tables under `folder`, names expanded and checked. Raises UsageError naming file and row."""
    files = sorted(folder.glob("*.toml"))
    found: dict[str, list[_Placed]] = {attribute: [] for _, attribute in _KINDS.values()}
    for file in files:
        for kind, where, raw in _raw_rows(file):
            struct, attribute = _KINDS[kind]
            found[attribute].extend((where, made) for made in _expanded(struct, raw, where))
    owners = Distributions(tuple(item for _, item in found["distributions"]))
    for attribute in ("rows", "implied", "quiet"):
        found[attribute] = [(where, _owned(item, owners)) for where, item in found[attribute]]
    _check(found)
    ordered = {name: tuple(sorted((item for _, item in placed), key=_key)) for name, placed in found.items()}
    return Tables(digest=digest(files), rows=_shared(ordered.pop("rows")), **ordered)


def write_compiled(folder: Path = FOLDER, target: Path = COMPILED) -> Tables:
    """Compile the tables under `folder` into `target` and return them."""
    tables = read_tables(folder)
    target.write_bytes(encode(tables))
    return tables


def encode(tables: Tables) -> bytes:
    """The bytes of the compiled file; equal tables give equal bytes."""
    return msgspec.msgpack.encode(tables)


def digest(files: Iterable[Path]) -> str:
    """SHA-256 over names and text of the TOML files; line endings do not matter."""
    total = hashlib.sha256()
    for file in sorted(files):
        total.update(file.name.encode() + b"\0" + file.read_bytes().replace(b"\r\n", b"\n") + b"\0")
    return total.hexdigest()


def _raw_rows(file: Path) -> Iterator[tuple[str, str, dict[str, Any]]]:
    try:
        content = tomllib.loads(file.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise UsageError(f"{file.name}: not valid TOML: {error}") from None
    for kind, rows in content.items():
        if kind not in _KINDS or not isinstance(rows, list):
            raise UsageError(f"{file.name}: unknown table {kind!r}; known: {', '.join(_KINDS)}")
        for number, raw in enumerate(rows, start=1):
            title = str(raw.get("name") or raw.get("import") or raw.get("pattern") or "no name")[:60]
            yield kind, f"{file.name}: {kind} {number} ({title})", raw


def _expanded(struct: type, raw: dict[str, Any], where: str) -> Iterator[Any]:
    if struct is Host:
        yield _converted(struct, raw, where)
        return
    key = "import" if struct is Distribution else "name"
    filled = _filled(raw) if struct is Row else raw
    try:
        names = expand(str(raw.get(key, "")))
    except ValueError as error:
        raise UsageError(f"{where}: {error}") from None
    for name in names:
        if struct is Brings and name != normal(name):
            raise UsageError(f"{where}: {name!r} is not in normal form")
        if struct is not Brings and not _NAME.fullmatch(name):
            raise UsageError(f"{where}: {name!r} is not a dotted name")
        yield _converted(struct, filled | {key: name}, where)


def _converted(struct: type, raw: dict[str, Any], where: str) -> Any:
    try:
        return msgspec.convert(raw, struct)
    except msgspec.ValidationError as error:
        raise UsageError(f"{where}: {error}") from None


def _filled(raw: dict[str, Any]) -> dict[str, Any]:
    effect = EFFECTS.get(str(raw.get("effect")))
    if effect is None:
        return raw
    defaults: dict[str, Any] = {
        "faults": list(effect.faults),
        "blocking": effect.blocks and not raw.get("awaitable"),
        "round_trip": raw["effect"] in ROUND_TRIPS,
    }
    return defaults | raw


def _owned(item: Any, owners: Distributions) -> Any:
    if item.package or item.name.partition(".")[0] in STDLIB:
        return item
    return msgspec.structs.replace(item, package=owners.of(item.name))


def _shared(rows: Iterable[Row]) -> tuple[Shared, ...]:
    """Rows that differ only in their name, as one; names of several versions keep the order of `rows`."""
    names: dict[Row, list[str]] = {}
    for row in rows:
        names.setdefault(msgspec.structs.replace(row, name=""), []).append(row.name)
    return tuple(Shared(tuple(listed), row) for row, listed in names.items())


def _key(item: Any) -> tuple[str, ...]:
    more = (getattr(item, column, "") for column in ("versions", "kind", "place", "pattern", "package"))
    return (item.name, *more)


def _check(found: dict[str, list[_Placed]]) -> None:
    known = {prefix for _, named in (*found["rows"], *found["entries"]) for prefix in _prefixes(named.name)}
    known |= {alias.name for _, alias in found["aliases"]}
    quiet = {prefix.name for _, prefix in found["quiet"]}
    for placed in found.values():
        _check_unique(placed)
    for where, row in found["rows"]:
        _check_targets((row.returns, row.enters), known, quiet, where)
        _check_targets((*row.parents, *row.awaitable_parents), known, set(), where)
    for where, alias in found["aliases"]:
        _check_targets((alias.of,), known, quiet, where)
    for where, item in (*found["rows"], *found["implied"]):
        _check_versions(item.versions, where)
    for where, implied in found["implied"]:
        _check_pattern(implied.pattern, where)
    for where, host in found["hosts"]:
        _check_pattern(host.name, where)


def _check_unique(placed: list[_Placed]) -> None:
    seen: dict[tuple[str, ...], str] = {}
    for where, item in placed:
        key = _key(item)
        if key in seen:
            raise UsageError(f"{where}: {item.name} is there twice for the same versions, first in {seen[key]}")
        seen[key] = where


def _check_targets(targets: Iterable[str], known: set[str], quiet: set[str], where: str) -> None:
    for target in targets:
        if target and target not in known and quiet.isdisjoint(_prefixes(target)):
            raise UsageError(f"{where}: {target} is no name in any table")


def _check_versions(versions: str, where: str) -> None:
    try:
        SpecifierSet(versions)
    except InvalidSpecifier:
        raise UsageError(f"{where}: {versions!r} is not a version specifier") from None


def _check_pattern(pattern: str, where: str) -> None:
    try:
        re.compile(pattern)
    except re.error as error:
        raise UsageError(f"{where}: {pattern!r} is not a regular expression: {error}") from None


def _prefixes(name: str) -> Iterator[str]:
    while name:
        yield name
        name = name.rpartition(".")[0]
