"""One line per finding, as linters print them; the last line is the verdict."""

from durability.model import Finding, ReportData
from durability.output.escape import plain
from durability.output.words import chain, counted, verdict


def render(report: ReportData) -> str:
    """`path:line:column: rule [severity] message`, in notebooks `path:cell N:line:column: …`; the report's order.

    Suppressed findings and accepted risks are only counted, in the last line.
    """
    shown = [finding for finding in report.findings if finding.suppressed is None]
    suppressed = len(report.findings) - len(shown)
    counts = [counted(len(shown), "finding")]
    counts += [f"{suppressed:,} suppressed"] if suppressed else []
    counts += [f"{len(report.accepted):,} accepted"] if report.accepted else []
    last = f"{', '.join(counts)}. {plain(verdict(report))}"
    return "\n".join([*map(_line, shown), last]) + "\n"


def _line(finding: Finding) -> str:
    cell = "" if finding.cell is None else f":cell {finding.cell}"
    more = f" (and {counted(len(finding.locations) - 1, 'more place')})" if len(finding.locations) > 1 else ""
    way = chain(finding.trace, finding.path, finding.line)
    by = f" (by way of {plain(way)})" if way else ""
    where = f"{plain(finding.path)}{cell}:{finding.line}:{finding.column}"
    return f"{where}: {plain(finding.rule)} [{finding.severity}] {plain(finding.message)}{by}{more}"
