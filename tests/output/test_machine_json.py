"""The published JSON: its shape, its schema, its numbers, and that it holds everything."""

import copy
import json

import jsonschema
import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from durability.model import Finding, ReportData, RuleInfo, SiteRow
from durability.output import render
from durability.output.escape import mask
from durability.output.schema import FILE, schema, text

SHAPE = {
    "": "schema_version tool project score no_score_reason level blockers findings modes features plan questions"
    " coverage accepted rules",
    "tool": "name version model_version rules",
    "project": "name kind files lines frameworks applications stakes",
    "project.stakes.0": "kind entry_points path line",
    "score": "value low high declared lenses",
    "score.lenses": "scale time blindspot",
    "blockers.0": "rule path line reason",
    "findings.0": "rule lens severity confidence evidence message story path line column end_line end_column cell"
    " function role cause trace features points fingerprint state example locations suppressed fix",
    "findings.0.trace.0": "path line note",
    "findings.0.example": "path line",
    "modes.0": "rule lens handled partial unhandled unknown points",
    "plan.0": "action rules findings gain minutes_low minutes_high unlocks after",
    "coverage": "files_analysed files_skipped calls maybe_sites other_languages rules_failed",
    "coverage.files_skipped.0": "path reason",
    "coverage.calls": "project library other_library unresolved",
}


@pytest.fixture(scope="session")
def validator():
    return jsonschema.Draft202012Validator(json.loads(FILE.read_text("utf-8")))


def at(data, path):
    for key in filter(None, path.split(".")):
        data = data[int(key) if key.isdigit() else key]
    return data


@pytest.mark.parametrize("path", SHAPE)
def test_the_published_shape(demo, path):
    """Keys may be added and never taken away: others build on them."""
    published = SHAPE[path].split()
    assert [key for key in at(json.loads(render(demo, "json")), path) if key in published] == published


def test_the_schema_file_is_in_step():
    assert FILE.read_text("utf-8") == text(), "run: python -m durability.output.schema"
    jsonschema.Draft202012Validator.check_schema(schema())


def test_output_fits_the_schema(report, validator):
    validator.validate(json.loads(render(report, "json")))


SPOILED = {
    "an unknown key": ("", "scores", 1),
    "an unknown key in a finding": ("findings.0", "pionts", 1.0),
    "an unknown key deep down": ("findings.0.story", "prod", "x"),
    "a word for a number": ("project", "files", "many"),
    "an unknown severity": ("findings.0", "severity", "fatal"),
    "an unknown level": ("", "level", "beta"),
    "another version": ("", "schema_version", 2),
    "a score beyond the scale": ("score", "value", 100.5),
    "a line before the first": ("findings.0", "line", 0),
    "a null path": ("findings.0", "path", None),
}


@pytest.mark.parametrize("what", SPOILED)
def test_the_schema_refuses(demo, validator, what):
    path, key, value = SPOILED[what]
    data = json.loads(render(demo, "json"))
    at(data, path)[key] = value
    assert not validator.is_valid(data)


@pytest.mark.parametrize("key", SHAPE[""].split())
def test_the_schema_misses_what_is_left_out(demo, validator, key):
    data = json.loads(render(demo, "json"))
    del data[key]
    assert not validator.is_valid(data)


def test_numbers_have_one_decimal(samples):
    data = json.loads(render(samples.PRODUCTION, "json"))
    assert data["score"]["high"] == 83.0
    assert data["score"]["lenses"]["time"] is None
    assert data["findings"][0]["points"] == 0.9
    assert data["modes"][0]["points"] == 0.9
    exact = replace(samples.DEMO.findings[1], points=-0.0001)
    shown = render(replace(samples.DEMO, findings=(exact,)), "json")
    assert '"points": 0.0,' in shown and "-0.0" not in shown
    assert json.loads(shown)["findings"][0]["fix"]["arguments"] == {"name": "timeout", "value": 10.0}


def test_arguments_of_a_fix_are_not_rounded(samples):
    fix = replace(samples.DEMO.findings[1].fix, arguments={"value": 0.125, "points": 0.125})
    report = replace(samples.DEMO, findings=(replace(samples.DEMO.findings[1], fix=fix),))
    assert json.loads(render(report, "json"))["findings"][0]["fix"]["arguments"] == {"points": 0.125, "value": 0.125}


def test_sites_only_when_they_were_asked_for(samples):
    assert "sites" not in json.loads(render(samples.DEMO, "json"))
    assert len(json.loads(render(samples.PRODUCTION, "json"))["sites"]) == 1
    assert json.loads(render(replace(samples.DEMO, sites=()), "json"))["sites"] == []


def same(report: ReportData) -> ReportData:
    return msgspec.convert(json.loads(render(report, "json")), ReportData)


@pytest.mark.parametrize("name", ["demo", "empty", "crashed"])
def test_a_sample_comes_back_as_it_was(samples, name):
    assert same(samples.REPORTS[name]) == samples.REPORTS[name]


@settings(max_examples=60)
@given(data=st.data())
def test_every_report_comes_back_as_it_was(samples, validator, data):
    report = data.draw(samples.reports(samples.TEXT.filter(lambda text: mask(text) == text)))
    assert same(report) == report
    validator.validate(json.loads(render(report, "json")))


def test_the_order_of_a_mapping_does_not_show(demo):
    turned = replace(demo.coverage, other_languages=dict(reversed(demo.coverage.other_languages.items())))
    assert render(replace(demo, coverage=turned), "json") == render(demo, "json")


# --- JSON Lines -------------------------------------------------------------------------------------------------------


def lines(report: ReportData) -> list[dict[str, object]]:
    return [json.loads(line) for line in render(report, "jsonl").splitlines()]


def counts(report: ReportData) -> dict[str, int]:
    sites = len(report.sites or ())
    return {"finding": len(report.findings), "accepted": len(report.accepted), "rule": len(report.rules), "site": sites}


def test_json_lines_hold_what_json_holds(report):
    whole = json.loads(render(report, "json"))
    head, *rest = lines(report)
    joined = copy.deepcopy(head)
    assert joined.pop("type") == "report"
    for name, key in (("finding", "findings"), ("accepted", "accepted"), ("rule", "rules"), ("site", "sites")):
        if key in whole:
            joined[key] = [{k: v for k, v in line.items() if k != "type"} for line in rest if line["type"] == name]
    assert joined == whole


@settings(max_examples=60)
@given(data=st.data())
def test_json_lines_are_one_per_thing(samples, data):
    report = data.draw(samples.reports(samples.ANY_TEXT))
    found = lines(report)
    assert [line["type"] for line in found] == [
        "report",
        *(name for name, number in counts(report).items() for _ in range(number)),
    ]
    assert render(report, "jsonl").count("\n") == len(found)


def test_each_kind_of_line_fits_its_definition(samples):
    definitions = {"finding": Finding, "accepted": Finding, "rule": RuleInfo, "site": SiteRow}
    for line in (*lines(samples.DEMO)[1:], *lines(samples.PRODUCTION)[1:]):
        name = definitions[line.pop("type")].__name__
        jsonschema.validate(line, {**schema(), "$ref": f"#/$defs/{name}"})
