"""The first screen: what this may be used for today, what would happen first, what to mend next."""

from collections.abc import Iterator
from io import StringIO

from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from durability.model import Kind, LensScores, Level, PlanStep, Question, ReportData, Score
from durability.output.paper import Paper
from durability.output.stories import Tale, blocker_tale, stories
from durability.output.words import (
    NEXT,
    PERMISSION,
    counted,
    feature_said,
    left_out,
    listed,
    not_seen,
    number,
    python_part,
    spans_levels,
    towards_a_score,
    whole,
)

FIXES = 3
QUESTIONS = 3
_BAR, _SHORT_BAR = 20, 14
_LABEL = 13  # columns of the badge, and of the space under it
# Foreground and background together, and no coloured text: legible on light and on dark screens.
_BADGE: dict[Level, str] = {
    "demo": "bold white on red",
    "pilot": "black on yellow",
    "production": "black on green",
    "durable": "black on green",
}
_DIALS = {
    "scale": "Holds up when more people use it",
    "time": "Stays easy to run and to change",
    "blindspot": "Notices when something goes wrong",
}
_ALL = {1: "The one finding", 2: "Both findings"}
_KINDS: dict[Kind, str] = {
    "service": "service",
    "app": "app",
    "cli": "command line program",
    "library": "library",
    "script": "script",
}


def render(report: ReportData, paper: Paper) -> str:
    """The report for a person at a terminal; no line is wider than the paper."""
    stream = StringIO()
    console = Console(
        file=stream,
        width=paper.columns,
        height=25,  # with both given, rich does not ask the environment
        force_terminal=paper.color,
        color_system="standard" if paper.color else None,
        no_color=not paper.color,
        highlight=False,
        markup=False,
        emoji=False,
        legacy_windows=False,
        force_jupyter=False,
    )
    for position, block in enumerate(_blocks(report, paper)):
        if position:
            console.print()
        for line in block:
            console.print(line, overflow="fold")
    return "\n".join(line.rstrip() for line in stream.getvalue().split("\n"))


def _blocks(report: ReportData, paper: Paper) -> Iterator[list[RenderableType]]:
    yield [_title(report, paper)]
    yield list(_verdict(report, paper))
    if held := list(_held(report, paper)):
        yield held
    if report.score is not None:
        yield [_score(report.score), _dials(report.score.lenses, paper)]
    if tales := stories(report):
        yield list(_stories(tales, report, paper))
    if asked := [question for question in report.questions if question.answer is None]:
        yield list(_questions(asked, paper))
    if report.plan:
        yield list(_fixes(report, paper))
    if report.features:
        yield list(_features(report, paper))
    yield list(_closing(report, paper))


def _title(report: ReportData, paper: Paper) -> RenderableType:
    project = report.project
    what = " ".join([*project.frameworks[:3], _KINDS[project.kind]])
    size = f"{counted(project.files, 'file')}, {counted(project.lines, 'line')}"
    title = Text(" ")
    title.append(paper.text(project.name), style="bold")
    title.append(f"   {paper.text(what)}, {size}")
    return title


# --- the verdict ------------------------------------------------------------------------------------------------------


def _verdict(report: ReportData, paper: Paper) -> Iterator[RenderableType]:
    if report.score is None or report.level is None:
        yield _row(Text(" NO SCORE ", style="reverse"), Text(paper.text(report.no_score_reason)))
        yield _row(Text(), Text(towards_a_score(report)))
        return
    badge = Text(f" {report.level.upper()} ", style=_BADGE[report.level])
    yield _row(badge, Text(PERMISSION[report.level], style="bold"))
    if part := python_part(report):
        yield _row(Text(), Text(part))


def _held(report: ReportData, paper: Paper) -> Iterator[RenderableType]:
    tale = blocker_tale(report)
    above = NEXT.get(report.level) if report.level is not None else None
    if tale is not None and (above is not None or report.level is None):
        others = len(report.blockers) - 1
        more = f" (and {counted(others, 'other reason')})" if others else ""
        name = f"What keeps it from {above.title()}" if above is not None else "What to mend in any case"
        yield Text(f" {name}{more}", style="bold")
        yield _item(Text(), tale, paper)
    for stake in report.project.stakes:
        yield _paragraph("At stake", f"it {stake.kind} ({listed(stake.entry_points, 3)})", paper)


def _row(label: Text, text: Text) -> Table:
    return _grid((_LABEL, "left"), (None, "left"), rows=[(Text(" ") + label, text)])


def _paragraph(label: str, text: str, paper: Paper) -> Padding:
    body = Text(f"{label}: " if label else "", style="bold")
    body.append(Text(paper.text(text), style="not bold"))
    return Padding(body, (0, 0, 0, 1))


def _grid(*columns: tuple[int | None, str], rows: list[tuple[RenderableType, ...]]) -> Table:
    """A table without lines; a column without a width takes what is left."""
    grid = Table.grid(padding=(0, 1), expand=True)
    for width, justify in columns:
        grid.add_column(
            width=width,
            ratio=1 if width is None else None,
            justify="right" if justify == "right" else "left",
            overflow="fold",
        )
    for row in rows:
        grid.add_row(*row)
    return grid


# --- the number -------------------------------------------------------------------------------------------------------


def _score(score: Score) -> RenderableType:
    line = Text(" Score ")
    line.append(number(score), style="bold")
    if spans_levels(score):
        line.append(": too little was seen to say more exactly")
    if score.declared is not None:
        line.append(f"; {whole(score.declared)} for the use that was declared")
    return line


