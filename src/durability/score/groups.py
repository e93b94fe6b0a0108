"""Sites as the score counts them: clones once, by their worst member."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from math import fsum
from typing import Literal

from msgspec import Struct

from durability.model import Confidence, JudgedSite, Outcome

Reading = Literal["seen", "worst", "best"]  # unknown is left out, counted as failing, counted as handled

CONFIDENCE_WEIGHT: dict[Confidence, float] = {"high": 1.0, "medium": 0.7, "low": 0.0}
FAILING_SHARE: dict[Outcome, float | None] = {"handled": 0.0, "partial": 0.5, "unhandled": 1.0, "unknown": None}


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


# --- grouping ---------------------------------------------------------------------------------------------------------


def position(site: JudgedSite) -> tuple[str, int, int, int, str]:
    """What sites are sorted by: where they stand."""
    place = site.place
    return (place.path, place.cell or 0, place.line, place.column, site.fingerprint)


def gather_clones(sites: Iterable[JudgedSite]) -> list[list[JudgedSite]]:
    """One rule's sites, sorted by position, as lists that count once: the same place in copies of a function."""
    found: dict[tuple[str, int], list[JudgedSite]] = defaultdict(list)
    seen_in: dict[tuple[str, str, str], int] = defaultdict(int)
    for number, site in enumerate(sites):
        if not site.clone:
            found["", number].append(site)
            continue
        # A copied function has as many sites as its original: the first matches the first, the second the second.
        function = (site.place.path, site.function, site.clone)
        found[site.clone, seen_in[function]].append(site)
        seen_in[function] += 1
    return list(found.values())


def group(
    clones: Iterable[list[JudgedSite]],
    confidence: Confidence,
    chosen: Callable[[JudgedSite], bool],
    share: Callable[[JudgedSite], float | None],
) -> Iterator[Group]:
    """The groups of those sites that are `chosen`, each failing by its `share`."""
    weight = CONFIDENCE_WEIGHT[confidence]
    for sites in clones:
        kept = [site for site in sites if chosen(site)]
        if kept:
            members = tuple(Member(site.fingerprint, site.reach * weight, share(site)) for site in kept)
            yield Group((kept[0].place.path, kept[0].function), members)


def failing_share(site: JudgedSite) -> float | None:
    """How far a site is unhandled, from 0 to 1; None when unknown."""
    return FAILING_SHARE[site.outcome]


def mended(one: Group, fingerprints: frozenset[str]) -> Group:
    """The group with those members handled."""
    if not any(member.fingerprint in fingerprints for member in one.members):
        return one
    members = (
        Member(member.fingerprint, member.weight, 0.0) if member.fingerprint in fingerprints else member
        for member in one.members
    )
    return Group(one.cluster, tuple(members))


# --- weighing ---------------------------------------------------------------------------------------------------------


def weigh(one: Group, unknown: float | None) -> tuple[float, float] | None:
    """The heaviest member's weight and the worst member's failing part of it; None when nothing is known.

    `unknown` is the share at which unknown members fail, None to leave them out. The weight does not depend on any
    outcome: breaking a member can only raise the failing part, and a handled copy of a failing site cannot make that
    site heavier.
    """
    total = -1.0
    failing = 0.0
    for member in one.members:
        weight = member.weight
        share = unknown if member.share is None else member.share
        if share is not None:
            total = weight if weight > total else total
            failing = weight * share if weight * share > failing else failing
    return None if total < 0 else (total, failing)


def add_up(groups: Iterable[Group], unknown: float | None) -> Mass:
    """The mass of all groups, whatever their order."""
    masses = [mass for one in groups if (mass := weigh(one, unknown)) is not None]
    return Mass(fsum(total for total, _ in masses), fsum(failing for _, failing in masses))


def readings(groups: Iterable[Group]) -> dict[Reading, Mass]:
    """The mass in each reading."""
    listed = tuple(groups)
    unknown = any(member.share is None for one in listed for member in one.members)
    seen = add_up(listed, None)
    if not unknown:
        return {"seen": seen, "worst": seen, "best": seen}
    return {"seen": seen, "worst": add_up(listed, 1.0), "best": add_up(listed, 0.0)}


def saved(groups: Iterable[Group], fingerprints: frozenset[str]) -> float:
    """How much less fails, as seen, once those members are handled."""
    differences = []
    for one in groups:
        after = mended(one, fingerprints)
        if after is not one and (mass := weigh(one, None)) is not None:
            left = weigh(after, None) or mass
            differences.append(mass[1] - left[1])
    return fsum(differences)


def blame(one: Group) -> tuple[float, tuple[str, ...]]:
    """The failing mass of a group as seen, and the fingerprints of its worst members, who share it equally."""
    mass = weigh(one, None)
    if mass is None or not mass[1]:
        return 0.0, ()
    failing = mass[1]
    worst = (
        member.fingerprint
        for member in one.members
        if member.share is not None and member.weight * member.share == failing
    )
    return failing, tuple(worst)
