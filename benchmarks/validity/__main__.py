"""Scans labelled repositories and prints each score, the medians by class and how well the score separates them.

python -m benchmarks.validity LIST FOLDER: LIST is tab separated with the columns repo, commit and class; FOLDER holds
each repository checked out at its commit as `owner+name`.
"""

import csv
import itertools
import sys
from collections.abc import Sequence
from pathlib import Path
from statistics import median
from typing import NamedTuple

from durability.config import Config
from durability.engine.scan import ScanOptions, scan_project
from durability.model import ReportData
from durability.score.calibration import PROVISIONAL

CLASSES = ("demo", "production", "library")


class Row(NamedTuple):
    """One repository: its label, and the raw and shown score (None below the evidence floor)."""

    repo: str
    label: str
    commit: str
    raw: float | None
    report: ReportData


def raw_of(shown: float) -> float:
    """The raw score behind a shown one."""
    anchors = PROVISIONAL.anchors
    for (raw_low, low), (raw_high, high) in itertools.pairwise(anchors):
        if low <= shown <= high:
            return raw_low + (shown - low) * (raw_high - raw_low) / (high - low)
    return shown


def auc(worse: Sequence[float], better: Sequence[float]) -> float:
    """The chance that a random one of `better` scores above a random one of `worse`; ties count half."""
    wins = sum((b > w) + 0.5 * (b == w) for b in better for w in worse)
    return wins / (len(worse) * len(better)) if worse and better else float("nan")


def scan_all(listing: Path, folder: Path) -> list[Row]:
    """Every listed repository that is in the folder, in the order of the list."""
    rows = []
    with listing.open(encoding="utf-8", newline="") as opened:
        for line in csv.DictReader(opened, delimiter="\t"):
            root = folder / line["repo"].replace("/", "+")
            if not root.is_dir():
                print(f"missing: {line['repo']}", file=sys.stderr)
                continue
            report = scan_project(root, ScanOptions(Config()))
            raw = raw_of(report.score.value) if report.score else None
            row = Row(line["repo"], line["class"], line["commit"], raw, report)
            rows.append(row)
            print(table_line(row), flush=True)
    return rows


def table_line(row: Row) -> str:
    """One line of the table."""
    score = row.report.score
    shown = f"{score.value:5.1f} ({score.low:4.1f} to {score.high:5.1f})  raw {row.raw:5.1f}" if score else "no score"
    kind, level = row.report.project.kind, row.report.level or "-"
    return f"{row.label:10} {row.repo:50} {row.report.project.lines:7,} lines  {kind:8} {level:10} {shown}"


def summary(rows: Sequence[Row]) -> str:
    """Medians by class and the separation."""
    values = {label: [row.raw for row in rows if row.label == label and row.raw is not None] for label in CLASSES}
    lines = [
        f"median raw score, {label}: {median(found):.1f} of {len(found)}" for label, found in values.items() if found
    ]
    lines.append(f"AUC, production above demo: {auc(values['demo'], values['production']):.3f}")
    lines.append(f"AUC, library above demo: {auc(values['demo'], values['library']):.3f}")
    for label in CLASSES:
        levels = [row.report.level or "no score" for row in rows if row.label == label]
        counts = ", ".join(f"{name} {levels.count(name)}" for name in sorted(set(levels)))
        lines.append(f"levels, {label}: {counts}")
    return "\n".join(lines)


def main(arguments: Sequence[str]) -> int:
    """The command."""
    if len(arguments) != 2:
        print(__doc__, file=sys.stderr)
        return 2
    print(summary(scan_all(Path(arguments[0]), Path(arguments[1]))))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
