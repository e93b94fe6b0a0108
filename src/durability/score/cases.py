"""What is known of each rule in this project: its groups, what could not be seen, and what levels ask of it."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from math import fsum

from msgspec import Struct
from msgspec.structs import replace

from durability.model import JudgedSite, RuleInfo
from durability.score.complexity import HARD_TO_CHANGE, RULE, group_units, group_unmeasured
from durability.score.evidence import Evidence
from durability.score.groups import (
    CONFIDENCE_WEIGHT,
    Group,
    Mass,
    Member,
    Reading,
    add_up,
    failing_share,
    gather_clones,
    group,
    mended,
    position,
    readings,
)

NOTHING = Mass(0.0, 0.0)


class Ways(Struct, frozen=True):
    """The ways in: `known` is whether any site has an entry point, `staked` are those where something is at stake."""

    known: bool
    staked: frozenset[str]

    def public(self, site: JudgedSite) -> bool:
        """Whether the outside world can reach the site; without a known entry point, any site may be reached."""
        return bool(site.entry_points) or not self.known

    def at_stake(self, site: JudgedSite) -> bool:
        """Whether the site is on a path that does something somebody would regret."""
        return not self.staked.isdisjoint(site.entry_points)


class Case(Struct, frozen=True):
    """One scored rule that has sites here.

    `groups` and `masses` make the number; `unseen` are the groups of unknown members that stand for what could not be
    read or resolved, counted in `masses`. `sites` are what levels look at: those in the number and those critical ones
    that somebody accepted. `holding` are those of them that can hold a level, `public` and `staked` those of these on
    public paths and where something is at stake; a check of the repository stands on no path. `public_mass` is what
    can be reached from outside, when what is unknown counts as failing and what is merely possible does not.
    """

    rule: RuleInfo
    groups: tuple[Group, ...]
    unseen: tuple[Group, ...]
    sites: tuple[JudgedSite, ...]
    masses: Mapping[Reading, Mass]
    holding: tuple[JudgedSite, ...]
    public: tuple[JudgedSite, ...]
    staked: tuple[JudgedSite, ...]
    public_mass: Mass
    ways: Ways


def holds(site: JudgedSite) -> bool:
    """Whether a site speaks against a level. An unknown one does as an unhandled one would: unknown buys nothing."""
    return site.outcome != "handled" and site.evidence in ("likely", "proven")


def counted(site: JudgedSite) -> bool:
    """Whether a site is in the number: reached, not a test, not accepted by somebody."""
    return site.reach > 0 and site.role != "test" and site.accepted is None


def is_scored(rule: RuleInfo, evidence: Evidence) -> bool:
    """Whether a rule's sites carry points in this project."""
    return rule.scored and (rule.pack == "core" or rule.pack in evidence.scored_packs)


def rule_of(name: str, evidence: Evidence) -> RuleInfo:
    """The rule a site names. Raises KeyError when the evidence lacks it."""
    if name == HARD_TO_CHANGE:
        return evidence.rules.get(name, RULE)
    return evidence.rules[name]


def gather(evidence: Evidence) -> dict[str, Case]:
    """A case for each scored rule that has a site, sorted by rule."""
    by_rule: dict[str, list[JudgedSite]] = defaultdict(list)
    for site in evidence.sites:
        if site.rule != HARD_TO_CHANGE and is_scored(rule_of(site.rule, evidence), evidence):
            by_rule[site.rule].append(site)
    ways = _ways(evidence)
    cases = (_case(rule_of(name, evidence), sites, evidence, ways) for name, sites in sorted(by_rule.items()))
    found = [*cases, *_missed(evidence, by_rule, ways), _complexity_case(evidence, ways)]
    return {case.rule.name: case for case in sorted(found, key=lambda case: case.rule.name) if _weighs(case)}


def _weighs(case: Case) -> bool:
    return bool(case.groups or case.unseen or case.sites)


def _ways(evidence: Evidence) -> Ways:
    return Ways(
        known=any(counted(site) and site.entry_points for site in evidence.sites),
        staked=frozenset(entry for stake in evidence.stakes for entry in stake.entry_points),
    )


