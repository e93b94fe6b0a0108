"""The published JSON schema of a report, made from the structs; run as a program it writes the file."""

import inspect
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
    made = _in_one_form(msgspec.json.schema(ReportData))
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


def _in_one_form(value: Any) -> Any:
    """The same schema in one form, whatever the version of msgspec: null last, descriptions without indentation."""
    if isinstance(value, list):
        return [_in_one_form(item) for item in value]
    if not isinstance(value, dict):
        return value
    ordered = {key: _in_one_form(item) for key, item in value.items()}
    if isinstance(ordered.get("description"), str):
        ordered["description"] = inspect.cleandoc(ordered["description"])
    if "anyOf" in ordered:
        ordered["anyOf"].sort(key=lambda item: (item == {"type": "null"}, json.dumps(item, sort_keys=True)))
    return ordered


def text() -> str:
    """The schema as the file holds it."""
    return json.dumps(schema(), indent=2, sort_keys=True) + "\n"


if __name__ == "__main__":
    FILE.write_text(text(), encoding="utf-8")
