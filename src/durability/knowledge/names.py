"""Dotted names: brace expansion, and which distribution brings an import."""

import re

from durability.knowledge.rows import Distribution


def expand(pattern: str) -> tuple[str, ...]:
    """All names of a pattern like "requests.{get,post}"; braces may nest. Raises ValueError when they do not match."""
    names, end = _sequence(pattern, 0, depth=0)
    if end != len(pattern):
        raise ValueError(f"braces do not match in {pattern!r}")
    return tuple(names)


def _sequence(text: str, at: int, depth: int) -> tuple[list[str], int]:
    """Names from `at` up to the end of this piece, and where it ends."""
    names = [""]
    while at < len(text):
        if text[at] == "}" or (text[at] == "," and depth):
            break
        if text[at] == "{":
            choices, at = _choices(text, at + 1, depth + 1)
            names = [name + choice for name in names for choice in choices]
            continue
        names = [name + text[at] for name in names]
        at += 1
    return names, at


def _choices(text: str, at: int, depth: int) -> tuple[list[str], int]:
    choices: list[str] = []
    while True:
        while at < len(text) and text[at].isspace():
            at += 1
        names, at = _sequence(text, at, depth)
        choices.extend(name.rstrip() for name in names)
        if at >= len(text):
            raise ValueError(f"braces do not match in {text!r}")
        at += 1
        if text[at - 1] == "}":
            return choices, at


def normal(distribution: str) -> str:
    """A distribution name in the form in which names compare: lower case, runs of `-`, `_` and `.` as one hyphen."""
    return re.sub(r"[-_.]+", "-", distribution).lower()


class Distributions:
    """Finds the distribution of an import name by its longest known dotted prefix."""

    def __init__(self, rows: tuple[Distribution, ...]) -> None:
        self._rows = {row.name: row for row in rows}

    def of(self, import_name: str) -> str:
        """The distribution that brings `import_name`; its first part when no row says otherwise."""
        return self.all_of(import_name)[0]

    def all_of(self, import_name: str) -> tuple[str, ...]:
        """Every distribution that brings `import_name`, the usual one first."""
        prefix = import_name
        while prefix:
            row = self._rows.get(prefix)
            if row is not None:
                return (row.distribution, *row.alternatives)
            prefix = prefix.rpartition(".")[0]
        return (import_name.partition(".")[0].replace("_", "-"),)
