"""How the files of a folder import each other: as modules of a package, or flat, as a folder of scripts does."""

from collections.abc import Mapping
from pathlib import PurePosixPath

from durability.facts.model import FileFacts, Import
from durability.knowledge import Knowledge
from durability.knowledge.names import normal
from durability.knowledge.stdlib import STDLIB


class Folders:
    """Tells where an absolute import means a third party although a file of that name lies beside the importer.

    A script sees what lies beside it, a module of a package does not.
    """

    def __init__(self, files: Mapping[str, FileFacts], library: Knowledge, versions: Mapping[str, str]) -> None:
        self._files = files
        self._library = library
        self._declared = frozenset(normal(name) for name in versions)
        self._in: dict[str, list[str]] = {}
        for path in files:
            self._in.setdefault(path.rpartition("/")[0], []).append(path)
        self._hidden: dict[str, bool] = {}

    def hides(self, folder: str, head: str) -> bool:
        """Whether `head` imported from below `folder` is not the file or folder of that name in it."""
        if head in STDLIB:
            return f"{folder}/__init__.py" in self._files
        return self._is_third_party(head) and self._is_package(folder)

    def _is_third_party(self, head: str) -> bool:
        return normal(self._library.distribution_of(head)) in self._declared or self._library.has_prefix(head)

    def _is_package(self, folder: str) -> bool:
        """Whether the files of a folder are modules of a package, as their imports of each other tell."""
        if folder not in self._hidden:
            paths = self._in.get(folder, ())
            imports = [item for path in paths for item in self._files[path].imports]
            dotted = any(self._is_dotted(item, folder) for item in imports)
            flat = any(self._is_flat(item, folder) for item in imports)
            self._hidden[folder] = bool(folder) and (dotted or (not flat and f"{folder}/__init__.py" in self._files))
        return self._hidden[folder]

    def _is_dotted(self, item: Import, folder: str) -> bool:
        if item.path.startswith("."):
            return True
        first, _, rest = item.path.partition(".")
        return first == PurePosixPath(folder).name and bool(rest) and self._holds(folder, rest.partition(".")[0])

    def _is_flat(self, item: Import, folder: str) -> bool:
        head = item.path.partition(".")[0]
        if not head or head in STDLIB or self._is_third_party(head):
            return False
        return self._holds(folder, head) and not self._holds(folder.rpartition("/")[0], head)

    def _holds(self, folder: str, name: str) -> bool:
        inner = f"{folder}/{name}" if folder else name
        return f"{inner}.py" in self._files or inner in self._in
