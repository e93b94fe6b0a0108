"""What counts as one opportunity, and how much it weighs."""

import pytest
from msgspec.structs import replace

from durability.model import UnitComplexity
from durability.score import HARD_TO_CHANGE, Parameters, evaluate, unit_fingerprint


def raw(make, rules, found, **more):
    result = evaluate(make.evidence((*make.ground_rules, *rules), (*make.ground, *found), **more))
    assert result.score is not None
    return result.raw


def test_one_rate_in_one_lens_by_hand(make):
    """Scale: two medium modes, 4 handled of 4 and 1 failing of 2: v is 2·4/6 and 2·2/4, it loses 0.5."""
    slow = make.rule("slow")
    assert raw(make, [slow], make.sites("slow", "uh")) == pytest.approx(100 - 100 / 3 * 0.5 / (4 / 3 + 1))


def test_half_handled_costs_half(make):
    slow = make.rule("slow")
    lost = {letter: 100 - raw(make, [slow], make.sites("slow", f"{letter}hh")) for letter in "pu"}
    assert lost["u"] == pytest.approx(2 * lost["p"])


@pytest.mark.parametrize(("confidence", "reach"), [("medium", 1.0), ("high", 0.3), ("medium", 0.3)])
def test_weight_is_reach_times_the_confidence_of_the_rule(make, confidence, reach):
    weight = {"medium": 0.7, "high": 1.0}[confidence] * reach
    found = make.sites("slow", "uh", reach=reach)
    lens = (4 / 3) + 2 * 2 * weight / (2 * weight + 2)
    expected = 100 - 100 / 3 * 2 * weight / (2 * weight + 2) / lens
    assert raw(make, [make.rule("slow", confidence=confidence)], found) == pytest.approx(expected)


@pytest.mark.parametrize("unscored", [{"preview": True}, {"advisory": True}, {"confidence": "low"}, {"pack": "theirs"}])
def test_rules_that_are_not_scored_cost_nothing_and_hold_nothing(make, unscored):
    rules = (*make.ground_rules, make.rule("hunch", severity="critical", **unscored))
    result = evaluate(make.evidence(rules, (*make.ground, *make.sites("hunch", "uuuu"))))
    assert result.score.value == 100.0
    assert result.level == "pilot"
    assert not result.plan
    assert {row.rule: (row.unhandled, row.points) for row in result.modes}["hunch"] == (4, 0.0)


def test_a_pack_is_scored_when_the_project_says_so(make):
    rules = (*make.ground_rules, make.rule("theirs/hunch", pack="theirs"))
    found = (*make.ground, *make.sites("theirs/hunch", "uuuu"))
    assert evaluate(make.evidence(rules, found, scored_packs=frozenset({"theirs"}))).score.value < 100.0


def test_copies_count_once_by_their_worst(make):
    slow = make.rule("slow")
    twin = {"function": "fetch", "clone": "k"}
    one = (make.site("slow", 1, "unhandled", **twin), make.site("slow", 9, "handled"))
    for outcome in ("handled", "partial", "unhandled"):
        copy = make.site("slow", 1, outcome, path="zcopy.py", **twin)
        assert raw(make, [slow], (*one, copy)) == raw(make, [slow], one)
    first = make.site("slow", 1, "unhandled", path="a_copy.py", **twin)
    assert raw(make, [slow], (replace(one[0], outcome="handled"), one[1], first)) == raw(make, [slow], one)


def test_copies_share_what_their_worst_costs(make):
    twin = {"function": "fetch", "clone": "k"}
    found = (
        make.site("slow", 1, "unhandled", **twin),
        make.site("slow", 1, "unhandled", path="b.py", **twin),
        make.site("slow", 1, "partial", path="c.py", **twin),
    )
    points = evaluate(make.evidence((*make.ground_rules, make.rule("slow")), (*make.ground, *found))).points
    assert points["slow@app.py:1"] == points["slow@b.py:1"] > 0
    assert "slow@c.py:1" not in points


def test_two_places_in_one_copied_function_stay_two(make):
    slow = make.rule("slow")
    twin = {"function": "fetch", "clone": "k"}
    both = (make.site("slow", 1, "unhandled", **twin), make.site("slow", 2, "handled", **twin))
    apart = (make.site("slow", 1, "unhandled"), make.site("slow", 2, "handled"))
    assert raw(make, [slow], both) == raw(make, [slow], apart)
    copy = tuple(replace(site, place=replace(site.place, path="copy.py")) for site in both)
    assert raw(make, [slow], both + copy) == raw(make, [slow], both)


def test_a_sound_copy_on_a_main_path_does_not_make_the_broken_one_heavier(make):
    slow = make.rule("slow")
    twin = {"function": "fetch", "clone": "k"}
    one = (make.site("slow", 1, "unhandled", reach=0.3, **twin), make.site("slow", 9, "handled"))
    copy = make.site("slow", 1, "handled", path="main.py", reach=1.0, **twin)
    assert raw(make, [slow], (*one, copy)) > raw(make, [slow], one)


