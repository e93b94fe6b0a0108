"""`durability explain`: a rule, or what was found at a place."""

import os
import re
import sys
from collections.abc import Sequence
from typing import Any

import click
import msgspec

from durability.catalogue import catalogue, find
from durability.cli.streams import printable, write_result
from durability.cli.terminal import Color, output_encoding, wants_color
from durability.engine.scan import ScanOptions
from durability.errors import UsageError
from durability.model import Finding, SiteRow
from durability.rule_page import as_data, page
from durability.scanned import Scanned, scan_target, settings
from durability.targets import target

_PLACE = re.compile(r"(?P<path>.+?):(?P<line>\d+)(?::\d+)?", re.DOTALL)


@click.command("explain")
@click.argument("what", metavar="RULE|PATH:LINE")
@click.option("--output-format", "format", type=click.Choice(["human", "json"]), default="human", help="human or json.")
@click.option("--pack", "packs", metavar="NAME", multiple=True, help="Load an installed rule pack; repeatable.")
@click.option("--color", type=click.Choice(["auto", "always", "never"]), default="auto", help="Colour (auto).")
@click.option("--traceback", is_flag=True, expose_value=False, hidden=True)
def command(what: str, format: str, packs: tuple[str, ...], color: Color) -> int:
    """Explain a rule: what happens and when, code that fails and code that holds, how to mend it.

    With PATH:LINE, explain what was found there instead.
    """
    place = _PLACE.fullmatch(what)
    if place:
        return _explain_place(place["path"], int(place["line"]), format, packs)
    entry = find(what, catalogue(packs))
    if format == "json":
        write_result(msgspec.json.encode(as_data(entry)).decode() + "\n")
        return 0
    bold = wants_color(color, sys.stdout)
    write_result(page(entry, lambda text: click.style(text, bold=True) if bold else text), output_encoding())
    return 0


def _explain_place(path: str, line: int, format: str, packs: Sequence[str]) -> int:
    asked = target(path)
    if not asked.paths or os.path.isdir(path):
        raise UsageError(f"{path} is a folder: a place is FILE:LINE")
    config = settings(asked.root, None, False).config
    scanned = scan_target(asked, ScanOptions(config=config, packs=tuple(packs), sites=True))
    findings = _at(scanned, asked.paths[0], line)
    sites = [
        site
        for site in scanned.report.sites or ()
        if site.path == asked.paths[0] and site.line == line and site.outcome in ("handled", "unknown")
    ]
    if not (findings or sites):
        raise UsageError(_nothing_at(scanned, asked.paths[0], line))
    if format == "json":
        write_result(msgspec.json.encode({"findings": findings, "sites": sites}).decode() + "\n")
        return 0
    parts = [*(_told(finding) for finding in findings), *(_judged(site) for site in sites)]
    write_result("\n".join(parts), output_encoding())
    return 0


def _at(scanned: Scanned, path: str, line: int) -> list[Finding]:
    return [
        finding
        for finding in scanned.report.findings
        if any(place.path == path and place.line <= line <= place.end_line for place in finding.locations)
    ]


def _told(finding: Finding) -> str:
    story = finding.story
    rows: list[tuple[str, Any]] = [
        ("found", f"{finding.message} ({finding.severity}, {finding.evidence})"),
        ("in the demo", story.demo),
        ("in production", story.production),
        ("when", story.trigger),
        ("runs in", f"{finding.function or 'the module'} ({finding.role})"),
        *(("by way of", f"{step.path}:{step.line} {step.note}") for step in finding.trace),
        *(("also at", f"{place.path}:{place.line}") for place in finding.locations[1:]),
        ("costs", f"{finding.points:g} points" if finding.points else ""),
        ("mend", finding.fix.summary if finding.fix else ""),
        ("done right at", f"{finding.example.path}:{finding.example.line}" if finding.example else ""),
        ("hidden", finding.suppressed.reason if finding.suppressed else ""),
        ("more", f"durability explain {finding.rule}"),
    ]
    lines = [f"  {label:<14} {printable(text)}" for label, text in rows if text]
    return "\n".join([f"{printable(finding.path)}:{finding.line}  {finding.rule}", *lines]) + "\n"


def _judged(site: SiteRow) -> str:
    verdict = "handled: nothing to mend" if site.outcome == "handled" else "could not be judged"
    return f"{printable(site.path)}:{site.line}  {site.rule}  {verdict}\n"


def _nothing_at(scanned: Scanned, path: str, line: int) -> str:
    lines = [place.line for finding in scanned.report.findings for place in finding.locations if place.path == path]
    near = min(lines, key=lambda found: (abs(found - line), found), default=None)
    return f"nothing was found at {path}:{line}" + (f"; the nearest is at line {near}" if near else " or in that file")
