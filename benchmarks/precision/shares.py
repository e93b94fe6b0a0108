"""How many findings of each rule were right."""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from benchmarks.precision.labels import Label

NEEDED = 0.9
"""The share of right findings that a scored rule must reach."""
ENOUGH = 5
"""Labels below which a share says nothing."""


class Share(NamedTuple):
    """One rule's labels."""

    rule: str
    scored: bool
    right: int
    wrong: int
    useless: int

    @property
    def labelled(self) -> int:
        """How many findings were read."""
        return self.right + self.wrong + self.useless

    @property
    def part(self) -> float:
        """The part that was right, 0 to 1."""
        return self.right / self.labelled if self.labelled else 0.0

    @property
    def fails(self) -> bool:
        """Whether the rule is scored, was read often enough, and is wrong too often."""
        return self.scored and self.labelled >= ENOUGH and self.part < NEEDED


def shares(labels: Iterable[Label], scored: frozenset[str]) -> tuple[Share, ...]:
    """One row per rule that has labels, by name."""
    counts: dict[str, Counter[str]] = {}
    for label in labels:
        counts.setdefault(label.rule, Counter())[label.answer] += 1
    return tuple(
        Share(rule, rule in scored, found["right"], found["wrong"], found["useless"])
        for rule, found in sorted(counts.items())
    )


def total(name: str, rows: Sequence[Share]) -> Share:
    """The sum of some rows; it never fails by itself."""
    return Share(
        name,
        False,
        sum(row.right for row in rows),
        sum(row.wrong for row in rows),
        sum(row.useless for row in rows),
    )
