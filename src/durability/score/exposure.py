"""The exposure model: failing opportunities per opportunity, weighed within three equal lenses."""

from collections.abc import Iterable, Mapping
from math import fsum

from msgspec import Struct

from durability.model import LENSES, Lens
from durability.score.calibration import Parameters
from durability.score.cases import Case
from durability.score.groups import CONFIDENCE_WEIGHT, Reading, blame, weigh

# Evidence that a mode starts with: its weight grows as n / (n + 2), so one lucky site does not carry it whole.
SHRINKAGE = 2.0


class Exposure(Struct, frozen=True):
    """One reading of all sites.

    `losses` has the share lost (0 to 1) per lens that has anything to judge. `prices` are raw points of the whole score
    per unit of failing mass, by rule. They depend on what there is to handle, never on what is handled: the raw score
    is 100 minus each rule's failing mass times its price.
    """

    losses: Mapping[Lens, float]
    prices: Mapping[str, float]

    @property
    def raw(self) -> float:
        """The score before it is put on the shown scale, 0 to 100; 0 when there is nothing to judge."""
        if not self.losses:
            return 0.0
        return min(max(100.0 * (1.0 - fsum(self.losses.values()) / len(self.losses)), 0.0), 100.0)

    def declared(self, factors: Mapping[Lens, float]) -> float:
        """The raw score when only a part of each lens's loss counts. A lens with nothing to judge loses the mean."""
        if not self.losses:
            return 0.0
        mean = fsum(self.losses.values()) / len(self.losses)
        lost = fsum(factors[lens] * self.losses.get(lens, mean) for lens in LENSES) / len(LENSES)
        return min(max(100.0 * (1.0 - lost), 0.0), 100.0)


def expose(cases: Iterable[Case], reading: Reading, parameters: Parameters) -> Exposure:
    """Rates within modes, modes within lenses, lenses equally: 100 minus the mean loss is the raw score."""
    judged = [case for case in cases if case.masses[reading].total > 0]
    by_lens = {lens: [case for case in judged if case.rule.lens == lens] for lens in LENSES}
    present = {lens: within for lens, within in by_lens.items() if within}
    losses: dict[Lens, float] = {}
    prices: dict[str, float] = {}
    for lens, within in present.items():
        slopes = _slopes(within, reading, parameters)
        lost = fsum(case.masses[reading].failing * slopes[case.rule.name] for case in within)
        losses[lens] = min(max(lost, 0.0), 1.0)
        prices.update({rule: 100.0 * slope / len(present) for rule, slope in slopes.items()})
    return Exposure(losses, prices)


def _slopes(cases: list[Case], reading: Reading, parameters: Parameters) -> dict[str, float]:
    """How much of its lens a unit of failing mass costs, by rule."""
    code = [case for case in cases if not case.rule.repository]
    checks = [case for case in cases if case.rule.repository]
    pooled = fsum(CONFIDENCE_WEIGHT[check.rule.confidence] for check in checks)
    weights = [_weight(case, parameters) * _shrunk(case.masses[reading].total) for case in code]
    everything = fsum([*weights, parameters.repository_weight * _shrunk(pooled)])
    slopes = {
        case.rule.name: _weight(case, parameters) / (case.masses[reading].total + SHRINKAGE) / everything
        for case in code
    }
    for check in checks:
        # However many lines a manifest has, it is one check: its mass in the pool is its confidence.
        part = CONFIDENCE_WEIGHT[check.rule.confidence] / check.masses[reading].total
        slopes[check.rule.name] = parameters.repository_weight / (pooled + SHRINKAGE) * part / everything
    return slopes


def _shrunk(total: float) -> float:
    return total / (total + SHRINKAGE)


def _weight(case: Case, parameters: Parameters) -> float:
    return parameters.rule_weight.get(case.rule.name, parameters.severity_weight[case.rule.severity])


def raw_points(cases: Iterable[Case], exposure: Exposure) -> dict[str, float]:
    """Raw points lost by fingerprint, as seen; they add up to 100 minus the raw score."""
    lost: dict[str, list[float]] = {}
    for case in cases:
        for one in case.groups:
            failing, culprits = blame(one)
            for fingerprint in culprits:
                share = failing * exposure.prices[case.rule.name] / len(culprits)
                lost.setdefault(fingerprint, []).append(share)
    return {fingerprint: fsum(shares) for fingerprint, shares in sorted(lost.items())}


def cluster_weights(cases: Iterable[Case], exposure: Exposure) -> tuple[float, ...]:
    """What each function could cost at most, in raw points of a worst reading."""
    most: dict[tuple[str, str], list[float]] = {}
    for case in cases:
        for one in (*case.groups, *case.unseen):
            mass = weigh(one, 1.0)
            if mass is not None and mass[0] > 0:
                most.setdefault(one.cluster, []).append(mass[0] * exposure.prices[case.rule.name])
    return tuple(fsum(weights) for _, weights in sorted(most.items()))
