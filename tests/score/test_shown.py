"""The shown scale and the interval around it."""

from itertools import pairwise

import pytest

from durability.score import PROVISIONAL, Context, evaluate
from durability.score.interval import effective_functions, high_end, low_end
from durability.score.scale import shown, shown_points


def test_the_anchors_are_where_they_are_said_to_be():
    (zero, demo, production, hundred) = PROVISIONAL.anchors
    assert (zero, hundred) == ((0.0, 0.0), (100.0, 100.0))
    assert (demo[1], production[1]) == (35.0, 75.0)
    for raw, expected in PROVISIONAL.anchors:
        assert shown(raw, PROVISIONAL) == expected


def test_the_scale_rises_between_anchors_and_stays_in_bounds():
    values = [shown(raw / 10, PROVISIONAL) for raw in range(-50, 1051)]
    assert all(left <= right for left, right in pairwise(values))
    assert (values[0], values[-1]) == (0.0, 100.0)


def test_points_keep_their_shares_on_the_shown_scale():
    points = shown_points({"a": 6.0, "b": 2.0}, raw=92.0, value=80.0)
    assert points == {"a": pytest.approx(15.0), "b": pytest.approx(5.0)}
    assert shown_points({}, raw=100.0, value=100.0) == {}


def test_functions_that_weigh_alike_count_in_full():
    assert effective_functions([2.0] * 12) == pytest.approx(12)
    assert effective_functions([10.0, 1e-9, 1e-9]) == pytest.approx(1)
    assert effective_functions([]) == 0


def test_no_failure_in_few_functions_is_still_uncertain():
    assert low_end(100.0, 12) < 95 < low_end(100.0, 200) < 100
    assert high_end(0.0, 12) > 5 > high_end(0.0, 200) > 0
    assert (low_end(0.0, 12), high_end(100.0, 12)) == (0.0, 100.0)
    assert (low_end(50.0, 0), high_end(50.0, 0)) == (0.0, 100.0)


@pytest.mark.parametrize("functions", [1.0, 7.5, 300.0])
def test_the_ends_rise_with_the_score(functions):
    for left, right in pairwise(range(0, 101, 5)):
        assert low_end(left, functions) <= low_end(right, functions)
        assert high_end(left, functions) <= high_end(right, functions)


def test_what_could_not_be_read_is_failing_at_worst_and_handled_at_best(make):
    slow = make.rule("slow")
    found = (*make.ground, *make.sites("slow", "uhhh"))
    known = evaluate(make.evidence((*make.ground_rules, slow), found))
    unread = evaluate(make.evidence((*make.ground_rules, slow), found, unreadable=(("broken.py", 250),)))
    assert unread.score.value == known.score.value
    assert unread.floor < known.floor == known.score.value
    assert unread.score.high >= known.score.high
    assert known.coverage == 1.0
    assert unread.coverage == pytest.approx(2 / 3)


def test_maybe_sites_count_against_the_floor_and_the_coverage_only(make):
    slow = make.rule("slow")
    found = (*make.ground, *make.sites("slow", "uhhh"))
    known = evaluate(make.evidence((*make.ground_rules, slow), found))
    for maybe in ({"slow": 4}, {"never-met": 4}):
        rules = (*make.ground_rules, slow, make.rule("never-met"))
        unsure = evaluate(make.evidence(rules, found, maybe_sites=maybe))
        assert unsure.score.value == known.score.value
        assert unsure.points == known.points
        assert unsure.floor < known.floor
        assert unsure.coverage == pytest.approx(0.8)


def test_complexity_that_could_not_be_measured_counts_against_the_floor(make):
    known = evaluate(make.evidence(make.ground_rules, make.ground))
    unmeasured = evaluate(make.evidence(make.ground_rules, make.ground, unmeasured=(("new_syntax.py", 80),)))
    assert unmeasured.score.value == known.score.value == 100.0
    assert unmeasured.floor < 100.0


def test_a_lens_with_nothing_to_judge_has_no_score_of_its_own(make):
    rules = [make.rule(name) for name in ("one", "two", "three")]
    found = [site for one in rules for site in make.sites(one.name, "uhhh")]
    result = evaluate(make.evidence(rules, found))
    assert result.lenses.scale == result.score.value
    assert (result.lenses.time, result.lenses.blindspot) == (None, None)


def test_the_declared_number_is_there_when_something_was_declared(make):
    found = (*make.ground, *make.sites("slow", "uuuu"))
    rules = (*make.ground_rules, make.rule("slow"))
    assert evaluate(make.evidence(rules, found)).score.declared is None
    result = evaluate(make.evidence(rules, found, context=Context(peak_requests_per_minute=5)))
    assert result.score.declared > result.score.value
    same = evaluate(make.evidence(rules, found, context=Context(users="public")))
    assert same.score.declared == same.score.value
