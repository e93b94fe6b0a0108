"""What each example reports, kept for review: the first screen, and the verdict of every rule at every place.

UPDATE_GOLDEN=1 writes what is compared here instead of comparing it, and fails, so that it never passes unread.
"""

import json
import os
import re
from functools import cache
from pathlib import Path

import pytest

from durability import Report, scan

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
README = ROOT / "README.md"
EXAMPLES = ("sales_dashboard", "support_desk", "support_desk_hardened", "team_shop")
IN_README = re.compile(r"(<!-- report: examples/(\w+) -->\n```text\n)(.*?)(```\n)", re.DOTALL)


@cache
def scanned(example: str) -> Report:
    return scan(ROOT / "examples" / example, isolated=True, sites=True)


def screen(example: str) -> str:
    return scanned(example).to("human")


def verdicts(example: str) -> str:
    """The level, and per rule each judged place with its outcome; no points, no words."""
    report = json.loads(scanned(example).to("json"))
    rules: dict[str, list[str]] = {}
    for site in sorted(report["sites"], key=lambda site: (site["rule"], site["path"], site["line"], site["outcome"])):
        rules.setdefault(site["rule"], []).append(f"{site['path']}:{site['line']} {site['outcome']}")
    return json.dumps({"level": report["level"], "rules": rules}, indent=1) + "\n"


def readme_with_reports(text: str) -> str:
    return IN_README.sub(lambda block: block[1] + screen(block[2]) + block[4], text)


def compare(path: Path, now: str) -> None:
    kept = path.read_text(encoding="utf-8") if path.exists() else ""
    if now != kept and os.environ.get("UPDATE_GOLDEN") == "1":
        path.write_text(now, encoding="utf-8", newline="\n")
        pytest.fail(f"{path.relative_to(ROOT)} was written: read its diff, then run again without UPDATE_GOLDEN")
    assert now == kept, f"{path.relative_to(ROOT)} differs; if that is meant: UPDATE_GOLDEN=1 pytest tests/golden"


@pytest.mark.parametrize("example", EXAMPLES)
def test_first_screen(example: str) -> None:
    compare(ROOT / "examples" / example / "report.txt", screen(example))


@pytest.mark.parametrize("example", EXAMPLES)
def test_verdicts(example: str) -> None:
    compare(HERE / f"{example}.json", verdicts(example))


def test_readme_shows_the_report() -> None:
    text = README.read_text(encoding="utf-8")
    assert [block[2] for block in IN_README.finditer(text)] == ["support_desk"]
    compare(README, readme_with_reports(text))


def test_every_example_has_its_reports() -> None:
    folders = {path.name for path in (ROOT / "examples").iterdir() if path.is_dir() and path.name != "__pycache__"}
    assert folders == set(EXAMPLES)
