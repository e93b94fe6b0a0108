"""How the declared context relaxes the declared number and moves the target."""

from collections.abc import Mapping

from durability.model import Lens, Level
from durability.score.evidence import Context, Data, Users

UNDECLARED = Context()

_LIFETIME = {"weeks": 0.4, "months": 0.7, "years": 1.0, None: 1.0}

# Anything not named weighs in full: more users never weigh less than fewer with the same data.
_AUDIENCE: Mapping[tuple[Users | None, Data | None], float] = {
    ("self", "none"): 0.4,
    ("self", "personal"): 0.7,
    ("team", "none"): 0.7,
    ("team", "personal"): 0.7,
}


def lens_factors(context: Context) -> Mapping[Lens, float]:
    """How much of each lens's loss counts in the declared number, from 0.4 to 1; undeclared counts in full."""
    return {
        "scale": _traffic(context.peak_requests_per_minute),
        "time": _LIFETIME[context.lifetime],
        "blindspot": _AUDIENCE.get((context.users, context.data), 1.0),
    }


def _traffic(peak: int | None) -> float:
    if peak is None or peak > 300:
        return 1.0
    return 0.4 if peak <= 10 else 0.7


def target_level(context: Context) -> Level:
    """The level this use asks for. A stricter context never asks for less; undeclared asks for production."""
    factors = lens_factors(context)
    known_people = factors["blindspot"] < 1.0
    nobody_hurt = factors["blindspot"] == 0.4
    return "pilot" if nobody_hurt or (known_people and factors["time"] < 1.0) else "production"
