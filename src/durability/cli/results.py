"""Where results go: standard output, a file, and the files of `--report`."""

import os
import sys
from collections import Counter
from collections.abc import Sequence

from durability.cli.options import Request
from durability.cli.streams import write_result
from durability.cli.terminal import output_encoding, shows_unicode, wants_color, width
from durability.errors import UsageError
from durability.model import ReportData

_FOR_PEOPLE = ("human", "concise")


def check_destinations(request: Request, default_format: str) -> None:
    """Raises UsageError for what would only be noticed after the scan."""
    if request.statistics and (request.output_format or default_format) not in _FOR_PEOPLE:
        raise UsageError("--statistics is for people; the machine formats have the counts under `modes`")
    for file in (request.output_file, *(file for _, file in request.report)):
        if file is None:
            continue
        if os.path.isdir(file):
            raise UsageError(f"cannot write {file}: is a folder")
        if not os.path.isdir(os.path.dirname(file) or "."):
            raise UsageError(f"cannot write {file}: no such folder")


def write_results(reports: Sequence[ReportData], request: Request, default_format: str) -> None:
    """Write one or more reports to every place that was asked for."""
    format = request.output_format or default_format
    for wanted, file in request.report:
        _write_file(file, "".join(_rendered(report, wanted, request, None) for report in reports))
    encoding = output_encoding() if format in _FOR_PEOPLE and request.output_file is None else "utf-8"
    if request.statistics:
        text = "".join(map(_statistics, reports))
    else:
        text = "".join(_rendered(report, format, request, encoding) for report in reports)
    if request.output_file is not None:
        _write_file(request.output_file, text)
    else:
        write_result(text, encoding)


def _rendered(report: ReportData, format: str, request: Request, encoding: str | None) -> str:
    """The report as text that ends with a line break; without an encoding it is bound for a file."""
    from durability.output import render

    to_terminal = encoding is not None and request.output_file is None
    text = render(
        report,
        format,
        width=width(),
        color=wants_color(request.color, sys.stdout if to_terminal else None) if format in _FOR_PEOPLE else False,
        unicode=shows_unicode(encoding) if encoding else True,
    )
    return text if not text or text.endswith("\n") else f"{text}\n"


def _statistics(report: ReportData) -> str:
    """How often each rule was found open, most often first."""
    counts: Counter[tuple[str, str]] = Counter()
    for finding in report.findings:
        if finding.suppressed is None:
            counts[finding.rule, finding.severity] += len(finding.locations)
    rows = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    return "".join(f"{count:>5}  {severity:<8}  {rule}\n" for (rule, severity), count in rows)


def _write_file(file: str, text: str) -> None:
    try:
        with open(file, "wb") as opened:
            opened.write(text.encode("utf-8", "backslashreplace"))
    except OSError as error:
        raise UsageError(f"cannot write {file}: {(error.strerror or str(error)).lower()}") from None
