"""One line per finding, as linters print them; the last line is the verdict."""

from durability.model import Finding, ReportData
from durability.output.escape import plain
from durability.output.words import counted, verdict_line


def render(report: ReportData) -> str:
    """`path:line:column: rule [severity] message`, worst first; suppressed findings are only counted."""
    shown = [finding for finding in report.findings if finding.suppressed is None]
    lines = [_line(finding) for finding in shown]
    hidden = len(report.findings) - len(shown)
    tail = f", {counted(hidden, 'suppressed finding')}" if hidden else ""
    lines.append(f"{counted(len(shown), 'finding')}{tail}. {verdict_line(report)}")
    return "\n".join(lines) + "\n"


def _line(finding: Finding) -> str:
    place = f"{finding.path}:cell {finding.cell}" if finding.cell is not None else finding.path
    more = f" (and {counted(len(finding.locations) - 1, 'more place')})" if len(finding.locations) > 1 else ""
    where = f"{plain(place)}:{finding.line}:{finding.column}"
    return f"{where}: {finding.rule} [{finding.severity}] {plain(finding.message)}{more}"
