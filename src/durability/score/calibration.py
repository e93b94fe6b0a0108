"""The numbers a benchmark sets: anchors of the shown scale and weights, all provisional until one has."""

from collections.abc import Mapping
from types import MappingProxyType

from msgspec import Struct

from durability.model import Severity

MODEL_VERSION = "1"

# Raw medians of the development corpora, as `python -m benchmarks.validity` prints them.
RAW_DEMO_MEDIAN = 79.3
RAW_PRODUCTION_MEDIAN = 92.6

SHOWN_DEMO_MEDIAN = 35.0
SHOWN_PRODUCTION_MEDIAN = 75.0

SEVERITY_WEIGHT: Mapping[Severity, float] = MappingProxyType({"critical": 10.0, "high": 5.0, "medium": 2.0, "low": 1.0})

# These decide the level by holding it; in the number, mature code skips them as often as a demo does.
MUST_HAVE_WEIGHT = 1.0
MUST_HAVE_RULES = (
    "destructive-without-guard",
    "hardcoded-secret",
    "http-call-without-timeout",
    "llm-call-without-timeout",
    "object-ownership-unchecked",
    "route-without-auth",
    "secret-with-default",
    "sql-built-from-input",
)


class Parameters(Struct, frozen=True):
    """What may be tuned. `anchors` are (raw, shown) pairs, rising in both, from (0, 0) to (100, 100)."""

    severity_weight: Mapping[Severity, float] = SEVERITY_WEIGHT
    rule_weight: Mapping[str, float] = MappingProxyType(dict.fromkeys(MUST_HAVE_RULES, MUST_HAVE_WEIGHT))
    repository_weight: float = 5.0
    anchors: tuple[tuple[float, float], ...] = (
        (0.0, 0.0),
        (RAW_DEMO_MEDIAN, SHOWN_DEMO_MEDIAN),
        (RAW_PRODUCTION_MEDIAN, SHOWN_PRODUCTION_MEDIAN),
        (100.0, 100.0),
    )


PROVISIONAL = Parameters()
