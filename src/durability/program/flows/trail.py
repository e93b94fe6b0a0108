"""A way through the program that grows by one step at a time and shares what went before."""

from msgspec import Struct

from durability.model import Step


class Trail(Struct, frozen=True):
    """One step and the way before it: chains of thousands of functions keep one each."""

    step: Step
    before: "Trail | None" = None


def latest_first(trail: Trail | None) -> tuple[Step, ...]:
    """The steps of a trail, the last one first."""
    found = []
    while trail is not None:
        found.append(trail.step)
        trail = trail.before
    return tuple(found)


def in_order(trail: Trail | None) -> tuple[Step, ...]:
    """The steps of a trail as they were taken."""
    return latest_first(trail)[::-1]