def _case(rule: RuleInfo, sites: Iterable[JudgedSite], evidence: Evidence, ways: Ways) -> Case:
    reached = sorted((site for site in sites if site.reach > 0 and site.role != "test"), key=position)
    groups = tuple(group(gather_clones(reached), rule.confidence, counted, failing_share))
    heard = tuple(site for site in reached if site.accepted is None or rule.severity == "critical")
    return _weighed(rule, groups, _unseen(rule, groups, evidence), heard, ways)


def _missed(evidence: Evidence, by_rule: Mapping[str, list[JudgedSite]], ways: Ways) -> Iterable[Case]:
    """Rules without a site of which some place may be one."""
    for name in sorted(evidence.maybe_sites):
        if name not in by_rule and name in evidence.rules and is_scored(evidence.rules[name], evidence):
            yield _case(evidence.rules[name], (), evidence, ways)


def _complexity_case(evidence: Evidence, ways: Ways) -> Case:
    rule = rule_of(HARD_TO_CHANGE, evidence)
    groups = group_units(evidence.units)
    unseen = (*group_unmeasured(evidence.unmeasured), *_unreadable(groups, evidence))
    return _weighed(rule, groups, unseen, (), ways)


def _unseen(rule: RuleInfo, groups: tuple[Group, ...], evidence: Evidence) -> tuple[Group, ...]:
    if rule.repository:
        return ()
    maybe = evidence.maybe_sites.get(rule.name, 0)
    weight = maybe * CONFIDENCE_WEIGHT[rule.confidence]
    places = (Group(("unresolved", rule.name), (Member("", weight, None),)),) if weight > 0 else ()
    return (*places, *_unreadable(groups, evidence))


def _unreadable(groups: tuple[Group, ...], evidence: Evidence) -> tuple[Group, ...]:
    """Each unreadable file, with as many sites per statement as the files that were read."""
    density = add_up(groups, 1.0).total / max(evidence.statements, 1)
    if density <= 0:
        return ()
    return tuple(
        Group(("unreadable", path), (Member("", density * statements, None),))
        for path, statements in sorted(evidence.unreadable)
        if statements > 0
    )


def _weighed(
    rule: RuleInfo, groups: tuple[Group, ...], unseen: tuple[Group, ...], sites: tuple[JudgedSite, ...], ways: Ways
) -> Case:
    holding = tuple(site for site in sites if holds(site))
    on_paths = () if rule.repository else holding
    reachable = group(gather_clones(sites), rule.confidence, ways.public, _certain_share)
    return Case(
        rule=rule,
        groups=groups,
        unseen=unseen,
        sites=sites,
        masses=readings((*groups, *unseen)),
        holding=holding,
        public=tuple(site for site in on_paths if ways.public(site)),
        staked=tuple(site for site in on_paths if ways.at_stake(site)),
        public_mass=add_up(reachable, 1.0) if holding else NOTHING,
        ways=ways,
    )


def _certain_share(site: JudgedSite) -> float | None:
    return failing_share(site) if holds(site) else 0.0


def mend(case: Case, fingerprints: frozenset[str]) -> Case:
    """The case once those sites are handled."""
    sites = tuple(replace(site, outcome="handled") if site.fingerprint in fingerprints else site for site in case.sites)
    groups = tuple(mended(one, fingerprints) for one in case.groups)
    return _weighed(case.rule, groups, case.unseen, sites, case.ways)


def coverage(cases: Iterable[Case]) -> float:
    """Resolved share of the code sites' mass, 0 to 1; 0 when there is none."""
    code = [case for case in cases if not case.rule.repository and case.rule.name != HARD_TO_CHANGE]
    everything = fsum(case.masses["worst"].total for case in code)
    return fsum(case.masses["seen"].total for case in code) / everything if everything > 0 else 0.0


def resolved_groups(case: Case) -> int:
    """How many sites of a case were judged, clones counted once."""
    return sum(any(member.share is not None for member in one.members) for one in case.groups)
