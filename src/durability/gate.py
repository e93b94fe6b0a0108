"""The gate: whether `check` passes, with which exit code, and why not."""

from collections.abc import Iterable

from msgspec import Struct

from durability.config import Config
from durability.model import SEVERITIES, Evidence, Finding, ReportData, Role, Severity
from durability.sources.roles import file_role

PASSED, FAILED, BROKEN, UNDECIDED = 0, 1, 2, 3
DEFAULT_SEVERITY: Severity = "high"

# "library" is the role of public code where no entry point is known: there every path counts.
_OFF_PATH: tuple[Role, ...] = ("unreached", "test")
_GATED: tuple[Evidence, ...] = ("likely", "proven")


class Gate(Struct, frozen=True):
    """What the gate decided: exit code 0 passed, 1 failed, 2 the scan itself failed, 3 too little to judge."""

    passed: bool
    exit_code: int
    reasons: tuple[str, ...]


def judge(report: ReportData, config: Config, strict: bool) -> Gate:
    """Decide on a whole project. `strict` makes first-party files that could not be read an error.

    Without `fail-on` or `fail-under` it fails on open findings of severity high or worse, of evidence likely or better,
    on an entry-point path; either setting replaces that. `fail-under` reads the low end of the score.
    """
    broken = [*crashes(report), *(_unread(report) if strict else ())]
    if broken:
        return _gate(BROKEN, broken)
    failures = _failing(report, _severity(config))
    if report.score is None:
        return _without_score(report, failures)
    if config.fail_under is not None and report.score.low < config.fail_under:
        failures.append(f"the score may be as low as {report.score.low:g}, below {config.fail_under:g}")
    return _gate(FAILED, failures)


def judge_files(report: ReportData, config: Config, strict: bool) -> Gate:
    """Decide on some files of a project, as a commit hook does: by their findings alone, without the score."""
    broken = [*crashes(report), *(_unread(report) if strict else ())]
    if broken:
        return _gate(BROKEN, broken)
    return _gate(FAILED, _failing(report, config.fail_on or DEFAULT_SEVERITY))


def worst(codes: Iterable[int]) -> int:
    """The exit code of several projects: an error before a failure before too little to judge before a pass."""
    order = (PASSED, UNDECIDED, FAILED, BROKEN)
    return max(codes, key=order.index, default=PASSED)


def _gate(code: int, reasons: list[str]) -> Gate:
    return Gate(passed=not reasons, exit_code=code if reasons else PASSED, reasons=tuple(reasons))


def _without_score(report: ReportData, failures: list[str]) -> Gate:
    blockers = [
        f"{blocker.path}:{blocker.line}: {blocker.reason}" if blocker.path else blocker.reason
        for blocker in report.blockers
    ]
    if failures or blockers:
        return _gate(FAILED, failures or blockers)
    return _gate(UNDECIDED, [report.no_score_reason or "there is no score"])


def _severity(config: Config) -> Severity | None:
    """The least severity that fails; None where only the score decides."""
    if config.fail_on is None and config.fail_under is not None:
        return None
    return config.fail_on or DEFAULT_SEVERITY


def _failing(report: ReportData, least: Severity | None) -> list[str]:
    """One line per rule with open findings that fail; a preview rule is not sure enough to stop anybody."""
    if least is None:
        return []
    preview = {info.name for info in report.rules if info.preview}
    failing = SEVERITIES[: SEVERITIES.index(least) + 1]
    by_rule: dict[str, list[Finding]] = {}
    for finding in report.findings:
        if (
            finding.severity in failing
            and finding.rule not in preview
            and finding.evidence in _GATED
            and finding.role not in _OFF_PATH
            and finding.suppressed is None
        ):
            by_rule.setdefault(finding.rule, []).append(finding)
    return [_reason(rule, found) for rule, found in by_rule.items()]


def _reason(rule: str, found: list[Finding]) -> str:
    first = found[0]
    cell = f"cell {first.cell}, line " if first.cell is not None else ""
    others = sum(len(finding.locations) for finding in found) - 1
    more = f" and {others} more" if others > 0 else ""
    return f"{first.severity}: {rule} at {first.path}:{cell}{first.line}{more}"


def crashes(report: ReportData) -> list[str]:
    """One line per rule that crashed."""
    return [
        f"the rule {failed.rule} crashed on {failed.path}: {failed.error}" for failed in report.coverage.rules_failed
    ]


def _unread(report: ReportData) -> list[str]:
    skipped = [item for item in report.coverage.files_skipped if file_role(item.path, b"") == "first-party"]
    return [f"not analysed: {item.path}: {item.reason}" for item in skipped]
