"""Declared features: matched to entry points, told with what they cost; the costs add up."""

from math import fsum

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import durability
from durability.config import Config, Feature

APP = """import requests
from flask import Flask
from shop import charge
app = Flask(__name__)
@app.post("/pay")
def pay(): return charge("a")
@app.get("/orders/<int:key>")
def order(key): return charge(key)
@app.get("/orders")
def orders(): return requests.get("http://o").json()
@app.get("/about")
def about(): return "us"
"""
SHOP = """import requests
def charge(key):
    try:
        return requests.post("http://pay", json={"k": key}).json()
    except Exception:
        return None
"""
TEST = "from app import app\ndef test_about():\n    assert app.test_client().get('/about').status_code == 200\n"


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    root = tmp_path_factory.mktemp("shop")
    (root / "app.py").write_text(APP, "utf-8")
    (root / "shop.py").write_text(SHOP, "utf-8")
    (root / "test_app.py").write_text(TEST, "utf-8")
    (root / "requirements.txt").write_text("flask==3.0\nrequests==2.32\n", "utf-8")
    return root


def rows(project, *features):
    report = durability.scan(project, config=Config(feature=features)).data
    return {row.name: row for row in report.features}, report


@pytest.mark.parametrize(
    ("pattern", "names"),
    [
        ("POST /pay", {"POST /pay"}),
        ("GET /pay", set()),
        ("/pay", {"POST /pay"}),
        ("GET /orders*", {"GET /orders", "GET /orders/<int:key>"}),
        ("GET /orders/{id}", {"GET /orders/<int:key>"}),
        ("app:pay", {"POST /pay"}),
        ("app:order*", {"GET /orders", "GET /orders/<int:key>"}),
        ("shop:charge", set()),
        ("POST /pa[y]", set()),
    ],
)
def test_a_pattern_names_entry_points(project, pattern, names):
    found, _ = rows(project, Feature("It", entry=(pattern,)))
    assert set(found["It"].entry_points) == names


def test_findings_say_which_features_they_hit(project):
    _, report = rows(project, Feature("Checkout", entry=("POST /pay",)), Feature("Orders", entry=("/orders*",)))
    hit = {finding.features for finding in report.findings if finding.path == "shop.py" and finding.role == "route"}
    assert hit == {("Checkout", "Orders")}


def test_what_is_promised_built_and_tested_is_told_apart(project):
    found, report = rows(project, Feature("Refunds", entry=("POST /refund",)), Feature("About", entry=("/about",)))
    assert found["Refunds"].entry_points == ()
    assert (found["About"].tested, found["Refunds"].tested) == (True, False)
    assert set(found["everything else"].entry_points) == {"POST /pay", "GET /orders", "GET /orders/<int:key>"}
    text = durability.Report(report).to("human")
    assert "Refunds: promised, not built" in text
    assert "everything else: built, not promised: POST /pay" in text
    assert "About: nothing found" in text


def test_without_declared_features_there_is_no_table(project):
    found, report = rows(project)
    assert (found, "Features" in durability.Report(report).to("human")) == ({}, False)


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.sampled_from(["POST /pay", "/orders*", "GET /orders", "/about", "/nowhere", "*"]), max_size=3, unique=True
    )
)
def test_the_costs_of_all_features_add_up_to_what_is_lost(project, patterns):
    found, report = rows(project, *(Feature(f"F{at}", entry=(text,)) for at, text in enumerate(patterns)))
    if found:
        assert fsum(row.points for row in found.values()) == pytest.approx(100 - report.score.value, abs=1e-6)
        assert all(row.points >= -1e-6 for row in found.values())
