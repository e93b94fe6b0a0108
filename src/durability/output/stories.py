"""Which findings are told to a person first, and what is said of each."""

from collections.abc import Sequence

from msgspec import Struct

from durability.harm import LEAST, harm
from durability.model import SEVERITIES, Finding, Place, ReportData
from durability.output.words import chain, counted

MOST_STORIES = 5


class Tale(Struct, frozen=True):
    """What happens to people, what in the code makes it happen, where, and where it is done right. No rule is named."""

    happens: str
    evidence: str
    place: str


def stories(report: ReportData) -> list[Tale]:
    """At most five, worst first, one per rule; what the first blocker or another story tells is not told twice."""
    first = blocker_tale(report)
    told = {report.blockers[0].rule} if report.blockers else set()
    heard = {first.happens} if first is not None else set()
    found = []
    for group in _groups(report):
        happens = group[0].story.production
        if group[0].rule not in told and happens not in heard:
            heard.add(happens)
            found.append(_tale(happens, group, group[0].locations[0], report))
    return found[:MOST_STORIES]


def blocker_tale(report: ReportData) -> Tale | None:
    """What holds the level, with the evidence where it is a finding; None where nothing holds it."""
    if not report.blockers:
        return None
    first = report.blockers[0]
    for group in _groups(report):
        for finding in group:
            for place in finding.locations:
                if (finding.rule, place.path, place.line) == (first.rule, first.path, first.line):
                    happens = finding.story.production
                    told = happens if first.reason.startswith(happens) else first.reason
                    return _tale(told, [finding, *(one for one in group if one is not finding)], place, report)
    return Tale(first.reason, "", "" if first.path is None else f"{first.path}:{first.line}")


def _groups(report: ReportData) -> list[tuple[Finding, ...]]:
    """Open findings by rule, worst rules first; those of low severity and of previews are left to the full list."""
    groups: dict[str, list[Finding]] = {}
    preview = {info.name for info in report.rules if info.preview}
    for finding in report.findings:
        if finding.rule in preview:
            continue
        if finding.suppressed is None and finding.severity != "low" and finding.evidence != "refuted":
            groups.setdefault(finding.rule, []).append(finding)
    holding = frozenset(blocker.rule for blocker in report.blockers)

    harms = {info.name: harm(info.cwe) for info in report.rules}

    def weight(group: tuple[Finding, ...]) -> tuple[bool, int, int, float, str]:
        rule = group[0].rule
        unreached = all(finding.role == "unreached" for finding in group)
        rank = SEVERITIES.index(group[0].severity) - (rule in holding)
        return (unreached, rank, harms.get(rule, LEAST), -sum(finding.points for finding in group), rule)

    return sorted(map(tuple, groups.values()), key=weight)


def _tale(happens: str, group: Sequence[Finding], place: Place, report: ReportData) -> Tale:
    first = group[0]
    places = sum(len(finding.locations) for finding in group)
    cell = "" if place.cell is None else f" cell {place.cell}"
    more = f" and {counted(places - 1, 'more place')}" if places > 1 else ""
    right = f"; done right at {first.example.path}:{first.example.line}, copy it" if first.example is not None else ""
    way = chain(first.trace, place.path, place.line) if place == first.locations[0] else ""
    return Tale(
        happens=happens,
        evidence=f"{first.evidence.capitalize()}: {first.message}{_share(first.rule, report)}",
        # What the whole project lacks is at no place; its finding only hangs on some file.
        place="" if _of_project(first.rule, report) else f"{way or f'{place.path}{cell}:{place.line}'}{more}{right}",
    )


def _of_project(rule: str, report: ReportData) -> bool:
    return any(info.name == rule and info.repository for info in report.rules)


def _share(rule: str, report: ReportData) -> str:
    """` (3 of 7 places, 2 unclear)`, counted over the whole project."""
    for row in report.modes:
        failing = row.unhandled + row.partial
        if row.rule == rule and failing:
            total = failing + row.handled + row.unknown
            unclear = f", {row.unknown} unclear" if row.unknown else ""
            return f" ({failing} of {total} places{unclear})" if total > 1 else ""
    return ""
