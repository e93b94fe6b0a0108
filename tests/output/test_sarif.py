"""SARIF: valid by the official schema, and what code scanning services read from it."""

import json
from urllib.parse import unquote

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from durability.model import SkippedFile
from durability.output import render, sarif


@pytest.fixture(scope="session")
def validator(sarif_schema):
    return jsonschema.Draft7Validator(sarif_schema, format_checker=jsonschema.FormatChecker())


def run_of(report):
    document = json.loads(render(report, "sarif"))
    (run,) = document["runs"]
    return run


def notifications(run):
    return [note["message"]["text"] for note in run["invocations"][0]["toolExecutionNotifications"]]


def place(result):
    return result["locations"][0]["physicalLocation"]


def test_a_report_is_valid(report, validator):
    validator.validate(json.loads(render(report, "sarif")))


def test_the_schema_can_refuse(demo, validator):
    document = json.loads(render(demo, "sarif"))
    document["runs"][0]["results"][0]["level"] = "fatal"
    assert not validator.is_valid(document)
    document = json.loads(render(demo, "sarif"))
    document["runs"][0]["results"][0]["partialFingerprint"] = {}
    assert not validator.is_valid(document)


@settings(max_examples=40)
@given(data=st.data())
def test_any_report_is_valid(samples, validator, data):
    report = data.draw(samples.reports(samples.ANY_TEXT))
    document = json.loads(render(report, "sarif"))
    validator.validate(document)
    run = document["runs"][0]
    assert len(run["results"]) == len(report.findings) + len(report.accepted)
    rules = run["tool"]["driver"]["rules"]
    assert all(rules[result["ruleIndex"]]["id"] == result["ruleId"] for result in run["results"])
    assert len({rule["id"] for rule in rules}) == len(rules)


def test_every_result_has_its_place_level_and_fingerprint(demo):
    run = run_of(demo)
    first = run["results"][0]
    assert (first["ruleId"], first["level"]) == ("sql-built-from-input", "error")
    assert place(first) == {
        "artifactLocation": {"uri": "api/search.py", "uriBaseId": "%SRCROOT%"},
        "region": {"startLine": 48, "startColumn": 5, "endLine": 48, "endColumn": 29},
    }
    assert first["locations"][0]["logicalLocations"] == [{"fullyQualifiedName": "pay", "kind": "function"}]
    assert first["partialFingerprints"] == {"durability/v1": f"{48:016x}"}
    assert [result["level"] for result in run["results"]] == ["error"] * 4 + ["warning"] * 2 + [
        "note",
        "warning",
        "note",
    ]
    assert run["originalUriBaseIds"].keys() == {"%SRCROOT%"}
    assert run["automationDetails"]["id"] == "durability/invoice-bot/"
    assert run["columnKind"] == "unicodeCodePoints"


def test_the_chain_is_a_code_flow(demo):
    first, second, *_ = run_of(demo)["results"]
    (flow,) = first["codeFlows"]
    steps = [step["location"] for step in flow["threadFlows"][0]["locations"]]
    assert [step["physicalLocation"]["region"]["startLine"] for step in steps] == [14, 48]
    assert steps[0]["message"]["text"] == "search() calls find()"
    assert "codeFlows" not in second
    own = replace(demo.findings[0], trace=demo.findings[0].trace[1:])
    assert "codeFlows" not in run_of(replace(demo, findings=(own,)))["results"][0]


def test_further_places_are_related_locations(demo):
    related = run_of(demo)["results"][1]["relatedLocations"]
    assert [item["id"] for item in related] == [1, 2]
    assert related[1]["physicalLocation"]["artifactLocation"]["uri"] == "llm.py"


def test_a_fix_is_told_and_not_sold_as_edits(demo):
    second = run_of(demo)["results"][1]
    assert second["properties"]["fix"] == {"kind": "set-argument", "safety": "safe", "summary": "add timeout=10.0"}
    assert "fixes" not in second


def test_what_is_hidden_is_suppressed(demo):
    *_, suppressed, accepted = run_of(demo)["results"]
    assert suppressed["suppressions"] == [{"kind": "inSource", "justification": "the job runs in UTC"}]
    (decision,) = accepted["suppressions"]
    assert (decision["kind"], decision["status"]) == ("external", "accepted")
    assert [place(result)["artifactLocation"]["uri"] for result in (suppressed, accepted)] == [
        "jobs/sync.py",
        "tools/seed.py",
    ]
    assert not any("suppressions" in result for result in run_of(demo)["results"][:-2])


def test_a_cell_is_named(demo):
    (notebook,) = [
        result for result in run_of(demo)["results"] if place(result)["artifactLocation"]["uri"] == "notes.ipynb"
    ]
    assert notebook["locations"][0]["message"]["text"].startswith("In cell 2;")


@pytest.mark.parametrize(
    ("state", "shown"), [("new", "new"), ("known", "unchanged"), ("new-rule", "unchanged"), (None, None)]
)
def test_the_state_against_a_baseline(demo, state, shown):
    report = replace(demo, findings=(replace(demo.findings[0], state=state),))
    assert run_of(report)["results"][0].get("baselineState") == shown


