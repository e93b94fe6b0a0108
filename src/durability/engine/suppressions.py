"""Suppression comments applied to sites, and what is wrong with the comments themselves."""

from collections.abc import Iterable, Mapping

from durability.facts.model import FileFacts, SuppressionComment
from durability.model import Suppression


class Suppressions:
    """The comments of all files; remembers which of them hid something."""

    def __init__(self, facts: Mapping[str, FileFacts]) -> None:
        self._comments = {path: item.suppressions for path, item in facts.items() if item.suppressions}
        self._used: set[tuple[str, int, str]] = set()

    def cover(self, path: str, line: int, rule: str) -> Suppression | None:
        """The suppression that hides a site of `rule` on a line, if any."""
        for comment in self._comments.get(path, ()):
            if not comment.problem and comment.first <= line <= comment.last and rule in comment.rules:
                self._used.add((path, comment.line, rule))
                return Suppression(comment.reason)
        return None

    def problems(self, known: Iterable[str], paths: Iterable[str]) -> list[tuple[str, SuppressionComment, str, str]]:
        """Path, comment, kind and sentence of each comment that is unreadable, names no rule, or hides nothing."""
        names = frozenset(known)
        found = []
        for path in sorted(set(paths) & set(self._comments)):
            for comment in self._comments[path]:
                if comment.problem:
                    found.append((path, comment, "malformed-suppression", comment.problem))
                for rule in () if comment.problem else comment.rules:
                    if rule not in names:
                        found.append((path, comment, "unknown-suppression", f"there is no rule {rule}"))
                    elif (path, comment.line, rule) not in self._used:
                        found.append((path, comment, "unused-suppression", f"nothing to ignore for {rule} here"))
        return found
