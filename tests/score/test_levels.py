"""What holds a level, and how it is said."""

import pytest

from durability.model import Stake
from durability.score import Parameters, Unclear, evaluate
from durability.score.requirements import GAP_RULES

ALL_MUST_HAVES = (
    "hardcoded-secret",
    "undeclared-dependency",
    "http-call-without-timeout",
    "secret-with-default",
    "unpinned-dependency",
    "print-as-logging",
    "unbounded-cache-growth",
    "schema-ddl-in-app-code",
    "retry-without-cap",
)
MONEY = Stake(kind="moves money", entry_points=("POST /pay",), path="pay.py", line=7)


def judged(make, rules=(), found=(), **more):
    result = evaluate(make.evidence((*make.ground_rules, *rules), (*make.ground, *found), **more))
    assert result.score is not None
    return result


def blocked(result):
    return [blocker.rule for blocker in result.blockers]


def reason(result, rule):
    return next(blocker.reason for blocker in result.blockers if blocker.rule == rule)


# --- pilot ------------------------------------------------------------------------------------------------------------


def test_a_project_without_a_flaw_is_a_pilot_until_more_is_evidenced(make):
    result = judged(make)
    assert result.level == "pilot"
    assert all(blocker.reason.startswith("Not yet evidenced") for blocker in result.blockers)


@pytest.mark.parametrize("outcome", ["unhandled", "partial", "unknown"])
def test_a_critical_site_holds_it_at_demo(make, outcome):
    critical = make.rule("wipes-data", "blindspot", "critical")
    found = [make.site("wipes-data", 1, "handled"), make.site("wipes-data", 2, outcome)]
    result = judged(make, [critical], found)
    assert result.level == "demo"
    assert (result.blockers[0].rule, result.blockers[0].path, result.blockers[0].line) == ("wipes-data", "app.py", 2)
    told = "It could not be told whether this can happen here: " if outcome == "unknown" else ""
    assert result.blockers[0].reason == f"{told}A person meets wipes-data."


@pytest.mark.parametrize(
    "harmless",
    [{"outcome": "handled"}, {"evidence": "possible"}, {"evidence": "refuted"}, {"reach": 0.0}, {"role": "test"}],
)
def test_what_holds_no_level(make, harmless):
    critical = make.rule("wipes-data", "blindspot", "critical")
    ample = [
        *make.sites("ground-blindspot", "h" * 12, path="more.py"),
        *make.sites("wipes-data", "hhhh", path="kept.py"),
    ]
    assert judged(make, [critical], [make.site("wipes-data", 1, **harmless), *ample]).level == "pilot"


def test_only_what_the_outside_can_reach_holds_it_where_the_ways_in_are_known(make):
    critical = make.rule("wipes-data", "blindspot", "critical")
    inside = make.site("wipes-data", 1)
    ample = [
        *make.sites("ground-blindspot", "h" * 12, path="more.py"),
        *make.sites("wipes-data", "hhhh", path="kept.py"),
    ]
    assert judged(make, [critical], [inside, *ample]).level == "demo"
    way_in = make.site("ground-scale", 40, "handled", entry_points=("GET /",))
    assert judged(make, [critical], [inside, way_in, *ample]).level == "pilot"
    reached = make.site("wipes-data", 2, entry_points=("GET /",))
    assert judged(make, [critical], [inside, way_in, reached, *ample]).blockers[0].line == 2


def test_a_check_of_the_repository_stands_on_no_path(make):
    check = make.rule("no-ci", "time", "critical", repository=True)
    assert judged(make, [check], [make.site("no-ci", 1)]).level == "pilot"


def test_places_of_one_rule_are_one_blocker(make):
    critical = make.rule("wipes-data", "blindspot", "critical")
    found = [make.site("wipes-data", 9, "unknown"), *make.sites("wipes-data", "h?uuu")]
    result = judged(make, [critical], found)
    assert blocked(result).count("wipes-data") == 1
    assert result.blockers[0].line == 3  # the first that is known to fail
    assert result.blockers[0].reason == "A person meets wipes-data. (4 more places)"


def test_accepting_or_suppressing_a_critical_site_does_not_free_the_level(make):
    critical = make.rule("wipes-data", "blindspot", "critical")
    for excuse in ({"accepted": make.accepted}, {"suppressed": make.suppressed}):
        assert judged(make, [critical], [make.site("wipes-data", 1, **excuse)]).level == "demo"


def test_accepting_anything_else_takes_it_out(make):
    high = make.rule("swallowed", "blindspot", "high")
    held = judged(make, [high], [make.site("swallowed", 1)])
    assert "swallowed" in blocked(held)
    accepted = judged(make, [high], [make.site("swallowed", 1, accepted=make.accepted)])
    assert "swallowed" not in blocked(accepted)
    assert accepted.score.value == 100.0


