"""Every format: which there are, that text from scanned code does no harm in any, and the same bytes twice."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from durability.errors import UsageError
from durability.output import FORMATS, render

ACTIVE = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\xad\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ud800-\udfff]")
MACHINE = ("json", "jsonl", "sarif")


def test_the_formats():
    assert list(FORMATS) == ["human", "concise", "json", "jsonl", "sarif"]


def test_an_unknown_format_is_a_mistake_of_the_caller(demo):
    with pytest.raises(UsageError, match="unknown output format 'xml': choose from human, concise, json, jsonl, sarif"):
        render(demo, "xml")


@pytest.mark.parametrize("format", FORMATS)
def test_a_report_ends_with_one_line_break(report, format):
    shown = render(report, format)
    assert shown.endswith("\n") and not shown.endswith("\n\n")


def pytest_generate_tests(metafunc):
    if "hostile" in metafunc.fixturenames:
        metafunc.parametrize("hostile", HOSTILE)


HOSTILE = (
    "line break", "escape", "link", "c1", "direction", "invisible", "separators", "markup", "html", "markdown",
    "workflow", "workflow after a break", "azure", "surrogate", "nul", "long", "wide", "combining", "percent", "colon",
    "parents", "address",
)  # fmt: skip


def test_every_hostile_text_is_tried(samples):
    assert tuple(samples.HOSTILE) == HOSTILE


@pytest.mark.parametrize("format", FORMATS)
@pytest.mark.parametrize("sample", ["demo", "crashed", "empty"])
def test_hostile_text_does_nothing(samples, format, sample, hostile):
    shown = render(samples.poisoned(samples.REPORTS[sample], samples.HOSTILE[hostile]), format, width=70)
    assert not ACTIVE.search(shown)
    assert shown.encode("utf-8")
    for line in shown.split("\n"):
        assert not re.match(r"\s*::[A-Za-z-]+.*::", line)
        assert "##[" not in line and "##vso[" not in line
        assert not line.startswith("FORGED")


@pytest.mark.parametrize("format", MACHINE)
def test_hostile_text_keeps_the_document_whole(samples, sarif_schema, format, hostile):
    text = samples.HOSTILE[hostile]
    shown = render(samples.poisoned(samples.DEMO, text), format)
    documents = [json.loads(line) for line in shown.splitlines()] if format == "jsonl" else [json.loads(shown)]
    assert len(documents) == (1 if format != "jsonl" else 1 + 8 + 1 + 7)
    assert "</" not in shown and "<!--" not in shown
    if format == "sarif":
        uris = re.findall(r'"uri": "([^"]*)"', shown)
        assert uris and all(re.fullmatch(r"(?:[A-Za-z0-9_.~/-]|%[0-9A-F]{2})*", uri) for uri in uris)
    elif hostile != "surrogate":
        first = documents[0] if format == "json" else {"findings": [documents[1]]}
        assert first["findings"][0]["path"] == text


@pytest.mark.parametrize("format", FORMATS)
def test_markup_is_shown_and_not_obeyed(samples, format):
    shown = render(samples.poisoned(samples.DEMO, "[bold]x[/bold]"), format, color=True)
    assert "[bold]x[/bold]" in shown


@pytest.mark.parametrize("format", FORMATS)
def test_secrets_are_masked(samples, format):
    body = "a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8"
    for secret in ("sk-" + body, "postgres://app:" + body + "@db/x", "gh" + "p_" + body):
        shown = render(samples.poisoned(samples.CRASHED, f"x = '{secret}'"), format, width=100)
        assert body[:12] not in shown
        assert "…" in shown


@pytest.mark.parametrize("format", FORMATS)
@settings(max_examples=40)
@given(data=st.data())
def test_any_text_can_be_written(samples, format, data):
    report = data.draw(samples.reports(samples.ANY_TEXT))
    shown = render(report, format)
    assert not ACTIVE.search(shown)
    assert render(report, format) == shown


@pytest.mark.parametrize("format", FORMATS)
def test_long_and_many(samples, format):
    many = replace(samples.DEMO, findings=tuple(replace(samples.DEMO.findings[1], line=n) for n in range(1, 400)))
    assert render(many, format)


PROBE = """
import importlib.util, sys
spec = importlib.util.spec_from_file_location("samples", sys.argv[1])
samples = importlib.util.module_from_spec(spec)
spec.loader.exec_module(samples)
from durability.output import FORMATS, render
for report in samples.REPORTS.values():
    for format in FORMATS:
        sys.stdout.write(render(report, format))
"""


def test_the_same_bytes_in_another_process(samples):
    script = [sys.executable, "-c", PROBE, Path(__file__).with_name("samples.py")]
    here = "".join(render(report, format) for report in samples.REPORTS.values() for format in FORMATS)
    for seed in ("1", "2"):
        environment = {**os.environ, "PYTHONHASHSEED": seed, "PYTHONUTF8": "1", "COLUMNS": "61"}
        there = subprocess.run(script, capture_output=True, env=environment, check=True).stdout
        assert there.decode("utf-8").replace("\r\n", "\n") == here


@pytest.mark.parametrize("format", [name for name in FORMATS if name != "human"])
def test_only_the_screen_imports_its_library(format):
    probe = (
        "import sys, msgspec; from durability.model import *; from durability.output import render;"
        "project = Project('p', 'cli', 1, 1, (), (), ());"
        "report = ReportData(1, Tool('d', '1', '1', 1), project, None, 'x', None,"
        " (), (), (), (), (), (), Coverage(1, (), CallCounts(0, 0, 0, 0), 0, {}, ()));"
        f"render(report, {format!r}); assert 'rich' not in sys.modules and 'jinja2' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", probe], check=True)
