"""When there is no number: too little to judge, or a check that crashed."""

import pytest

from durability.model import UnitComplexity
from durability.score import evaluate


def scoreless(project):
    result = evaluate(project)
    assert result.score is None
    assert result.level is None
    assert result.points == {}
    assert result.floor is None
    assert all(row.points == 0 for row in result.modes)
    return result


def test_nothing_at_all(make):
    reason = scoreless(make.evidence([], [])).no_score_reason
    assert reason == (
        "Too little to judge: no places where it could fail (at least 10 are needed); "
        "no ways to fail (at least 3 are needed)."
    )


def test_too_few_places(make):
    assert evaluate(make.evidence(make.ground_rules, make.ground[:10])).score is not None
    assert "9 places" in scoreless(make.evidence(make.ground_rules, make.ground[:9])).no_score_reason


def test_too_few_modes(make):
    result = scoreless(make.evidence(make.ground_rules, [*make.ground[:8], *make.sites("ground-time", "hhhhhhh")]))
    assert result.no_score_reason == "Too little to judge: 2 ways to fail (at least 3 are needed)."


def test_copies_checks_of_the_repository_and_units_are_no_evidence(make):
    manifest = make.rule("pins", "time", repository=True)
    twins = [make.site("ground-scale", 1, path=f"{n}.py", function="f", clone="k") for n in range(9)]
    units = tuple(UnitComplexity("a.py", f"f{n}", n, n, 1, 9) for n in range(9))
    found = [*make.ground[:8], *make.sites("pins", "h" * 9), *twins]
    result = scoreless(make.evidence([*make.ground_rules, manifest], found, units=units))
    assert "9 places" in result.no_score_reason


def test_too_much_unknown(make):
    found = [*make.ground, *make.sites("ground-scale", "?" * 19)]
    assert "39% of such places" in scoreless(make.evidence(make.ground_rules, found)).no_score_reason
    assert evaluate(make.evidence(make.ground_rules, found[:-1])).score is not None


def test_unreadable_files_are_unknown(make):
    project = make.evidence(make.ground_rules, make.ground, statements=100, unreadable=(("broken.py", 160),))
    assert "38% of such places" in scoreless(project).no_score_reason


def test_what_would_hold_the_level_is_named_all_the_same(make):
    secret = make.rule("hardcoded-secret", "blindspot", "critical")
    result = scoreless(make.evidence([secret], [make.site("hardcoded-secret", 3)]))
    assert [(blocker.rule, blocker.path, blocker.line) for blocker in result.blockers] == [
        ("hardcoded-secret", "app.py", 3)
    ]
    assert [(step.rules, step.gain, step.unlocks) for step in result.plan] == [(("hardcoded-secret",), 0.0, None)]
    assert scoreless(make.evidence([secret], [make.site("hardcoded-secret", 3, "handled")])).blockers == ()


@pytest.mark.parametrize("lens", ["scale", "time", "blindspot"])
def test_a_crashed_check_takes_the_score_and_says_so(make, lens):
    project = make.evidence(
        make.ground_rules, make.ground, failed_lenses=frozenset({lens}), failed_rules=("query-in-loop",)
    )
    result = scoreless(project)
    assert "query-in-loop" in result.no_score_reason
    shown = {name: getattr(result.lenses, name) for name in ("scale", "time", "blindspot")}
    assert shown == {name: None if name == lens else 100.0 for name in shown}
