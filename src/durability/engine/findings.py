"""Findings: open sites of one rule that one edit would mend, seen as one."""

from collections.abc import Callable, Iterable, Mapping, Sequence

from msgspec.structs import replace

from durability.model import SEVERITIES, Example, Finding, JudgedSite, RuleInfo

_EVIDENCE = ("proven", "likely", "possible", "refuted")


def findings_of(
    sites: Sequence[JudgedSite],
    rules: Mapping[str, RuleInfo],
    points: Mapping[str, float],
    features: Callable[[Iterable[str]], tuple[str, ...]],
) -> tuple[Finding, ...]:
    """Findings for all open sites, worst first.

    `points` maps a site's fingerprint to what it costs; `features` gives those that some entry points belong to.
    """
    groups: dict[tuple[str, str], list[JudgedSite]] = {}
    right: dict[str, list[JudgedSite]] = {}
    for site in sites:
        if site.outcome in ("unhandled", "partial"):
            groups.setdefault((site.rule, _group(site)), []).append(site)
        elif site.outcome == "handled" and site.example:
            right.setdefault(site.rule, []).append(site)
    found = [
        replace(
            _finding(group, rules[rule], points, right.get(rule, ())),
            features=features(name for site in group for name in site.entry_points),
        )
        for (rule, _), group in groups.items()
    ]
    return tuple(sorted(found, key=order))


def order(finding: Finding) -> tuple[bool, int, bool, int, float, str, int, str]:
    """Worst first: shown before suppressed, severity, served before unreached, evidence, points, then place."""
    return (
        finding.suppressed is not None,
        SEVERITIES.index(finding.severity),
        finding.role == "unreached",
        _EVIDENCE.index(finding.evidence),
        -finding.points,
        finding.path,
        finding.line,
        finding.rule,
    )


def _group(site: JudgedSite) -> str:
    hidden = "suppressed" if site.suppressed else ""
    return f"{hidden}{site.cause}" if site.cause else f"{hidden}{site.fingerprint}"


def _finding(
    group: Sequence[JudgedSite], info: RuleInfo, points: Mapping[str, float], right: Iterable[JudgedSite]
) -> Finding:
    ordered = sorted(group, key=_prominence)
    first = ordered[0]
    place = first.place
    return Finding(
        rule=info.name,
        lens=info.lens,
        severity=info.severity,
        confidence=info.confidence,
        evidence=first.evidence,
        message=first.message + (f" (missing: {first.missing})" if first.missing else ""),
        story=info.story,
        path=place.path,
        line=place.line,
        column=place.column,
        end_line=place.end_line,
        end_column=place.end_column,
        cell=place.cell,
        function=first.function,
        role=first.role,
        cause=first.cause,
        trace=first.trace,
        features=(),
        points=round(sum(points.get(site.fingerprint, 0.0) for site in group), 1),
        fingerprint=first.fingerprint,
        state=None,
        example=_nearest(place.path, place.line, right),
        locations=tuple(site.place for site in ordered),
        suppressed=first.suppressed,
        fix=first.fix,
    )


def _prominence(site: JudgedSite) -> tuple[bool, int, str, int, int]:
    return (
        site.role == "unreached",
        _EVIDENCE.index(site.evidence),
        site.place.path,
        site.place.line,
        site.place.column,
    )


def _nearest(path: str, line: int, right: Iterable[JudgedSite]) -> Example | None:
    def distance(site: JudgedSite) -> tuple[bool, int, str, int]:
        away = abs(site.place.line - line) if site.place.path == path else 0
        return (site.place.path != path, away, site.place.path, site.place.line)

    best = min(right, key=distance, default=None)
    return Example(best.place.path, best.place.line) if best else None
