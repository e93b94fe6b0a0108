"""Which file an import means, for flat scripts, packages, `src/` layouts and several roots in one repository."""

from collections.abc import Callable, Collection, Iterable
from pathlib import PurePosixPath

from durability.knowledge.stdlib import STDLIB


def module_name(path: str) -> str:
    """The dotted name of a file relative to the project root; a package's `__init__` is the package itself."""
    parts = list(PurePosixPath(path).with_suffix("").parts)
    if parts and parts[-1] == "__init__":
        parts.pop()
    return ".".join(parts)


class Modules:
    """All importable files of a project, by every dotted suffix they could be imported as.

    The files in `extending` add folders to `sys.path`, so what they import may lie anywhere. `hides` tells which names
    (second) an import never takes from a folder (first).
    """

    def __init__(
        self, paths: Iterable[str], extending: Collection[str] = (), hides: Callable[[str, str], bool] | None = None
    ) -> None:
        self._extending = extending
        self._hides = hides or (lambda folder, head: False)
        paths = sorted(paths)
        self._files: dict[str, list[str]] = {}
        self._packages: set[str] = set()
        self._found: dict[tuple[str, str], str | None] = {}
        for path in paths:
            name = module_name(path)
            parts = name.split(".") if name else []
            for start in range(len(parts)):
                self._files.setdefault(".".join(parts[start:]), []).append(path)
            folder = PurePosixPath(path).parent
            while str(folder) != ".":
                self._packages.add(str(folder))
                folder = folder.parent

    def find(self, dotted: str, importer: str) -> str | None:
        """The file that `dotted` means when imported in `importer`; None when it is not of this project.

        The import root must be a folder above the importer (the nearest wins), a `src` folder, or, when no such file
        exists, the only match in the project; for a name without a dot only where the importer extends `sys.path`.
        """
        candidates = self._files.get(dotted)
        if not candidates:
            return None
        key = (dotted, importer.rpartition("/")[0])
        if key not in self._found:
            self._found[key] = self._find(dotted, PurePosixPath(key[1]), candidates)
        if self._found[key] is None and importer in self._extending and dotted not in STDLIB:
            return candidates[0] if len(candidates) == 1 else None
        return self._found[key]

    def _find(self, dotted: str, folder: PurePosixPath, candidates: list[str]) -> str | None:
        depth = dotted.count(".") + 1
        head = dotted.split(".", maxsplit=1)[0]
        candidates = [item for item in candidates if not self._hides(str(_root(item, depth)), head)]
        ranked = []
        for candidate in candidates:
            root = _root(candidate, depth)
            if root == folder or root in folder.parents:
                ranked.append((len(root.parts), candidate))
        if ranked:
            return max(ranked)[1]
        sources = [
            candidate for candidate in candidates if _root(candidate, depth).name in ("src", "lib", "app", "backend")
        ]
        if len(sources) == 1:
            return sources[0]
        return candidates[0] if len(candidates) == 1 and depth > 1 else None

    def relative(self, dotted: str, importer: str) -> str | None:
        """The file that a relative import (`.db`, `..core.db`) means in `importer`."""
        key = (dotted, importer.rpartition("/")[0])
        if key not in self._found:
            self._found[key] = self._find_relative(dotted, PurePosixPath(key[1]))
        return self._found[key]

    def _find_relative(self, dotted: str, folder: PurePosixPath) -> str | None:
        level = len(dotted) - len(dotted.lstrip("."))
        for _ in range(level - 1):
            folder = folder.parent
        name = dotted[level:]
        path = folder / PurePosixPath(*name.split(".")) if name else folder
        target = module_name(str(path) + ".py")
        return next((file for file in self._files.get(target, ()) if module_name(file) == target), None)

    def is_namespace(self, dotted: str) -> bool:
        """Whether a dotted path names a folder of this project that holds Python files."""
        tail = dotted.replace(".", "/")
        return any(folder == tail or folder.endswith("/" + tail) for folder in self._packages)


def _root(path: str, depth: int) -> PurePosixPath:
    pure = PurePosixPath(path)
    steps = depth + 1 if pure.stem == "__init__" else depth
    for _ in range(steps):
        pure = pure.parent
    return pure


def imported_paths(modules: Modules, dotted: str, importer: str) -> list[str]:
    """The files that one import loads: the module itself and the packages on the way."""
    find = modules.relative if dotted.startswith(".") else modules.find
    level = len(dotted) - len(dotted.lstrip("."))
    names = dotted[level:].split(".") if dotted[level:] else []
    found = []
    for end in range(len(names), -1 if level else 0, -1):
        target = find("." * level + ".".join(names[:end]), importer)
        if target:
            found.append(target)
    return found
