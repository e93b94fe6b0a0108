"""Selection: what is shown and gated, and that the score stays out of it."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from durability.catalogue import catalogue
from durability.config import Accept, Config
from durability.errors import UsageError
from durability.model import (
    Blocker,
    CallCounts,
    Coverage,
    Finding,
    Place,
    Project,
    ReportData,
    Story,
    Suppression,
    Tool,
)
from durability.selection import apply, check_selection, gated, selection

ENTRIES = catalogue()
NAMES = [entry.name for entry in ENTRIES]


def place(path: str, line: int = 1) -> Place:
    return Place(path, line, 1, line, 2)


def finding(rule: str, *places: Place) -> Finding:
    first = places[0]
    return Finding(
        rule, "scale", "high", "high", "likely", "m", Story("", "", ""), first.path, first.line, 1, first.line, 2, None,
        "f", "route", "", (), (), 1.0, f"{rule}{first.path}", None, None, places, None, None,
    )  # fmt: skip


TIMEOUT = finding("http-call-without-timeout", place("app.py"))
PICKLE = finding("bandit/pickle", place("scripts/load.py"))
LOOP = finding("query-in-loop", place("app.py", 5), place("scripts/run.py", 7))
COMMENT = finding("unused-suppression", place("app.py", 9))
REPORT = ReportData(
    1, Tool("durability", "0", "1", 25), Project("p", "app", 1, 1, (), (), ()), None, "", None,
    (Blocker("query-in-loop", "app.py", 5, "slow"), Blocker("score", None, None, "low")),
    (TIMEOUT, PICKLE, LOOP, COMMENT), (), (), (), (), Coverage(1, (), CallCounts(0, 0, 0, 0), 0, {}, ()),
)  # fmt: skip


def shown(paths: tuple[str, ...] = (), **settings: object) -> list[str]:
    chosen = selection(Config(**settings), ENTRIES, paths)
    return [f"{item.rule}@{item.path}:{item.line}x{len(item.locations)}" for item in apply(chosen, REPORT).findings]


ALL = [
    "http-call-without-timeout@app.py:1x1",
    "bandit/pickle@scripts/load.py:1x1",
    "query-in-loop@app.py:5x2",
    "unused-suppression@app.py:9x1",
]


@pytest.mark.parametrize(
    ("settings", "kept"),
    [
        ({}, [0, 1, 2, 3]),
        ({"select": ("query-in-loop",)}, [2]),
        ({"select": ("scale",)}, [0, 2]),
        ({"select": ("http-*", "bandit/*")}, [0, 1]),
        ({"select": ("pack:bandit",)}, [1]),
        ({"select": ("pack:core",), "ignore": ("http-*",)}, [2]),
        ({"ignore": ("blindspot",)}, [0, 2]),
        ({"ignore": ("pack:comments",)}, [0, 1, 2]),
        ({"per_file_ignores": {"scripts/": ("pack:bandit",)}}, [0, 2, 3]),
        ({"per_file_ignores": {"app.py": ("*",)}}, None),
    ],
)
def test_what_is_shown(settings, kept):
    expected = [ALL[index] for index in kept] if kept is not None else [ALL[1], "query-in-loop@scripts/run.py:7x1"]
    assert shown(**settings) == expected


@pytest.mark.parametrize(
    ("paths", "expected"),
    [
        (("scripts",), [ALL[1], "query-in-loop@scripts/run.py:7x1"]),
        (("scripts/run.py", "app.py"), [ALL[0], ALL[2], ALL[3]]),
        (("script",), []),
    ],
)
def test_paths_restrict_what_is_shown_to_the_places_under_them(paths, expected):
    assert shown(paths) == expected


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        (
            {"select": ("querry-in-loop",)},
            "select: there is no rule or lens 'querry-in-loop'; did you mean 'query-in-loop'?",
        ),
        ({"ignore": ("scael",)}, "ignore: there is no rule or lens 'scael'; did you mean 'scale'?"),
        ({"select": ("xyz-*",)}, "select: no rule is named like 'xyz-*'"),
        ({"select": ("pack:bandti",)}, "select: no rule pack 'pack:bandti'; did you mean 'pack:bandit'?"),
        (
            {"per_file_ignores": {"a.py": ("tim",)}},
            "per-file-ignores: there is no rule or lens 'tim'; did you mean 'time'?",
        ),
        (
            {"per_file_ignores": {"*/*/*/*/*.py": ("time",)}},
            "per-file-ignores pattern '*/*/*/*/*.py': too many wildcards",
        ),
    ],
)
def test_a_selector_that_matches_nothing_is_refused_with_the_nearest(settings, said):
    with pytest.raises(UsageError) as raised:
        check_selection(Config(**settings), ENTRIES)
    assert str(raised.value) == said


def test_a_risk_accepted_for_no_rule_is_refused():
    accepted = Accept("querry-in-loop", "ten rows", "Ana", date(2027, 1, 1))
    with pytest.raises(UsageError, match="did you mean 'query-in-loop'"):
        check_selection(Config(accept=(accepted,)), ENTRIES)
    check_selection(Config(accept=(replace(accepted, rule="query-in-loop"),)), ENTRIES)


SELECTORS = st.lists(st.sampled_from([*NAMES, "scale", "time", "blindspot", "pack:core", "*"]), max_size=4).map(tuple)


@given(SELECTORS, SELECTORS, st.dictionaries(st.sampled_from(["*.py", "app.py", "scripts/"]), SELECTORS, max_size=2))
def test_nothing_but_findings_changes(select, ignore, per_file):
    chosen = selection(Config(select=select, ignore=ignore, per_file_ignores=per_file), ENTRIES)
    result = apply(chosen, REPORT)
    assert replace(result, findings=REPORT.findings) == REPORT
    assert {item.rule for item in result.findings} <= {item.rule for item in REPORT.findings}
    assert not any(item.rule in ignore for item in result.findings)


def test_the_gate_does_not_read_blockers_that_are_not_shown():
    assert [b.rule for b in gated(selection(Config(), ENTRIES), REPORT).blockers] == ["query-in-loop", "score"]
    assert [b.rule for b in gated(selection(Config(ignore=("scale",)), ENTRIES), REPORT).blockers] == ["score"]


def test_the_gate_does_not_read_blockers_that_are_suppressed():
    hidden = replace(REPORT, findings=(replace(LOOP, suppressed=Suppression("known")),))
    assert [blocker.rule for blocker in gated(selection(Config(), ENTRIES), hidden).blockers] == ["score"]
