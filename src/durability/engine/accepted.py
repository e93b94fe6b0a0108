"""Accepted risks: written, owned and dated; the only way out of the score."""

from collections.abc import Sequence
from datetime import date
from fnmatch import fnmatchcase

from msgspec.structs import replace

from durability.config import Accept
from durability.model import Acceptance, JudgedSite


def accept(sites: Sequence[JudgedSite], accepted: Sequence[Accept], today: str) -> tuple[JudgedSite, ...]:
    """Sites with the acceptance that covers them; one that expired before `today` (ISO date) covers nothing."""
    valid = [item for item in accepted if not today or item.expires >= date.fromisoformat(today)]
    return tuple(_accepted(site, valid) for site in sites)


def _accepted(site: JudgedSite, accepted: Sequence[Accept]) -> JudgedSite:
    for item in accepted:
        if item.rule == site.rule and fnmatchcase(site.place.path, item.path or "*"):
            return replace(site, accepted=Acceptance(item.reason, item.owner, item.expires.isoformat()))
    return site
