"""The sentences that every format for people shares."""

from durability.model import Level, ReportData

PERMISSION: dict[Level, str] = {
    "demo": "Show it to people while you sit beside them. Let nobody rely on it yet.",
    "pilot": "Give it to a few people you know, with somebody on hand who can mend it.",
    "production": "Strangers may use it unattended.",
    "durable": "Strangers may use it unattended, and it will still be safe in two years.",
}
NEXT: dict[Level, Level] = {"demo": "pilot", "pilot": "production", "production": "durable"}
LENSES = {
    "scale": "What breaks when more people use it",
    "time": "What gets harder over time",
    "blindspot": "What goes wrong unnoticed",
}
OTHER_LANGUAGES_WORTH_SAYING = 0.2


def counted(number: int, noun: str) -> str:
    """`1 finding`, `3 findings`."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def verdict_line(report: ReportData) -> str:
    """Level, permission and score on one line."""
    if report.score is None or report.level is None:
        return f"No score: {report.no_score_reason}"
    low, high = rounded(report.score.low), rounded(report.score.high)
    return f"{report.level.title()}: {PERMISSION[report.level]} Score {rounded(report.score.value)} of 100 ({low} to {high})."


def rounded(value: float) -> int:
    """A shown score as a whole number; 100 only when nothing is lost."""
    return min(int(value + 0.5), 99) if value < 100 else 100


def other_share(report: ReportData) -> float:
    """The share of the source lines that are not Python."""
    other = sum(report.coverage.other_languages.values())
    return other / (other + report.project.lines) if other else 0.0


def unresolved_share(report: ReportData) -> float:
    """The share of calls that lead nowhere we could follow."""
    calls = report.coverage.calls
    total = calls.project + calls.library + calls.other_library + calls.unresolved
    return calls.unresolved / total if total else 0.0
