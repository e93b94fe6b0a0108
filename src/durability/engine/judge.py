"""Running rules over a linked program: every site of every rule gets a verdict."""

import hashlib
from collections.abc import Callable, Sequence

from durability.engine.clones import clone_key
from durability.engine.rules import Rule
from durability.engine.suppressions import Suppressions
from durability.facts.model import Span
from durability.model import FailedRule, JudgedSite, Place, Suppression
from durability.program.answers import Verdict
from durability.program.ask import Ask
from durability.program.context import Context
from durability.program.links.graph import FunctionKey
from durability.program.sites import Site

_NOT_FOLLOWED = ("unresolved", "dynamic", "escapes")

Locate = Callable[[str, int], tuple[int | None, int]]
"""From a path and a line of its text to the notebook cell (None outside notebooks) and the line shown."""


class Judge:
    """Applies rules; a rule that raises is reported and left out, the others go on."""

    def __init__(self, context: Context, locate: Locate, suppressions: Suppressions) -> None:
        self._context = context
        self._ask = Ask(context)
        self._locate = locate
        self._suppressions = suppressions
        self._clones: dict[FunctionKey, str] = {}

    def run(self, rules: Sequence[Rule]) -> tuple[list[JudgedSite], list[FailedRule]]:
        """All judged sites, sorted by place, and the rules that failed."""
        sites: list[JudgedSite] = []
        failed: list[FailedRule] = []
        for rule in rules:
            judged, failure = self._run(rule)
            sites.extend(judged)
            failed.extend(failure)
        return sorted(sites, key=_order), failed

    def _run(self, rule: Rule) -> tuple[list[JudgedSite], list[FailedRule]]:
        judged: list[JudgedSite] = []
        ordinals: dict[tuple[str, str, str], int] = {}
        path = ""
        try:
            for site in self._sites(rule):
                path = site.path
                verdict = self._verdict(rule, site)
                if verdict is not None:
                    spot = (site.path, site.function.qualname, site.operation)
                    ordinals[spot] = ordinals.get(spot, -1) + 1
                    judged.append(self._judged(rule, site, verdict, ordinals[spot]))
        except Exception as error:
            return [], [FailedRule(rule.name, path, f"{type(error).__name__}: {error}")]
        return judged, []

    def _sites(self, rule: Rule) -> list[Site]:
        found: dict[tuple[str, Span, str], Site] = {}
        for selector in rule.selectors:
            for site in selector.find(self._context):
                found.setdefault((site.path, site.span, site.operation), site)
        return [found[key] for key in sorted(found)]

    def _verdict(self, rule: Rule, site: Site) -> Verdict | None:
        verdict: Verdict | None = rule.judge(site, self._ask) if rule.phase == "program" else rule.judge(site)
        return verdict

    def _judged(self, rule: Rule, site: Site, verdict: Verdict, ordinal: int) -> JudgedSite:
        reach = site.reach
        function = site.function.qualname if site.key[1] else ""
        evidence = verdict.evidence
        if evidence == "likely" and (reach.role == "unreached" or verdict.reason in _NOT_FOLLOWED):
            evidence = "possible"
        return JudgedSite(
            rule=rule.name,
            place=self._place(site),
            outcome=verdict.outcome,
            message=verdict.message,
            fingerprint=fingerprint(rule.name, site.path, function, site.operation, ordinal),
            function=function,
            role=reach.role,
            entry_points=reach.entries,
            reach=1.0 if rule.info.repository else reach.weight,
            evidence=evidence,
            reason=verdict.reason,
            missing=verdict.missing,
            cause=verdict.cause,
            clone="" if rule.info.repository else self._clone(site.key),
            trace=verdict.trace,
            fix=verdict.fix,
            suppressed=self._suppressed(rule, site, verdict),
            example=verdict.example,
        )

    def _suppressed(self, rule: Rule, site: Site, verdict: Verdict) -> Suppression | None:
        if verdict.outcome not in ("unhandled", "partial"):
            return None
        return self._suppressions.cover(site.path, site.line, rule.name)

    def _place(self, site: Site) -> Place:
        line, column, end_line, end_column = site.span
        cell, shown = self._locate(site.path, line)
        _, end_shown = self._locate(site.path, end_line)
        return Place(site.path, shown, column, max(end_shown, shown), end_column, cell)

    def _clone(self, key: FunctionKey) -> str:
        if key not in self._clones:
            self._clones[key] = clone_key(self._context.program, key)
        return self._clones[key]


def fingerprint(rule: str, path: str, function: str, operation: str, ordinal: int) -> str:
    """A name for a site that survives edits above it and to the arguments a fix changes; 16 hex digits."""
    text = "\0".join((rule, path, function, operation, str(ordinal)))
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def _order(site: JudgedSite) -> tuple[str, int, int, int, str]:
    return (site.place.path, site.place.cell or 0, site.place.line, site.place.column, site.rule)
