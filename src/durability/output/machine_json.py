"""The report as one JSON document in the published shape (`report.schema.json`)."""

from typing import Any

import msgspec

from durability.model import ReportData
from durability.output.escape import encodable, inert_json, mask


def render(report: ReportData) -> str:
    """One indented JSON document that ends with a line break. Scores and points have one decimal."""
    return document(as_builtins(report), indent=2)


def document(value: Any, indent: int) -> str:
    """A value as JSON and a line break, secrets masked and made harmless to show; on one line when `indent` is 0."""
    encoded = msgspec.json.encode(_clean(value))
    if indent:
        encoded = msgspec.json.format(encoded, indent=indent)
    return inert_json(encoded.decode()) + "\n"


def as_builtins(report: ReportData) -> dict[str, Any]:
    """The report as plain dictionaries, lists and texts; `sites` only when they were asked for."""
    whole: dict[str, Any] = msgspec.to_builtins(report, order="deterministic")
    if whole["sites"] is None:
        del whole["sites"]
    if whole["score"] is not None:
        lenses = whole["score"].pop("lenses")
        whole["score"] = {**_rounded(whole["score"], *whole["score"]), "lenses": _rounded(lenses, *lenses)}
    for section, numbers in _POINTS.items():
        whole[section] = [_rounded(row, numbers) for row in whole[section]]
    return whole


_POINTS = {"findings": "points", "accepted": "points", "modes": "points", "features": "points", "plan": "gain"}


def _rounded(row: dict[str, Any], *names: str) -> dict[str, Any]:
    return {key: tenth(value) if key in names else value for key, value in row.items()}


def tenth(value: float | None) -> float | None:
    """A score or points with one decimal."""
    return None if value is None else round(value, 1) + 0.0  # the sum turns -0.0 into 0.0


def _clean(value: Any) -> Any:
    if isinstance(value, str):
        return mask(encodable(value))
    if isinstance(value, dict):
        return {_clean(key): _clean(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_clean(item) for item in value]
    return value
