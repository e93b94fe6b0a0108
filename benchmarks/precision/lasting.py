"""Prints how much of what entry points leave behind, put at stake and let in was right when a reader checked it.

python -m benchmarks.precision.lasting FOLDER [--labels TABLE]: FOLDER holds each labelled repository checked out at its
commit as `owner+name`. A row of the table is one statement of `durability map` about one entry point that serves people
(route, page, bot, background job, tool): what is at stake, what it leaves behind in which order, who may call it; or
one that is missing. Exit 1 when a statement that is made now was found wrong, or nobody has checked it.
"""

import argparse
import csv
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from durability.config import Config
from durability.engine.survey import linked
from durability.map_model import Lasting, MappedEntry
from durability.output.map_words import lasting

ASPECTS = ("at stake", "in order", "access")
VERDICTS = ("right", "wrong", "missed")
COLUMNS = ("repository", "commit", "path", "entry point", "aspect", "said", "verdict")
TABLE = Path(__file__).with_name("lasting.tsv")
_SERVED = ("route", "ui", "bot", "worker", "tool")


class Said(NamedTuple):
    """One statement about one entry point."""

    repository: str
    path: str
    entry: str
    aspect: str
    said: str


def read_labels(table: Path) -> dict[Said, str]:
    """The verdict on each statement. Raises ValueError, with the line, for a table that is not sound."""
    rows = csv.reader(table.read_text(encoding="utf-8").splitlines(), delimiter="\t", quoting=csv.QUOTE_NONE)
    if tuple(next(rows, ())) != COLUMNS:
        raise ValueError(f"{table.name}:1: the columns must be {', '.join(COLUMNS)}")
    found: dict[Said, str] = {}
    for number, row in enumerate(rows, start=2):
        if len(row) != len(COLUMNS) or row[4] not in ASPECTS or row[6] not in VERDICTS:
            raise ValueError(f"{table.name}:{number}: not a row of {', '.join(COLUMNS)}")
        found[Said(row[0], row[2], row[3], row[4], row[5])] = row[6]
    return found


def statements(repository: str, entries: Sequence[MappedEntry]) -> Iterator[Said]:
    """What the map says of the entry points that put something at stake or leave something behind."""
    for entry in entries:
        if entry.role not in _SERVED or not (entry.stakes or entry.leaves):
            continue
        for kind in entry.stakes:
            yield Said(repository, entry.path, entry.name, "at stake", kind)
        if order := _order(entry.leaves):
            yield Said(repository, entry.path, entry.name, "in order", order)
        if entry.access:
            yield Said(repository, entry.path, entry.name, "access", entry.access)


def _order(effects: Sequence[Lasting]) -> str:
    told = ""
    for effect in effects:
        joint = " or " if effect.instead else " → "
        later = "later " if effect.later else ""
        told += f"{joint if told else ''}{later}{lasting(effect)} ({effect.line})"
    return told.replace("\t", " ").replace("\n", " ")


def main(arguments: Sequence[str]) -> int:
    """The command."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.precision.lasting", description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--labels", type=Path, default=TABLE)
    chosen = parser.parse_args(arguments)
    try:
        labels = read_labels(chosen.labels)
    except (OSError, ValueError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    now: list[Said] = []
    for repository in dict.fromkeys(said.repository for said in labels):
        root = chosen.folder / repository.replace("/", "+")
        if root.is_dir():
            now += statements(repository, linked(root, Config()).map().entry_points)
        else:
            print(f"missing: {repository}", file=sys.stderr)
    print(f"{'aspect':10} {'right':>6} {'wrong':>6} {'missed':>7} {'unread':>7}")
    for aspect in ASPECTS:
        made = [labels.get(said, "unread") for said in now if said.aspect == aspect]
        known = [said for said, verdict in labels.items() if said.aspect == aspect and verdict != "wrong"]
        missed = sum(said not in now for said in known)
        print(f"{aspect:10} {_right(made):6} {made.count('wrong'):6} {missed:7} {made.count('unread'):7}")
    bad = [said for said in now if labels.get(said) not in ("right", "missed")]
    for said in bad:
        print(f"{labels.get(said, 'no label')}: " + " | ".join(said))
    return 1 if bad else 0


def _right(made: Sequence[str]) -> int:
    return made.count("right") + made.count("missed")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
