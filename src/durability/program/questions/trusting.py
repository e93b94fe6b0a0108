"""What a rule may ask about who is believed."""

from durability.program.context import Context
from durability.program.sites import EntrySite
from durability.program.trust.surfaces import Exposure, Surface


class TrustQuestions:
    """Questions about what strangers reach, and what they have to show."""

    _context: Context

    def surface(self, site: EntrySite) -> Surface | None:
        """What a stranger can do at an entry point; None where there is nothing to lose, or it has to be open."""
        return self._context.surfaces.by_entry.get((site.entry.function, site.entry.name))

    @property
    def exposure(self) -> Exposure:
        """All entry points at which a stranger could do harm, those that let anybody in first."""
        return self._context.surfaces.exposure
