"""Suppression comments applied to sites, and what is wrong with the comments themselves."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from durability.facts.model import FileFacts, SuppressionComment
from durability.model import Finding, Place, RuleInfo, Story, Suppression
from durability.sources.notebooks import locate

if TYPE_CHECKING:
    from durability.engine.source import Analysed

_STORY = Story(
    demo="A comment says that something may be ignored.",
    production="Nobody can tell whether the comment still hides a failure, or why.",
    trigger="the code around the comment changes",
)


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


def suppression_findings(
    suppressions: Suppressions,
    infos: Mapping[str, RuleInfo],
    analysed: "Sequence[Analysed]",
    others: Iterable[str] = (),
) -> list[Finding]:
    """Findings about suppression comments: low severity, never scored."""
    paths = [item.path for item in analysed]
    cells = {item.path: item.cells for item in analysed if item.cells}
    found = []
    for path, comment, kind, sentence in suppressions.problems([*infos, *others], paths):
        cell, line = locate(cells[path], comment.line) if path in cells else (None, comment.line)
        place = Place(path, line, comment.column, line, comment.column + 1, cell)
        text = "\0".join((kind, path, ",".join(comment.rules), sentence))
        found.append(
            _finding(kind, sentence, place, hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16])
        )
    return found


def _finding(kind: str, sentence: str, place: Place, fingerprint: str) -> Finding:
    return Finding(
        rule=kind,
        lens="blindspot",
        severity="low",
        confidence="high",
        evidence="likely",
        message=sentence,
        story=_STORY,
        path=place.path,
        line=place.line,
        column=place.column,
        end_line=place.end_line,
        end_column=place.end_column,
        cell=place.cell,
        function="",
        role="library",
        cause="",
        trace=(),
        features=(),
        points=0.0,
        fingerprint=fingerprint,
        state=None,
        example=None,
        locations=(place,),
        suppressed=None,
        fix=None,
    )
