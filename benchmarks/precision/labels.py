"""The table of labels: one row per finding that somebody read in the code."""

import csv
from collections.abc import Iterable
from pathlib import Path
from typing import Literal, NamedTuple, get_args

from durability.errors import UsageError

Answer = Literal["right", "wrong", "useless"]
COLUMNS = ("repo", "commit", "class", "rule", "path", "line", "fingerprint", "label", "why")
TABLE = Path(__file__).with_name("labels.tsv")


class Label(NamedTuple):
    """What a reader of the code said of one finding. `line` is where it stood when it was read."""

    repo: str
    commit: str
    kind: str
    rule: str
    path: str
    line: int
    fingerprint: str
    answer: Answer
    why: str

    @property
    def key(self) -> tuple[str, str]:
        """What a finding is known by: the repository and the fingerprint, which outlives edits elsewhere."""
        return self.repo, self.fingerprint


def read_labels(table: Path) -> tuple[Label, ...]:
    """Every label, in the order of the table. Raises UsageError, with the line, for a table that is not sound."""
    found: list[Label] = []
    seen: set[tuple[str, str]] = set()
    try:
        lines = table.read_text(encoding="utf-8").splitlines()
    except OSError as error:
        raise UsageError(f"cannot read {table}: {error.strerror}") from error
    rows = csv.reader(lines, delimiter="\t", quoting=csv.QUOTE_NONE)
    if tuple(next(rows, ())) != COLUMNS:
        raise UsageError(f"{table.name}:1: the columns must be {', '.join(COLUMNS)}")
    for number, row in enumerate(rows, start=2):
        label = _label(row, f"{table.name}:{number}")
        if label.key in seen:
            raise UsageError(f"{table.name}:{number}: {label.repo} {label.fingerprint} has a label already")
        seen.add(label.key)
        found.append(label)
    return tuple(found)


def _label(row: list[str], place: str) -> Label:
    if len(row) != len(COLUMNS):
        raise UsageError(f"{place}: {len(row)} columns, not {len(COLUMNS)}")
    repo, commit, kind, rule, path, line, fingerprint, answer, why = row
    if answer not in get_args(Answer):
        raise UsageError(f"{place}: {answer!r} is none of {', '.join(get_args(Answer))}")
    if not line.isdigit():
        raise UsageError(f"{place}: line {line!r} is no number")
    if not why.strip():
        raise UsageError(f"{place}: why is it {answer}?")
    return Label(repo, commit, kind, rule, path, int(line), fingerprint, answer, why)


def repositories(labels: Iterable[Label]) -> dict[str, str]:
    """Each labelled repository with its class, in the order of the table."""
    return {label.repo: label.kind for label in labels}