def test_a_lighter_copy_does_not_make_the_others_lighter(make):
    slow = make.rule("slow")
    twin = {"function": "fetch", "clone": "k"}
    one = (make.site("slow", 1, "unhandled", **twin), make.site("slow", 9, "handled"))
    copy = make.site("slow", 1, "unhandled", path="z.py", reach=0.3, **twin)
    assert raw(make, [slow], (*one, copy)) == raw(make, [slow], one)


def test_leaving_an_accepted_copy_out_does_not_shift_the_others(make):
    twin = {"function": "fetch", "clone": "k"}
    found = (
        make.site("slow", 1, "handled", accepted=make.accepted, **twin),
        make.site("slow", 2, "unhandled", **twin),
        make.site("slow", 1, "unhandled", path="b.py", **twin),
        make.site("slow", 2, "handled", path="b.py", **twin),
    )
    points = evaluate(make.evidence((*make.ground_rules, make.rule("slow")), (*make.ground, *found))).points
    assert set(points) == {"slow@app.py:2", "slow@b.py:1"}


# --- checks of the repository -----------------------------------------------------------------------------------------


def test_checks_of_the_repository_are_one_mode_per_lens_with_a_weight_of_five(make):
    """Time: code 2·4/6; two checks, one failing: v = 5·2/4 and rate 1/2."""
    rules = [make.rule(name, "time", "critical", repository=True) for name in ("lock-file", "ci")]
    found = (make.site("lock-file", 1, "unhandled"), make.site("ci", 1, "handled"))
    assert raw(make, rules, found) == pytest.approx(100 - 100 / 3 * 1.25 / (4 / 3 + 2.5))


def test_a_check_with_many_lines_is_still_one_check(make):
    rules = [make.rule("pins", "time", repository=True), make.rule("ci", "time", repository=True)]
    few = (*make.sites("pins", "uh", path="requirements.txt"), make.site("ci", 1, "handled"))
    many = (*make.sites("pins", "uh" * 30, path="requirements.txt"), make.site("ci", 1, "handled"))
    assert raw(make, rules, many) == pytest.approx(raw(make, rules, few))


def test_checks_are_told_apart_in_the_table(make):
    rules = (*make.ground_rules, *(make.rule(name, "time", repository=True) for name in ("lock-file", "ci")))
    found = (*make.ground, make.site("lock-file", 1, "unhandled"), make.site("ci", 1, "unhandled"))
    result = evaluate(make.evidence(rules, found))
    rows = {row.rule: row.points for row in result.modes}
    assert rows["lock-file"] == pytest.approx(rows["ci"])
    assert rows["lock-file"] + rows["ci"] == pytest.approx(100 - result.score.value)


# --- complexity -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("complexity", "share"), [(1, 0.0), (10, 0.0), (11, 0.5), (20, 0.5), (21, 1.0), (90, 1.0)])
def test_complexity_is_a_risk_profile_weighed_by_statements(make, complexity, share):
    """Time: code 2·4/6, units 40 statements = mass 4, of which 10 statements are in question."""
    units = (UnitComplexity("a.py", "f", 1, 9, complexity, 10), UnitComplexity("a.py", "g", 10, 40, 3, 30))
    result = evaluate(make.evidence(make.ground_rules, make.ground, units=units))
    assert result.raw == pytest.approx(100 - 100 / 3 * (2 * share / 6) / (8 / 3))
    row = {row.rule: row for row in result.modes}[HARD_TO_CHANGE]
    assert (row.lens, row.handled + row.partial + row.unhandled) == ("time", 2)
    assert row.points == pytest.approx(result.points.get(unit_fingerprint(units[0]), 0.0))


def test_a_tiny_tangled_function_never_helps(make):
    """It would if functions were counted one by one and failed by statements."""
    plain = UnitComplexity("a.py", "f", 1, 900, 1, 900)
    tangled = UnitComplexity("a.py", "g", 901, 902, 30, 1)
    slow = make.rule("slow", "time", "high")
    without, with_it = (
        raw(make, [slow], make.sites("slow", "uuuu"), units=units) for units in ((plain,), (plain, tangled))
    )
    assert with_it < without


# --- weights ----------------------------------------------------------------------------------------------------------


def test_severity_decides_within_a_lens(make):
    lost = {}
    for severity in ("critical", "high", "medium", "low"):
        rules = [make.rule("slow", severity=severity)]
        lost[severity] = 100 - raw(make, rules, make.sites("slow", "uuuu"))
    assert lost["critical"] > lost["high"] > lost["medium"] > lost["low"]


def test_must_haves_weigh_little_whatever_their_severity(make):
    found = make.sites("sql-built-from-input", "uuuu")
    light = raw(make, [make.rule("sql-built-from-input", severity="critical")], found)
    assert light == raw(make, [make.rule("slow", severity="low")], make.sites("slow", "uuuu"))


def test_weights_can_be_tried_out(make):
    heavy = Parameters(rule_weight={"slow": 100.0})
    project = make.evidence((*make.ground_rules, make.rule("slow")), (*make.ground, *make.sites("slow", "uuuu")))
    assert evaluate(project, heavy).raw < evaluate(project).raw


def test_a_site_of_an_unknown_rule_is_an_error(make):
    with pytest.raises(KeyError, match="nobody"):
        evaluate(make.evidence(make.ground_rules, (*make.ground, make.site("nobody", 1))))
