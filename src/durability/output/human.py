"""The first screen: what this may be used for today, what would happen first, what to mend next."""

from collections.abc import Iterator
from io import StringIO

from msgspec import Struct
from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from durability.model import SEVERITIES, Finding, ModeRow, PlanStep, ReportData
from durability.output.escape import plain
from durability.output.words import (
    LENSES,
    NEXT,
    OTHER_LANGUAGES_WORTH_SAYING,
    PERMISSION,
    counted,
    other_share,
    rounded,
    unresolved_share,
)

STORIES = 5
FIXES = 3
_NARROWEST, _WIDEST = 60, 100
_BAR = 20
_LEVEL_STYLE = {"demo": "bold red", "pilot": "bold yellow", "production": "bold green", "durable": "bold green"}


class Paper(Struct, frozen=True):
    """What is written on: columns, whether colours and whether characters beyond ASCII may be used."""

    width: int
    color: bool
    unicode: bool


def render(report: ReportData, paper: Paper) -> str:
    """The report for a person at a terminal."""
    stream = StringIO()
    console = Console(
        file=stream,
        width=max(_NARROWEST, min(paper.width, _WIDEST)),
        force_terminal=paper.color,
        color_system="standard" if paper.color else None,
        no_color=not paper.color,
        highlight=False,
        markup=False,
        emoji=False,
        legacy_windows=False,
    )
    for part in _parts(report, paper):
        console.print(part)
    text = "\n".join(line.rstrip() for line in stream.getvalue().split("\n"))
    return text if paper.unicode else _ascii(text)


def _parts(report: ReportData, paper: Paper) -> Iterator[RenderableType]:
    yield _title(report)
    yield ""
    yield from _verdict(report)
    if report.score is not None:
        yield ""
        yield from _dials(report, paper)
    stories = _stories(report)
    if stories:
        yield ""
        yield Text(" What will happen, worst first", style="bold")
        for number, group in enumerate(stories, start=1):
            yield from _story(number, group, report)
    if report.plan:
        yield ""
        yield from _fixes(report)
    yield ""
    yield from _unseen(report)
    yield from _way_on(report)


def _title(report: ReportData) -> Text:
    project = report.project
    what = [*project.frameworks[:3], project.kind]
    size = f"{counted(project.files, 'file')}, {counted(project.lines, 'line')}"
    return Text.assemble(" ", (plain(project.name), "bold"), f"   {' '.join(what)}, {size}", style="default")


def _verdict(report: ReportData) -> Iterator[RenderableType]:
    if report.score is None or report.level is None:
        yield _row("NO SCORE", "bold", Text(report.no_score_reason))
    else:
        yield _row(report.level.upper(), _LEVEL_STYLE[report.level], Text(PERMISSION[report.level], style="bold"))
        first = next(iter(report.blockers), None)
        above = NEXT.get(report.level)
        if first is not None and above is not None:
            place = f" ({plain(first.path)}:{first.line})" if first.path else ""
            more = f" Then {counted(len(report.blockers) - 1, 'other reason')}." if len(report.blockers) > 1 else ""
            yield _row("", "", Text(f"Not {above} yet: {plain(first.reason)}{place}{more}"))
    if report.score is None and report.blockers:
        yield _row("", "", Text(f"Mend in any case: {plain(report.blockers[0].reason)}"))
    for stake in report.project.stakes:
        entries = ", ".join(plain(name) for name in stake.entry_points[:3])
        more = f" and {len(stake.entry_points) - 3} more" if len(stake.entry_points) > 3 else ""
        yield _row("", "", Text(f"At stake: it {stake.kind} ({entries}{more})"))


def _row(label: str, style: str, text: Text) -> Table:
    table = Table.grid(padding=(0, 1))
    table.add_column(width=11)
    table.add_column(ratio=1)
    table.add_row(Text(f" {label}", style=style), text)
    return table


def _dials(report: ReportData, paper: Paper) -> Iterator[RenderableType]:
    score = report.score
    assert score is not None
    between = f"between {rounded(score.low)} and {rounded(score.high)}"
    head = Text.assemble(
        " Score ", (f"{rounded(score.value)} of 100", "bold"), f", {between} for what could not be seen"
    )
    if score.declared is not None:
        head.append(f"; {rounded(score.declared)} for the use that was declared")
    yield head
    grid = Table.grid(padding=(0, 2))
    grid.add_column(width=38)
    grid.add_column(width=_BAR)
    grid.add_column(justify="right", width=4)
    for lens, title in LENSES.items():
        value = getattr(score.lenses, lens)
        if value is None:
            grid.add_row(f"   {title}", "", "?")
        else:
            grid.add_row(f"   {title}", _bar(value, paper), str(rounded(value)))
    yield grid


def _bar(value: float, paper: Paper) -> Text:
    full = round(_BAR * value / 100)
    style = "red" if value < 40 else "yellow" if value < 65 else "green"
    solid, empty = ("█", "░") if paper.unicode else ("#", ".")
    return Text.assemble((solid * full, style), (empty * (_BAR - full), "bright_black"))


