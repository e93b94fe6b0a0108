"""SARIF 2.1.0, within the limits that code scanning services set."""

from typing import Any
from urllib.parse import quote

import msgspec

from durability.model import Finding, Place, ReportData, RuleInfo, Step
from durability.output.escape import encodable, markdown, mask, plain
from durability.output.words import verdict_line

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
MOST_RESULTS = 5_000
_LEVELS = {"critical": "error", "high": "error", "medium": "warning", "low": "note"}
_ROOT = "PROJECTROOT"


def render(report: ReportData) -> str:
    """One run; findings worst first, at most 5,000 of them with a notification that names the rest."""
    document = {"$schema": SCHEMA, "version": "2.1.0", "runs": [_run(report)]}
    return msgspec.json.format(msgspec.json.encode(document), indent=1).decode() + "\n"


def _run(report: ReportData) -> dict[str, Any]:
    kept = report.findings[:MOST_RESULTS]
    rules = _rules(report)
    places = {rule["id"]: index for index, rule in enumerate(rules)}
    return {
        "tool": {
            "driver": {
                "name": report.tool.name,
                "semanticVersion": report.tool.version,
                "rules": rules,
                "properties": {"model_version": report.tool.model_version},
            }
        },
        "automationDetails": {"id": f"durability/{encodable(report.project.name)}/"},
        "originalUriBaseIds": {_ROOT: {"description": {"text": "The root of the project"}}},
        "columnKind": "unicodeCodePoints",
        "invocations": [_invocation(report)],
        "results": [_result(finding, places[finding.rule]) for finding in kept],
        "properties": {
            "score": report.score.value if report.score else None,
            "low": report.score.low if report.score else None,
            "high": report.score.high if report.score else None,
            "level": report.level,
            "verdict": verdict_line(report),
        },
    }


def _rules(report: ReportData) -> list[dict[str, Any]]:
    found = {info.name: _rule(info) for info in report.rules}
    for finding in report.findings:
        found.setdefault(finding.rule, _foreign_rule(finding))
    return [found[name] for name in sorted(found)]


def _rule(info: RuleInfo) -> dict[str, Any]:
    story = info.story
    text = f"In the demo: {story.demo}\n\nIn production: {story.production}\n\nWhat brings it about: {story.trigger}.\n\n{info.description}"
    return {
        "id": info.name,
        "shortDescription": {"text": info.summary},
        "fullDescription": {"text": info.description or info.summary},
        "help": {"text": text, "markdown": text},
        "defaultConfiguration": {"level": _LEVELS[info.severity]},
        "properties": {
            "tags": [info.lens, *(f"external/cwe/cwe-{number}" for number in info.cwe)][:10],
            "precision": {"high": "high", "medium": "medium", "low": "low"}[info.confidence],
            "problem.severity": {"error": "error", "warning": "warning", "note": "recommendation"}[
                _LEVELS[info.severity]
            ],
        },
    }


def _foreign_rule(finding: Finding) -> dict[str, Any]:
    return {
        "id": finding.rule,
        "shortDescription": {"text": mask(encodable(finding.message))},
        "help": {"text": finding.story.production, "markdown": finding.story.production},
        "defaultConfiguration": {"level": _LEVELS[finding.severity]},
        "properties": {"tags": [finding.lens]},
    }


def _result(finding: Finding, index: int) -> dict[str, Any]:
    result: dict[str, Any] = {
        "ruleId": finding.rule,
        "ruleIndex": index,
        "level": _LEVELS[finding.severity],
        "message": {"text": plain(finding.message), "markdown": markdown(finding.message)},
        "locations": [_location(finding.locations[0], finding.function)],
        "partialFingerprints": {"durability/v1": finding.fingerprint},
        "properties": {"evidence": finding.evidence, "role": finding.role, "points": finding.points},
    }
    if len(finding.locations) > 1:
        result["relatedLocations"] = [_location(place, "") for place in finding.locations[1:100]]
    if len(finding.trace) > 1:
        result["codeFlows"] = [{"threadFlows": [{"locations": [{"location": _step(step)} for step in finding.trace]}]}]
    if finding.suppressed is not None:
        reason = mask(encodable(finding.suppressed.reason))
        result["suppressions"] = [{"kind": "inSource", "justification": reason}]
    if finding.state == "new":
        result["baselineState"] = "new"
    elif finding.state == "known":
        result["baselineState"] = "unchanged"
    if finding.fix is not None:
        result["properties"]["fix"] = {"kind": finding.fix.kind, "summary": plain(finding.fix.summary)}
    return result


def _location(place: Place, function: str) -> dict[str, Any]:
    region = {"startLine": place.line, "startColumn": place.column}
    if (place.end_line, place.end_column) > (place.line, place.column):
        region |= {"endLine": place.end_line, "endColumn": place.end_column}
    location: dict[str, Any] = {"physicalLocation": {"artifactLocation": _artifact(place.path), "region": region}}
    if function:
        location["logicalLocations"] = [{"fullyQualifiedName": encodable(function), "kind": "function"}]
    if place.cell is not None:
        location["message"] = {"text": f"cell {place.cell}"}
    return location


def _step(step: Step) -> dict[str, Any]:
    return {
        "physicalLocation": {"artifactLocation": _artifact(step.path), "region": {"startLine": max(step.line, 1)}},
        "message": {"text": plain(step.note)},
    }


def _artifact(path: str) -> dict[str, str]:
    return {"uri": quote(path.encode("utf-8", "surrogateescape")), "uriBaseId": _ROOT}


def _invocation(report: ReportData) -> dict[str, Any]:
    notes = [
        _note(f"not analysed: {plain(item.reason)}", item.path, "warning")
        for item in report.coverage.files_skipped[:1000]
    ]
    notes += [
        _note(f"the rule {failure.rule} crashed: {plain(failure.error)}", failure.path, "error")
        for failure in report.coverage.rules_failed
    ]
    if len(report.findings) > MOST_RESULTS:
        notes.append(
            {
                "level": "warning",
                "message": {"text": f"{len(report.findings) - MOST_RESULTS} more findings are not listed"},
            }
        )
    return {"executionSuccessful": not report.coverage.rules_failed, "toolExecutionNotifications": notes}


def _note(text: str, path: str, level: str) -> dict[str, Any]:
    note: dict[str, Any] = {"level": level, "message": {"text": text}}
    if path:
        note["locations"] = [{"physicalLocation": {"artifactLocation": _artifact(path)}}]
    return note
