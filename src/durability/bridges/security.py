"""Bandit's issues for one file, in process, over the tree that is already parsed."""

import ast
import logging
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from msgspec import Struct

from durability.bridges.bandit_stories import Strength
from durability.bridges.mapping import ROWS, RUN, SECRETS, is_worth_showing
from durability.bridges.python_ast import source_lines

if TYPE_CHECKING:
    from durability.bridges.bandit_walk import Hit, Walk

_NEARBY_LINES = 40


class SecurityIssue(Struct, frozen=True):
    """One bandit issue. `name` is bandit's test name with hyphens; severity and confidence are bandit's own.

    Lines and columns are 1-based, columns in characters; `end_line` is the last line of what bandit looked at.
    `text` is bandit's sentence, without the value where that is a secret. `cwe` is None where bandit gives none.
    """

    test_id: str
    name: str
    severity: Strength
    confidence: Strength
    line: int
    end_line: int
    column: int
    text: str
    cwe: int | None


class SecurityScan(Struct, frozen=True):
    """Bandit on one file: what it found, how many findings `# nosec` hid, and what it could not look at (or None)."""

    issues: tuple[SecurityIssue, ...]
    silenced: int
    problem: str | None


def issues(path: str, text: str, tree: ast.Module) -> SecurityScan:
    """Bandit's own tests over one file, less the quiet ones; `tree` is what `python_ast.parse` made of `text`.

    Only the file name of `path` reaches bandit, nothing is read from disk, and `tree` is left as it was. An error
    inside bandit becomes `problem` and costs the test it happened in.
    """
    lines = source_lines(text)
    with _silent("bandit"):
        found = _walker()(PurePosixPath(path).name, lines, tree, RUN)
    told = {_tell(hit, lines) for hit in found.hits if _counts(hit, lines, text)}
    ordered = sorted(told, key=lambda issue: (issue.line, issue.column, issue.test_id, issue.text))
    return SecurityScan(
        tuple(ordered), found.silenced, "bandit: " + "; ".join(found.failures) if found.failures else None
    )


@cache
def _walker() -> "Callable[[str, list[str], ast.Module, frozenset[str]], Walk]":
    """Import bandit, which replaces how the process prints warnings and loads what plugins are installed."""
    before = warnings.formatwarning
    try:
        with _silent("bandit"), _silent("stevedore"), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            from durability.bridges.bandit_walk import walk
    finally:
        warnings.formatwarning = before
    return walk


@contextmanager
def _silent(name: str) -> Iterator[None]:
    logger = logging.getLogger(name)
    level = logger.level
    logger.setLevel(logging.CRITICAL + 1)
    try:
        yield
    finally:
        logger.setLevel(level)


def _counts(hit: "Hit", lines: list[str], text: str) -> bool:
    nearby = f"{hit.function}\n{_statement_text(hit, lines)}"
    return is_worth_showing(hit.issue.test_id, _strength(hit.issue.severity), nearby, text)


def _statement_text(hit: "Hit", lines: list[str]) -> str:
    """The lines of the statement, or of the issue alone where the statement is a block or very long."""
    statement = hit.statement
    if statement is not None and not hasattr(statement, "body"):
        first, last = statement.lineno, statement.end_lineno or statement.lineno
        if last - first < _NEARBY_LINES:
            return "\n".join(lines[first - 1 : last])
    if hit.node is None:
        return ""
    first, last = hit.issue.linerange[0], min(hit.issue.linerange[-1], hit.issue.linerange[0] + _NEARBY_LINES)
    return "\n".join(lines[first - 1 : last])


def _tell(hit: "Hit", lines: list[str]) -> SecurityIssue:
    issue = hit.issue
    line, column = _position(hit, lines)
    return SecurityIssue(
        test_id=issue.test_id,
        name=ROWS[issue.test_id].name,
        severity=_strength(issue.severity),
        confidence=_strength(issue.confidence),
        line=line,
        end_line=max(line, issue.linerange[-1]),
        column=column,
        text="Possible hardcoded password" if issue.test_id in SECRETS else issue.text,
        cwe=issue.cwe.id or None,
    )


def _position(hit: "Hit", lines: list[str]) -> tuple[int, int]:
    issue, node = hit.issue, hit.node
    if node is None:
        return issue.lineno, max(1, issue.col_offset)
    if isinstance(node, ast.JoinedStr):
        return node.lineno, _characters(lines[node.lineno - 1], node.col_offset) + 1
    if issue.lineno == getattr(node, "lineno", None):
        return issue.lineno, _characters(lines[issue.lineno - 1], issue.col_offset) + 1
    # Some tests name the line of an argument but keep the column of the call.
    line = lines[issue.lineno - 1]
    return issue.lineno, len(line) - len(line.lstrip()) + 1


def _characters(line: str, offset: int) -> int:
    """How many characters the first `offset` bytes of a line are: the tree counts bytes of UTF-8."""
    return offset if line.isascii() else len(line.encode()[:offset].decode(errors="ignore"))


def _strength(rank: str) -> Strength:
    match rank:
        case "HIGH":
            return "high"
        case "MEDIUM":
            return "medium"
        case _:
            return "low"
