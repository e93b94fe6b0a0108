"""Reports written by hand, text that means harm, and reports of any shape."""

from typing import Any

import msgspec
from hypothesis import strategies as st
from msgspec.structs import replace

from durability.model import (
    LENSES,
    LEVELS,
    SEVERITIES,
    Blocker,
    CallCounts,
    Coverage,
    Example,
    FailedRule,
    Finding,
    Fix,
    LensScores,
    ModeRow,
    Place,
    PlanStep,
    Project,
    ReportData,
    RuleInfo,
    Score,
    SiteRow,
    SkippedFile,
    Stake,
    Step,
    Story,
    Suppression,
    Tool,
)

TOOL = Tool("durability", "0.1.0", "1", 38)

# --- rules ------------------------------------------------------------------------------------------------------------


def rule(name: str, lens: str, severity: str, production: str, action: str, **more: Any) -> RuleInfo:
    return RuleInfo(
        name=name,
        lens=lens,
        severity=severity,
        confidence="high",
        summary=f"In short: {name.replace('-', ' ')}.",
        description=f"At length: {name.replace('-', ' ')}.",
        story=Story(demo="All is well.", production=production, trigger="the second user"),
        action=action,
        **more,
    )


RULES = {
    info.name: info
    for info in (
        rule(
            "sql-built-from-input",
            "blindspot",
            "critical",
            "Somebody types a piece of a database command into a field, and reads everybody's data.",
            "Pass values as parameters",
            cwe=(89,),
            sources=("OWASP, SQL Injection Prevention",),
        ),
        rule(
            "http-call-without-timeout",
            "scale",
            "high",
            "A customer pays, the payment service stops answering, and every other customer waits too.",
            "Give every outgoing call a time limit",
            cwe=(1088,),
        ),
        rule(
            "swallowed-exception",
            "blindspot",
            "high",
            "A nightly import fails, nobody hears of it, and for weeks people decide on old figures.",
            "Let the error be seen",
        ),
        rule(
            "query-in-loop", "scale", "high", "With a year of orders the page takes a minute.", "Ask once for all rows"
        ),
        rule("naive-datetime", "blindspot", "medium", "Reminders come hours late.", "Say which time zone"),
        rule("unpinned-dependency", "time", "medium", "Next month it breaks by itself.", "Fix the versions"),
        rule("print-as-logging", "blindspot", "low", "Nobody can search what happened.", "Use a logger"),
    )
}


def finding(name: str, path: str, line: int, message: str, **more: Any) -> Finding:
    info = RULES[name]
    place = Place(path, line, 5, line, 29, more.get("cell"))
    return Finding(
        **{
            "rule": name,
            "lens": info.lens,
            "severity": info.severity,
            "confidence": info.confidence,
            "evidence": "likely",
            "message": message,
            "story": info.story,
            "path": path,
            "line": line,
            "column": 5,
            "end_line": line,
            "end_column": 29,
            "cell": None,
            "function": "pay",
            "role": "route",
            "cause": "",
            "trace": (),
            "features": (),
            "points": 4.2,
            "fingerprint": f"{line:016x}",
            "state": None,
            "example": None,
            "locations": (place, *more.pop("further", ())),
            "suppressed": None,
            "fix": None,
            **more,
        }
    )


# --- a demo with eight findings ---------------------------------------------------------------------------------------

