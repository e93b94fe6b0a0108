"""The properties that the score must keep, on generated projects. The names are those of the model's paper."""

import random
from math import fsum, isfinite

import msgspec
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from durability.model import (
    LENSES,
    LEVELS,
    Acceptance,
    JudgedSite,
    Place,
    RuleInfo,
    Stake,
    Story,
    Suppression,
    UnitComplexity,
)
from durability.score import Context, Evidence, Parameters, evaluate, target_level, unit_fingerprint

OUTCOMES = ("handled", "partial", "unhandled", "unknown")
ENTRIES = ((), (), ("GET /",), ("GET /", "POST /pay"))
ACCEPTANCE = Acceptance(reason="r", owner="o", expires="2030-01-01")

properties = settings(max_examples=250)


def rule(name, lens, severity, confidence="high", **more):
    story = Story(demo="d", production=f"A person meets {name}.", trigger="t")
    return RuleInfo(
        name=name,
        lens=lens,
        severity=severity,
        confidence=confidence,
        summary=name,
        description="",
        story=story,
        **more,
    )


LISTED = (
    rule("query-in-loop", "scale", "high", minutes=(10, 40)),
    rule("http-call-without-timeout", "scale", "high", arms=("masked",)),
    rule("slow", "scale", "low", "medium"),
    rule("endpoint", "time", "medium", minutes=(2, 5), arms=("query-in-loop",)),
    rule("undeclared-dependency", "time", "high", repository=True),
    rule("unpinned-dependency", "time", "medium", "medium", repository=True),
    rule("masked", "blindspot", "medium", arms=("swallowed",)),
    rule("swallowed", "blindspot", "high", "medium"),
    rule("hardcoded-secret", "blindspot", "critical"),
    rule("guess", "blindspot", "critical", preview=True),
    rule("hunch", "time", "high", "low"),
)
RULES = {one.name: one for one in LISTED}
GROUND = ("query-in-loop", "endpoint", "masked")
HOLDERS = ("hardcoded-secret", "swallowed", "query-in-loop", "http-call-without-timeout")
CODE = tuple(one.name for one in LISTED if one.scored and not one.repository)


FUNCTIONS = (("a.py", ""), ("a.py", "pay"), ("b.py", "pay"), ("b.py", "list"))
STANDING = (("route", 1.0), ("route", 1.0), ("cli", 0.3), ("library", 0.3), ("test", 1.0), ("route", 0.0))
PATHS = tuple((entries, evidence) for evidence in ("likely", "likely", "proven", "possible") for entries in ENTRIES)
EXCUSES = (*[(None, None)] * 4, (Suppression(reason="r"), None), (None, ACCEPTANCE))
MOODS = (("handled",), ("handled", "handled", "unknown"), ("unhandled", "handled"), ("unhandled",), OUTCOMES)


@st.composite
def judged(draw, number, names=tuple(RULES), outcomes=OUTCOMES, prefix="s"):
    """One site that nothing is a copy of."""
    path, function = draw(st.sampled_from(FUNCTIONS))
    role, reach = draw(st.sampled_from(STANDING))
    entries, evidence = draw(st.sampled_from(PATHS))
    suppressed, accepted = draw(st.sampled_from(EXCUSES))
    return JudgedSite(
        rule=draw(st.sampled_from(names)),
        place=Place(path=path, line=number + 1, column=1, end_line=number + 1, end_column=4),
        outcome=draw(st.sampled_from(outcomes)),
        message="m",
        fingerprint=f"{prefix}{number}",
        function=function,
        role=role,
        entry_points=entries,
        reach=reach,
        evidence=evidence,
        cause=draw(st.sampled_from(("", "", "pool", "client"))),
        suppressed=suppressed,
        accepted=accepted,
    )


