"""The shown scale: a rising, piecewise linear map from raw scores, and points that follow it."""

from collections.abc import Mapping
from itertools import pairwise

from durability.score.calibration import Parameters


def shown(raw: float, parameters: Parameters) -> float:
    """The raw score (0 to 100) on the shown scale, 0 to 100 with one decimal."""
    return round(_stretched(min(max(raw, 0.0), 100.0), parameters.anchors), 1)


def _stretched(raw: float, anchors: tuple[tuple[float, float], ...]) -> float:
    for (left, low), (right, high) in pairwise(anchors):
        if raw <= right:
            return low + (high - low) * (raw - left) / (right - left)
    return anchors[-1][1]


def shown_points(raw_points: Mapping[str, float], raw: float, value: float) -> dict[str, float]:
    """Raw points lost, scaled so that they add up to 100 minus the shown `value`.

    Every point is scaled alike, by the mean slope of the map between the raw score and 100: no site is dearer for being
    counted first, and shares stay what they were.
    """
    factor = (100.0 - value) / (100.0 - raw) if raw < 100.0 else 0.0
    return {fingerprint: points * factor for fingerprint, points in raw_points.items()}
