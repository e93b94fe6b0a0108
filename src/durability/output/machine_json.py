"""The report as JSON, in the published shape; and as one JSON document per line."""

from typing import Any

import msgspec

from durability.model import ReportData
from durability.output.escape import encodable, mask


def render(report: ReportData) -> str:
    """One JSON document, indented, with a line end."""
    return msgspec.json.format(msgspec.json.encode(as_builtins(report)), indent=2).decode() + "\n"


def render_lines(report: ReportData) -> str:
    """JSON Lines: a `report` line without its findings, then one `finding` line each, worst first."""
    whole = as_builtins(report)
    findings = whole.pop("findings")
    head = {"type": "report", **whole}
    lines = [head, *({"type": "finding", **finding} for finding in findings)]
    return "".join(msgspec.json.encode(line).decode() + "\n" for line in lines)


def as_builtins(report: ReportData) -> dict[str, Any]:
    """The report as plain dictionaries, lists and texts that can be encoded; `sites` only when it was asked for."""
    whole: dict[str, Any] = _clean(msgspec.to_builtins(report))
    if whole["sites"] is None:
        del whole["sites"]
    return whole


def _clean(value: Any) -> Any:
    if isinstance(value, str):
        return mask(encodable(value))
    if isinstance(value, dict):
        return {_clean(key): _clean(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_clean(item) for item in value]
    return value
