"""SARIF 2.1.0, within the limits that code scanning services set."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import quote

import msgspec

from durability.model import Finding, Place, ReportData, SkippedFile, Step
from durability.output.escape import mask, plain
from durability.output.machine_json import document, tenth
from durability.output.sarif_rules import LEVELS, rules
from durability.output.words import counted, verdict

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
FINGERPRINT = "durability/v1"
MOST_RESULTS = 5_000
MOST_PLACES = 100
MOST_NOTIFICATIONS = 1_000
_ROOT = "%SRCROOT%"
_ACCEPTED = {"kind": "external", "status": "accepted", "justification": "Accepted in the project's settings."}
_BASELINE = {"new": "new", "known": "unchanged", "new-rule": "unchanged"}


def render(report: ReportData) -> str:
    """One run; results in the report's order, at most 5,000, with a notification that counts those left out.

    Accepted risks are results with an external suppression, suppressed ones with one in the source. A fix is in the
    result's properties: it is made into edits elsewhere. Score, level, first blocker and stakes are in the run's.
    """
    return document({"$schema": SCHEMA, "version": "2.1.0", "runs": [_run(report)]}, indent=1)


def _run(report: ReportData) -> dict[str, Any]:
    described = rules(report)
    index = {rule["id"]: position for position, rule in enumerate(described)}
    listed = [(finding, _suppressions(finding)) for finding in report.findings]
    listed += [(finding, [*_suppressions(finding), _ACCEPTED]) for finding in report.accepted]
    return {
        "tool": {
            "driver": {
                "name": report.tool.name,
                "version": report.tool.version,
                "rules": described,
                "properties": {"model_version": report.tool.model_version},
            }
        },
        "automationDetails": {"id": f"durability/{quote(plain(report.project.name), safe='')}/"},
        "originalUriBaseIds": {_ROOT: {"description": {"text": "The root of the project."}}},
        "columnKind": "unicodeCodePoints",
        "invocations": [_invocation(report, len(listed) - MOST_RESULTS)],
        "results": [_result(finding, index, suppressions) for finding, suppressions in listed[:MOST_RESULTS]],
        "properties": _verdict(report),
    }


def _verdict(report: ReportData) -> dict[str, Any]:
    score = report.score
    return {
        "verdict": plain(verdict(report)),
        "level": report.level,
        "score": tenth(score.value) if score else None,
        "low": tenth(score.low) if score else None,
        "high": tenth(score.high) if score else None,
        "blockers": msgspec.to_builtins(report.blockers),
        "stakes": msgspec.to_builtins(report.project.stakes),
    }


# --- results ----------------------------------------------------------------------------------------------------------


def _result(finding: Finding, index: dict[str, int], suppressions: list[dict[str, str]]) -> dict[str, Any]:
    result: dict[str, Any] = {
        "ruleId": finding.rule,
        "ruleIndex": index[finding.rule],
        "level": LEVELS[finding.severity],
        "message": {"text": _message(finding.message)},
        "locations": [_located(finding.locations[0], finding.function)],
        "partialFingerprints": {FINGERPRINT: finding.fingerprint},
        "properties": _properties(finding),
    }
    if further := finding.locations[1:MOST_PLACES]:
        result["relatedLocations"] = [
            {"id": number, **_located(place, "")} for number, place in enumerate(further, start=1)
        ]
    if any((step.path, step.line) != (finding.path, finding.line) for step in finding.trace):
        steps = [{"location": _step(step)} for step in finding.trace]
        result["codeFlows"] = [{"threadFlows": [{"locations": steps}]}]
    if suppressions:
        result["suppressions"] = suppressions
    if finding.state is not None:
        result["baselineState"] = _BASELINE[finding.state]
    return result


def _message(text: str) -> str:
    """The text with the start of whatever would read as a link escaped."""
    shown = plain(text)
    return shown.replace("[", "\\[") if "](" in shown else shown


def _properties(finding: Finding) -> dict[str, Any]:
    properties: dict[str, Any] = {
        "evidence": finding.evidence,
        "role": finding.role,
        "points": tenth(finding.points),
        "story": finding.story.production,
    }
    if finding.fix is not None:
        properties["fix"] = {
            "kind": finding.fix.kind,
            "safety": finding.fix.safety,
            "summary": plain(finding.fix.summary),
        }
    if finding.example is not None:
        properties["doneRightAt"] = f"{plain(finding.example.path)}:{finding.example.line}"
    return properties


def _suppressions(finding: Finding) -> list[dict[str, str]]:
    if finding.suppressed is None:
        return []
    return [{"kind": "inSource", "justification": plain(finding.suppressed.reason)}]


# --- places -----------------------------------------------------------------------------------------------------------


def _located(place: Place, function: str) -> dict[str, Any]:
    region = {"startLine": max(place.line, 1), "startColumn": max(place.column, 1)}
    if (place.end_line, place.end_column) > (place.line, place.column):
        region |= {"endLine": place.end_line, "endColumn": max(place.end_column, 1)}
    location: dict[str, Any] = {"physicalLocation": {"artifactLocation": _artifact(place.path), "region": region}}
    if function:
        location["logicalLocations"] = [{"fullyQualifiedName": plain(function), "kind": "function"}]
    if place.cell is not None:
        location["message"] = {"text": f"In cell {place.cell}; lines count inside the cell."}
    return location


def _step(step: Step) -> dict[str, Any]:
    return {
        "physicalLocation": {"artifactLocation": _artifact(step.path), "region": {"startLine": max(step.line, 1)}},
        "message": {"text": _message(step.note)},
    }


def _artifact(path: str) -> dict[str, str]:
    """A path as a relative URI; bytes that were no UTF-8 are percent-encoded as they are."""
    try:
        encoded = mask(path).encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:  # a surrogate that stands for no byte
        encoded = mask(path).encode("utf-8", "backslashreplace")
    return {"uri": quote(encoded), "uriBaseId": _ROOT}


# --- what went wrong --------------------------------------------------------------------------------------------------


def _invocation(report: ReportData, left_out: int) -> dict[str, Any]:
    coverage = report.coverage
    notes = [
        _note(f"The rule {plain(failure.rule)} crashed: {plain(failure.error)}", failure.path, "error")
        for failure in coverage.rules_failed
    ]
    if left_out > 0:
        text = f"{counted(left_out, 'more result')} not listed: only the worst {MOST_RESULTS:,} are."
        notes.append(_note(text, "", "warning"))
    notes += _skipped(coverage.files_skipped, "Not analysed")
    notes += _skipped(coverage.metrics_missing, "Not measured for complexity")
    return {"executionSuccessful": not coverage.rules_failed, "toolExecutionNotifications": notes}


def _skipped(files: Sequence[SkippedFile], what: str) -> list[dict[str, Any]]:
    notes = [_note(f"{what}: {plain(item.reason)}", item.path, "warning") for item in files[:MOST_NOTIFICATIONS]]
    if (more := len(files) - MOST_NOTIFICATIONS) > 0:
        notes.append(_note(f"{what}: {counted(more, 'more file')}.", "", "warning"))
    return notes


def _note(text: str, path: str, level: str) -> dict[str, Any]:
    note: dict[str, Any] = {"level": level, "message": {"text": text}}
    if path:
        note["locations"] = [{"physicalLocation": {"artifactLocation": _artifact(path)}}]
    return note
