"""Prints how many entry points are found of those that a reader of the code listed, and how many found ones are real.

python -m benchmarks.precision.entry_points FOLDER [--labels TABLE]: FOLDER holds each labelled repository checked out
at its commit as `owner+name`. Precision is the share of found entry points that are labelled right, recall the share of
real ones (right or missed) that are found. Hooks, which run around requests for other addresses, are not counted.
Exit 1 when either is below nine in ten, or an entry point that is found has no label.
"""

import argparse
import csv
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Literal, NamedTuple, cast, get_args

from durability.engine.linking import link
from durability.engine.workers import analyse_all
from durability.errors import UsageError
from durability.sources.files import discover
from durability.sources.project import read_manifests

Verdict = Literal["right", "wrong", "missed"]
COLUMNS = ("repository", "commit", "path", "line", "entry point", "verdict")
TABLE = Path(__file__).with_name("entry_points.tsv")
NEEDED = 0.9
"""The share that precision and recall must reach."""

Place = tuple[str, str]
"""What an entry point is known by: its file and its name."""


class Label(NamedTuple):
    """What a reader said of one entry point: right or wrong of a found one, missed of one that was not found then."""

    repository: str
    commit: str
    path: str
    line: int
    name: str
    verdict: Verdict

    @property
    def place(self) -> Place:
        """File and name."""
        return self.path, self.name


class Score(NamedTuple):
    """One repository: found ones that are right or wrong, real ones that are missed, found ones nobody has read."""

    repository: str
    right: int
    wrong: int
    missed: int
    unread: tuple[Place, ...] = ()

    @property
    def precision(self) -> float:
        """The share of labelled found entry points that are real, 1 when there are none."""
        return self.right / (self.right + self.wrong) if self.right + self.wrong else 1.0

    @property
    def recall(self) -> float:
        """The share of real entry points that are found, 1 when there are none."""
        return self.right / (self.right + self.missed) if self.right + self.missed else 1.0


def read_labels(table: Path) -> tuple[Label, ...]:
    """Every label, in the order of the table. Raises UsageError, with the line, for a table that is not sound."""
    try:
        lines = table.read_text(encoding="utf-8").splitlines()
    except OSError as error:
        raise UsageError(f"cannot read {table}: {error.strerror}") from error
    rows = csv.reader(lines, delimiter="\t", quoting=csv.QUOTE_NONE)
    if tuple(next(rows, ())) != COLUMNS:
        raise UsageError(f"{table.name}:1: the columns must be {', '.join(COLUMNS)}")
    found: dict[tuple[str, Place], Label] = {}
    for number, row in enumerate(rows, start=2):
        label = _label(row, f"{table.name}:{number}")
        if (label.repository, label.place) in found:
            raise UsageError(f"{table.name}:{number}: {label.path} {label.name} has a label already")
        found[label.repository, label.place] = label
    return tuple(found.values())


def _label(row: list[str], place: str) -> Label:
    if len(row) != len(COLUMNS):
        raise UsageError(f"{place}: {len(row)} columns, not {len(COLUMNS)}")
    repository, commit, path, line, name, verdict = row
    if verdict not in get_args(Verdict):
        raise UsageError(f"{place}: {verdict!r} is none of {', '.join(get_args(Verdict))}")
    if not line.isdigit():
        raise UsageError(f"{place}: line {line!r} is no number")
    return Label(repository, commit, path, int(line), name, cast(Verdict, verdict))


def found_in(root: Path) -> dict[Place, int]:
    """The entry points of a project with the lines of their functions, hooks left out."""
    discovery = discover(root)
    analysed = analyse_all(discovery.files, 1, None)
    facts = {item.path: item.facts for item in analysed if item.facts is not None}
    roles = {item.path: item.role for item in discovery.files}
    context = link(facts, roles, read_manifests(root, [*discovery.python_names, *discovery.manifests]))
    return {
        (entry.function[0], entry.plain_name): context.program.function(entry.function).span[0]
        for entry in context.entries
        if not entry.hook
    }


def score(repository: str, labels: Iterable[Label], found: Iterable[Place]) -> Score:
    """The labels of one repository against what is found in it."""
    places = set(found)
    known = {label.place: label for label in labels if label.repository == repository}
    real = {place for place, label in known.items() if label.verdict != "wrong"}
    unread = tuple(sorted(places - known.keys()))
    return Score(repository, len(real & places), len(places & (known.keys() - real)), len(real - places), unread)


def table_of(scores: Sequence[Score]) -> str:
    """The table: one line per repository, then all of them."""
    lines = [f"{'repository':52} {'right':>6} {'wrong':>6} {'missed':>7} {'precision':>10} {'recall':>7}"]
    lines += [
        f"{item.repository:52} {item.right:6} {item.wrong:6} {item.missed:7} {item.precision:10.1%} {item.recall:7.1%}"
        for item in (*scores, total(scores))
    ]
    return "\n".join(lines)


def total(scores: Sequence[Score]) -> Score:
    """The sum of some scores."""
    return Score(
        "total",
        sum(item.right for item in scores),
        sum(item.wrong for item in scores),
        sum(item.missed for item in scores),
    )


def main(arguments: Sequence[str]) -> int:
    """The command."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.precision.entry_points", description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--labels", type=Path, default=TABLE)
    chosen = parser.parse_args(arguments)
    try:
        labels = read_labels(chosen.labels)
    except UsageError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    scores = []
    for repository in dict.fromkeys(label.repository for label in labels):
        root = chosen.folder / repository.replace("/", "+")
        if root.is_dir():
            scores.append(score(repository, labels, found_in(root)))
        else:
            print(f"missing: {repository}", file=sys.stderr)
    print(table_of(scores))
    unread = [(item.repository, *place) for item in scores for place in item.unread]
    for repository, path, name in unread:
        print(f"no label: {repository} {path} {name}")
    whole = total(scores)
    return 1 if unread or min(whole.precision, whole.recall) < NEEDED else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
