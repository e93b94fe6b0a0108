"""Sites as the score counts them: clones once, by their worst member."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from math import fsum
from typing import Literal

from msgspec import Struct

from durability.model import Confidence, JudgedSite, Outcome

Reading = Literal["seen", "worst", "best"]  # unknown is left out, counted as failing, counted as handled

CONFIDENCE_WEIGHT: dict[Confidence, float] = {"high": 1.0, "medium": 0.7, "low": 0.0}
FAILING_SHARE: dict[Outcome, float | None] = {"handled": 0.0, "partial": 0.5, "unhandled": 1.0, "unknown": None}
UNKNOWN_SHARE: dict[Reading, float | None] = {"seen": None, "worst": 1.0, "best": 0.0}


class Member(Struct, frozen=True):
    """One site in a group: `share` is how far it is unhandled, None when unknown."""

    fingerprint: str
    weight: float
    share: float | None


class Group(Struct, frozen=True):
    """Sites that count once. `cluster` is the function they stand in, for the interval."""

    cluster: tuple[str, str]
    members: tuple[Member, ...]


class Mass(Struct, frozen=True):
    """Weighted opportunities, and how much of them fails."""

    total: float
    failing: float


def group_sites(
    sites: Iterable[JudgedSite], confidence: Confidence, chosen: Callable[[JudgedSite], bool]
) -> tuple[Group, ...]:
    """Groups of those of one rule's sites that are `chosen`.

    The same place in copies of a function is one group, any other site its own. Which place matches which is found
    among all `sites`, so leaving one out does not shift the others.
    """
    found: dict[tuple[str, int, str], list[JudgedSite]] = defaultdict(list)
    seen_in: dict[tuple[str, str, str], int] = defaultdict(int)
    for site in sorted(sites, key=position):
        function = (site.place.path, site.function, site.clone)
        key = (site.clone, seen_in[function], "" if site.clone else f"{position(site)}")
        # A copied function has as many sites as its original: the first matches the first, the second the second.
        seen_in[function] += 1
        if chosen(site):
            found[key].append(site)
    return tuple(_group(members, CONFIDENCE_WEIGHT[confidence]) for _, members in sorted(found.items()))


def position(site: JudgedSite) -> tuple[str, int, int, int, str]:
    """What sites are sorted by: where they stand."""
    place = site.place
    return (place.path, place.cell or 0, place.line, place.column, site.fingerprint)


def _group(sites: Sequence[JudgedSite], confidence: float) -> Group:
    members = tuple(
        Member(fingerprint=site.fingerprint, weight=site.reach * confidence, share=FAILING_SHARE[site.outcome])
        for site in sites
    )
    return Group(cluster=min((site.place.path, site.function) for site in sites), members=members)


def weigh(group: Group, reading: Reading) -> Mass | None:
    """The heaviest member's weight and the worst member's failure; None when nothing is known.

    The weight does not depend on any outcome: breaking a member can only raise the failing part, and a handled copy of
    a failing site cannot make that site heavier.
    """
    total = -1.0
    failing = 0.0
    for member in group.members:
        share = UNKNOWN_SHARE[reading] if member.share is None else member.share
        if share is None:
            continue
        total = max(total, member.weight)
        failing = max(failing, member.weight * share)
    return None if total < 0 else Mass(total, failing)


def add_up(groups: Iterable[Group], reading: Reading) -> Mass:
    """The mass of all groups; the sum does not depend on their order."""
    masses = [mass for group in groups if (mass := weigh(group, reading)) is not None]
    return Mass(fsum(mass.total for mass in masses), fsum(mass.failing for mass in masses))


def blame(group: Group) -> tuple[float, tuple[str, ...]]:
    """The failing mass of a group as seen, and the fingerprints of its worst members, who share it equally."""
    mass = weigh(group, "seen")
    if mass is None or not mass.failing:
        return 0.0, ()
    worst = (
        member.fingerprint
        for member in group.members
        if member.share is not None and member.weight * member.share == mass.failing
    )
    return mass.failing, tuple(worst)


def mended(group: Group, fingerprints: frozenset[str]) -> Group:
    """The group with those members handled."""
    if not any(member.fingerprint in fingerprints for member in group.members):
        return group
    members = (
        Member(member.fingerprint, member.weight, 0.0) if member.fingerprint in fingerprints else member
        for member in group.members
    )
    return Group(group.cluster, tuple(members))
