"""The Python API: scan, look at the report, write it in any format. Nothing here prints or exits."""

from collections.abc import Sequence
from pathlib import Path

from durability.catalogue import catalogue, find
from durability.config import Config
from durability.model import Blocker, Coverage, Finding, Level, PlanStep, ReportData, Score
from durability.rule_page import page
from durability.scanned import scan_path, scan_stream

_WIDTH = 100


class Report:
    """What a scan found. `data` is the whole report as frozen structs, as `to("json")` writes it."""

    __slots__ = ("data",)

    def __init__(self, data: ReportData) -> None:
        self.data = data

    @property
    def score(self) -> Score | None:
        """The score from 0 to 100 with its interval; None when there is too little to judge or a rule crashed."""
        return self.data.score

    @property
    def level(self) -> Level | None:
        """What the project is fit for; None where there is no score."""
        return self.data.level

    @property
    def findings(self) -> tuple[Finding, ...]:
        """The findings that the settings show, worst first; suppressed ones are among them, last."""
        return self.data.findings

    @property
    def plan(self) -> tuple[PlanStep, ...]:
        """What to mend, in order."""
        return self.data.plan

    @property
    def coverage(self) -> Coverage:
        """What was seen and what was not."""
        return self.data.coverage

    @property
    def blockers(self) -> tuple[Blocker, ...]:
        """What holds the level down."""
        return self.data.blockers

    def to(self, format: str) -> str:
        """The report as text in one of the formats of `--output-format`. Raises UsageError for another."""
        from durability.output import render

        return render(self.data, format, width=_WIDTH, color=False, unicode=True)

    def __repr__(self) -> str:
        value = f"{self.score.value:g}" if self.score else "no score"
        return f"<Report {self.data.project.name}: {value}, {len(self.findings)} findings>"


def scan(
    path: str | Path,
    *,
    config: Config | str | Path | None = None,
    isolated: bool = False,
    packs: Sequence[str] = (),
    sites: bool = False,
) -> Report:
    """Scan the project that `path`, a file or a folder, belongs to; only what lies under `path` is reported.

    `config` is a file of settings or a Config and replaces the project's own; `isolated` ignores the project's own.
    `packs` names installed rule packs to load; `sites` lists every place that was judged. Raises UsageError for
    anything a caller can mend: no such path, no Python files, wrong settings.
    """
    return Report(scan_path(str(path), config, isolated, packs, sites).shown)


def scan_source(text: str, filename: str = "source.py") -> Report:
    """Scan one text as if it stood alone in a file of that name. Nothing is read from disk."""
    return Report(scan_stream(text, filename, Config()).shown)


def explain(rule: str) -> str:
    """The page of a rule as text: what happens and when, code that fails and code that holds, how to mend it.

    Raises UsageError with the nearest name when there is no such rule.
    """
    return page(find(rule, catalogue()))
