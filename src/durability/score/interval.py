"""How far the score may be off: what is unknown, and how few functions it rests on."""

from collections.abc import Iterable
from math import fsum, sqrt

QUANTILE = 1.0  # one standard error either way


def effective_functions(weights: Iterable[float]) -> float:
    """How many equally weighty functions these are worth (Kish); 0 without any."""
    listed = tuple(weights)
    squares = fsum(weight * weight for weight in listed)
    return fsum(listed) ** 2 / squares if squares > 0 else 0.0


def low_end(raw: float, functions: float) -> float:
    """Lower end for a raw score (0 to 100) that rests on so many functions."""
    centre, half = _wilson(raw / 100.0, functions)
    return 100.0 * max(min(centre - half, raw / 100.0), 0.0)


def high_end(raw: float, functions: float) -> float:
    """Upper end for a raw score (0 to 100) that rests on so many functions."""
    centre, half = _wilson(raw / 100.0, functions)
    return 100.0 * min(max(centre + half, raw / 100.0), 1.0)


def _wilson(share: float, functions: float) -> tuple[float, float]:
    """Centre and half width of Wilson's interval.

    A function's outcomes stand or fall together, so the sampling error is that of a jackknife over functions, with the
    variance of one function's outcome taken from the score itself rather than from the few outcomes seen. That has two
    consequences the plain jackknife lacks: twelve functions without a failure still have an interval, and mending a
    site never lowers either end.
    """
    if functions <= 0:
        return 0.5, 0.5
    square = QUANTILE * QUANTILE / functions
    centre = (share + square / 2) / (1 + square)
    half = QUANTILE * sqrt(share * (1 - share) / functions + square / (4 * functions)) / (1 + square)
    return centre, half
