"""The plan: which fixes in which order, what each gains when re-scored, and what it unlocks."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from math import ceil

from msgspec import Struct

from durability.model import LEVELS, JudgedSite, Level, PlanStep, RuleInfo
from durability.score.cases import Case, mend
from durability.score.groups import saved
from durability.score.levels import Unmet

NEVER = len(LEVELS)
PILOT = LEVELS.index("pilot")

Place = tuple[str, str]


class Work(Struct, frozen=True):
    """Causes of one rule that hold the same level, mended in one go.

    `holds` is the index of the lowest level that one of them holds, NEVER for none. `findings` has one fingerprint per
    cause, that of its first site; `fingerprints` those of all sites. `places` are the functions and entry points they
    stand on.
    """

    rule: RuleInfo
    holds: int
    fingerprints: frozenset[str]
    findings: tuple[str, ...]
    places: frozenset[Place]

    @property
    def minutes(self) -> tuple[int, int]:
        """Least and most minutes.

        A rule's (low, high) is for its first cause. Half of it is finding out how, paid once; each cause then costs the
        other half: half + n × half, rounded up.
        """
        low, high = self.rule.minutes
        causes = len(self.findings)
        return ceil(low * (1 + causes) / 2), ceil(high * (1 + causes) / 2)

    @property
    def effort(self) -> int:
        """What work is compared by: both ends of its minutes."""
        return sum(self.minutes)


class State(Struct, frozen=True):
    """Where the project stands after some fixes. Without a score there is neither value nor level."""

    cases: Mapping[str, Case]
    value: float | None
    level: Level | None


# --- what there is to do ----------------------------------------------------------------------------------------------


def open_work(cases: Mapping[str, Case], unmet: Iterable[Unmet]) -> tuple[Work, ...]:
    """The fixes to order: causes grouped by rule and by the level they hold.

    A site that somebody suppressed or accepted is left alone unless it holds a level. Unknown sites are no work: nobody
    knows yet that something is wrong there.
    """
    held: dict[str, int] = {}
    for criterion in unmet:
        level = LEVELS.index(criterion.level)
        for site in criterion.holding:
            held[site.fingerprint] = min(held.get(site.fingerprint, NEVER), level)
    return tuple(work for case in cases.values() for work in _work_of(case, held))


def _work_of(case: Case, held: Mapping[str, int]) -> Iterator[Work]:
    causes: dict[str, list[tuple[str, frozenset[Place]]]] = defaultdict(list)
    for site in case.sites:
        left_alone = (site.suppressed or site.accepted) and site.fingerprint not in held
        if site.outcome in ("unhandled", "partial") and not left_alone:
            causes[site.cause or site.fingerprint].append((site.fingerprint, _places(site)))
    if not case.sites:
        for fingerprint, place in _failing_units(case):
            causes[fingerprint].append((fingerprint, frozenset([place])))
    by_level: dict[int, list[list[tuple[str, frozenset[Place]]]]] = defaultdict(list)
    for sites in causes.values():
        by_level[min(held.get(fingerprint, NEVER) for fingerprint, _ in sites)].append(sites)
    for level, grouped in sorted(by_level.items()):
        everything = [site for sites in grouped for site in sites]
        yield Work(
            rule=case.rule,
            holds=level,
            fingerprints=frozenset(fingerprint for fingerprint, _ in everything),
            findings=tuple(sites[0][0] for sites in grouped),
            places=frozenset().union(*(places for _, places in everything)),
        )


def _places(site: JudgedSite) -> frozenset[Place]:
    entries = (("", entry) for entry in site.entry_points)
    return frozenset([(site.place.path, site.function), *entries])


def _failing_units(case: Case) -> Iterator[tuple[str, Place]]:
    for one in case.groups:
        for member in one.members:
            if member.share:
                yield member.fingerprint, one.cluster


# --- in which order ---------------------------------------------------------------------------------------------------


def order(
    work: Iterable[Work], start: State, prices: Mapping[str, float], assess: Callable[[Mapping[str, Case]], State]
) -> tuple[PlanStep, ...]:
    """The steps, each re-scored after all before it.

    For each level in turn: what holds it, least effort first; then whatever gains most per minute until it is reached.
    A fix that arms another failure on the same path comes after that one's. `prices` are raw points per failing mass.
    Suggested, not optimal: the order is greedy.
    """
    planner = _Planner(work, start, prices, assess)
    for goal in range(PILOT, len(LEVELS)):
        planner.aim(goal)
    planner.finish()
    return tuple(planner.steps)


class _Planner:
    def __init__(
        self,
        work: Iterable[Work],
        start: State,
        prices: Mapping[str, float],
        assess: Callable[[Mapping[str, Case]], State],
    ) -> None:
        self.steps: list[PlanStep] = []
        self._left = {(one.rule.name, one.holds): one for one in work}
        self._placed: list[Work] = []
        self._state = start
        self._prices = prices
        self._assess = assess
        self._gains: dict[tuple[str, int], float] = {}

    def aim(self, goal: int) -> None:
        """Place work until that level is reached or nothing is left."""
        while self._height() < goal and (holding := [one for one in self._left.values() if one.holds <= goal]):
            self._place(min(holding, key=lambda one: (one.effort, one.holds, one.rule.name)), frozenset())
        while self._height() < goal and self._left:
            self._place_best()

    def finish(self) -> None:
        """Place what is left."""
        while self._left:
            self._place_best()

    def _place_best(self) -> None:
        best = min(self._left.values(), key=lambda one: (-self._yield(one), one.effort, one.holds, one.rule.name))
        self._place(best, frozenset())

    def _height(self) -> int:
        return -1 if self._state.level is None else LEVELS.index(self._state.level)

    def _yield(self, work: Work) -> float:
        key = (work.rule.name, work.holds)
        if key not in self._gains:
            less = saved(self._state.cases[work.rule.name].groups, work.fingerprints)
            self._gains[key] = less * self._prices.get(work.rule.name, 0.0)
        return self._gains[key] / max(work.effort, 1)

    def _place(self, work: Work, waiting: frozenset[tuple[str, int]]) -> None:
        """Place a piece of work after what it would arm. `waiting` breaks circles of rules that arm each other."""
        key = (work.rule.name, work.holds)
        armed = [one for one in self._left.values() if _arms(work, one) and (one.rule.name, one.holds) not in waiting]
        for first in sorted(armed, key=lambda one: (one.effort, one.rule.name, one.holds)):
            if (first.rule.name, first.holds) in self._left:
                self._place(first, waiting | {key})
        if key in self._left:
            self._append(self._left.pop(key))

    def _append(self, work: Work) -> None:
        cases = dict(self._state.cases)
        cases[work.rule.name] = mend(cases[work.rule.name], work.fingerprints)
        before, after = self._state, self._assess(cases)
        low, high = work.minutes
        self.steps.append(
            PlanStep(
                action=work.rule.action or work.rule.summary,
                rules=(work.rule.name,),
                findings=work.findings,
                gain=max(round((after.value or 0.0) - (before.value or 0.0), 1), 0.0),
                minutes_low=low,
                minutes_high=high,
                unlocks=after.level if after.level != before.level else None,
                after=tuple(sorted({one.rule.name for one in self._placed if _arms(work, one)})),
            )
        )
        self._placed.append(work)
        self._state = after
        self._gains = {key: gain for key, gain in self._gains.items() if key[0] != work.rule.name}


def _arms(work: Work, other: Work) -> bool:
    """Whether doing this work makes the other's failure possible on a path they share."""
    return (
        other.rule.name in work.rule.arms
        and other.rule.name != work.rule.name
        and not work.places.isdisjoint(other.places)
    )
