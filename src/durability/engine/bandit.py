"""Bandit's issues as findings of their own, where no rule of ours judges the same; shown and gated, never scored."""

import hashlib
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from durability.bridges.bandit_stories import SHOWN, Shown
from durability.model import Finding, JudgedSite, Place
from durability.program.context import Context
from durability.sources.notebooks import locate

if TYPE_CHECKING:
    from durability.bridges.security import SecurityIssue
    from durability.engine.source import Analysed

_SERVED_ONLY = frozenset({"huggingface-unsafe-download", "pytorch-load"})
_BY_HAND = frozenset({"cli", "script", "unreached", "import"})
"""Roles in which somebody runs the code on files of their own: there these issues say nothing."""
_SHOWN: Mapping[str, Shown] = {row.test_id: row for row in SHOWN}


def bandit_rules() -> tuple[str, ...]:
    """The names under which bandit's issues are shown."""
    return tuple(sorted(f"bandit/{row.name}" for row in SHOWN))


def bandit_findings(analysed: "Sequence[Analysed]", context: Context, sites: Sequence[JudgedSite]) -> list[Finding]:
    """Findings for the issues in first-party files that no site of ours already covers."""
    judged = {(site.place.path, site.place.line) for site in sites if site.outcome in ("unhandled", "partial")}
    found = []
    for item in analysed:
        if context.program.file_roles.get(item.path) != "first-party":
            continue
        ordinals: dict[str, int] = {}
        for issue in item.issues:
            row = _SHOWN.get(issue.test_id)
            if row is None or (row.name in _SERVED_ONLY and context.function_at(item.path, issue.line)[1] in _BY_HAND):
                continue
            cell, line = locate(item.cells, issue.line) if item.cells else (None, issue.line)
            if (item.path, line) in judged:
                continue
            ordinals[row.name] = ordinals.get(row.name, -1) + 1
            place = Place(item.path, line, issue.column, max(line, issue.end_line), issue.column + 1, cell)
            found.append(_finding(row, issue, place, ordinals[row.name], context))
    return found


def _finding(row: Shown, issue: "SecurityIssue", place: Place, ordinal: int, context: Context) -> Finding:
    text = "\0".join((row.name, place.path, issue.test_id, str(ordinal)))
    function, role = context.function_at(place.path, issue.line)
    return Finding(
        rule=f"bandit/{row.name}",
        lens=row.lens,
        severity=issue.severity,
        confidence=issue.confidence,
        evidence="likely" if issue.confidence == "high" else "possible",
        message=row.summary,
        story=row.story,
        path=place.path,
        line=place.line,
        column=place.column,
        end_line=place.end_line,
        end_column=place.end_column,
        cell=place.cell,
        function=function,
        role=role,
        cause="",
        trace=(),
        features=(),
        points=0.0,
        fingerprint=hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16],
        state=None,
        example=None,
        locations=(place,),
        suppressed=None,
        fix=None,
    )
