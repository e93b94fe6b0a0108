"""Prints, rule by rule, how many findings a reader of the code called right, wrong or useless.

python -m benchmarks.precision [--against FOLDER]: with FOLDER, which holds each labelled repository checked out at its
commit as `owner+name`, it also scans them and names findings without a label and labels without a finding.
Exit 1 when a scored rule with at least five labels is right less than nine times in ten, or a label does not fit.
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from benchmarks.precision.freshness import Drift, drift
from benchmarks.precision.labels import TABLE, Label, read_labels, repositories
from benchmarks.precision.shares import ENOUGH, NEEDED, Share, shares, total
from durability.config import Config
from durability.engine.pack import load_rules
from durability.engine.scan import ScanOptions, scan_project
from durability.errors import UsageError
from durability.model import Finding


def scored_rules() -> frozenset[str]:
    """The names of the rules whose sites carry points."""
    return frozenset(rule.name for rule in load_rules() if rule.info.scored)


def table(rows: Sequence[Share], labels: Sequence[Label]) -> str:
    """The table: one line per rule, then the totals of scored rules by class, and of all."""
    lines = [f"{'rule':44} {'read':>5} {'right':>6} {'wrong':>6} {'useless':>8} {'share':>7}"]
    lines += [_line(row, "" if row.scored else "not scored") for row in rows]
    scored = {row.rule for row in rows if row.scored}
    for kind in sorted({label.kind for label in labels}):
        read = (item for item in labels if item.kind == kind and item.rule in scored)
        lines.append(_line(total(f"scored rules, {kind}", shares(read, frozenset())), ""))
    lines.append(_line(total("scored rules", [row for row in rows if row.scored]), ""))
    lines.append(_line(total("total", rows), ""))
    return "\n".join(lines)


def _line(row: Share, note: str) -> str:
    mark = "below" if row.fails else note
    counts = f"{row.labelled:5} {row.right:6} {row.wrong:6} {row.useless:8} {row.part:7.0%}"
    return f"{row.rule:44} {counts}  {mark}".rstrip()


def scan_all(labels: Sequence[Label], folder: Path) -> dict[str, Sequence[Finding]]:
    """The findings of every labelled repository that is in the folder."""
    found: dict[str, Sequence[Finding]] = {}
    for repo in repositories(labels):
        root = folder / repo.replace("/", "+")
        if root.is_dir():
            found[repo] = scan_project(root, ScanOptions(Config())).findings
        else:
            print(f"missing: {repo}", file=sys.stderr)
    return found


def told(found: Drift) -> str:
    """What does not fit, one line each."""
    lines = [f"no label: {repo} {item.path}:{item.line} {item.rule} {item.fingerprint}" for repo, item in found.unread]
    lines += [f"no finding: {item.repo} {item.path}:{item.line} {item.rule} {item.fingerprint}" for item in found.gone]
    return "\n".join(lines)


def main(arguments: Sequence[str]) -> int:
    """The command."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.precision", description=__doc__)
    parser.add_argument("--against", type=Path, metavar="FOLDER")
    parser.add_argument("--labels", type=Path, default=TABLE)
    chosen = parser.parse_args(arguments)
    try:
        labels = read_labels(chosen.labels)
    except UsageError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    rows = shares(labels, scored_rules())
    print(table(rows, labels))
    below = [row.rule for row in rows if row.fails]
    if below:
        print(f"below {NEEDED:.0%} with {ENOUGH} labels or more: {', '.join(below)}")
    if chosen.against is None:
        return 1 if below else 0
    found = drift(labels, scan_all(labels, chosen.against))
    if found.unread or found.gone:
        print(told(found))
    return 1 if below or found.unread or found.gone else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