DEMO = ReportData(
    schema_version=1,
    tool=TOOL,
    project=Project(
        name="invoice-bot",
        kind="service",
        files=23,
        lines=2140,
        frameworks=("FastAPI",),
        applications=(".",),
        stakes=(
            Stake("takes or moves money", ("POST /pay",), "api/pay.py", 31),
            Stake("messages people", ("POST /a", "POST /b", "POST /c", "POST /d"), "mail.py", 9),
        ),
    ),
    score=Score(value=26.4, low=20.2, high=33.1, declared=None, lenses=LensScores(41.9, 33.0, 22.5)),
    no_score_reason="",
    level="demo",
    blockers=(
        Blocker("sql-built-from-input", "api/search.py", 48, RULES["sql-built-from-input"].story.production),
        Blocker("score", None, None, "The score is under 40."),
    ),
    findings=(
        finding(
            "sql-built-from-input",
            "api/search.py",
            48,
            "db.execute() runs a statement made from input",
            evidence="proven",
            example=Example("api/orders.py", 12),
            trace=(Step("api/routes.py", 14, "search() calls find()"), Step("api/search.py", 48, "runs the statement")),
        ),
        finding(
            "http-call-without-timeout",
            "api/pay.py",
            31,
            "requests.post() has no time limit",
            fix=Fix("set-argument", {"name": "timeout", "value": 10.0}, "safe", "add timeout=10.0"),
            example=Example("api/rates.py", 7),
            further=(Place("api/pay.py", 60, 5, 60, 20), Place("llm.py", 17, 1, 19, 2)),
        ),
        finding("swallowed-exception", "jobs/sync.py", 77, "except Exception: pass hides 6 steps", lens="blindspot"),
        finding("query-in-loop", "api/invoices.py", 48, "db.execute() runs once per row", evidence="possible"),
        finding("naive-datetime", "notes.ipynb", 3, "datetime.now() has no time zone", cell=2),
        finding("unpinned-dependency", "requirements.txt", 1, "fastapi has no version", function="", role="library"),
        finding("print-as-logging", "api/pay.py", 40, "prints instead of logging", points=0.3),
        finding(
            "naive-datetime",
            "jobs/sync.py",
            12,
            "datetime.utcnow() has no time zone",
            suppressed=Suppression("the job runs in UTC"),
        ),
    ),
    modes=(
        ModeRow("http-call-without-timeout", "scale", 5, 0, 3, 2, 11.3),
        ModeRow("sql-built-from-input", "blindspot", 20, 0, 1, 0, 9.0),
        ModeRow("swallowed-exception", "blindspot", 0, 0, 1, 0, 4.2),
    ),
    features=(),
    plan=(
        PlanStep("Pass values as parameters", ("sql-built-from-input",), (f"{48:016x}",), 0.0, 5, 15, None, ()),
        PlanStep("Give every outgoing call a time limit", ("http-call-without-timeout",), ("1f",), 9.1, 4, 4, None, ()),
        PlanStep("Let the error be seen", ("swallowed-exception",), (f"{77:016x}",), 0.0, 10, 30, None, ()),
        PlanStep("Ask once for all rows", ("query-in-loop",), (f"{48:016x}",), 6.5, 20, 60, "pilot", ()),
    ),
    questions=(),
    coverage=Coverage(
        files_analysed=22,
        files_skipped=(SkippedFile("legacy/old.py", "too deep"), SkippedFile("vendor.bin.py", "not text")),
        calls=CallCounts(project=310, library=540, other_library=90, unresolved=60),
        maybe_sites=4,
        other_languages={"CSS": 80, "JavaScript": 300},
        rules_failed=(),
    ),
    accepted=(finding("print-as-logging", "tools/seed.py", 5, "prints instead of logging"),),
    rules=tuple(RULES.values()),
    sites=None,
)  # fmt: skip

# --- too little for a score, and one that is fit for strangers --------------------------------------------------------

EMPTY = ReportData(
    schema_version=1,
    tool=TOOL,
    project=Project("hello", "script", 1, 1, (), (".",), ()),
    score=None,
    no_score_reason="Too little to judge: no places where it could fail (at least 10 are needed).",
    level=None,
    blockers=(),
    findings=(),
    modes=(),
    features=(),
    plan=(),
    questions=(),
    coverage=Coverage(1, (), CallCounts(0, 1, 0, 0), 0, {}, ()),
    rules=tuple(RULES.values()),
)

