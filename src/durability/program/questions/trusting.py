"""What a rule may ask about who is believed."""

from durability.model import Step
from durability.program.answers import NO, Answer, unknown
from durability.program.context import Context
from durability.program.sites import ClaimSite, EntrySite
from durability.program.trust.ownership import Ownership
from durability.program.trust.surfaces import Exposure, Surface


class TrustQuestions:
    """Questions about what strangers reach, and what they have to show."""

    _context: Context

    def surface(self, site: EntrySite) -> Surface | None:
        """What a stranger can do at an entry point; None where there is nothing to lose, or it has to be open."""
        return self._context.surfaces.by_entry.get((site.entry.function, site.entry.name))

    def webhook(self, site: EntrySite) -> Surface | None:
        """What a stranger can do at an entry point that another service is meant to call; None for any other."""
        return self._context.surfaces.webhooks.get((site.entry.function, site.entry.name))

    def way_to_harm(self, surface: Surface) -> tuple[Step, ...]:
        """From an entry point to the worst that a stranger can do there."""
        return self._context.surfaces.way(surface)

    @property
    def exposure(self) -> Exposure:
        """All entry points at which a stranger could do harm, those that let anybody in first."""
        return self._context.surfaces.exposure

    def cookies(self) -> Step | None:
        """Where the program first sets or reads what a browser sends along by itself; None where it never does."""
        return self._context.cookies

    def proven(self, claim: ClaimSite) -> Answer:
        """Whether somebody has to prove who they are before the program believes a claim."""
        verdict, steps = self._context.claims.proof(claim)
        if verdict == "unknown":
            return unknown("unresolved")
        return Answer("yes", trace=steps) if verdict == "yes" else NO

    def ownership(self, site: EntrySite) -> Ownership | None:
        """What a handler does about the owner of the row whose identifier it is given; None where there is no owner."""
        route = self._context.routes_by_handler.get(site.key)
        return self._context.ownerships.of(route) if route is not None and site.entry.role == "route" else None
