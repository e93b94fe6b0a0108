"""The gate: which report passes, which exit code the others get, and what is said."""

import pytest
from msgspec.structs import replace

from durability.config import Config
from durability.gate import BROKEN, FAILED, PASSED, UNDECIDED, judge, judge_files, worst
from durability.model import (
    Blocker,
    CallCounts,
    Coverage,
    FailedRule,
    Finding,
    LensScores,
    Place,
    Project,
    ReportData,
    Score,
    SkippedFile,
    Story,
    Suppression,
    Tool,
)

PLACE = Place("app.py", 12, 1, 12, 9)
FINDING = Finding(
    rule="http-call-without-timeout",
    lens="scale",
    severity="high",
    confidence="high",
    evidence="likely",
    message="get() has no time limit",
    story=Story("", "", ""),
    path="app.py",
    line=12,
    column=1,
    end_line=12,
    end_column=9,
    cell=None,
    function="load",
    role="route",
    cause="",
    trace=(),
    features=(),
    points=3.0,
    fingerprint="f",
    state=None,
    example=None,
    locations=(PLACE,),
    suppressed=None,
    fix=None,
)
GOOD = ReportData(
    schema_version=1,
    tool=Tool("durability", "0", "1", 25),
    project=Project("shop", "service", 3, 100, (), (".",), ()),
    score=Score(70.0, 61.5, 80.0, None, LensScores(70.0, 70.0, 70.0)),
    no_score_reason="",
    level="pilot",
    blockers=(Blocker("query-in-loop", "app.py", 3, "slow"),),
    findings=(),
    modes=(),
    features=(),
    plan=(),
    questions=(),
    coverage=Coverage(3, (), CallCounts(1, 1, 0, 0), 0, {}, ()),
)
BELOW_FLOOR = replace(GOOD, score=None, level=None, blockers=(), no_score_reason="Too little to judge: 2 places.")


def report(*findings: Finding) -> ReportData:
    return replace(GOOD, findings=findings)


def test_a_report_without_findings_passes():
    assert judge(GOOD, Config(), False) == judge_files(GOOD, Config(), False)
    assert judge(GOOD, Config(), False).passed
    assert judge(GOOD, Config(), False).exit_code == PASSED


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({}, FAILED),
        ({"severity": "critical"}, FAILED),
        ({"severity": "medium"}, PASSED),
        ({"evidence": "proven"}, FAILED),
        ({"evidence": "possible"}, PASSED),
        ({"evidence": "refuted"}, PASSED),
        ({"role": "import"}, FAILED),
        ({"role": "library"}, FAILED),  # the role of public code where no entry point is known
        ({"role": "unreached"}, PASSED),
        ({"role": "test"}, PASSED),
        ({"suppressed": Suppression("known")}, PASSED),
    ],
)
def test_which_findings_fail_by_default(changed, code):
    gate = judge(report(replace(FINDING, **changed)), Config(), False)
    assert gate.exit_code == code
    assert gate.passed == (code == PASSED)
    assert bool(gate.reasons) == (code != PASSED)


@pytest.mark.parametrize(
    ("least", "severity", "code"),
    [
        ("low", "low", FAILED),
        ("medium", "low", PASSED),
        ("medium", "medium", FAILED),
        ("critical", "high", PASSED),
        ("critical", "critical", FAILED),
    ],
)
def test_fail_on_moves_the_severity(least, severity, code):
    found = report(replace(FINDING, severity=severity))
    assert judge(found, Config(fail_on=least), False).exit_code == code
    assert judge_files(found, Config(fail_on=least), False).exit_code == code


@pytest.mark.parametrize(("least", "code"), [(61.5, PASSED), (61.6, FAILED), (70.0, FAILED)])
def test_fail_under_reads_the_low_end(least, code):
    assert judge(GOOD, Config(fail_under=least), False).exit_code == code


def test_fail_under_alone_replaces_the_findings():
    assert judge(report(FINDING), Config(fail_under=10), False).passed
    assert judge(report(FINDING), Config(fail_under=10, fail_on="high"), False).exit_code == FAILED


def test_one_line_per_rule_with_the_first_place_and_how_many_more():
    second = replace(FINDING, path="b.py", line=3, locations=(PLACE, PLACE))
    notebook = replace(FINDING, rule="sql-built-from-input", severity="critical", path="n.ipynb", cell=4, line=2)
    assert judge(report(FINDING, second, notebook), Config(), False).reasons == (
        "high: http-call-without-timeout at app.py:12 and 2 more",
        "critical: sql-built-from-input at n.ipynb:cell 4, line 2",
    )


def test_too_little_to_judge_is_neither_pass_nor_failure():
    gate = judge(BELOW_FLOOR, Config(fail_under=10), False)
    assert (gate.passed, gate.exit_code) == (False, UNDECIDED)
    assert gate.reasons == ("Too little to judge: 2 places.",)


def test_too_little_to_judge_but_an_open_blocker_fails():
    gate = judge(replace(BELOW_FLOOR, blockers=GOOD.blockers), Config(), False)
    assert gate.exit_code == FAILED
    assert gate.reasons == ("app.py:3: slow",)


def test_too_little_to_judge_but_a_failing_finding_fails():
    assert judge(replace(BELOW_FLOOR, findings=(FINDING,)), Config(), False).exit_code == FAILED


def test_a_hook_needs_no_score():
    assert judge_files(BELOW_FLOOR, Config(), False).passed


def test_a_crashed_rule_is_an_error_whatever_else_is_true():
    crashed = replace(GOOD.coverage, rules_failed=(FailedRule("query-in-loop", "app.py", "KeyError: 'x'"),))
    for found in (replace(report(FINDING), coverage=crashed), replace(BELOW_FLOOR, coverage=crashed)):
        for gate in (judge(found, Config(), False), judge_files(found, Config(), False)):
            assert gate.exit_code == BROKEN
            assert gate.reasons == ("the rule query-in-loop crashed on app.py: KeyError: 'x'",)


def test_unreadable_first_party_files_are_an_error_only_when_strict():
    skipped = (SkippedFile("tests/test_a.py", "not Python"), SkippedFile("src/b.py", "permission denied"))
    found = replace(GOOD, coverage=replace(GOOD.coverage, files_skipped=skipped))
    assert judge(found, Config(), False).passed
    gate = judge(found, Config(), True)
    assert gate.exit_code == BROKEN
    assert gate.reasons == ("not analysed: src/b.py: permission denied",)


@pytest.mark.parametrize(("codes", "code"), [([], 0), ([0, 3], 3), ([3, 1, 0], 1), ([1, 2, 3], 2), ([0, 0], 0)])
def test_the_worst_of_several_projects(codes, code):
    assert worst(codes) == code
