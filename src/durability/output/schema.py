"""The published JSON schema of a report: made from the structs, kept beside this file."""

import json
from pathlib import Path
from typing import Any

import msgspec

from durability.model import ReportData

FILE = Path(__file__).parent / "report.schema.json"


def schema() -> dict[str, Any]:
    """The JSON schema (2020-12) of the `json` format; objects admit no other keys."""
    made = msgspec.json.schema(ReportData)
    made["$schema"] = "https://json-schema.org/draft/2020-12/schema"
    made["title"] = "durability report, schema version 1"
    for definition in made["$defs"].values():
        if definition.get("type") == "object" and "properties" in definition:
            definition["additionalProperties"] = False
    return made


def text() -> str:
    """The schema as it is written to the file."""
    return json.dumps(schema(), indent=2, sort_keys=True) + "\n"


if __name__ == "__main__":
    FILE.write_text(text(), encoding="utf-8")