def _stories(report: ReportData) -> list[list[Finding]]:
    """Open findings by rule, the worst rules first; what costs little and is not severe is left for later."""
    groups: dict[str, list[Finding]] = {}
    for finding in report.findings:
        if finding.suppressed is None and finding.severity != "low":
            groups.setdefault(finding.rule, []).append(finding)
    held = [blocker.rule for blocker in report.blockers]

    def weight(group: list[Finding]) -> tuple[bool, int, float, str]:
        first = group[0]
        unreached = all(finding.role == "unreached" for finding in group)
        points = sum(finding.points for finding in group)
        rank = SEVERITIES.index(first.severity) - (first.rule in held)
        return (unreached, rank, -points, first.rule)

    return sorted(groups.values(), key=weight)[:STORIES]


def _story(number: int, group: list[Finding], report: ReportData) -> Iterator[RenderableType]:
    first = group[0]
    places = sum(len(finding.locations) for finding in group)
    mode = next((row for row in report.modes if row.rule == first.rule), None)
    body = Text(first.story.production, style="default")
    why = Text(f"{plain(first.message)[:160]}{_fraction(mode)}", style="default")
    cell = f" cell {first.cell}" if first.cell is not None else ""
    where = f"{plain(first.path)}{cell}:{first.line}"
    if places > 1:
        where += f" and {counted(places - 1, 'more place')}"
    if first.example is not None:
        where += f"; done right at {plain(first.example.path)}:{first.example.line}, copy it"
    yield Padding(
        _numbered(number, Group(body, Text.assemble((why.plain, "default")), Text(where, style="cyan"))), (0, 0)
    )


def _fraction(mode: ModeRow | None) -> str:
    if mode is None:
        return ""
    failing = mode.unhandled + mode.partial
    total = failing + mode.handled
    return f" ({failing} of {total} such places)" if total > 1 else ""


def _numbered(number: int, body: RenderableType) -> Table:
    grid = Table.grid(padding=(0, 1))
    grid.add_column(width=3, justify="right")
    grid.add_column(ratio=1)
    grid.add_row(Text(f"{number}", style="bold"), body)
    return grid


def _fixes(report: ReportData) -> Iterator[RenderableType]:
    grid = Table.grid(padding=(0, 2))
    grid.add_column(width=3, justify="right")
    grid.add_column(ratio=1)
    grid.add_column(justify="right", width=7)
    grid.add_column(justify="right", width=9)
    grid.add_row("", Text("Mend next", style="bold"), Text("points", style="bold"), Text("minutes", style="bold"))
    for number, step in enumerate(report.plan[:FIXES], start=1):
        body = Text(plain(step.action))
        body.append(f"\ndurability explain {step.rules[0]}", style="bright_black")
        grid.add_row(str(number), body, _gain(step), _minutes(step))
    yield grid
    reached = next((step.unlocks for step in report.plan[:FIXES] if step.unlocks), None)
    if reached:
        yield Text(f"     With these it reaches {reached.title()}.")


def _gain(step: PlanStep) -> str:
    """Points, or that it is the level rather than the number that it moves."""
    return f"+{step.gain:.1f}" if step.gain >= 0.05 else "level"


def _minutes(step: PlanStep) -> str:
    return f"{step.minutes_low}-{step.minutes_high}"


def _unseen(report: ReportData) -> Iterator[RenderableType]:
    coverage = report.coverage
    said = []
    if coverage.rules_failed:
        names = ", ".join(failure.rule for failure in coverage.rules_failed)
        said.append(f"{counted(len(coverage.rules_failed), 'check')} of our own crashed ({names})")
    if coverage.files_skipped:
        first = coverage.files_skipped[0]
        said.append(
            f"{counted(len(coverage.files_skipped), 'file')} not analysed, such as {plain(first.path)}: {plain(first.reason)}"
        )
    share = unresolved_share(report)
    if share >= 0.01:
        said.append(f"{share:.0%} of the calls lead where we could not follow")
    other = other_share(report)
    if other > OTHER_LANGUAGES_WORTH_SAYING:
        said.append(f"judged on its Python part, {1 - other:.0%} of the code")
    if coverage.metrics_missing:
        said.append(f"{counted(len(coverage.metrics_missing), 'file')} not measured for complexity")
    hidden = sum(1 for finding in report.findings if finding.suppressed)
    if hidden:
        said.append(f"{counted(hidden, 'finding')} hidden by comments, still counted in the score")
    if report.accepted:
        said.append(f"{counted(len(report.accepted), 'accepted risk')}, not counted")
    if said:
        yield Padding(Text("Not seen: " + "; ".join(said) + "."), (0, 1))


def _way_on(report: ReportData) -> Iterator[RenderableType]:
    shown = [finding for finding in report.findings if finding.suppressed is None]
    if not shown:
        yield Padding(Text("Nothing found that these rules look for."), (0, 1))
        return
    first = shown[0]
    yield Padding(
        Text(
            f"{counted(len(shown), 'finding')} in all: durability --output-format concise. Why: durability explain {first.rule}"
        ),
        (0, 1),
    )


def _ascii(text: str) -> str:
    swaps = {"…": "...", "–": "-", "’": "'", "×": "x"}
    for char, plain_form in swaps.items():
        text = text.replace(char, plain_form)
    return text.encode("ascii", "replace").decode("ascii")
