"""The rules of a SARIF run: what a code scanning service shows beside a finding."""

from typing import Any

from durability.model import Finding, Lens, ReportData, RuleInfo, Severity
from durability.output.escape import markdown, plain

LEVELS: dict[Severity, str] = {"critical": "error", "high": "error", "medium": "warning", "low": "note"}
# The scale that code scanning services sort security findings by, 0 to 10.
_SECURITY_SEVERITY: dict[Severity, str] = {"critical": "9.5", "high": "8.0", "medium": "5.5", "low": "3.0"}
_PROBLEM = {"error": "error", "warning": "warning", "note": "recommendation"}
_LENSES: dict[Lens, str] = {
    "scale": "breaks when more people use it",
    "time": "gets harder over time",
    "blindspot": "goes wrong unnoticed",
}
_MOST_TAGS = 10


def rules(report: ReportData) -> list[dict[str, Any]]:
    """Every rule that ran, and those that other tools' findings name, by name."""
    found = {info.name: _rule(info) for info in report.rules}
    for finding in (*report.findings, *report.accepted):
        if finding.rule not in found:
            found[finding.rule] = _foreign(finding)
    return [found[name] for name in sorted(found)]


def _rule(info: RuleInfo) -> dict[str, Any]:
    told = [
        ("In the demo", info.story.demo),
        ("In production", info.story.production),
        ("What brings it about", info.story.trigger),
        ("What to do", info.action),
        ("Sources", "; ".join(info.sources)),
    ]
    said = [(label, text) for label, text in told if text]
    full = info.description or info.summary
    return {
        "id": info.name,
        "shortDescription": {"text": info.summary},
        "fullDescription": {"text": full},
        "help": {
            "text": "\n\n".join([full, *(f"{label}: {text}" for label, text in said)]),
            "markdown": "\n\n".join([full, *(f"**{label}:** {text}" for label, text in said)]),
        },
        "defaultConfiguration": {"level": LEVELS[info.severity]},
        "properties": _properties(info),
    }


def _properties(info: RuleInfo) -> dict[str, Any]:
    weaknesses = [f"external/cwe/cwe-{number}" for number in info.cwe]
    tags = [info.lens, *(["security", *weaknesses] if weaknesses else [])]
    properties: dict[str, Any] = {
        "tags": tags[:_MOST_TAGS],
        "precision": info.confidence,
        "problem.severity": _PROBLEM[LEVELS[info.severity]],
        "lens": _LENSES[info.lens],
        "pack": info.pack,
    }
    if weaknesses:
        properties["security-severity"] = _SECURITY_SEVERITY[info.severity]
    return properties


def _foreign(finding: Finding) -> dict[str, Any]:
    """A rule that only its findings tell of; their texts may come from scanned code."""
    told = finding.story.production
    return {
        "id": finding.rule,
        "shortDescription": {"text": plain(told)},
        "help": {"text": plain(told), "markdown": markdown(told)},
        "defaultConfiguration": {"level": LEVELS[finding.severity]},
        "properties": {"tags": [finding.lens], "precision": finding.confidence},
    }
