"""Product features: declared ones matched to entry points, and what the failure modes of each cost."""

import re
from collections.abc import Iterable, Mapping, Sequence
from math import fsum

from msgspec import Struct

from durability.config import Feature
from durability.model import FeatureRow, JudgedSite
from durability.program.context import Context
from durability.program.entrypoints.model import EntryPoint

REST = "everything else"
"""The row for the entry points that no feature names."""

_USED = frozenset({"route", "bot", "ui", "tool", "worker", "cli"})
_PARAMETER = re.compile(r"\{[^{}]*\}|<[^<>]*>")
_PREFIX = re.compile(r"^/(?:(?:api|rest|v\d+|public|internal)(?=/|$)/?)*", re.IGNORECASE)
_CARE = frozenset(
    {"health", "healthz", "ready", "readyz", "live", "livez", "metrics", "ping", "status", "docs", "openapi"}
)
_REQUEST = re.compile(r"(?:(?P<method>[A-Z]+|\*) )?(?P<path>/.*)")


class Features(Struct, frozen=True):
    """The declared features, each with the entry points that are its own."""

    declared: tuple[Feature, ...]
    entries: tuple[tuple[EntryPoint, ...], ...]
    rest: tuple[EntryPoint, ...]

    def of(self, names: Iterable[str]) -> tuple[str, ...]:
        """The features that one of these entry points belongs to, in the order they were declared."""
        wanted = set(names)
        return tuple(
            feature.name
            for feature, own in zip(self.declared, self.entries, strict=True)
            if wanted.intersection(entry.name for entry in own)
        )


def used_entries(context: Context) -> list[EntryPoint]:
    """The entry points that somebody uses: not what only serves those who run the program, nor parts of pages."""
    serves = any(entry.role in ("route", "bot", "ui") for entry in context.entries)
    return [
        entry
        for entry in context.entries
        if entry.role in _USED
        and not (entry.hook or entry.spawned)
        and not (entry.role == "route" and first_word(entry.path).lower() in _CARE)
        and not (entry.role == "cli" and entry.function[1] == 0 and serves)
        and not (entry.role == "ui" and entry.function[1] == 0 and context.program.is_imported(entry.function[0]))
    ]


def first_word(path: str) -> str:
    """The first word of an address that says what it is about: `orders` in `/api/v1/orders/{id}`; "" when none does."""
    rest = _PREFIX.sub("", path.lstrip("…"), count=1)
    return next((part for part in rest.split("/") if part and not _PARAMETER.search(part)), "")


def match_features(declared: Sequence[Feature], context: Context) -> Features:
    """The entry points of each declared feature, and those that nobody claims."""
    entries = used_entries(context)
    own = tuple(
        tuple(entry for entry in entries if any(_matches(pattern, entry, context) for pattern in feature.entry))
        for feature in declared
    )
    claimed = {entry for group in own for entry in group}
    return Features(tuple(declared), own, tuple(entry for entry in entries if entry not in claimed) if declared else ())


def _matches(pattern: str, entry: EntryPoint, context: Context) -> bool:
    """`POST /pay`, `/orders*`, `app.billing:charge`, `python main.py` or a command's name; `*` stands for any text."""
    request = _REQUEST.fullmatch(pattern)
    if request is not None and entry.path:
        method = request["method"] or "*"
        has_method = method == "*" or method in entry.methods or not entry.methods or "ANY" in entry.methods
        return has_method and _like(_plain(request["path"]), _plain(entry.path))
    path, _ = entry.function
    module = path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
    qualname = context.program.function(entry.function).qualname
    if ":" in pattern:
        wanted, _, name = pattern.partition(":")
        return _like(name, qualname) and (_like(wanted, module) or module.endswith(f".{wanted}"))
    return _like(pattern, entry.name) or _like(pattern, entry.plain_name) or _like(pattern, path)


def _plain(path: str) -> str:
    """A path with its parameters unnamed, so that `/orders/{id}` and `/orders/<int:key>` are the same."""
    return _PARAMETER.sub("{}", path).rstrip("/") or "/"


def _like(pattern: str, text: str) -> bool:
    return re.fullmatch(".*".join(re.escape(part) for part in pattern.split("*")), text) is not None


def feature_rows(
    features: Features, sites: Sequence[JudgedSite], points: Mapping[str, float], lost: float, context: Context
) -> tuple[FeatureRow, ...]:
    """One row per declared feature, and one for everything else; their points add up to `lost`.

    A site that several features reach costs each an equal part of its points (SCORE.md, section 3.7).
    """
    if not features.declared:
        return ()
    shares: dict[str, list[float]] = {feature.name: [] for feature in features.declared}
    open_rules: dict[str, set[str]] = {feature.name: set() for feature in features.declared}
    rest: set[str] = set()
    for site in sites:
        names = features.of(site.entry_points)
        is_open = site.outcome in ("unhandled", "partial") and site.suppressed is None and site.accepted is None
        for name in names:
            shares[name].append(points.get(site.fingerprint, 0.0) / len(names))
            open_rules[name].update([site.rule] if is_open else [])
        if not names and is_open:
            rest.add(site.rule)
    rows = [
        FeatureRow(
            name=feature.name,
            entry_points=tuple(entry.name for entry in own),
            findings=len(open_rules[feature.name]),
            points=fsum(shares[feature.name]),
            why=feature.why,
            critical=feature.critical,
            tested=any(context.tested.reaches(entry) for entry in own),
        )
        for feature, own in zip(features.declared, features.entries, strict=True)
    ]
    left = FeatureRow(
        name=REST,
        entry_points=tuple(entry.name for entry in features.rest),
        findings=len(rest),
        points=lost - fsum(row.points for row in rows),
        tested=any(context.tested.reaches(entry) for entry in features.rest),
        declared=False,
    )
    return (*rows, left)
