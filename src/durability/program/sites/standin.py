"""A stand-in as rules see it: made-up data or an idle object where the real thing is missing."""

from typing import TYPE_CHECKING

from durability.program.sites.place import Site

if TYPE_CHECKING:
    from durability.program.context import Context
    from durability.program.failing.standins import StandIn


class StandInSite(Site):
    """A place where one name gets the real thing or something that only looks like it; at the latter."""

    def __init__(self, context: "Context", found: "StandIn") -> None:
        super().__init__(context, found.key, found.block, found.span, f"{found.what} instead")
        self.found = found
