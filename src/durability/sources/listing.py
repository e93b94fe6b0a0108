"""Every file that a project keeps: asked of git where there is git, else walked under its gitignore files."""

import os
import re
import shutil
import subprocess
from pathlib import Path

from durability.sources.ignoring import Ignores
from durability.sources.model import Skipped
from durability.sources.opening import os_reason
from durability.sources.roles import NEVER

_SECONDS = 30.0
_MOST_REPOSITORIES = 200
_GIT_OPTIONS = (
    "core.fsmonitor=false",
    "core.hooksPath=/dev/null",
    "core.excludesFile=/dev/null",  # the user's own ignore list would make results differ between machines
    "core.untrackedCache=false",
    "submodule.recurse=false",
    "protocol.allow=never",
)
_GIT_SETTINGS = {
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_ALLOW_PROTOCOL": "none",
    "LC_ALL": "C",
}
_BUILT = (".dist-info", ".egg-info", ".egg")
_UNOPENED = re.compile(r"could not open directory '(.*?)/?': (.*)")


class Listing:
    """The files found so far, relative to the root with `/`, and what could not be entered."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.files: set[str] = set()
        self.submodule_files: set[str] = set()
        self.skipped: list[Skipped] = []
        self._folders: list[tuple[str, bool]] = [("", False)]
        self._entered: set[str] = set()

    def run(self) -> "Listing":
        """List everything, nested repositories and submodules with it."""
        while self._folders:
            folder, submodule = self._folders.pop()
            real = os.path.realpath(self.root / folder)
            if real in self._entered:
                continue
            if len(self._entered) >= _MOST_REPOSITORIES:
                self.skipped.append(Skipped(folder, f"more than {_MOST_REPOSITORIES} nested repositories"))
                continue
            self._entered.add(real)
            self._list(folder, submodule)
        return self

    def _list(self, folder: str, submodule: bool) -> None:
        found = self._asked_of_git(folder)
        if found is None:
            found = self._walked(folder)
        target = self.submodule_files if submodule else self.files
        target.update(found)

    def _asked_of_git(self, folder: str) -> list[str] | None:
        """What git lists; None without git, outside a repository, or where git keeps nothing at all."""
        answer = _ask_git(self.root / folder)
        if isinstance(answer, str):
            self.skipped.append(Skipped(folder or ".", answer))
        if not isinstance(answer, tuple):
            return None
        entries, complaints = answer
        if not entries:
            return None
        for line in complaints.splitlines():
            match = _UNOPENED.search(line)
            if match:
                self.skipped.append(Skipped(shown(_join(folder, match[1])), match[2].lower()))
        environments = tuple(name.removesuffix("pyvenv.cfg") for _, name in entries if name.endswith("/pyvenv.cfg"))
        kept = ((tag, name) for tag, name in entries if not name.startswith(("../", "/", *environments)))
        return [path for tag, name in kept if (path := self._kept(folder, tag, name))]

    def _kept(self, folder: str, tag: str, name: str) -> str:
        path = _join(folder, name.rstrip("/"))
        if is_never(path):
            return ""
        full = self.root / path
        if tag == "S" and not os.path.lexists(full):
            if is_python_name(path):
                self.skipped.append(Skipped(shown(path), "not checked out (sparse checkout)"))
            return ""
        if name.endswith("/"):
            self._folders.append((path, False))
            return ""
        if os.path.isdir(full) and not os.path.islink(full):
            self._submodule(path)
            return ""
        return path

    def _submodule(self, path: str) -> None:
        try:
            empty = not any(os.scandir(self.root / path))
        except OSError as error:
            self.skipped.append(Skipped(shown(path), os_reason(error)))
            return
        if empty:
            self.skipped.append(Skipped(shown(path), "submodule not checked out"))
        else:
            self._folders.append((path, True))

    def _walked(self, folder: str) -> list[str]:
        found: list[str] = []
        pending = [(folder, Ignores())]
        while pending:
            here, ignores = pending.pop()
            try:
                with os.scandir(self.root / here) as scan:
                    entries = sorted(scan, key=lambda entry: entry.name)
            except OSError as error:
                self.skipped.append(Skipped(shown(here) or ".", os_reason(error)))
                continue
            if any(entry.name == ".gitignore" for entry in entries):
                ignores = ignores.below(here, str(self.root / here / ".gitignore"))
            for entry in entries:
                path = _join(here, entry.name)
                is_folder = entry.is_dir(follow_symlinks=False)
                if is_never(entry.name) or ignores.ignored(path, is_folder=is_folder):
                    continue
                if not is_folder:
                    found.append(path)
                elif os.path.lexists(os.path.join(entry.path, ".git")):
                    self._folders.append((path, False))
                elif not _is_environment(entry.path):
                    pending.append((path, ignores))
        return found


def _ask_git(folder: Path) -> tuple[list[tuple[str, str]], str] | str | None:
    """Tagged names and complaints; a reason when git failed inside a repository; None when there is nothing to ask."""
    git = shutil.which("git")
    if git is None:
        return None
    command = [git, "-C", str(folder)]
    for option in _GIT_OPTIONS:
        command += ["-c", option]
    command += ["ls-files", "-t", "-c", "-o", "--exclude-standard", "-z"]
    kept = {k: v for k, v in os.environ.items() if not k.startswith("GIT_") or k.startswith("GIT_CONFIG")}
    try:
        done = subprocess.run(
            command,
            env=kept | _GIT_SETTINGS,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return f"git gave no answer in {_SECONDS:.0f} s; gitignores were read instead"
    except OSError:
        return None
    if done.returncode != 0:
        return None
    names = [os.fsdecode(item) for item in done.stdout.split(b"\0") if len(item) > 2]
    return [(name[0], name[2:]) for name in names], os.fsdecode(done.stderr)


def _is_environment(folder: str) -> bool:
    return os.path.lexists(os.path.join(folder, "pyvenv.cfg")) or os.path.lexists(os.path.join(folder, "conda-meta"))


def is_never(path: str) -> bool:
    """Whether a folder on the way to `path` holds nothing that the project wrote."""
    folders = path.split("/")
    return not NEVER.isdisjoint(folders) or any(name.endswith(_BUILT) for name in folders)


def is_python_name(path: str) -> bool:
    """Whether the name alone says Python."""
    return path.endswith((".py", ".pyw", ".ipynb"))


def shown(path: str) -> str:
    """A path as text that can be encoded: bytes that are not UTF-8 stand as `\\xNN`."""
    return os.fsencode(path).decode("utf-8", "backslashreplace")


def _join(folder: str, name: str) -> str:
    return f"{folder}/{name}" if folder else name
