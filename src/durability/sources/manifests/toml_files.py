"""What pyproject.toml and Pipfile declare: PEP 621, dependency groups, poetry, pdm, uv and hatch."""

import re
import tomllib
from collections.abc import Iterator, Mapping
from typing import Any

from durability.sources.manifests.lines import Lines
from durability.sources.manifests.model import Broken, Dependency, Ledger, normalised
from durability.sources.manifests.requirements import requirement
from durability.sources.manifests.specifiers import poetry_specifier

_EXACT = re.compile(r"={2,3}[^,|*]+")
_MOST_DOTS = 100
_DOTTED = re.compile(r"[\s\[\w\"'-]*+\.[\s\w\"'.-]*+(?:[=\]]|$)")
_COMMIT = re.compile(r"[0-9a-f]{40}")


def read_pyproject(path: str, text: str, ledger: Ledger) -> None:
    """Add what a pyproject.toml declares. Raises Broken."""
    document, lines = _toml(text), Lines(text)
    project = _table(document.get("project"))
    for group, wanted in _grouped_requirements(document):
        found = requirement(wanted, path, lines.string(wanted), group)
        if found:
            ledger.dependencies.append(found)
    ledger.requires_python += _strings([project.get("requires-python")])
    for key in ("scripts", "gui-scripts"):
        ledger.scripts.update(_pairs(project.get(key)))
    poetry = _dig(document, "tool", "poetry")
    for group, name, value in _poetry_tables(poetry):
        _add_named(path, lines, ledger, (group, name, value))
    ledger.scripts.update(_pairs(poetry.get("scripts")))


def read_pipfile(path: str, text: str, ledger: Ledger) -> None:
    """Add what a Pipfile declares. Raises Broken."""
    document, lines = _toml(text), Lines(text)
    for section, table in document.items():
        if section in ("source", "requires", "scripts", "pipenv"):
            continue
        group = None if section == "packages" else section.removesuffix("-packages")
        for name, value in _table(table).items():
            _add_named(path, lines, ledger, (group, name, value))
    requires = _table(document.get("requires"))
    for version in _strings([requires.get("python_full_version") or requires.get("python_version")]):
        ledger.requires_python.append(f"=={version}" if "python_full_version" in requires else f"=={version}.*")


def _add_named(path: str, lines: Lines, ledger: Ledger, entry: tuple[str | None, str, Any]) -> None:
    """A table entry `name = "^1.2"` or `name = {version = "^1.2", …}`."""
    group, name, value = entry
    table = value if isinstance(value, dict) else {}
    written = table.get("version", "") if isinstance(value, dict) else value
    if isinstance(value, list):
        written = "||".join(str(_table(item).get("version", "")) for item in value)
    specifier = poetry_specifier(written) if isinstance(written, str) else ""
    if name.lower() == "python":
        ledger.requires_python.append(specifier)
        return
    if "path" in table:
        return
    line = lines.key(name)
    commit = str(table.get("rev", table.get("ref", "")))
    pinned = bool(_EXACT.fullmatch(specifier) or _COMMIT.fullmatch(commit))
    optional = "optional" if table.get("optional") is True else None
    marker = table.get("markers")
    extra = "; ".join(part for part in (group or optional, marker) if isinstance(part, str))
    ledger.dependencies.append(Dependency(normalised(name), specifier, path, line, extra or None, pinned))


def _grouped_requirements(document: Mapping[str, Any]) -> Iterator[tuple[str | None, str]]:
    """Group and requirement of everything written as PEP 508 text."""
    project = _table(document.get("project"))
    tool = _table(document.get("tool"))
    yield from ((None, item) for item in _strings(project.get("dependencies")))
    tables: list[tuple[Any, str]] = [
        (project.get("optional-dependencies"), "{}"),
        (document.get("dependency-groups"), "{}"),
        (_dig(tool, "pdm").get("dev-dependencies"), "{}"),
    ]
    for table, name in tables:
        for group, wanted in _table(table).items():
            yield from ((name.format(group), item) for item in _strings(wanted))
    yield from (("dev", item) for item in _strings(_dig(tool, "uv").get("dev-dependencies")))
    for name, environment in _dig(tool, "hatch", "envs").items():
        for key in ("dependencies", "extra-dependencies"):
            yield from ((name, item) for item in _strings(_table(environment).get(key)))


def _poetry_tables(poetry: Mapping[str, Any]) -> Iterator[tuple[str | None, str, Any]]:
    groups: list[tuple[str | None, Any]] = [(None, poetry.get("dependencies")), ("dev", poetry.get("dev-dependencies"))]
    groups += [(name, _table(group).get("dependencies")) for name, group in _table(poetry.get("group")).items()]
    for group, table in groups:
        yield from ((group, name, value) for name, value in _table(table).items())


def _toml(text: str) -> dict[str, Any]:
    # The parser needs time that grows with the square of a dotted key's parts.
    if any(line.count(".") > _MOST_DOTS and _DOTTED.match(line) for line in text.split("\n")):
        raise Broken(f"not TOML: a key of more than {_MOST_DOTS} parts")
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise Broken(f"not TOML: {error}") from None
    except RecursionError:
        raise Broken("not TOML: nested too deeply") from None


def _table(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _dig(document: Mapping[str, Any], *keys: str) -> dict[str, Any]:
    found: Any = document
    for key in keys:
        found = _table(found).get(key)
    return _table(found)


def _strings(value: Any) -> list[str]:
    return [item for item in value if isinstance(item, str)] if isinstance(value, list) else []


def _pairs(value: Any) -> dict[str, str]:
    pairs = ((name, _table(target).get("reference", target)) for name, target in _table(value).items())
    return {name: target for name, target in pairs if isinstance(target, str)}
