"""From evidence to score, level, points and plan."""

from collections import Counter
from collections.abc import Iterable, Mapping

from durability.model import LENSES, LEVELS, Blocker, Lens, LensScores, Level, ModeRow, Outcome, Score
from durability.score.calibration import PROVISIONAL, Parameters
from durability.score.cases import Case, counted, coverage, gather, is_scored, resolved_groups, rule_of
from durability.score.complexity import HARD_TO_CHANGE, unit_outcome
from durability.score.context import UNDECLARED, lens_factors
from durability.score.evidence import NO_LENSES, Evidence, Scored
from durability.score.exposure import Exposure, cluster_weights, expose, raw_points
from durability.score.interval import effective_functions, high_end, low_end
from durability.score.levels import Figures, Setting, Unmet, blockers, reached, unmet_criteria
from durability.score.plan import State, open_work, order
from durability.score.requirements import COVERAGE_FLOOR, LENS_QUESTION, MODES_FLOOR, SITES_FLOOR
from durability.score.scale import shown, shown_points


def evaluate(evidence: Evidence, parameters: Parameters = PROVISIONAL) -> Scored:
    """The score of a project: a pure function of the evidence, whatever its order.

    Below the evidence floor, or where a rule crashed, there is no score and no level; sites that would hold a level
    are named all the same. Raises KeyError when a site names a rule that is not in `evidence.rules`.
    """
    cases = gather(evidence)
    setting = _setting(evidence, cases)
    if reason := _too_little(evidence, cases, setting.coverage):
        return _unscored(evidence, cases, setting, reason, NO_LENSES)
    seen = expose(cases.values(), "seen", parameters)
    lenses = _lens_scores(seen, evidence.failed_lenses, parameters)
    if evidence.failed_lenses:
        return _unscored(evidence, cases, setting, _crashed(evidence), lenses)
    return _scored(evidence, cases, setting, parameters)


def _setting(evidence: Evidence, cases: Mapping[str, Case]) -> Setting:
    return Setting(
        kind=evidence.kind,
        ran=frozenset(name for name, rule in evidence.rules.items() if is_scored(rule, evidence)),
        stakes=evidence.stakes,
        unclear=evidence.unclear,
        other_language_share=evidence.other_language_share,
        unresolved_calls=evidence.unresolved_calls,
        coverage=coverage(cases.values()),
    )


def _scored(evidence: Evidence, cases: Mapping[str, Case], setting: Setting, parameters: Parameters) -> Scored:
    seen = expose(cases.values(), "seen", parameters)
    value = shown(seen.raw, parameters)
    points = shown_points(raw_points(cases.values(), seen), seen.raw, value)

    def assess(changed: Mapping[str, Case]) -> State:
        unmet = unmet_criteria(changed, _figures(changed, parameters), setting)
        return State(changed, shown(expose(changed.values(), "seen", parameters).raw, parameters), reached(unmet))

    figures = _figures(cases, parameters)
    unmet = unmet_criteria(cases, figures, setting)
    level = reached(unmet)
    start = State(cases, value, level)
    return Scored(
        score=_score(evidence, cases, seen, parameters),
        no_score_reason="",
        level=level,
        blockers=_next_blockers(unmet, level),
        modes=_modes(evidence, cases, points),
        plan=order(open_work(cases, unmet), start, seen.prices, assess),
        points=points,
        lenses=_lens_scores(seen, evidence.failed_lenses, parameters),
        floor=figures.floor,
        raw=seen.raw,
        coverage=setting.coverage,
    )


def _figures(cases: Mapping[str, Case], parameters: Parameters) -> Figures:
    worst = expose(cases.values(), "worst", parameters)
    lenses: dict[Lens, float | None] = {
        lens: shown(100.0 * (1.0 - worst.losses[lens]), parameters) if lens in worst.losses else None for lens in LENSES
    }
    return Figures(floor=shown(worst.raw, parameters), lenses=lenses)


def _score(evidence: Evidence, cases: Mapping[str, Case], seen: Exposure, parameters: Parameters) -> Score:
    worst = expose(cases.values(), "worst", parameters)
    best = expose(cases.values(), "best", parameters)
    functions = effective_functions(cluster_weights(cases.values(), worst))
    declared = None
    if evidence.context != UNDECLARED:
        declared = shown(seen.declared(lens_factors(evidence.context)), parameters)
    return Score(
        value=shown(seen.raw, parameters),
        low=shown(low_end(worst.raw, functions), parameters),
        high=shown(high_end(best.raw, functions), parameters),
        declared=declared,
        lenses=_lens_scores(seen, evidence.failed_lenses, parameters),
    )


