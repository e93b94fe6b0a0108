"""The level: which criteria are not met, and what holds it down, in words for someone who does not program."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from math import floor, fsum

from msgspec import Struct

from durability.harm import LEAST, harm
from durability.model import LENSES, LEVELS, SEVERITIES, Blocker, JudgedSite, Kind, Lens, Level, Stake
from durability.score.cases import Case
from durability.score.evidence import Unclear
from durability.score.requirements import (
    GAP_RULES,
    LENS_QUESTION,
    MUST_HAVES,
    OTHER_LANGUAGE_CEILING,
    STAKES_UNPROVEN,
    STATIC_ONLY,
    THRESHOLDS,
    UNRESOLVED_CALLS_CEILING,
    MustHave,
)

# Where a blocker stands in the list: stakes first, hygiene last.
STAKES, CRITICAL, FAILURE, FIGURE, UNPROVEN, HYGIENE = range(6)


class Setting(Struct, frozen=True):
    """What no fix in the code changes: the facts that levels read beside the sites."""

    kind: Kind
    ran: frozenset[str]
    stakes: tuple[Stake, ...]
    unclear: tuple[Unclear, ...]
    other_language_share: float
    unresolved_calls: float
    coverage: float


class Figures(Struct, frozen=True):
    """Shown scores when everything unknown counts as failing; a lens with nothing to judge has none."""

    floor: float
    lenses: Mapping[Lens, float | None]


class Unmet(Struct, frozen=True):
    """A criterion of a level that does not hold. `holding` are the sites that are why, `weight` how bad they are: the
    place of the severity, then of the harm, the worst first.
    """

    level: Level
    rank: int
    blocker: Blocker
    holding: tuple[JudgedSite, ...] = ()
    weight: tuple[int, int] = (len(SEVERITIES), LEAST)


def unmet_criteria(cases: Mapping[str, Case], figures: Figures | None, setting: Setting) -> tuple[Unmet, ...]:
    """Every criterion of every level that does not hold, most pressing first. Without figures, only those of sites.

    Each is monotone: handling a site never adds one, breaking a site or making it unknown never removes one.
    """
    found = [*_criticals(cases), *_staked(cases), *_priorities(cases), *_must_haves(cases, setting)]
    if figures is not None:
        found += [*_thresholds(figures, setting), *_unproven(setting)]
    return tuple(sorted(found, key=_urgency))


def _urgency(unmet: Unmet) -> tuple[int, int, tuple[int, int], str, str, int]:
    blocker = unmet.blocker
    place = (blocker.rule, blocker.path or "", blocker.line or 0)
    return (LEVELS.index(unmet.level), unmet.rank, unmet.weight, *place)


def reached(unmet: Iterable[Unmet]) -> Level:
    """The highest level whose criteria hold, and those of all below it."""
    held = min((LEVELS.index(criterion.level) for criterion in unmet), default=len(LEVELS))
    return LEVELS[held - 1]


def blockers(unmet: Iterable[Unmet], level: Level) -> tuple[Blocker, ...]:
    """What holds that level: one blocker per rule, the most pressing."""
    chosen: dict[str, Blocker] = {}
    for criterion in unmet:
        if criterion.level == level:
            chosen.setdefault(criterion.blocker.rule, criterion.blocker)
    return tuple(chosen.values())


# --- criteria that sites decide ---------------------------------------------------------------------------------------


def _criticals(cases: Mapping[str, Case]) -> Iterator[Unmet]:
    for case in cases.values():
        if case.rule.severity == "critical" and case.public:
            yield _by_sites(case, case.public, "pilot", CRITICAL)


def _staked(cases: Mapping[str, Case]) -> Iterator[Unmet]:
    for case in cases.values():
        if case.rule.severity in ("critical", "high") and case.staked:
            yield _by_sites(case, case.staked, "pilot", STAKES)
        elif case.rule.name in GAP_RULES and case.staked:
            yield _by_sites(case, case.staked, "production", STAKES)


def _priorities(cases: Mapping[str, Case]) -> Iterator[Unmet]:
    """Modes of high priority on public paths, by severity first, then how common, then whether anyone would notice."""
    for case in cases.values():
        if case.public and _is_pressing(case):
            yield _by_sites(case, case.public, "production", FAILURE)


def _is_pressing(case: Case) -> bool:
    share = case.public_mass.failing / case.public_mass.total if case.public_mass.total > 0 else 0.0
    silent = case.rule.lens == "blindspot"
    match case.rule.severity:
        case "critical":
            return True
        case "high":
            return share >= 0.1 or (silent and share > 0)
        case "medium":
            return silent and share > 0.5
        case "low":
            return False


def _by_sites(case: Case, sites: tuple[JudgedSite, ...], level: Level, rank: int) -> Unmet:
    first = _first(sites)
    story = case.rule.story.production or case.rule.summary
    told = f"It could not be told whether this can happen here: {story}" if first.outcome == "unknown" else story
    reason = _with_count(told, len(sites) - 1)
    weight = (SEVERITIES.index(case.rule.severity), harm(case.rule.cwe))
    return Unmet(level, rank, Blocker(case.rule.name, first.place.path, first.place.line, reason), sites, weight)


def _first(sites: Sequence[JudgedSite]) -> JudgedSite:
    """What is known to fail speaks before what could not be judged."""
    return next((site for site in sites if site.outcome != "unknown"), sites[0])


def _with_count(told: str, others: int) -> str:
    if not others:
        return told
    return f"{told} ({others} more {'place' if others == 1 else 'places'})"


# --- must-haves -------------------------------------------------------------------------------------------------------


def _must_haves(cases: Mapping[str, Case], setting: Setting) -> Iterator[Unmet]:
    for asked in MUST_HAVES:
        if setting.kind not in asked.kinds:
            continue
        within = [cases[name] for name in asked.rules if name in cases]
        if any(case.masses["worst"].total > 0 or case.sites for case in within):
            yield from _judged(asked, within)
        elif asked.level != "pilot" and not (asked.absent == "met" and setting.ran.intersection(asked.rules)):
            rank = HYGIENE if asked.hygiene else UNPROVEN
            yield Unmet(asked.level, rank, Blocker(asked.name, None, None, asked.unproven))


def _judged(asked: MustHave, cases: list[Case]) -> Iterator[Unmet]:
    rank = HYGIENE if asked.hygiene else FAILURE
    if asked.share == 1.0:
        holding = tuple(site for case in cases for site in case.holding)
        if holding:
            yield _on(asked, rank, holding, _with_count(asked.unmet, len(holding) - 1))
        return
    worst = [case.masses["worst"] for case in cases]
    total = fsum(mass.total for mass in worst)
    handled = total - fsum(mass.failing for mass in worst)
    if handled < asked.share * total:
        holding = tuple(site for case in cases for site in case.sites if site.outcome != "handled")
        yield _on(asked, rank, holding, asked.unmet.format(share=floor(100 * handled / total)))


def _on(asked: MustHave, rank: int, holding: tuple[JudgedSite, ...], reason: str) -> Unmet:
    if not holding:
        return Unmet(asked.level, rank, Blocker(asked.name, None, None, reason))
    first = _first(holding)
    return Unmet(asked.level, rank, Blocker(first.rule, first.place.path, first.place.line, reason), holding)


# --- criteria of the whole project ------------------------------------------------------------------------------------


def _thresholds(figures: Figures, setting: Setting) -> Iterator[Unmet]:
    for asked in THRESHOLDS:
        if figures.floor < asked.score:
            reason = (
                f"Too much of it is open: it scores {figures.floor:g} of 100 if what could not be judged goes wrong, "
                f"and {asked.score:g} is needed."
            )
            yield Unmet(asked.level, FIGURE, Blocker("score", None, None, reason))
        if setting.coverage < asked.coverage:
            reason = (
                f"Only {setting.coverage:.0%} of the places where it could fail could be judged; "
                f"{asked.coverage:.0%} are needed."
            )
            yield Unmet(asked.level, HYGIENE, Blocker("coverage", None, None, reason))
        for lens in LENSES:
            yield from _lens_threshold(asked.level, asked.lens, lens, figures.lenses[lens])


def _lens_threshold(level: Level, least: float, lens: Lens, value: float | None) -> Iterator[Unmet]:
    if least == 0.0 or (value is not None and value >= least):
        return
    if value is None:
        reason = f"Not yet evidenced: nothing was found that shows {LENS_QUESTION[lens]}."
        yield Unmet(level, UNPROVEN, Blocker(lens, None, None, reason))
        return
    reason = f"The score for {LENS_QUESTION[lens]} is {value:g} at worst; {least:g} is needed."
    yield Unmet(level, FIGURE, Blocker(lens, None, None, reason))


def _unproven(setting: Setting) -> Iterator[Unmet]:
    if setting.other_language_share > OTHER_LANGUAGE_CEILING:
        share = 1.0 - setting.other_language_share
        reason = f"Not yet evidenced: it was judged on its Python part only ({share:.0%} of the code)."
        yield Unmet("production", UNPROVEN, Blocker("other-languages", None, None, reason))
    if setting.unresolved_calls > UNRESOLVED_CALLS_CEILING:
        reason = (
            f"Not yet evidenced: {setting.unresolved_calls:.0%} of the steps in this code could not be traced "
            "to what they do."
        )
        yield Unmet("production", UNPROVEN, Blocker("unresolved-calls", None, None, reason))
    if setting.stakes and not setting.ran.issuperset(GAP_RULES):
        kinds = ", ".join(sorted({stake.kind for stake in setting.stakes}))
        stake = min(setting.stakes, key=lambda stake: (stake.path, stake.line))
        reason = STAKES_UNPROVEN.format(kinds=kinds)
        yield Unmet("production", STAKES, Blocker("stakes", stake.path, stake.line, reason))
    for item in setting.unclear:
        yield Unmet("production", STAKES, Blocker(item.name, item.path, item.line, item.said))
    yield Unmet("durable", UNPROVEN, Blocker("static-only", None, None, STATIC_ONLY))
