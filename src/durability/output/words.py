"""The sentences that formats for people share."""

from math import ceil, floor

from durability.model import CallCounts, Coverage, FeatureRow, Level, ReportData, Score, Step
from durability.score.requirements import OTHER_LANGUAGE_CEILING, THRESHOLDS

PERMISSION: dict[Level, str] = {
    "demo": "Show it to people while you watch. Do not give it to users yet.",
    "pilot": "Give it to a few people you know, with somebody at hand who can mend it.",
    "production": "Strangers may use it while nobody watches.",
    "durable": "Strangers may use it while nobody watches, today and in two years.",
}
"""What a project of each level may be used for."""

NEXT: dict[Level, Level] = {"demo": "pilot", "pilot": "production", "production": "durable"}


def counted(count: int, noun: str) -> str:
    """`1 finding`, `3 findings`."""
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"


def listed(names: tuple[str, ...], most: int) -> str:
    """The first names with commas, and how many more there are."""
    more = len(names) - most
    return ", ".join(names[:most]) + (f" and {more} more" if more > 0 else "")


def verdict(report: ReportData) -> str:
    """Level, permission and score on one line; or why there is none."""
    if report.score is None or report.level is None:
        return f"No score: {report.no_score_reason}"
    partly = f" {part}" if (part := python_part(report)) else ""
    return f"{report.level.title()}: {PERMISSION[report.level]}{partly} Score {number(report.score)}."


def number(score: Score) -> str:
    """`38 of 100 (35 to 39)`; `between 35 and 44 of 100` where the two ends fall to different levels."""
    low, high = whole(score.low), ceil(score.high)
    if spans_levels(score):
        return f"between {low} and {high} of 100"
    return f"{whole(score.value)} of 100 ({low} to {high})"


def whole(value: float) -> int:
    """A shown score as a whole number, rounded down: it never looks like a level that is not reached."""
    return floor(value)


def spans_levels(score: Score) -> bool:
    """Whether the two ends of the interval fall to different levels, so that the number alone would say too much."""
    return any(score.low < threshold.score <= score.high for threshold in THRESHOLDS)


def towards_a_score(report: ReportData) -> str:
    """What would make a score possible."""
    if report.coverage.rules_failed:
        return "The fault is this tool's: please report it. What is listed here stands."
    return "A score takes the whole program, with the parts that answer people, call other services or keep data."


def not_seen(coverage: Coverage) -> list[str]:
    """What was not judged, most serious first."""
    said = []
    if failed := tuple(sorted({failure.rule for failure in coverage.rules_failed})):
        said.append(f"{len(failed)} of our own checks crashed ({listed(failed, 3)})")
    if skipped := coverage.files_skipped:
        such = "" if len(skipped) == 1 else "such as "
        said.append(f"{counted(len(skipped), 'file')} not analysed ({such}{skipped[0].path}: {skipped[0].reason})")
    if (share := unresolved_share(coverage.calls)) >= 0.01:
        said.append(f"{share:.0%} of the calls lead where we could not follow")
    if coverage.metrics_missing:
        said.append(f"{counted(len(coverage.metrics_missing), 'file')} not measured for complexity")
    return said


def left_out(report: ReportData) -> list[str]:
    """What is not among the findings by somebody's decision."""
    said = []
    if suppressed := sum(1 for finding in report.findings if finding.suppressed is not None):
        said.append(f"{counted(suppressed, 'finding')} hidden by comments in the code, still part of the score")
    if accepted := len(report.accepted):
        said.append(f"{counted(accepted, 'accepted risk')}, not part of the score")
    return said


def python_part(report: ReportData) -> str:
    """A sentence where more of the source is in other languages than a verdict may pass over in silence."""
    other = sum(report.coverage.other_languages.values())
    share = other / (other + report.project.lines) if other else 0.0
    return f"Judged on its Python part ({1 - share:.0%} of the code)." if share > OTHER_LANGUAGE_CEILING else ""


def unresolved_share(calls: CallCounts) -> float:
    """The share of calls that lead nowhere we could follow."""
    total = calls.project + calls.library + calls.other_library + calls.unresolved
    return calls.unresolved / total if total else 0.0


def feature_said(row: FeatureRow) -> str:
    """What stands behind the name of a feature: built or not, what fails on it, and whether anything tests it."""
    if not row.entry_points:
        return "promised, not built: nothing in the code answers to its entry"
    if not row.declared:
        return f"built, not promised: {listed(row.entry_points, 3)}"
    failing = f"{counted(row.findings, 'failure mode')}" if row.findings else "nothing found"
    cost = f", costs {row.points:.1f} points" if row.points >= 0.05 else ""
    return f"{failing}{cost}{'' if row.tested else ', no test reaches it'}"


def chain(trace: tuple[Step, ...], path: str, line: int) -> str:
    """`main.py:74 → database.py:66`: the places by way of which it happens; "" when there is no other than its own."""
    places = list(dict.fromkeys(f"{step.path}:{step.line}" for step in trace))
    return " → ".join(places) if any(place != f"{path}:{line}" for place in places) else ""
