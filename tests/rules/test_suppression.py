"""Every failing example can be hidden by a comment of its own, and is still counted."""

import pytest

from durability.engine.examples import MARK

REASON = "agreed with the person on call"


def _replaced(case, comment):
    """The example with another comment in the place of its marks."""
    return {path: text.replace(MARK, comment) if path.endswith(".py") else text for path, text in case.files.items()}


def _above(case, comment):
    """The example with a comment on the line above each mark, indented like it."""
    changed = {}
    for path, text in case.files.items():
        lines = []
        for line in text.split("\n"):
            if MARK in line:
                lines.append(line[: len(line) - len(line.lstrip())] + comment)
            lines.append(line)
        changed[path] = "\n".join(lines)
    return changed


def _failing(sites):
    return [site for site in sites if site.outcome == "unhandled"]


@pytest.mark.kinds("bad")
def test_beside_it(case, judged):
    sites = judged(case.rule, _replaced(case, f"# durability: ignore[{case.rule.name}] {REASON}"))
    assert [(s.fingerprint, s.outcome) for s in sites] == [
        (s.fingerprint, s.outcome) for s in judged(case.rule, case.files)
    ]
    assert {site.suppressed.reason if site.suppressed else None for site in _failing(sites)} == {REASON}


@pytest.mark.kinds("bad")
def test_above_it(case, judged):
    if case.rule.info.repository:
        return  # a finding about the whole project stands at line 1, and nothing stands above that
    failing = _failing(judged(case.rule, _above(case, f"# durability: ignore[{case.rule.name}] {REASON}")))
    assert failing
    assert {site.suppressed.reason if site.suppressed else None for site in failing} == {REASON}


@pytest.mark.kinds("bad")
@pytest.mark.parametrize("comment", ["# durability: ignore[{name}]", "# durability: ignore[some-other] because"])
def test_not_without_a_reason_and_not_by_another_name(case, comment, judged):
    sites = judged(case.rule, _replaced(case, comment.format(name=case.rule.name)))
    assert _failing(sites)
    assert not any(site.suppressed for site in sites)
