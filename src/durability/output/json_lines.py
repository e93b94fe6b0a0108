"""The report as JSON Lines: one JSON object per line, told apart by its first key, `type`.

| `type` | how many | what |
|---|---|---|
| `report` | one, first | the report as in `json`, without the lists that have lines of their own |
| `finding` | one per finding, worst first | as an item of `findings` in `json` |
| `accepted` | one per accepted risk | as an item of `accepted` |
| `rule` | one per rule that ran | as an item of `rules` |
| `site` | one per judged place, only when sites were asked for | as an item of `sites` |
"""

from collections.abc import Iterator
from typing import Any

from durability.model import ReportData
from durability.output.machine_json import as_builtins, document

_LISTS = {"findings": "finding", "accepted": "accepted", "rules": "rule", "sites": "site"}


def render(report: ReportData) -> str:
    """One line per object; each ends with a line break."""
    return "".join(document(line, indent=0) for line in _lines(as_builtins(report)))


def _lines(whole: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield {"type": "report", **{key: value for key, value in whole.items() if key not in _LISTS}}
    for section, name in _LISTS.items():
        for row in whole.get(section, ()):
            yield {"type": name, **row}
