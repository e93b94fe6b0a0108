"""The order of fixes, what each gains, takes and unlocks."""

import pytest
from msgspec.structs import replace

from durability.model import UnitComplexity
from durability.score import HARD_TO_CHANGE, Parameters, evaluate, unit_fingerprint


def plan(make, rules, found, **more):
    return evaluate(make.evidence((*make.ground_rules, *rules), (*make.ground, *found), **more)).plan


def steps(made):
    return [step.rules[0] for step in made]


def test_a_flawless_project_needs_no_plan(make):
    assert plan(make, [], []) == ()


def test_one_step_holds_all_causes_of_a_rule(make):
    found = (
        make.site("slow", 1, cause="client"),
        make.site("slow", 2, cause="client"),
        make.site("slow", 3, "partial"),
        make.site("slow", 4, "handled"),
        make.site("slow", 5, "unknown"),
    )
    (step,) = plan(make, [make.rule("slow", minutes=(10, 31), action="Bound them")], found)
    assert step.findings == ("slow@app.py:1", "slow@app.py:3")
    assert step.action == "Bound them"
    assert (step.minutes_low, step.minutes_high) == (15, 47)


def test_the_first_cause_takes_what_the_rule_says_and_each_further_one_half(make):
    taken = []
    for causes in (1, 2, 3):
        (step,) = plan(make, [make.rule("slow", minutes=(8, 20))], make.sites("slow", "u" * causes))
        taken.append((step.minutes_low, step.minutes_high))
    assert taken == [(8, 20), (12, 30), (16, 40)]


def test_without_an_action_the_summary_speaks(make):
    (step,) = plan(make, [make.rule("slow")], make.sites("slow", "u"))
    assert step.action == "slow happens"


def test_a_gain_is_the_difference_after_scoring_again(make):
    rules = [make.rule("slow"), make.rule("swallowed", "blindspot")]
    found = (*make.sites("slow", "uuh"), *make.sites("swallowed", "uh"))
    project = make.evidence((*make.ground_rules, *rules), (*make.ground, *found))
    before = evaluate(project)
    first = before.plan[0]
    mended = tuple(
        replace(site, outcome="handled") if site.fingerprint in first.findings else site for site in project.sites
    )
    after = evaluate(replace(project, sites=mended))
    assert before.score.value + first.gain == pytest.approx(after.score.value)
    assert before.score.value + sum(step.gain for step in before.plan) == pytest.approx(100)


def test_the_best_gain_per_minute_comes_first(make):
    rules = [make.rule("slow", minutes=(1, 1)), make.rule("swallowed", "blindspot", minutes=(90, 90))]
    found = (*make.sites("slow", "uhh"), *make.sites("swallowed", "uhh"))
    assert steps(plan(make, rules, found)) == ["slow", "swallowed"]
    rules = [make.rule("slow", minutes=(90, 90)), make.rule("swallowed", "blindspot", minutes=(1, 1))]
    assert steps(plan(make, rules, found)) == ["swallowed", "slow"]


def test_a_dear_fix_comes_first_when_it_gains_more_per_minute(make):
    rules = [make.rule("slow", severity="low", minutes=(4, 4)), make.rule("drifts", "time", minutes=(5, 5))]
    found = (*make.sites("slow", "uhhhhhhhhhhh"), *make.sites("drifts", "uh"))
    assert steps(plan(make, rules, found)) == ["drifts", "slow"]


def test_mending_one_copy_makes_the_other_worth_mending(make):
    rules = [make.rule("wipes-data", "blindspot", "critical"), make.rule("slow", severity="low", minutes=(90, 90))]
    twin = {"function": "wipe", "clone": "k"}
    found = (
        make.site("wipes-data", 1, entry_points=("POST /wipe",), **twin),
        make.site("wipes-data", 1, path="unserved.py", **twin),
        make.site("slow", 1),
    )
    made = plan(make, rules, found)
    assert steps(made) == ["wipes-data", "wipes-data", "slow"]
    assert made[0].gain == 0 < made[1].gain


