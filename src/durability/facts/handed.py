"""Which argument of a call is the callable that it runs."""

from collections.abc import Sequence

from durability.facts.model import Argument
from durability.knowledge.rows import Row


def runs_at(arguments: Sequence[Argument], row: Row) -> int | None:
    """Where the callable stands among the arguments of a call with this library row; None where that is not told."""
    if row.runs is None:
        return None
    for number, item in enumerate(arguments):
        if item.keyword.startswith("*"):
            return None
        if item.keyword == row.runs_argument if item.keyword else number == row.runs:
            return number
    return None
