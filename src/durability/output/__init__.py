"""One writer per format; each is a pure function of a report."""

from collections.abc import Callable

from durability.errors import UsageError
from durability.model import ReportData

FORMATS: tuple[str, ...] = ("human", "concise", "json", "jsonl", "sarif")


def render(report: ReportData, format: str, *, width: int = 100, color: bool = False, unicode: bool = True) -> str:
    """The report in a format; `width` (columns), `color` and `unicode` concern the human one only.

    Raises UsageError for a format that is not in FORMATS.
    """
    if format == "human":
        from durability.output import human

        return human.render(report, human.Paper(width, color, unicode))
    return _writer(format)(report)


def _writer(format: str) -> Callable[[ReportData], str]:
    if format == "concise":
        from durability.output import concise

        return concise.render
    if format in ("json", "jsonl"):
        from durability.output import machine_json

        return machine_json.render if format == "json" else machine_json.render_lines
    if format == "sarif":
        from durability.output import sarif

        return sarif.render
    raise UsageError(f"unknown output format {format!r}: choose from {', '.join(FORMATS)}")