def test_rules_are_explained(demo):
    rules = {rule["id"]: rule for rule in run_of(demo)["tool"]["driver"]["rules"]}
    assert list(rules) == sorted(rules)
    injection = rules["sql-built-from-input"]
    assert "**In production:** Somebody types a piece" in injection["help"]["markdown"]
    assert "OWASP, SQL Injection Prevention" in injection["help"]["text"]
    assert injection["properties"]["tags"] == ["blindspot", "security", "external/cwe/cwe-89"]
    assert injection["properties"]["security-severity"] == "9.5"
    assert "security-severity" not in rules["query-in-loop"]["properties"]
    assert rules["query-in-loop"]["properties"]["tags"] == ["scale"]


def test_findings_of_rules_that_are_not_ours_have_a_rule_too(demo):
    story = replace(demo.findings[0].story, production="<b>x</b> & y")
    foreign = replace(demo.findings[0], rule="bandit/weak-cipher", story=story)
    for report in (replace(demo, findings=(foreign,)), replace(demo, accepted=(foreign,))):
        rules = {rule["id"]: rule for rule in run_of(report)["tool"]["driver"]["rules"]}
        assert rules["bandit/weak-cipher"]["help"]["text"] == "<b>x</b> & y"
        assert rules["bandit/weak-cipher"]["help"]["markdown"] == "\\<b\\>x\\<\\/b\\> \\& y"


def test_the_verdict_travels_with_the_run(demo, samples):
    properties = run_of(demo)["properties"]
    assert (properties["score"], properties["low"], properties["high"], properties["level"]) == (
        26.4,
        20.2,
        33.1,
        "demo",
    )
    assert properties["verdict"].startswith("Demo: Show it to people")
    assert properties["blockers"][0]["path"] == "api/search.py"
    assert [stake["kind"] for stake in properties["stakes"]] == ["takes or moves money", "messages people"]
    none = run_of(samples.EMPTY)["properties"]
    assert (none["score"], none["level"]) == (None, None)
    assert none["verdict"].startswith("No score: Too little")


def test_skipped_files_are_notifications(demo):
    (invocation,) = run_of(demo)["invocations"]
    assert invocation["executionSuccessful"] is True
    notes = invocation["toolExecutionNotifications"]
    assert [note["message"]["text"] for note in notes] == ["Not analysed: too deep", "Not analysed: not text"]
    assert notes[0]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "legacy/old.py"


def test_a_crashed_rule_is_no_success(samples):
    (invocation,) = run_of(samples.CRASHED)["invocations"]
    assert invocation["executionSuccessful"] is False
    first = invocation["toolExecutionNotifications"][0]
    assert first["level"] == "error"
    assert "query-in-loop" in first["message"]["text"]


def test_the_limits_of_code_scanning_services():
    assert (sarif.MOST_RESULTS, sarif.MOST_PLACES) == (5_000, 100)


def test_the_worst_are_listed_and_the_rest_counted(demo, monkeypatch):
    monkeypatch.setattr(sarif, "MOST_RESULTS", 6)
    run = run_of(demo)
    assert [result["level"] for result in run["results"]] == ["error"] * 4 + ["warning"] * 2
    assert "3 more results not listed: only the worst 6 are." in notifications(run)
    exactly = run_of(replace(demo, findings=demo.findings[:5]))
    assert len(exactly["results"]) == 6
    assert not any("not listed" in text for text in notifications(exactly))


def test_the_first_skipped_files_are_listed_and_the_rest_counted(demo, monkeypatch):
    monkeypatch.setattr(sarif, "MOST_NOTIFICATIONS", 2)
    skipped = tuple(SkippedFile(f"{number}.py", "not text") for number in range(3))
    run = run_of(replace(demo, coverage=replace(demo.coverage, files_skipped=skipped)))
    assert notifications(run) == ["Not analysed: not text"] * 2 + ["Not analysed: 1 more file."]


@pytest.mark.parametrize(
    ("path", "uri"),
    [
        ("a b/c#d?.py", "a%20b/c%23d%3F.py"),
        ("größe.py", "gr%C3%B6%C3%9Fe.py"),
        ("c:/a.py", "c%3A/a.py"),
        ("100%.py", "100%25.py"),
        ("a\nb.py", "a%0Ab.py"),
        ("latin-\udcff.py", "latin-%FF.py"),
    ],
)
def test_paths_are_relative_and_percent_encoded(demo, path, uri):
    finding = demo.findings[0]
    moved = replace(finding, path=path, locations=(replace(finding.locations[0], path=path),))
    artifact = place(run_of(replace(demo, findings=(moved,)))["results"][0])["artifactLocation"]
    assert artifact["uri"] == uri
    assert unquote(uri, errors="surrogateescape") == path


def test_a_message_makes_no_link(demo):
    hostile = replace(demo.findings[0], message="see [here](http://evil.example) x[0]")
    plainly = replace(demo.findings[0], message="x[0] is None")
    first, second = run_of(replace(demo, findings=(hostile, plainly), accepted=()))["results"]
    assert first["message"]["text"] == "see \\[here](http://evil.example) x\\[0]"
    assert second["message"]["text"] == "x[0] is None"
