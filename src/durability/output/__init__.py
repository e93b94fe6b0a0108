"""One writer per format; each is a pure function of a report, and imported only when it is asked for."""

from collections.abc import Callable

from durability.errors import UsageError
from durability.model import ReportData
from durability.output.paper import Paper

Writer = Callable[[ReportData, Paper], str]


def _human() -> Writer:
    from durability.output import human

    return human.render


def _concise() -> Writer:
    from durability.output import concise

    return lambda report, paper: concise.render(report)


def _json() -> Writer:
    from durability.output import machine_json

    return lambda report, paper: machine_json.render(report)


def _jsonl() -> Writer:
    from durability.output import json_lines

    return lambda report, paper: json_lines.render(report)


def _sarif() -> Writer:
    from durability.output import sarif

    return lambda report, paper: sarif.render(report)


FORMATS: dict[str, Callable[[], Writer]] = {
    "human": _human,
    "concise": _concise,
    "json": _json,
    "jsonl": _jsonl,
    "sarif": _sarif,
}
"""Each format by name, with what imports its writer."""


def render(report: ReportData, format: str, *, width: int = 100, color: bool = False, unicode: bool = True) -> str:
    """The report in a format; `width` (columns, used between 60 and 100), `color` and `unicode` concern `human` only.

    Raises UsageError for a format that is not in FORMATS.
    """
    if format not in FORMATS:
        raise UsageError(f"unknown output format {format!r}: choose from {', '.join(FORMATS)}")
    return FORMATS[format]()(report, Paper(width, color, unicode))
