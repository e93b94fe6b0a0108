"""Prints the classes of calls of the first repositories by hash, and checks the links that were read by hand.

python -m benchmarks.links LIST FOLDER [--first K] [--sample N]: LIST is tab separated with the columns repo and commit;
FOLDER holds each repository checked out at its commit as `owner+name`. With --sample, prints the N links that come
first by hash instead, in the form of labels.tsv.
Exit 1 when a link that was labelled right is gone or changed, or one that was labelled wrong is still there.
"""

import argparse
import csv
import hashlib
import heapq
import sys
from collections.abc import Sequence
from pathlib import Path
from statistics import median

from benchmarks.links.sample import Link, links_of, program_of, unresolved
from durability.program.links.program import Program

LABELS = Path(__file__).with_name("labels.tsv")
COLUMNS = ("verdict", *Link._fields)


def first(listing: Path, count: int) -> list[str]:
    """The first repositories of a list by sha256 of repository and commit."""
    with listing.open(encoding="utf-8", newline="") as opened:
        rows = list(csv.DictReader(opened, delimiter="\t"))
    rows.sort(key=lambda row: hashlib.sha256((row["repo"] + row["commit"]).encode()).hexdigest())
    return [row["repo"] for row in rows[:count]]


def labelled() -> dict[Link, str]:
    """The links that were read by hand, and what the reader said: right or wrong."""
    with LABELS.open(encoding="utf-8", newline="") as opened:
        rows = csv.DictReader(opened, delimiter="\t")
        return {Link(r["repo"], r["path"], int(r["line"]), r["call"], r["target"]): r["verdict"] for r in rows}


def table(programs: dict[str, Program]) -> str:
    """One line per repository with its four classes, then the median of the unresolved share."""
    lines = [f"{'repository':52} {'calls':>7} {'project':>8} {'library':>8} {'no row':>8} {'unresolved':>11}"]
    for repo, program in programs.items():
        counts = program.counts()
        parts = (counts.project, counts.library, counts.other_library, counts.unresolved)
        total = sum(parts)
        shares = " ".join(f"{part / max(total, 1):8.1%}" for part in parts[:3])
        lines.append(f"{repo:52} {total:7,} {shares} {unresolved(counts):11.1%}")
    middle = median(unresolved(program.counts()) for program in programs.values())
    lines.append(f"median share of unresolved calls: {middle:.1%}")
    return "\n".join(lines)


def checked(programs: dict[str, Program]) -> tuple[str, int]:
    """What became of the links that were read, in words, and how many do not fit."""
    found = {link for repo, program in programs.items() for link in links_of(repo, program)}
    labels = {link: verdict for link, verdict in labelled().items() if link.repo in programs}
    wrong = [link for link, verdict in labels.items() if verdict == "wrong" and link in found]
    gone = [link for link, verdict in labels.items() if verdict == "right" and link not in found]
    right = len(labels) - len(wrong) - len(gone)
    lines = [f"links read by hand: {len(labels)}, of which right {right}, wrong {len(wrong)}, gone {len(gone)}"]
    lines += [f"  {name}: {link.repo} {link.path}:{link.line} {link.call} -> {link.target}"
              for name, links in (("wrong", wrong), ("gone", gone)) for link in sorted(links)]  # fmt: skip
    return "\n".join(lines), len(wrong) + len(gone)


def main(arguments: Sequence[str] | None = None) -> int:
    """Print; 0 when every label fits."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.links", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("listing", type=Path)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--first", type=int, default=20)
    parser.add_argument("--sample", type=int, default=0)
    given = parser.parse_args(arguments)
    programs = {}
    for repo in first(given.listing, given.first):
        root = given.folder / repo.replace("/", "+")
        if root.is_dir():
            programs[repo] = program_of(root)
        else:
            print(f"missing: {repo}", file=sys.stderr)
    if not programs:
        print(f"no repository of {given.listing} is in {given.folder}", file=sys.stderr)
        return 2
    if given.sample:
        every = (link for repo, program in programs.items() for link in links_of(repo, program))
        writer = csv.writer(sys.stdout, delimiter="\t", lineterminator="\n")
        writer.writerow(COLUMNS)
        writer.writerows(("", *link) for link in heapq.nsmallest(given.sample, every, key=lambda link: link.rank))
        return 0
    print(table(programs))
    text, misfits = checked(programs)
    print(text)
    return 1 if misfits else 0


if __name__ == "__main__":
    sys.exit(main())
