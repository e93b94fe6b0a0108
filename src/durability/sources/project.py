"""Where a project begins and what its manifests say: dependencies, versions, scripts, containers, build services."""

import os
import posixpath
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path

from msgspec import Struct

from durability.sources.manifests.environments import read_environment
from durability.sources.manifests.installs import read_installs
from durability.sources.manifests.locks import read_pipfile_lock, read_toml_lock
from durability.sources.manifests.model import Broken, Dependency, Ledger
from durability.sources.manifests.names import is_ci, is_container, is_definition, is_manifest, is_requirements
from durability.sources.manifests.requirements import includes, read_requirements
from durability.sources.manifests.setup_files import read_setup_cfg, read_setup_py
from durability.sources.manifests.toml_files import read_pipfile, read_pyproject
from durability.sources.model import Skipped
from durability.sources.opening import Unreadable, read_bytes
from durability.sources.roles import file_role

__all__ = ["Dependency", "Manifests", "find_root", "manifests_of", "read_manifests"]

_MOST_BYTES = 1_000_000
_MOST_LOCK_BYTES = 20_000_000
_MOST_FILES = 500
_LOCKS = frozenset({"poetry.lock", "uv.lock", "pdm.lock", "pylock.toml", "pipfile.lock"})
_UTF16 = (b"\xff\xfe", b"\xfe\xff")
_ROOT_FILES = ("pyproject.toml", "setup.py", "setup.cfg", ".git")

Reader = Callable[[str, str, Ledger], None]
_READERS: dict[str, Reader] = {
    "pyproject.toml": read_pyproject,
    "pipfile": read_pipfile,
    "setup.cfg": read_setup_cfg,
    "setup.py": read_setup_py,
    "poetry.lock": read_toml_lock,
    "uv.lock": read_toml_lock,
    "pdm.lock": read_toml_lock,
    "pylock.toml": read_toml_lock,
    "pipfile.lock": read_pipfile_lock,
    "environment.yml": read_environment,
    "environment.yaml": read_environment,
    "conda.yml": read_environment,
    "conda.yaml": read_environment,
}


class Manifests(Struct, frozen=True):
    """What a project says of itself. Paths are relative to its root, everything is sorted.

    `locked` maps a distribution to its exact version ("1.0||2.0" where lock files disagree). `has_lock` is true for a
    lock file and for requirements that a resolver wrote. `pip_installed` are names that only Dockerfiles and shell
    scripts install. `definitions` maps files of SQL, tests' apart, to their text. `problems` are manifests that
    could not be read.
    """

    dependencies: tuple[Dependency, ...] = ()
    files: tuple[str, ...] = ()
    locked: dict[str, str] = {}
    requires_python: str | None = None
    has_lock: bool = False
    ci: tuple[str, ...] = ()
    containers: tuple[str, ...] = ()
    migrations: bool = False
    test_files: int = 0
    scripts: dict[str, str] = {}
    pip_installed: tuple[str, ...] = ()
    definitions: dict[str, str] = {}
    problems: tuple[Skipped, ...] = ()

    @property
    def versions(self) -> dict[str, str]:
        """What is known of each distribution's version: the locked one, else the specifier ("" for any)."""
        wanted: dict[str, set[str]] = {}
        for item in self.dependencies:
            wanted.setdefault(item.name, set()).add(item.specifier)
        found = dict.fromkeys(self.pip_installed, "")
        found |= {name: "||".join(sorted(specifiers - {""})) for name, specifiers in wanted.items()}
        return dict(sorted((found | self.locked).items()))


def find_root(path: Path) -> Path:
    """The folder that `path` belongs to as a project.

    The nearest ancestor (or `path` itself) with a manifest or `.git`, never above the git root; else `path`, or its
    folder when it is a file.
    """
    start = Path(os.path.abspath(path))
    if not start.is_dir():
        start = start.parent
    for folder in (start, *start.parents):
        if _is_root(folder):
            return folder
    return start


def _is_root(folder: Path) -> bool:
    try:
        names = set(os.listdir(folder))
    except OSError:
        return False
    if not names.isdisjoint(_ROOT_FILES) or "durability.toml" in names or "Pipfile" in names:
        return True
    return any(is_requirements(name) and name.endswith(".txt") for name in names)


def read_manifests(root: Path, discovery_paths: Sequence[str]) -> Manifests:
    """What the manifests below `root` say.

    `discovery_paths` are the relative paths that discovery gave: its manifests are read, its Python files counted as
    tests and migrations. Manifests beside the root and files that requirements include are read in any case.
    """
    real_root = os.path.realpath(root)
    pending = sorted({*(path for path in discovery_paths if is_manifest(path)), *_beside(root)}, key=_by_depth)
    texts: dict[str, str] = {}
    problems: list[Skipped] = []
    included: set[str] = set()
    for path in pending:
        if len(texts) >= _MOST_FILES:
            problems.append(Skipped(path, f"more than {_MOST_FILES} manifests"))
            break
        try:
            texts[path] = _text(f"{real_root}/{path}", real_root)
        except Unreadable as error:
            problems.append(Skipped(path, error.reason))
            continue
        if is_requirements(path) or path in included:
            named = [name for name in _included(path, texts[path]) if os.path.lexists(f"{real_root}/{name}")]
            pending += [name for name in named if name not in pending]
            included.update(named)
    return _assembled(texts, discovery_paths, _Reading(included, problems))