PRODUCTION = replace(
    EMPTY,
    project=Project("ledger", "service", 140, 21900, ("Django",), (".",), ()),
    score=Score(value=78.8, low=74.0, high=82.96, declared=81.0, lenses=LensScores(80.0, None, 71.2)),
    no_score_reason="",
    level="production",
    blockers=(Blocker("static-only", None, None, "Durable is not yet evidenced: a static scan alone cannot show it."),),
    findings=(finding("naive-datetime", "ledger/reports.py", 210, "datetime.now() has no time zone", points=0.94),),
    modes=(ModeRow("naive-datetime", "blindspot", 40, 0, 1, 0, 0.94),),
    plan=(PlanStep("Say which time zone", ("naive-datetime",), (f"{210:016x}",), 0.9, 1, 3, None, ()),),
    coverage=Coverage(140, (), CallCounts(4000, 6000, 900, 20), 0, {"HTML": 900}, ()),
    sites=(SiteRow("naive-datetime", "ledger/reports.py", 210, "unhandled", f"{210:016x}"),),
)

CRASHED = replace(
    DEMO,
    score=None,
    level=None,
    no_score_reason="A check crashed (query-in-loop), so nothing can be said about what breaks at scale.",
    plan=tuple(replace(step, gain=0.0, unlocks=None) for step in DEMO.plan),
    coverage=replace(DEMO.coverage, rules_failed=(FailedRule("query-in-loop", "api/x.py", "KeyError: 'x'"),)),
)

REPORTS = {"demo": DEMO, "empty": EMPTY, "production": PRODUCTION, "crashed": CRASHED}

# --- text that means harm ---------------------------------------------------------------------------------------------

HOSTILE = {
    "line break": "a\nFORGED: all is well\r\n.py",
    "escape": "a\x1b[2J\x1b]0;owned\x07.py",
    "link": "a\x1b]8;;http://evil.example\x1b\\click\x1b]8;;\x1b\\.py",
    "c1": "a\x9b31m\x85b.py",
    "direction": "a\u202eyp.txt\u2066b\u200f.py",
    "invisible": "a\u200b\ufeff\u00ad\U000e0041b.py",
    "separators": "a\u2028b\u2029c.py",
    "markup": "[bold red]a[/bold red] [link=http://evil.example]b[/link].py",
    "html": "</script><script>alert(1)</script><!--.py",
    "markdown": "![x](http://evil.example/x.png) [a](javascript:1) <b> & `c` | d",
    "workflow": "::error file=a.py,line=1::forged",
    "workflow after a break": "a\n::set-output name=x::y",
    "azure": "##vso[task.setvariable variable=x]y ##[error]z",
    "surrogate": "a\udcffb\ud800.py",
    "nul": "a\x00b.py",
    "long": "x" * 5000,
    "wide": "漢" * 300,
    "combining": "e" + "\u0301" * 300,
    "percent": "100% %s %(a)s {0} {a}.py",
    "colon": "c:\\a:1:2: b.py",
    "parents": "../../etc/passwd",
    "address": "//evil.example/a.py",
}

_KEPT = frozenset(
    {"lens", "severity", "confidence", "evidence", "role", "state", "level", "unlocks", "safety", "outcome"}
)


def poisoned(report: ReportData, text: str) -> ReportData:
    """The report with the text wherever a text may stand; what tells rules apart stays as it is."""
    data = msgspec.to_builtins(report)
    changed = _poisoned(data, text)
    changed["project"]["kind"] = data["project"]["kind"]
    return msgspec.convert(changed, ReportData)


def _poisoned(value: Any, text: str, key: str = "") -> Any:
    if isinstance(value, dict):
        return {name: _poisoned(item, text, name) for name, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_poisoned(item, text, key) for item in value]
    if isinstance(value, str) and key not in _KEPT and key != "fingerprint":
        return text
    return value


# --- reports of any shape ---------------------------------------------------------------------------------------------

ANY_TEXT = st.text(st.characters(exclude_categories=()), max_size=12)
TEXT = st.text(max_size=8)
_TENTHS = st.integers(0, 1000).map(lambda tenths: tenths / 10)
_LINE = st.integers(1, 9999)


