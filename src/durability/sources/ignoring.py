"""Which paths the gitignore files of a folder without git leave out, and patterns that users write the same way."""

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from durability.errors import UsageError
from durability.sources.opening import Unreadable, read_bytes

if TYPE_CHECKING:
    from pathspec import GitIgnoreSpec

_MOST_BYTES = 200_000
_LONGEST_PATTERN = 500
# Each wildcard multiplies the steps of a match; a hostile pattern of twenty would never end.
_MOST_STARS = 4
_MOST_FOLDER_STARS = 3
_LONGEST_PATH = 400
_FOLDER_STARS = re.compile(r"(?:^|(?<=/))!?\*\*(?=/|$)")


class Ignores:
    """The gitignore files from the root down to one folder; the deepest that mentions a path decides."""

    def __init__(self, specs: tuple[tuple[str, "GitIgnoreSpec"], ...] = ()) -> None:
        self._specs = specs

    def below(self, folder: str, gitignore: str) -> "Ignores":
        """These with the file `gitignore` of `folder` added; one that cannot be read adds nothing."""
        try:
            text = read_bytes(gitignore, _MOST_BYTES)[:_MOST_BYTES].decode("utf-8", "replace")
        except Unreadable:
            return self
        spec = _spec([line for line in text.splitlines() if not _problem(line)])
        return Ignores(((folder, spec), *self._specs)) if spec else self

    def ignored(self, path: str, *, is_folder: bool) -> bool:
        """Whether the gitignores leave `path` out."""
        if len(path) > _LONGEST_PATH:
            return False
        for folder, spec in self._specs:
            inside = path[len(folder) + 1 :] if folder else path
            verdict = spec.check_file(inside + "/" if is_folder else inside).include
            if verdict is not None:
                return verdict
        return False


class Excludes:
    """Paths that the user leaves out with patterns in gitignore's grammar. Raises UsageError for a bad pattern."""

    def __init__(self, patterns: Sequence[str]) -> None:
        self._spec: GitIgnoreSpec | None = None
        if not patterns:
            return
        for pattern in patterns:
            problem = _problem(pattern) or ("" if _spec([pattern]) else "it is no gitignore pattern")
            if problem:
                raise UsageError(f"exclude pattern {pattern!r}: {problem}")
        self._spec = _spec(patterns)

    def __call__(self, path: str) -> bool:
        return self._spec is not None and len(path) <= _LONGEST_PATH and self._spec.match_file(path)


def _problem(pattern: str) -> str:
    if len(pattern) > _LONGEST_PATTERN:
        return f"longer than {_LONGEST_PATTERN} characters"
    rest, folder_stars = _FOLDER_STARS.subn("", pattern)
    if folder_stars > _MOST_FOLDER_STARS or rest.count("*") + rest.count("[") > _MOST_STARS:
        return "too many wildcards"
    return ""


def _spec(patterns: Sequence[str]) -> "GitIgnoreSpec | None":
    from pathspec import GitIgnoreSpec

    try:
        return GitIgnoreSpec.from_lines(patterns)
    except (ValueError, re.error):
        pass
    good = [pattern for pattern in patterns if _compiles(pattern)]
    return GitIgnoreSpec.from_lines(good) if good else None


def _compiles(pattern: str) -> bool:
    from pathspec import GitIgnoreSpec

    try:
        GitIgnoreSpec.from_lines([pattern])
    except (ValueError, re.error):
        return False
    return True
