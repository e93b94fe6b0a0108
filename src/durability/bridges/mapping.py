"""Which bandit test is evidence for a rule of ours, which is shown in its own name, and which stays quiet."""

import re
from functools import cache
from types import MappingProxyType

from msgspec import Struct

from durability.bridges.bandit_quiet import QUIET, Quiet
from durability.bridges.bandit_stories import SHOWN, Shown, Strength

_STRENGTHS: tuple[Strength, ...] = ("low", "medium", "high")


class Evidence(Struct, frozen=True):
    """A bandit test that looks for what a rule of ours judges.

    Its issue strengthens a site of `rule` on the same statement. Where that rule has no site there, it has already
    judged the statement or seen none to judge, and the issue says nothing more.
    """

    test_id: str
    name: str
    rule: str


EVIDENCE: tuple[Evidence, ...] = (
    Evidence("B105", "hardcoded-password-string", "hardcoded-secret"),
    Evidence("B106", "hardcoded-password-funcarg", "hardcoded-secret"),
    Evidence("B107", "hardcoded-password-default", "hardcoded-secret"),
    Evidence("B110", "try-except-pass", "swallowed-exception"),
    Evidence("B112", "try-except-continue", "swallowed-exception"),
    Evidence("B113", "request-without-timeout", "http-call-without-timeout"),
    Evidence("B201", "flask-debug-true", "insecure-runtime-default"),
    Evidence("B501", "request-with-no-cert-validation", "insecure-runtime-default"),
    Evidence("B608", "hardcoded-sql-expressions", "sql-built-from-input"),
    Evidence("B610", "django-extra-used", "sql-built-from-input"),
    Evidence("B611", "django-rawsql-used", "sql-built-from-input"),
)

Row = Evidence | Shown | Quiet

_ALL: tuple[Row, ...] = (*EVIDENCE, *SHOWN, *QUIET)

ROWS: MappingProxyType[str, Row] = MappingProxyType({row.test_id: row for row in _ALL})
"""Every test that bandit ships, by its id."""

RUN: frozenset[str] = frozenset(row.test_id for row in _ALL if not isinstance(row, Quiet))
"""The tests that are run at all: a quiet one costs time and says nothing."""

SECRETS: frozenset[str] = frozenset(row.test_id for row in EVIDENCE if row.rule == "hardcoded-secret")
"""The tests whose message repeats the secret they found."""


def rule_name(test_id: str) -> str | None:
    """The name under which an issue counts: a rule of ours, `bandit/<name>`, or None for a test that stays quiet."""
    match ROWS.get(test_id):
        case Evidence(rule=rule):
            return rule
        case Shown(name=name):
            return f"bandit/{name}"
        case _:
            return None


def is_worth_showing(test_id: str, severity: Strength, nearby: str, file_text: str) -> bool:
    """Whether an issue meets the conditions of its row.

    `nearby` is the name of the function around the issue and the text of its statement.
    """
    row = ROWS.get(test_id)
    if isinstance(row, Evidence):
        return True
    if not isinstance(row, Shown) or _STRENGTHS.index(severity) < _STRENGTHS.index(row.least):
        return False
    if row.near and not _pattern(row.near).search(nearby):
        return False
    if row.unless and _pattern(row.unless).search(nearby):
        return False
    return not row.file or _pattern(row.file).search(file_text) is not None


@cache
def _pattern(source: str) -> re.Pattern[str]:
    return re.compile(source, re.IGNORECASE)