def _dials(lenses: LensScores, paper: Paper) -> RenderableType:
    rows: list[tuple[RenderableType, ...]] = []
    for lens, title in _DIALS.items():
        value: float | None = getattr(lenses, lens)
        bar = Text("nothing to judge") if value is None else _bar(value, paper)
        rows.append((Text(), Text(title), bar, Text("" if value is None else str(whole(value))), Text()))
    return _grid((2, "left"), (34, "left"), (_bar_width(paper), "left"), (3, "right"), (None, "left"), rows=rows)


def _bar_width(paper: Paper) -> int:
    return _BAR if paper.columns >= 70 else _SHORT_BAR


def _bar(value: float, paper: Paper) -> Text:
    width = _bar_width(paper)
    full = int(width * value / 100)
    style = "red" if value < 40 else "yellow" if value < 65 else "green"
    solid, empty = ("█", "░") if paper.unicode else ("#", ".")
    bar = Text(solid * full, style=style)
    bar.append(empty * (width - full), style="dim")
    return bar


# --- stories and fixes ------------------------------------------------------------------------------------------------


def _stories(tales: list[Tale], report: ReportData, paper: Paper) -> Iterator[RenderableType]:
    first = blocker_tale(report)
    also = "else " if first is not None and first.evidence else ""
    yield Text(f" What {also}goes wrong in real use, worst first", style="bold")
    for position, tale in enumerate(tales, start=1):
        yield _item(Text(str(position), style="bold"), tale, paper)


def _item(label: Text, tale: Tale, paper: Paper) -> RenderableType:
    body: list[RenderableType] = [Text(paper.text(tale.happens))]
    under = [Text(paper.text(line)) for line in (tale.evidence, tale.place) if line]
    body += [_grid((1, "left"), (None, "left"), rows=[(Text(), line)]) for line in under]
    return _grid((3, "right"), (None, "left"), rows=[(label, Group(*body))])


def _questions(asked: list[Question], paper: Paper) -> Iterator[RenderableType]:
    yield Text(" What only a person can decide", style="bold")
    for question in asked[:QUESTIONS]:
        places = listed(tuple(f"{because.path}:{because.line}" for because in question.because), 1)
        body = [Text(paper.text(question.asks)), Text(paper.text(f"  Ask {question.who} ({places})"))]
        yield _grid((3, "right"), (None, "left"), rows=[(Text("?", style="bold"), Group(*body))])


def _fixes(report: ReportData, paper: Paper) -> Iterator[RenderableType]:
    holding = frozenset(blocker.rule for blocker in report.blockers)
    above = NEXT.get(report.level) if report.level is not None else None
    scored = report.score is not None
    points = Text("points" if scored else "", style="bold")
    rows: list[tuple[RenderableType, ...]] = [
        (Text(), Text("Mend next", style="bold"), points, Text("minutes", style="bold"))
    ]
    for position, step in enumerate(report.plan[:FIXES], start=1):
        body = Text(paper.text(step.action))
        needed = f"; {above.title()} needs it" if above is not None and holding.intersection(step.rules) else ""
        body.append("\n" + paper.text(f"durability explain {step.rules[0]}{needed}"))
        rows.append(
            (
                Text(str(position), style="bold"),
                body,
                Text(_gain(step, holding) if scored else ""),
                Text(_minutes(step)),
            )
        )
    yield _grid((3, "right"), (None, "left"), (6, "right"), (7, "right"), rows=rows)
    if reached := _reached(report):
        yield _grid((3, "right"), (None, "left"), rows=[(Text(), Text(reached))])


def _gain(step: PlanStep, holding: frozenset[str]) -> str:
    """Points, or that it is the level rather than the number that it moves."""
    if step.gain >= 0.05:
        return f"+{step.gain:.1f}"
    return "level" if holding.intersection(step.rules) else "0"


def _minutes(step: PlanStep) -> str:
    low, high = step.minutes_low, step.minutes_high
    return f"{low}" if low == high else f"{low}-{high}"


def _reached(report: ReportData) -> str:
    """`With these and 4 more it reaches Pilot.`, for the first level that the plan unlocks."""
    for position, step in enumerate(report.plan if report.level is not None else ()):
        if step.unlocks is not None:
            more = position + 1 - FIXES
            also = f" and {more} more of {len(report.plan)}" if more > 0 else ""
            return f"With these{also} it reaches {step.unlocks.title()}."
    return ""


# --- features ---------------------------------------------------------------------------------------------------------


def _features(report: ReportData, paper: Paper) -> Iterator[RenderableType]:
    yield Text(" Features", style="bold")
    for row in report.features:
        name = Text(paper.text(row.name), style="bold" if row.critical else "")
        if row.declared or row.entry_points:
            yield _grid(
                (3, "right"), (None, "left"), rows=[(Text(), name + Text(paper.text(f": {feature_said(row)}")))]
            )


# --- what was not judged, and how to go on ----------------------------------------------------------------------------


def _closing(report: ReportData, paper: Paper) -> Iterator[RenderableType]:
    for title, said in (("Not seen", not_seen(report.coverage)), ("Left out", left_out(report))):
        if said:
            yield _paragraph(title, f"{'; '.join(said)}.", paper)
    shown = sum(1 for finding in report.findings if finding.suppressed is None)
    ways: list[tuple[str, str]] = []
    if shown:
        ways.append((_ALL.get(shown, f"All {shown:,} findings"), "--output-format concise"))
        ways.append(("Why it matters" if shown == 1 else "Why one of them matters", "explain PATH:LINE"))
    else:
        yield _paragraph("", "Nothing found that these rules look for.", paper)
    ways.append(("What is looked for", "rules"))
    rows: list[tuple[RenderableType, ...]] = [(Text(what), Text(f"durability {how}")) for what, how in ways]
    yield Padding(_grid((max(len(what) for what, _ in ways), "left"), (None, "left"), rows=rows), (0, 0, 0, 1))