def manifests_of(files: Mapping[str, str]) -> Manifests:
    """The same from texts by path, for examples and tests; paths of Python files count as tests and migrations."""
    texts = {path: text for path, text in files.items() if is_manifest(path)}
    included: set[str] = set()
    pending = sorted(filter(is_requirements, texts))
    for path in pending:
        named = [name for name in _included(path, files[path]) if name in files]
        pending += [name for name in named if name not in pending]
        included.update(named)
    texts |= {name: files[name] for name in included}
    return _assembled(texts, list(files), _Reading(included, []))


class _Reading(Struct):
    """What is known of the texts beside their names: which ones requirements include, which could not be read."""

    included: set[str]
    problems: list[Skipped]


def _assembled(texts: Mapping[str, str], paths: Iterable[str], reading: _Reading) -> Manifests:
    ledger = Ledger(problems=reading.problems)
    for path in sorted(texts, key=_by_depth):
        reader = read_requirements if path in reading.included else _reader(path)
        if reader is None:
            continue
        try:
            reader(path, texts[path], ledger)
        except Broken as error:
            ledger.problems.append(Skipped(path, str(error)))
    every = sorted({*paths, *texts})
    python = [path for path in every if path.endswith((".py", ".ipynb"))]
    locked = {name: "||".join(sorted(versions)) for name, versions in sorted(ledger.locked.items())}
    return Manifests(
        dependencies=tuple(sorted(ledger.dependencies, key=lambda item: (item.path, item.line, item.name))),
        files=tuple(sorted({*texts, *(item.path for item in reading.problems)} - {*filter(is_definition, every)})),
        definitions={path: texts[path] for path in sorted(texts) if is_definition(path) and not _is_aside(path)},
        locked=locked,
        requires_python=next((text for text in ledger.requires_python if text), None),
        has_lock=ledger.compiled or any(_name(path) in _LOCKS for path in texts),
        ci=tuple(path for path in every if is_ci(path)),
        containers=tuple(path for path in every if is_container(path)),
        migrations=any(_name(path) == "alembic.ini" or _is_migration(path) for path in every),
        test_files=sum(_is_test(path) for path in python),
        scripts=dict(sorted(ledger.scripts.items())),
        pip_installed=tuple(sorted(ledger.installed)),
        problems=tuple(sorted(set(ledger.problems), key=lambda item: (item.path, item.reason))),
    )


def _reader(path: str) -> Reader | None:
    if is_requirements(path):
        return read_requirements
    if is_container(path) or path.endswith(".sh"):
        return read_installs
    return _READERS.get(_name(path))


def _is_migration(path: str) -> bool:
    return file_role(path, b"") == "migration" or bool(re.search(r"(?:^|/)(?:alembic|migrations)/env\.py$", path))


def _is_aside(path: str) -> bool:
    return file_role(path, b"") not in ("first-party", "migration")


def _is_test(path: str) -> bool:
    name = _name(path)
    return name not in ("conftest.py", "__init__.py") and file_role(path, b"") == "test"


def _name(path: str) -> str:
    return path.rpartition("/")[2].lower()


def _by_depth(path: str) -> tuple[int, str]:
    """The root's own manifests speak first."""
    return path.count("/"), path


def _beside(root: Path) -> list[str]:
    try:
        names = sorted(os.listdir(root))
    except OSError:
        return []
    return [name for name in names if is_manifest(name) and os.path.isfile(root / name)]


def _included(path: str, text: str) -> list[str]:
    folder = posixpath.dirname(path)
    found = (posixpath.normpath(posixpath.join(folder, name)) for name in includes(text) if "://" not in name)
    return [name for name in found if not name.startswith(("..", "/"))]


def _text(path: str, real_root: str) -> str:
    if not os.path.realpath(path).startswith(real_root.rstrip("/") + "/"):
        raise Unreadable("symbolic link leaves the project")
    limit = _MOST_LOCK_BYTES if _name(path) in _LOCKS else _MOST_BYTES
    data = read_bytes(path, limit)
    if len(data) > limit:
        raise Unreadable(f"too large: more than {limit:,} bytes")
    # PowerShell's `pip freeze > requirements.txt` writes UTF-16, and pip reads it.
    encoding = "utf-16" if data.startswith(_UTF16) else "utf-8-sig"
    return data.decode(encoding, "replace").replace("\r\n", "\n").replace("\r", "\n")