@pytest.mark.parametrize("name", ["hardcoded-secret", "undeclared-dependency", "framework-implied-dependency"])
def test_a_pilot_has_no_secret_in_its_code_and_all_its_parts_on_a_list(make, name):
    rule = make.rule(name, "time", "medium")
    assert judged(make, [rule], make.sites(name, "hhh")).level == "pilot"
    result = judged(make, [rule], make.sites(name, "huu"))
    assert result.level == "demo"
    assert "(1 more place)" in reason(result, name)


def test_too_low_a_score_is_a_demo(make):
    rules = [make.rule(f"slow-{lens}", lens, "high") for lens in ("scale", "time", "blindspot")]
    found = [site for rule in rules for site in make.sites(rule.name, "uuuhhh")]
    result = judged(make, rules, found)
    assert result.floor < 40
    assert result.level == "demo"
    assert f"{result.floor:g}" in reason(result, "score")


def test_the_threshold_is_on_the_shown_scale(make):
    project = make.evidence((*make.ground_rules, make.rule("slow")), (*make.ground, *make.sites("slow", "uuh")))
    raw = evaluate(project).raw
    for shown, level in ((39.9, "demo"), (40.0, "pilot")):
        result = evaluate(project, Parameters(anchors=((0.0, 0.0), (raw, shown), (100.0, 100.0))))
        assert (result.score.value, result.level) == (shown, level)


def test_a_pilot_has_most_of_its_places_judged(make):
    found = make.sites("ground-scale", "?" * 9)
    result = judged(make, (), found)
    assert result.level == "demo"
    assert reason(result, "coverage") == ("Only 57% of the places where it could fail could be judged; 60% are needed.")
    assert "coverage" not in blocked(judged(make, (), found[:8]))


# --- stakes -----------------------------------------------------------------------------------------------------------


def test_where_something_is_at_stake_a_high_failure_holds_it_at_demo(make):
    high = make.rule("charges-twice", "blindspot", "high")
    on_path = make.site("charges-twice", 1, entry_points=("POST /pay",))
    assert judged(make, [high], [on_path]).level == "pilot"
    assert judged(make, [high], [on_path], stakes=(MONEY,)).level == "demo"
    elsewhere = make.site("charges-twice", 1, entry_points=("GET /",))
    assert judged(make, [high], [elsewhere], stakes=(MONEY,)).level == "pilot"
    medium = make.rule("charges-twice", "blindspot", "medium")
    assert judged(make, [medium], [on_path], stakes=(MONEY,)).level == "pilot"


def test_stakes_come_first_and_hygiene_last(make):
    rules = [
        make.rule("charges-twice", "scale", "high"),
        make.rule("wipes-data", "blindspot", "critical"),
        make.rule("undeclared-dependency", "time", "high", repository=True),
    ]
    found = [
        make.site("wipes-data", 1, entry_points=("GET /",)),
        make.site("charges-twice", 5, entry_points=("POST /pay",)),
        make.site("undeclared-dependency", 1, path="a.toml"),
    ]
    assert blocked(judged(make, rules, found, stakes=(MONEY,))) == [
        "charges-twice",
        "wipes-data",
        "score",
        "undeclared-dependency",
    ]


def test_production_wants_to_know_what_is_left_behind_half_way(make):
    result = judged(make, stakes=(MONEY,))
    assert result.level == "pilot"
    assert (result.blockers[0].path, result.blockers[0].line) == ("pay.py", 7)
    assert "moves money" in result.blockers[0].reason


def gap_rules(make, severity="medium"):
    return [make.rule(name, "time", severity) for name in sorted(GAP_RULES)]


def test_production_believes_gaps_that_were_judged(make):
    rules = gap_rules(make)
    found = [make.site(rule.name, 1, outcome="handled", entry_points=("POST /pay",)) for rule in rules]
    assert "stakes" not in blocked(judged(make, rules, found, stakes=(MONEY,)))


@pytest.mark.parametrize("outcome", ["unhandled", "unknown"])
def test_a_gap_on_a_path_with_stakes_holds_production(make, outcome):
    rules = gap_rules(make)
    open_gap = make.site("half-a-pair", 1, outcome=outcome, entry_points=("POST /pay",))
    handled = make.sites("half-a-pair", "h" * 20)
    result = judged(make, rules, [open_gap, *handled], stakes=(MONEY,))
    assert result.level == "pilot"
    assert "half-a-pair" in blocked(result)
    elsewhere = make.site("half-a-pair", 1, outcome=outcome, entry_points=("GET /",))
    assert "half-a-pair" not in blocked(judged(make, rules, [elsewhere, *handled], stakes=(MONEY,)))


