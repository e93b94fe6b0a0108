"""The score: a pure function of the judged sites, as a number, a level, what holds it down and a plan."""

from durability.score.calibration import MODEL_VERSION, PROVISIONAL, Parameters
from durability.score.complexity import HARD_TO_CHANGE, unit_fingerprint
from durability.score.context import lens_factors, target_level
from durability.score.evaluation import evaluate
from durability.score.evidence import Context, Evidence, Scored, Unclear
from durability.score.requirements import STAKES_UNTRACED

__all__ = [
    "HARD_TO_CHANGE",
    "MODEL_VERSION",
    "PROVISIONAL",
    "STAKES_UNTRACED",
    "Context",
    "Evidence",
    "Parameters",
    "Scored",
    "Unclear",
    "evaluate",
    "lens_factors",
    "target_level",
    "unit_fingerprint",
]
