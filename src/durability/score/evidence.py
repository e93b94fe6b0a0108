"""What goes into the score and what comes out of it."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Literal

from msgspec import Struct

from durability.model import (
    Blocker,
    JudgedSite,
    Kind,
    Lens,
    LensScores,
    Level,
    ModeRow,
    PlanStep,
    RuleInfo,
    Score,
    Stake,
    UnitComplexity,
)

Users = Literal["self", "team", "public"]
Data = Literal["none", "personal", "financial", "health"]
Lifetime = Literal["weeks", "months", "years"]

NO_LENSES = LensScores(scale=None, time=None, blindspot=None)


class Context(Struct, frozen=True):
    """What the product is for, as its owner declares it. None means undeclared and is read as the strictest."""

    users: Users | None = None
    data: Data | None = None
    peak_requests_per_minute: int | None = None
    lifetime: Lifetime | None = None


class Unclear(Struct, frozen=True):
    """Something on a path with stakes that no tool could settle: a place, and what is not known, as a sentence."""

    name: str
    path: str
    line: int
    said: str


class Evidence(Struct, frozen=True):
    """Everything the score is a function of.

    `rules` maps a name to its rule and names every rule that ran, also those without a site.
    `unreadable` and `unmeasured` are (path, estimated statements) of first-party files that could not be analysed at
    all, or whose complexity could not be measured. `statements` counts those of the analysed files.
    `maybe_sites` maps a rule to the places that may be sites of it and could not be resolved.
    `unclear` is what on paths with stakes could not be settled: calls that could not be followed between two effects,
    questions that nobody has answered. `other_language_share` and `unresolved_calls` are shares from 0 to 1.
    `failed_rules` names the rules that raised and `failed_lenses` their lenses. `scored_packs` names the packs, beside
    the core, whose rules carry points.
    """

    sites: tuple[JudgedSite, ...]
    rules: Mapping[str, RuleInfo]
    units: tuple[UnitComplexity, ...] = ()
    unreadable: tuple[tuple[str, int], ...] = ()
    statements: int = 0
    failed_lenses: frozenset[Lens] = frozenset()
    kind: Kind = "app"
    other_language_share: float = 0.0
    stakes: tuple[Stake, ...] = ()
    unclear: tuple[Unclear, ...] = ()
    unresolved_calls: float = 0.0
    context: Context = Context()
    failed_rules: tuple[str, ...] = ()
    unmeasured: tuple[tuple[str, int], ...] = ()
    maybe_sites: Mapping[str, int] = MappingProxyType({})
    scored_packs: frozenset[str] = frozenset()


class Scored(Struct, frozen=True):
    """The score and everything that explains it.

    `points` maps the fingerprint of each open site to what it costs; they add up to 100 minus the shown value, and are
    all there is between the two. `lenses` is filled even where a crashed rule leaves no score.
    `floor` is the shown score when everything unknown or unreadable counts as failing: levels and gates read it.
    `raw` is the score before it is put on the shown scale. `coverage` is the share of the sites that was resolved.
    """

    score: Score | None
    no_score_reason: str
    level: Level | None
    blockers: tuple[Blocker, ...]
    modes: tuple[ModeRow, ...]
    plan: tuple[PlanStep, ...]
    points: Mapping[str, float]
    lenses: LensScores = NO_LENSES
    floor: float | None = None
    raw: float | None = None
    coverage: float = 0.0