def test_what_nobody_could_follow_or_decide_holds_production(make):
    unclear = (Unclear("question", "pay.py", 9, "Nobody has decided yet: who refunds?"),)
    result = judged(make, gap_rules(make), stakes=(MONEY,), unclear=unclear)
    assert result.level == "pilot"
    assert "Nobody has decided yet: who refunds?" in reason(result, "question")


# --- production and durable -------------------------------------------------------------------------------------------


def test_calls_must_be_bounded_in_time_nine_times_in_ten(make):
    rule = make.rule("http-call-without-timeout", "scale", "low")
    few = judged(make, [rule], make.sites(rule.name, "u" + "h" * 8))
    assert "Only 88 %" in reason(few, rule.name)
    assert rule.name not in blocked(judged(make, [rule], make.sites(rule.name, "u" + "h" * 9)))
    unknown = judged(make, [rule], make.sites(rule.name, "?" + "h" * 8))
    assert "Only 88 %" in reason(unknown, rule.name)


def test_nothing_to_wait_for_is_fine_and_not_having_looked_is_not(make):
    rule = make.rule("http-call-without-timeout", "scale", "high")
    assert "bounded-waiting" not in blocked(judged(make, [rule]))
    assert "nothing has checked" in reason(judged(make), "bounded-waiting")


def test_what_only_its_own_sites_can_show_is_not_taken_for_granted(make):
    rule = make.rule("unpinned-dependency", "time", "low", repository=True)
    assert "locked-versions" in blocked(judged(make, [rule]))
    assert "locked-versions" not in blocked(judged(make, [rule], [make.site(rule.name, 1, "handled")]))


def test_logging_is_asked_of_what_is_served(make):
    assert "structured-logging" in blocked(judged(make, kind="service"))
    assert "structured-logging" not in blocked(judged(make, kind="library"))


def test_tests_and_failure_paths_are_not_yet_evidenced(make):
    assert {"failure-paths", "tested-entry-points"} <= set(blocked(judged(make)))


@pytest.mark.parametrize(
    ("lens", "severity", "outcomes", "held"),
    [
        ("scale", "critical", "u" + "h" * 99, True),
        ("scale", "high", "u" + "h" * 8, True),
        ("scale", "high", "u" + "h" * 10, False),
        ("blindspot", "high", "u" + "h" * 10, True),
        ("scale", "medium", "uuuh", False),
        ("blindspot", "medium", "uuuh", True),
        ("blindspot", "medium", "uuhh", False),
        ("blindspot", "low", "uuuu", False),
    ],
)
def test_severity_first_then_how_common_then_whether_anyone_would_notice(make, lens, severity, outcomes, held):
    result = judged(make, [make.rule("breaks", lens, severity)], make.sites("breaks", outcomes))
    assert ("breaks" in blocked(result)) is held


def test_a_lens_without_anything_to_judge_is_not_a_good_one(make):
    rules = [make.rule(name) for name in ("one", "two", "three")]
    found = [site for one in rules for site in make.sites(one.name, "hhhh")]
    result = evaluate(make.evidence(rules, found))
    assert {"time", "blindspot"} <= set(blocked(result))
    assert "scale" not in blocked(result)


def test_one_weak_lens_holds_it_at_pilot(make):
    rules = [make.rule("slow", "scale", "medium")]
    result = judged(make, rules, make.sites("slow", "uuuuuu"))
    assert result.floor >= 40
    assert "what breaks when more people use it" in reason(result, "scale")


def test_another_language_and_untraced_steps_hold_it_at_pilot(make):
    assert "(59% of the code)" in reason(judged(make, other_language_share=0.41), "other-languages")
    assert "other-languages" not in blocked(judged(make, other_language_share=0.2))
    assert "62%" in reason(judged(make, unresolved_calls=0.62), "unresolved-calls")
    assert "unresolved-calls" not in blocked(judged(make, unresolved_calls=0.5))


def test_no_criterion_is_met_by_a_rule_that_is_not_scored(make):
    rule = make.rule("http-call-without-timeout", preview=True)
    assert "bounded-waiting" in blocked(judged(make, [rule], make.sites(rule.name, "hh")))


def test_reasons_name_no_rule_and_end_as_sentences(make):
    rules = [make.rule(name, "time") for name in ALL_MUST_HAVES]
    for letters in ("hh", "uu", "??"):
        found = [site for rule in rules for site in make.sites(rule.name, letters)]
        for blocker in judged(make, rules, found, other_language_share=0.5, stakes=(MONEY,)).blockers:
            assert blocker.reason[0].isupper()
            assert blocker.reason.rstrip(")").endswith((".", "place", "places"))
            assert "{" not in blocker.reason
            spoken = blocker.reason.replace(f"A person meets {blocker.rule}", "")
            assert not any(name in spoken for name in ALL_MUST_HAVES)
