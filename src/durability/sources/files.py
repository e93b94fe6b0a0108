"""Which files of a folder are analysed, what part each plays, and which are left out with what reason."""

import errno
import os
import stat
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from durability.errors import UsageError
from durability.sources.ignoring import Excludes
from durability.sources.languages import language_of, lines_of
from durability.sources.listing import Listing, is_python_name, shown
from durability.sources.manifests.names import is_manifest
from durability.sources.model import Discovery, Skipped, SourceFile
from durability.sources.opening import Unreadable, kind_problem, read_bytes
from durability.sources.roles import FileRole, file_role

__all__ = ["Discovery", "Skipped", "SourceFile", "discover"]

_HEADER = 2048
_OTHER_LIMIT = 1_000_000
_LONGEST_SCRIPT_NAME = 80
_HIDING = "symbolic link to a file that is left out"


def discover(root: Path, *, exclude: Sequence[str] = ()) -> Discovery:
    """The Python files and notebooks that the project at `root` keeps, with what else there is.

    A git repository decides by itself what it keeps (tracked or not ignored); elsewhere the gitignore files do.
    `exclude` holds patterns in gitignore's grammar. Raises UsageError when `root` is no folder or a pattern is bad.
    """
    if not root.is_dir():
        raise UsageError(f"{root} is not a folder")
    if shown(os.path.abspath(root)) != os.path.abspath(root):
        raise UsageError(f"{shown(os.path.abspath(root))}: the name of this folder is not UTF-8; rename it")
    excluded = Excludes(exclude)
    listing = Listing(root).run()
    sorting = _Sorting(root, excluded)
    for path in sorted(listing.files):
        sorting.place(path)
    for path in sorted(listing.submodule_files - listing.files):
        sorting.place(path, role="vendored")
    return sorting.result(listing.skipped)


class _Sorting:
    """Puts each listed path where it belongs."""

    def __init__(self, root: Path, excluded: Excludes) -> None:
        self._root = os.path.abspath(root)
        self._real_root = os.path.realpath(root)
        self._excluded = excluded
        self._inside: dict[str, bool] = {}
        self.files: list[SourceFile] = []
        self.skipped: list[Skipped] = []
        self.links: dict[str, str] = {}
        self.left_out: list[str] = []
        self.manifests: list[str] = []
        self.names: list[str] = []
        self.languages: Counter[str] = Counter()

    def place(self, path: str, role: FileRole | None = None) -> None:
        """Decide about one path; `role` overrides what its name says."""
        absolute = f"{self._root}/{path}"
        name = path.rpartition("/")[2]
        try:
            mode = os.lstat(absolute).st_mode
        except OSError:
            return  # deleted since it was listed
        if stat.S_ISLNK(mode):
            self._place_link(path, absolute)
            return
        if is_python_name(name) or ("." not in name and self._is_script(absolute, mode, name)):
            self._place_python(path, absolute, mode, role)
            return
        if not stat.S_ISREG(mode) or shown(path) != path or not self._is_inside(path):
            return
        if is_manifest(path):
            self.manifests.append(path)
        language = language_of(name)
        if language and role is None and not self._excluded(path) and file_role(path, b"") == "first-party":
            self.languages[language] += lines_of(absolute, _OTHER_LIMIT)

    def _is_script(self, absolute: str, mode: int, name: str) -> bool:
        if not stat.S_ISREG(mode) or not mode & 0o111 or len(name) > _LONGEST_SCRIPT_NAME:
            return False
        try:
            first = read_bytes(absolute, 100).partition(b"\n")[0]
        except Unreadable:
            return False
        return first.startswith(b"#!") and b"python" in first

    def _place_python(self, path: str, absolute: str, mode: int, role: FileRole | None) -> None:
        text = shown(path)
        self.names.append(text)
        if self._excluded(text):
            self.left_out.append(text)
            return
        problem = kind_problem(mode)
        if text != path:
            problem = "the name is not UTF-8"
        elif not problem and not self._is_inside(path):
            problem = "a symbolic link on its path leaves the project"
        if problem:
            self.skipped.append(Skipped(text, problem))
            return
        try:
            header = read_bytes(absolute, _HEADER)
        except Unreadable as error:
            self.skipped.append(Skipped(text, error.reason))
            return
        notebook = path.endswith(".ipynb")
        decided = role or file_role(path, b"" if notebook else header)
        self.files.append(SourceFile(text, absolute, decided, notebook))

    def _place_link(self, path: str, absolute: str) -> None:
        """A link inside the project adds nothing: its target is analysed under its own name."""
        name = path.rpartition("/")[2]
        if name.startswith(".#"):
            return  # an Emacs lock
        text = shown(path)
        try:
            target = os.path.realpath(absolute, strict=True)
        except OSError as error:
            loops = error.errno == errno.ELOOP
            if is_python_name(name) or loops:
                self.skipped.append(Skipped(text, "symbolic link loop" if loops else "broken symbolic link"))
            return
        if self._excluded(text):
            return
        if self._contains(target):
            if is_python_name(name):
                self.links[text] = shown(os.path.relpath(target, self._real_root))
            return
        if is_python_name(name) or os.path.isdir(target):
            self.skipped.append(Skipped(text, "symbolic link leaves the project"))

    def _is_inside(self, path: str) -> bool:
        folder = path.rpartition("/")[0]
        known = self._inside.get(folder)
        if known is None:
            known = self._inside[folder] = self._contains(os.path.realpath(f"{self._root}/{folder}"))
        return known

    def _contains(self, real: str) -> bool:
        return real == self._real_root or real.startswith(self._real_root.rstrip("/") + "/")

    def result(self, skipped: Sequence[Skipped]) -> Discovery:
        """Everything placed, in order."""
        names = set(self.names)
        hiding = [Skipped(link, _HIDING) for link, target in self.links.items() if target not in names]
        return Discovery(
            files=tuple(sorted(self.files, key=lambda file: file.path)),
            skipped=tuple(sorted({*self.skipped, *skipped, *hiding}, key=lambda item: (item.path, item.reason))),
            other_languages=dict(sorted(self.languages.items())),
            python_names=tuple(sorted(self.names)),
            excluded=tuple(sorted(self.left_out)),
            manifests=tuple(sorted(self.manifests)),
        )
