"""The Python API."""

import json
import os

import pytest

import durability
from durability import Config, UsageError

CODE = """
import requests
from flask import Flask

app = Flask(__name__)


@app.get("/")
def home():
    return requests.get("https://example.com").json()
"""
RULE = "http-call-without-timeout"


@pytest.fixture
def project(tmp_path):
    (tmp_path / "requirements.txt").write_text("flask==3.1.0\nrequests==2.32.3\n")
    (tmp_path / "app.py").write_text(CODE)
    return tmp_path


def test_a_scan_prints_nothing_and_stays_where_it_is(project, capfd):
    before = os.getcwd()
    report = durability.scan(project)
    assert capfd.readouterr() == ("", "")
    assert os.getcwd() == before
    finding = next(finding for finding in report.findings if finding.rule == RULE)
    assert (finding.path, finding.line, finding.role) == ("app.py", 10, "route")
    assert report.score is report.data.score
    assert report.level == report.data.level == "demo"
    assert report.plan == report.data.plan
    assert report.blockers == report.data.blockers
    assert report.coverage.files_analysed == 1
    assert repr(report) == f"<Report {project.name}: {report.score.value:g}, {len(report.findings)} findings>"


def test_a_report_writes_itself(project):
    data = json.loads(durability.scan(str(project)).to("json"))
    assert data["schema_version"] == 1
    assert RULE in {finding["rule"] for finding in data["findings"]}
    with pytest.raises(UsageError, match="sarfi"):
        durability.scan(project).to("sarfi")


def test_settings_are_the_projects_own_or_given(project):
    (project / "durability.toml").write_text('select = ["time"]')
    other = project / "other.toml"
    other.write_text(f'select = ["{RULE}"]')

    def rules(**options: object) -> set[str]:
        return {finding.rule for finding in durability.scan(project, **options).findings}

    assert RULE not in rules()
    assert rules(config=other) == {RULE}
    assert rules(config=str(other)) == {RULE}
    assert rules(config=Config(select=(RULE,))) == {RULE}
    assert rules(isolated=True) > {RULE}


def test_sites_when_asked_for(project):
    assert durability.scan(project).data.sites is None
    sites = durability.scan(project, sites=True).data.sites
    assert sites is not None
    assert ("app.py", 10, RULE) in {(site.path, site.line, site.rule) for site in sites}


def test_a_text_is_scanned_alone():
    report = durability.scan_source(CODE, "shop.py")
    assert {finding.path for finding in report.findings} == {"shop.py"}
    assert RULE in {finding.rule for finding in report.findings}
    assert RULE not in {finding.rule for finding in durability.scan_source("x = 1").findings}


def test_a_rule_is_explained():
    assert durability.explain(RULE).startswith(RULE)
    with pytest.raises(UsageError, match="did you mean"):
        durability.explain(RULE[:-1])


@pytest.mark.parametrize(
    "arguments", [{"path": "gone"}, {"path": ".", "packs": ["acme"]}, {"path": ".", "config": "gone"}]
)
def test_what_a_caller_can_mend_is_a_usage_error(project, monkeypatch, arguments):
    monkeypatch.chdir(project)
    with pytest.raises(UsageError):
        durability.scan(**arguments)


def test_accepted_risks_expire(project, monkeypatch):
    accept = f'[[accept]]\nrule = "{RULE}"\nreason = "demo"\nowner = "Ana"\nexpires = 2027-03-31\n'
    (project / "durability.toml").write_text(accept)

    def rules(day: str) -> set[str]:
        monkeypatch.setenv("SOURCE_DATE_EPOCH", day)
        return {finding.rule for finding in durability.scan(project).findings}

    assert RULE not in rules("1806364800")  # 2027-03-30
    assert RULE not in rules("1806451200")  # 2027-03-31, the last day
    assert RULE in rules("1806537600")  # 2027-04-01
