"""What PATH means: the project it belongs to, and the part of it that is reported."""

import os
from collections.abc import Sequence
from pathlib import Path

from msgspec import Struct

from durability.errors import UsageError
from durability.sources.files import Discovery, discover
from durability.sources.listing import shown
from durability.sources.project import find_root

_SOURCES = (".py", ".pyi", ".pyw", ".ipynb")


class Target(Struct, frozen=True):
    """A project and which of its paths are reported, relative with `/`; none means all of it."""

    root: Path
    paths: tuple[str, ...] = ()


class Present(Struct, frozen=True):
    """Which of the paths that were asked for hold something to analyse, and why the others do not."""

    paths: tuple[str, ...]
    absent: tuple[str, ...]


def target(path: str) -> Target:
    """The project that `path` belongs to. Raises UsageError when there is no such file or folder."""
    if not os.path.exists(path):
        raise UsageError(f"{_missing(path)}: {path}")
    if not (os.path.isdir(path) or os.path.isfile(path)):
        raise UsageError(f"neither a file nor a folder: {path}")
    root = find_root(Path(path))
    relative = os.path.relpath(os.path.abspath(path), root).replace(os.sep, "/")
    return Target(root, () if relative == "." else (shown(relative),))


def together(targets: Sequence[Target]) -> tuple[Target, ...]:
    """One target per project, in order; a path that is the whole project takes in all others of it."""
    projects: dict[Path, list[Target]] = {}
    for item in targets:
        projects.setdefault(item.root, []).append(item)
    return tuple(
        Target(root, () if any(not item.paths for item in items) else _union(items))
        for root, items in sorted(projects.items())
    )


def present(target: Target, exclude: Sequence[str]) -> Present:
    """Looks for Python files under each path of `target`; `exclude` holds the user's patterns."""
    found = discover(target.root, exclude=exclude)
    asked = target.paths or (".",)
    reasons = {path: _absence(path, found, target.root) for path in asked}
    return Present(
        paths=tuple(path for path in asked if not reasons[path]),
        absent=tuple(reasons[path] for path in asked if reasons[path]),
    )


def _missing(path: str) -> str:
    return "broken symbolic link" if os.path.islink(path) else "no such file or folder"


def _union(items: Sequence[Target]) -> tuple[str, ...]:
    return tuple(sorted({path for item in items for path in item.paths}))


def _absence(path: str, found: Discovery, root: Path) -> str:
    """Why there is nothing to analyse at `path`; "" when there is."""
    if _any_under(path, [item.path for item in found.files] + [item.path for item in found.skipped]):
        return ""
    if _any_under(path, found.excluded):
        return f"excluded by the settings: {path}"
    if (root / path).is_dir():
        return f"no Python files at {path if path != '.' else root}"
    if not path.endswith(_SOURCES):
        return f"not a Python file or notebook: {path}"
    return f"left out of the project by git or as something that was installed: {path}"


def _any_under(path: str, names: Sequence[str]) -> bool:
    return any(path in (".", name) or name.startswith(f"{path}/") for name in names)