def reports(text: st.SearchStrategy[str]) -> st.SearchStrategy[ReportData]:
    """Reports whose texts come from a strategy, and whose numbers are such as the engine gives."""
    place = st.builds(Place, text, _LINE, _LINE, _LINE, _LINE, st.none() | _LINE)
    story = st.builds(Story, text, text, text)
    step = st.builds(Step, text, st.integers(0, 99), text)
    scalar = text | st.integers(-9, 9) | st.booleans()
    fix = st.builds(Fix, text, st.dictionaries(text, scalar | st.none(), max_size=2), st.just("safe"), text)
    names = st.lists(text, max_size=2).map(tuple)
    lens, severity = st.sampled_from(LENSES), st.sampled_from(SEVERITIES)
    lens_score = st.none() | _TENTHS
    found = st.builds(
        Finding,
        rule=text, lens=lens, severity=severity, confidence=st.just("high"),
        evidence=st.sampled_from(("possible", "likely", "proven", "refuted")), message=text, story=story,
        path=text, line=_LINE, column=_LINE, end_line=_LINE, end_column=_LINE, cell=st.none() | _LINE,
        function=text, role=st.sampled_from(("route", "unreached")), cause=text,
        trace=st.lists(step, max_size=2).map(tuple), features=names, points=_TENTHS,
        fingerprint=text, state=st.sampled_from((None, "new", "known", "new-rule")),
        example=st.none() | st.builds(Example, text, _LINE),
        locations=st.lists(place, min_size=1, max_size=3).map(tuple),
        suppressed=st.none() | st.builds(Suppression, text), fix=st.none() | fix,
    )  # fmt: skip
    info = st.builds(
        RuleInfo,
        name=text, lens=lens, severity=severity, confidence=st.just("low"), summary=text, description=text,
        story=story, cwe=st.lists(st.integers(1, 1400), max_size=2).map(tuple), sources=names, action=text,
        options=st.dictionaries(text, scalar, max_size=2),
    )  # fmt: skip
    score = st.builds(
        lambda ends, lenses, declared: Score(ends[1], ends[0], ends[2], declared, lenses),
        st.tuples(_TENTHS, _TENTHS, _TENTHS).map(sorted),
        st.builds(LensScores, lens_score, lens_score, lens_score),
        lens_score,
    )
    skipped = st.lists(st.builds(SkippedFile, text, text), max_size=2).map(tuple)
    site = st.builds(SiteRow, text, text, _LINE, st.just("handled"), text)
    number = st.integers(0, 50)
    return st.builds(
        lambda judged, **rest: ReportData(score=judged[0], level=judged[1], **rest),
        judged=st.just((None, None)) | st.tuples(score, st.sampled_from(LEVELS)),
        schema_version=st.just(1), tool=st.builds(Tool, text, text, text, number),
        project=st.builds(
            Project, text, st.sampled_from(("service", "cli")), number, number, names, names,
            st.lists(st.builds(Stake, text, names, text, _LINE), max_size=2).map(tuple),
        ),
        no_score_reason=text,
        blockers=st.lists(st.builds(Blocker, text, st.none() | text, st.none() | _LINE, text), max_size=2).map(tuple),
        findings=st.lists(found, max_size=4).map(tuple),
        modes=st.lists(st.builds(ModeRow, text, lens, number, number, number, number, _TENTHS), max_size=2).map(tuple),
        features=st.just(()),
        plan=st.lists(
            st.builds(
                PlanStep, text, st.lists(text, min_size=1, max_size=2).map(tuple), names, _TENTHS, number, number,
                st.none() | st.sampled_from(LEVELS), names,
            ), max_size=4,
        ).map(tuple),
        questions=st.just(()),
        coverage=st.builds(
            Coverage, number, skipped, st.builds(CallCounts, number, number, number, number), number,
            st.dictionaries(text, number, max_size=2),
            st.lists(st.builds(FailedRule, text, text, text), max_size=2).map(tuple),
            skipped,
        ),
        accepted=st.lists(found, max_size=2).map(tuple), rules=st.lists(info, max_size=2).map(tuple),
        sites=st.none() | st.lists(site, max_size=2).map(tuple),
    )  # fmt: skip