@st.composite
def copies(draw, number, outcomes=OUTCOMES, prefix="c"):
    """The same site in a function and in its copy, each with a standing and an outcome of its own."""
    name = draw(st.sampled_from(CODE))
    return [
        replace(
            draw(judged(number, names=(name,), outcomes=outcomes, prefix=f"{prefix}{path}")),
            place=Place(path=path, line=number + 1, column=1, end_line=number + 1, end_column=4),
            function=f"copied{number}",
            clone=f"copied{number}",
        )
        for path in ("a.py", "b.py")
    ]


@st.composite
def projects(draw):
    """Fifteen plain sites that put any project above the evidence floor, some others, copies, units and stakes.

    Either every rule has a mood of its own, so that good modes stand beside bad ones, or there is a single flaw.
    """
    mixed = draw(st.booleans())
    mood = {name: draw(st.sampled_from(MOODS)) if mixed else ("handled",) for name in RULES}
    pattern = draw(st.integers(0, 4**15 - 1))
    ground = [
        JudgedSite(
            rule=GROUND[number % 3],
            place=Place(path="ground.py", line=number + 1, column=1, end_line=number + 1, end_column=4),
            outcome=known(mood[GROUND[number % 3]], pattern // 4**number),
            message="m",
            fingerprint=f"g{number}",
            function=f"g{number // 2}",
        )
        for number in range(15)
    ]
    lone = [draw(judged(number)) for number in range(draw(st.integers(0, 6)))]
    twins = [site for number in range(draw(st.integers(0, 3))) for site in draw(copies(20 + number))]
    tempered = [replace(site, outcome=draw(st.sampled_from(mood[site.rule]))) for site in (*lone, *twins)]
    flaw = [] if mixed else [replace(draw(judged(90, HOLDERS, OUTCOMES[1:])), role="route", reach=1.0, accepted=None)]
    stakes = (Stake(kind="moves money", entry_points=("POST /pay",), path="a.py", line=3),)
    return Evidence(
        sites=(*ground, *tempered, *flaw),
        rules=RULES,
        units=tuple(draw(st.lists(UNITS, max_size=3, unique_by=lambda unit: unit.name))),
        statements=draw(st.sampled_from((50, 700))),
        stakes=stakes if draw(st.booleans()) else (),
        unresolved_calls=draw(st.sampled_from((0.0, 0.7))),
        kind=draw(st.sampled_from(("app", "library"))),
    )


def known(outcomes, number):
    """One of those outcomes that is not unknown."""
    judgements = [outcome for outcome in outcomes if outcome != "unknown"]
    return judgements[number % len(judgements)]


UNITS = st.builds(
    UnitComplexity,
    path=st.just("a.py"),
    name=st.sampled_from(("f", "g", "h")),
    line=st.just(1),
    end_line=st.just(100),
    complexity=st.sampled_from((1, 10, 11, 20, 21, 60)),
    statements=st.sampled_from((0, 1, 8, 80)),
    reach=st.sampled_from((1.0, 0.3, 0.0)),
)


@st.composite
def unseen_parts(draw):
    """What could not be read, measured or resolved."""
    return {
        "unreadable": draw(st.sampled_from(((), (("x.py", 40),), (("x.py", 4), ("y.py", 900))))),
        "unmeasured": draw(st.sampled_from(((), (("z.py", 60),)))),
        "maybe_sites": draw(st.sampled_from(({}, {"query-in-loop": 3}, {"slow": 2, "hunch": 9}))),
    }


def scored(evidence):
    result = evaluate(evidence)
    assume(result.score is not None)
    return result


def with_outcome(evidence, index, outcome):
    sites = list(evidence.sites)
    sites[index] = replace(sites[index], outcome=outcome)
    return replace(evidence, sites=tuple(sites))


def place_of(evidence, *outcomes):
    """Which site to change: one of those with such an outcome, each outcome as likely as the other."""
    found = [
        st.sampled_from(places)
        for outcome in outcomes
        if (places := [index for index, site in enumerate(evidence.sites) if site.outcome == outcome])
    ]
    assume(found)
    return st.one_of(found)


def height(result):
    return -1 if result.level is None else LEVELS.index(result.level)


def weighs(site):
    found = RULES[site.rule]
    return found.scored and site.reach > 0 and site.role != "test" and site.accepted is None


def not_above(worse, better):
    assert worse.raw <= better.raw + 1e-9
    assert worse.score.value <= better.score.value
    assert worse.score.low <= better.score.low
    assert worse.score.high <= better.score.high
    assert worse.floor <= better.floor
    assert height(worse) <= height(better)


@properties
@given(projects(), unseen_parts())
def test_p1_every_figure_is_bounded(project, unseen):
    result = scored(replace(project, **unseen))
    lenses = (result.lenses.scale, result.lenses.time, result.lenses.blindspot)
    figures = [result.raw, result.floor, result.score.value, result.score.low, result.score.high, *lenses]
    assert all(isfinite(figure) and 0 <= figure <= 100 for figure in figures if figure is not None)
    assert 0 <= result.coverage <= 1


@properties
@given(projects())
def test_p2_points_by_site_and_by_mode_add_up_to_what_is_missing(project):
    result = scored(project)
    missing = 100 - result.score.value
    assert fsum(result.points.values()) == pytest.approx(missing, abs=1e-6)
    assert fsum(row.points for row in result.modes) == pytest.approx(missing, abs=1e-6)
    assert all(points >= 0 for points in result.points.values())
    open_sites = {site.fingerprint for site in project.sites if weighs(site) and site.outcome in OUTCOMES[1:3]}
    open_units = {unit_fingerprint(unit) for unit in project.units if unit.complexity > 10 and unit.reach > 0}
    assert set(result.points) <= open_sites | open_units
    lone = {site.fingerprint for site in project.sites if site.fingerprint in open_sites and not site.clone}
    assert lone <= set(result.points)


@properties
@given(projects())
def test_p2_points_by_lens_are_what_each_lens_lost(project):
    unstretched = Parameters(anchors=((0.0, 0.0), (100.0, 100.0)))
    result = evaluate(project, unstretched)
    lenses = {lens: value for lens in LENSES if (value := getattr(result.lenses, lens)) is not None}
    for lens, value in lenses.items():
        lost = fsum(row.points for row in result.modes if row.lens == lens)
        assert 100 - value == pytest.approx(lost * len(lenses), abs=0.3)  # value and total are rounded to one decimal


@properties
@given(projects(), unseen_parts(), st.data())
def test_p3_breaking_a_site_never_helps(project, unseen, data):
    project = replace(project, **unseen)
    index = data.draw(place_of(project, "handled", "partial"))
    before = scored(project)
    not_above(scored(with_outcome(project, index, "unhandled")), before)


@properties
@given(projects(), unseen_parts(), st.data())
def test_p4_mending_a_site_never_hurts_and_helps_where_it_counts(project, unseen, data):
    project = replace(project, **unseen)
    index = data.draw(place_of(project, "partial", "unhandled"))
    site = project.sites[index]
    before, after = scored(project), scored(with_outcome(project, index, "handled"))
    not_above(before, after)
    if weighs(site) and not site.clone:
        assert after.raw > before.raw


@st.composite
def addition(draw, project, outcome):
    """New code, all of one outcome: some of its own, or a copy of some that is there, on the main path."""
    if cloned := [site for site in project.sites if site.clone and draw(st.booleans())]:
        first = cloned[0]
        place = replace(first.place, path="z.py")
        return (
            replace(first, place=place, outcome=outcome, fingerprint="new", role="route", reach=1.0, accepted=None),
        )
    names = draw(st.sampled_from((GROUND, CODE)))
    number = draw(st.integers(1, 3))
    return tuple(draw(judged(index, names, (outcome,), "new")) for index in range(number))


@properties
@given(projects(), st.data())
def test_p5_wholly_bad_code_never_helps(project, data):
    added = data.draw(addition(project, "unhandled"))
    unit = UnitComplexity("new.py", "n", 1, 9, 40, data.draw(st.sampled_from((0, 1, 200))))
    before = scored(project)
    after = scored(replace(project, sites=project.sites + added, units=(*project.units, unit)))
    assert after.raw <= before.raw + 1e-9
    assert after.score.value <= before.score.value


@properties
@given(projects(), st.data())
def test_p6_wholly_good_code_never_hurts(project, data):
    added = data.draw(addition(project, "handled"))
    unit = UnitComplexity("new.py", "n", 1, 9, 1, data.draw(st.sampled_from((0, 1, 200))))
    before = scored(project)
    after = scored(replace(project, sites=project.sites + added, units=(*project.units, unit)))
    assert after.raw >= before.raw - 1e-9
    assert after.score.value >= before.score.value
    assert after.floor >= before.floor
    assert height(after) >= height(before)


@properties
@given(projects(), st.data())
def test_p7_mixed_code_that_brings_a_blocker_never_lifts_the_level(project, data):
    before = scored(project)
    good = [data.draw(judged(number, names=CODE, outcomes=("handled",), prefix="good")) for number in range(5)]
    secret = replace(
        data.draw(judged(9, names=("hardcoded-secret",), outcomes=("unhandled",), prefix="bad")),
        role="route",
        reach=1.0,
        accepted=None,
        entry_points=("GET /",),
        evidence="likely",
        clone="",
    )
    after = scored(replace(project, sites=(*project.sites, *good, secret)))
    assert height(after) <= height(before)
    assert after.level == "demo"


@properties
@given(projects())
def test_p12_copying_the_whole_package_changes_nothing(project):
    code = tuple(site for site in project.sites if not RULES[site.rule].repository)
    once = tuple(replace(site, clone=f"{site.place.path}:{site.function}") for site in code)
    twice = tuple(
        replace(
            site, fingerprint=f"copy-{site.fingerprint}", place=replace(site.place, path=f"a_copy/{site.place.path}")
        )
        for site in once
    )
    before = scored(replace(project, sites=once))
    after = scored(replace(project, sites=once + twice))
    assert (after.score, after.level, after.floor, after.raw) == (before.score, before.level, before.floor, before.raw)


def drawn(chance, per_mode, rate, names):
    outcomes = ((name, "unhandled" if chance.random() < rate else "handled") for name in names for _ in range(per_mode))
    place = Place(path="a.py", line=1, column=1, end_line=1, end_column=2)
    return tuple(
        JudgedSite(rule=name, place=place, outcome=outcome, message="", fingerprint=f"{number}", function=f"f{number}")
        for number, (name, outcome) in enumerate(outcomes)
    )


@pytest.mark.parametrize("rate", [0.2, 0.5])
def test_p13_size_alone_does_not_move_the_score(rate):
    chance = random.Random(7)
    names = ("query-in-loop", "slow", "endpoint", "masked", "swallowed")
    small = [evaluate(Evidence(drawn(chance, 4, rate, names), RULES)).raw for _ in range(500)]
    large = [evaluate(Evidence(drawn(chance, 200, rate, names), RULES)).raw for _ in range(15)]
    assert fsum(small) / len(small) == pytest.approx(fsum(large) / len(large), abs=1)


@properties
@given(projects(), st.lists(judged(0), min_size=1, max_size=6), st.booleans())
def test_p14_p15_dead_code_and_tests_change_nothing(project, more, dead):
    gone = {"reach": 0.0, "role": "route"} if dead else {"reach": 1.0, "role": "test"}
    added = tuple(replace(site, fingerprint=f"new{number}", **gone) for number, site in enumerate(more))
    assert evaluate(replace(project, sites=added + project.sites)) == evaluate(project)


@properties
@given(projects(), st.data())
def test_p17_suppressing_buys_nothing(project, data):
    chosen = data.draw(st.sets(st.integers(0, len(project.sites) - 1)))
    sites = tuple(
        replace(site, suppressed=Suppression(reason="r")) if index in chosen else site
        for index, site in enumerate(project.sites)
    )
    before, after = evaluate(project), evaluate(replace(project, sites=sites))
    assert replace(after, plan=()) == replace(before, plan=())


@properties
@given(projects(), st.data())
def test_p17_accepting_leaves_the_score_and_never_a_level_that_a_critical_site_holds(project, data):
    index = data.draw(st.integers(0, len(project.sites) - 1))
    accepted = replace(project.sites[index], accepted=ACCEPTANCE)
    rest = (*project.sites[:index], *project.sites[index + 1 :])
    after = scored(replace(project, sites=(*rest, accepted)))
    assert after.raw == scored(replace(project, sites=rest)).raw or accepted.clone
    assert accepted.fingerprint not in after.points


@properties
@given(projects(), st.data())
def test_p17_an_open_critical_site_cannot_be_accepted_away_from_the_level(project, data):
    secret = data.draw(judged(99, names=("hardcoded-secret",), outcomes=("unhandled", "partial", "unknown")))
    entry = {"role": "route", "reach": 1.0, "entry_points": ("GET /",), "evidence": "likely"}
    accepted = replace(secret, accepted=ACCEPTANCE, **entry)
    result = scored(replace(project, sites=(*project.sites, accepted)))
    assert result.level == "demo"
    assert "hardcoded-secret" in {blocker.rule for blocker in result.blockers}


@properties
@given(projects(), st.integers(0, 9))
def test_p19_too_few_sites_are_no_score(project, kept):
    result = evaluate(replace(project, sites=project.sites[:kept]))
    assert result.score is None
    assert result.level is None
    assert "at least 10" in result.no_score_reason
    assert not result.points


@properties
@given(projects(), unseen_parts(), st.data())
def test_p20_unknown_leaves_the_rate_and_widens_the_interval(project, unseen, data):
    project = replace(project, **unseen)
    index = data.draw(st.integers(0, len(project.sites) - 1))
    before, after = scored(project), scored(with_outcome(project, index, "unknown"))
    for result in (before, after):
        assert result.score.low <= result.floor <= result.score.value <= result.score.high
    assert after.score.low <= before.score.low
    assert after.score.high >= before.score.high
    assert after.coverage <= before.coverage
    site = project.sites[index]
    if not site.clone:
        rest = (*project.sites[:index], *project.sites[index + 1 :])
        assert after.raw == pytest.approx(scored(replace(project, sites=rest)).raw)


USERS = ("self", "team", "public", None)
DATA = ("none", "personal", "financial", "health", None)
LIFETIMES = ("weeks", "months", "years", None)
PEAKS = (1, 10, 11, 300, 301, None)


@st.composite
def contexts(draw):
    """A context, and one that is stricter in one key."""
    ranks = {"users": USERS, "data": DATA, "lifetime": LIFETIMES, "peak_requests_per_minute": PEAKS}
    loose = {key: draw(st.sampled_from(values)) for key, values in ranks.items()}
    key = draw(st.sampled_from(sorted(ranks)))
    values = ranks[key]
    stricter = draw(st.sampled_from(values[values.index(loose[key]) :]))
    return Context(**loose), Context(**{**loose, key: stricter})


@properties
@given(projects(), contexts())
def test_p21_a_stricter_context_never_helps(project, pair):
    loose, strict = (scored(replace(project, context=context)) for context in pair)
    declared = [
        result.score.value if result.score.declared is None else result.score.declared for result in (loose, strict)
    ]
    assert declared[0] >= declared[1] >= strict.score.value
    assert (loose.score.value, loose.level) == (strict.score.value, strict.level)
    assert LEVELS.index(target_level(pair[0])) <= LEVELS.index(target_level(pair[1]))


@properties
@given(projects(), st.sampled_from(("scale", "time", "blindspot")))
def test_p22_a_rule_without_sites_changes_nothing_and_a_crashed_one_takes_the_score(project, lens):
    before = scored(project)
    idle = rule("idle", lens, "critical")
    assert evaluate(replace(project, rules={**RULES, "idle": idle})) == before
    crashed = evaluate(replace(project, failed_lenses=frozenset({lens}), failed_rules=("boom",)))
    assert crashed.score is None
    assert crashed.level is None
    assert "boom" in crashed.no_score_reason
    assert crashed.lenses == replace(before.lenses, **{lens: None})


@properties
@given(projects(), unseen_parts(), st.randoms(use_true_random=False))
def test_p24_order_does_not_matter(project, unseen, chance):
    project = replace(project, **unseen)
    sites, units, rules = list(project.sites), list(project.units), list(RULES.items())
    for listed in (sites, units, rules):
        chance.shuffle(listed)
    mixed = replace(
        project,
        sites=tuple(sites),
        units=tuple(units),
        rules=dict(rules),
        unreadable=project.unreadable[::-1],
        stakes=project.stakes[::-1],
    )
    encode = msgspec.json.Encoder(order="deterministic").encode
    assert encode(evaluate(mixed)) == encode(evaluate(project))


def applied(project, step):
    """The project once every site of that step's findings, and of the same causes, is handled."""
    causes = {site.cause for site in project.sites if site.cause and site.fingerprint in step.findings}
    sites = tuple(
        replace(site, outcome="handled")
        if site.rule in step.rules
        and site.outcome in ("partial", "unhandled")
        and not (site.suppressed and site.fingerprint not in step.findings and site.cause not in causes)
        and (site.fingerprint in step.findings or site.cause in causes)
        else site
        for site in project.sites
    )
    units = tuple(
        replace(unit, complexity=1) if unit_fingerprint(unit) in step.findings else unit for unit in project.units
    )
    return replace(project, sites=sites, units=units)


@properties
@given(projects())
def test_p25_the_plan_tells_the_truth(project):
    project = replace(project, sites=tuple(replace(site, suppressed=None, accepted=None) for site in project.sites))
    before = scored(project)
    value, level = before.score.value, before.level
    for step in before.plan:
        project = applied(project, step)
        after = evaluate(project)
        assert step.gain >= 0
        assert after.score.value == pytest.approx(value + step.gain, abs=0.1)
        assert step.unlocks == (after.level if after.level != level else None)
        value, level = after.score.value, after.level
    assert value == pytest.approx(before.score.value + fsum(step.gain for step in before.plan), abs=1e-6)
    assert not [site for site in project.sites if weighs(site) and site.outcome in ("partial", "unhandled")]


@properties
@given(projects())
def test_no_fix_comes_before_one_that_it_arms_on_the_same_path(project):
    plan = evaluate(project).plan
    by_print = {site.fingerprint: site for site in project.sites}
    order = {}
    for number, step in enumerate(plan):
        for fingerprint in step.findings:
            order[fingerprint] = number
    for fingerprint, number in order.items():
        site = by_print.get(fingerprint)
        for other, later in order.items():
            armed = by_print.get(other)
            if site is None or armed is None or armed.rule not in RULES[site.rule].arms:
                continue
            shared = set(site.entry_points) & set(armed.entry_points)
            if shared or (site.place.path, site.function) == (armed.place.path, armed.function):
                assert later < number
                assert armed.rule in plan[number].after


@properties
@given(projects(), unseen_parts(), st.data())
def test_p27_unknown_buys_nothing(project, unseen, data):
    project = replace(project, **unseen)
    index = data.draw(place_of(project, "partial", "unhandled"))
    before, after = scored(project), scored(with_outcome(project, index, "unknown"))
    assert after.score.low <= before.score.low
    assert after.floor <= before.floor
    assert height(after) <= height(before)
