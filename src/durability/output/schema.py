"""The published JSON schema of a report, made from the structs; run as a program it writes the file."""

import json
from pathlib import Path
from typing import Any

import msgspec

from durability.model import ReportData

FILE = Path(__file__).parent / "report.schema.json"
_PERCENT = {"minimum": 0, "maximum": 100}
_COUNTED_FROM_ONE = ("line", "column", "end_line", "end_column")


def schema() -> dict[str, Any]:
    """The JSON schema (2020-12) of the `json` format; objects admit no other keys.

    The lines of `jsonl` of type `finding`, `accepted`, `rule` and `site` are its definitions Finding, Finding, RuleInfo
    and SiteRow with `type` added.
    """
    made = _ordered(msgspec.json.schema(ReportData))
    definitions = made["$defs"]
    for definition in definitions.values():
        if "properties" in definition:
            definition["additionalProperties"] = False
    for name in ("value", "low", "high"):
        definitions["Score"]["properties"][name].update(_PERCENT)
    for name in ("Finding", "Place"):
        for key in _COUNTED_FROM_ONE:
            definitions[name]["properties"][key]["minimum"] = 1
    report = definitions["ReportData"]
    report["properties"]["schema_version"] = {"const": 1}
    report["required"] += ["accepted", "rules"]  # the structs have defaults for them; the writer always writes them
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "durability report, schema version 1",
        **made,
    }


def _ordered(value: Any) -> Any:
    """The same schema with alternatives in one order, null last: it differs between versions of msgspec."""
    if isinstance(value, list):
        return [_ordered(item) for item in value]
    if not isinstance(value, dict):
        return value
    ordered = {key: _ordered(item) for key, item in value.items()}
    if "anyOf" in ordered:
        ordered["anyOf"].sort(key=lambda item: (item == {"type": "null"}, json.dumps(item, sort_keys=True)))
    return ordered


def text() -> str:
    """The schema as the file holds it."""
    return json.dumps(schema(), indent=2, sort_keys=True) + "\n"


if __name__ == "__main__":
    FILE.write_text(text(), encoding="utf-8")