def _lens_scores(seen: Exposure, failed: frozenset[Lens], parameters: Parameters) -> LensScores:
    def of(lens: Lens) -> float | None:
        if lens in failed or lens not in seen.losses:
            return None
        return shown(100.0 * (1.0 - seen.losses[lens]), parameters)

    return LensScores(scale=of("scale"), time=of("time"), blindspot=of("blindspot"))


def _next_blockers(unmet: Iterable[Unmet], level: Level) -> tuple[Blocker, ...]:
    higher = LEVELS[LEVELS.index(level) + 1 :]
    return blockers(unmet, higher[0]) if higher else ()


# --- when there is no score -------------------------------------------------------------------------------------------


def _unscored(
    evidence: Evidence, cases: Mapping[str, Case], setting: Setting, reason: str, lenses: LensScores
) -> Scored:
    unmet = unmet_criteria(cases, None, setting)
    start = State(cases, None, None)
    return Scored(
        score=None,
        no_score_reason=reason,
        level=None,
        blockers=blockers(unmet, "pilot"),
        modes=_modes(evidence, cases, {}),
        plan=order(open_work(cases, unmet), start, {}, lambda changed: State(changed, None, None)),
        points={},
        lenses=lenses,
        coverage=setting.coverage,
    )


def _too_little(evidence: Evidence, cases: Mapping[str, Case], covered: float) -> str:
    code = [case for case in cases.values() if not case.rule.repository and case.rule.name != HARD_TO_CHANGE]
    resolved = [found for found in map(resolved_groups, code) if found]
    missing = []
    places = sum(resolved)
    if places < SITES_FLOOR:
        missing.append(f"{_count(places, 'place')} where it could fail (at least {SITES_FLOOR} are needed)")
    if len(resolved) < MODES_FLOOR:
        missing.append(f"{_count(len(resolved), 'way')} to fail (at least {MODES_FLOOR} are needed)")
    if covered < COVERAGE_FLOOR and (places or evidence.unreadable):
        missing.append(f"{covered:.0%} of such places could be judged (at least {COVERAGE_FLOOR:.0%} are needed)")
    return f"Too little to judge: {'; '.join(missing)}." if missing else ""


def _count(number: int, noun: str) -> str:
    return f"{number or 'no'} {noun}{'' if number == 1 else 's'}"


def _crashed(evidence: Evidence) -> str:
    lenses = " and ".join(LENS_QUESTION[lens] for lens in LENSES if lens in evidence.failed_lenses)
    rules = f" ({', '.join(sorted(evidence.failed_rules))})" if evidence.failed_rules else ""
    return f"A check crashed{rules}, so nothing can be said about {lenses}."


# --- the table of modes -----------------------------------------------------------------------------------------------


def _modes(evidence: Evidence, cases: Mapping[str, Case], points: Mapping[str, float]) -> tuple[ModeRow, ...]:
    """A row per rule with counted sites, dearest first; each site as it is, clones not collapsed."""
    outcomes: dict[str, Counter[Outcome]] = {}
    for site in evidence.sites:
        if counted(site):
            outcomes.setdefault(site.rule, Counter())[site.outcome] += 1
    for unit in evidence.units:
        if unit.reach > 0 and unit.statements > 0:
            outcomes.setdefault(HARD_TO_CHANGE, Counter())[unit_outcome(unit.complexity)] += 1
    rows = [_row(evidence, cases, name, count, points) for name, count in outcomes.items()]
    return tuple(sorted(rows, key=lambda row: (-row.points, row.rule)))


def _row(
    evidence: Evidence, cases: Mapping[str, Case], name: str, count: Counter[Outcome], points: Mapping[str, float]
) -> ModeRow:
    members = {member.fingerprint for one in (cases[name].groups if name in cases else ()) for member in one.members}
    return ModeRow(
        rule=name,
        lens=rule_of(name, evidence).lens,
        handled=count["handled"],
        partial=count["partial"],
        unhandled=count["unhandled"],
        unknown=count["unknown"],
        points=sum(points.get(fingerprint, 0.0) for fingerprint in sorted(members)),
    )