def test_gains_are_found_anew_after_each_fix_of_the_same_rule(make):
    rules = [
        make.rule("hides", "blindspot", minutes=(30, 30)),
        make.rule("slow", minutes=(1, 1)),
        make.rule("drifts", "time", "low", minutes=(300, 300)),
    ]
    twin = {"function": "sync", "clone": "k"}
    served = {"entry_points": ("POST /sync",)}
    found = (
        make.site("hides", 1, **served, **twin),
        make.site("hides", 1, path="unserved.py", **twin),
        make.site("slow", 1),
        make.site("drifts", 1),
    )
    project = make.evidence((*make.ground_rules, *rules), (*make.ground, *found))
    edge = Parameters(anchors=((0.0, 0.0), (evaluate(project).raw + 0.01, 39.9), (100.0, 100.0)))
    made = evaluate(project, edge).plan
    assert [step.unlocks for step in made] == ["pilot", None, None, None]
    assert steps(made) == ["slow", "hides", "hides", "drifts"]


def test_what_holds_the_next_level_comes_first_cheapest_first(make):
    rules = [
        make.rule("slow", minutes=(1, 1)),
        make.rule("wipes-data", "blindspot", "critical", minutes=(60, 90)),
        make.rule("hardcoded-secret", "blindspot", "critical", minutes=(20, 30)),
    ]
    found = [site for rule in rules for site in make.sites(rule.name, "u")]
    made = plan(make, rules, found)
    assert steps(made) == ["hardcoded-secret", "wipes-data", "slow"]
    assert [step.unlocks for step in made] == [None, "pilot", None]


def test_a_level_that_only_points_hold_is_unlocked_by_points(make):
    rules = [make.rule(f"slow-{lens}", lens, "medium") for lens in ("scale", "time", "blindspot")]
    found = [site for rule in rules for site in make.sites(rule.name, "uuuuuu")]
    project = make.evidence((*make.ground_rules, *rules), (*make.ground, *found))
    before = evaluate(project)
    assert before.level == "demo"
    value = before.score.value
    for step in before.plan:
        assert (step.unlocks == "pilot") is (value < 40 <= value + step.gain)
        value += step.gain


def test_a_fix_comes_after_what_it_arms_on_the_same_path(make):
    rules = [
        make.rule("no-limit", severity="high", minutes=(1, 1), arms=("failure-taken-for-no",)),
        make.rule("failure-taken-for-no", "blindspot", "low", minutes=(200, 400)),
    ]
    for shared in ({"function": "pay"}, {"entry_points": ("POST /pay",)}):
        found = [make.site(rule.name, 1, **shared) for rule in rules]
        made = plan(make, rules, found)
        assert steps(made) == ["failure-taken-for-no", "no-limit"]
        assert [step.after for step in made] == [(), ("failure-taken-for-no",)]
    apart = [make.site(rule.name, line) for line, rule in enumerate(rules)]
    assert steps(plan(make, rules, apart)) == ["no-limit", "failure-taken-for-no"]


def test_what_a_blocker_arms_is_pulled_before_it(make):
    rules = [
        make.rule("hardcoded-secret", "blindspot", "critical", arms=("starts-half",)),
        make.rule("starts-half", "time", "low", minutes=(200, 400), arms=("left-over",)),
        make.rule("left-over", "time", "low", minutes=(300, 400)),
        make.rule("slow", minutes=(1, 1)),
    ]
    found = [make.site(rule.name, 1, function="main") for rule in rules]
    assert steps(plan(make, rules, found)) == ["left-over", "starts-half", "hardcoded-secret", "slow"]


def test_rules_that_arm_each_other_are_both_in_the_plan(make):
    rules = [make.rule("chicken", arms=("egg",)), make.rule("egg", arms=("chicken",))]
    found = [make.site(rule.name, 1, function="f") for rule in rules]
    assert sorted(steps(plan(make, rules, found))) == ["chicken", "egg"]


def test_a_suppressed_site_is_left_alone_unless_it_holds_a_level(make):
    low = make.rule("slow", severity="low")
    found = (make.site("slow", 1), make.site("slow", 2, suppressed=make.suppressed))
    (step,) = plan(make, [low], found)
    assert step.findings == ("slow@app.py:1",)
    critical = make.rule("wipes-data", "blindspot", "critical")
    for excuse in ({"suppressed": make.suppressed}, {"accepted": make.accepted}):
        (step,) = plan(make, [critical], [make.site("wipes-data", 1, **excuse)])
        assert step.unlocks == "pilot"


def test_hard_functions_are_work_too(make):
    units = (UnitComplexity("a.py", "f", 1, 99, 40, 90), UnitComplexity("a.py", "g", 100, 120, 2, 9))
    (step,) = plan(make, [], [], units=units)
    assert step.rules == (HARD_TO_CHANGE,)
    assert step.findings == (unit_fingerprint(units[0]),)
    assert step.gain > 0
