"""Code that is written well stays quiet: no rule may find fault with what the frameworks themselves recommend."""

from pathlib import Path

import pytest

from durability.engine.judge import Judge
from durability.engine.linking import link
from durability.engine.suppressions import Suppressions
from durability.facts.collect import collect
from durability.sources.project import manifests_of
from durability_rules import rules

FOLDER = Path(__file__).resolve().parent / "idiomatic"
APPS = sorted(path.stem for path in FOLDER.glob("*.py"))
SURROUNDINGS = {
    "requirements.txt": "".join(
        f"{name}==1.0.0\n"
        for name in (
            "click", "django", "fastapi", "flask", "flask-sqlalchemy", "httpx", "openai", "pandas", "pydantic",
            "pydantic-settings", "python-multipart", "requests", "sqlalchemy", "streamlit", "tenacity", "urllib3",
        )
    ),
    "alembic.ini": "[alembic]\nscript_location = alembic\n",
    ".github/workflows/test.yml": "on: push\n",
}  # fmt: skip


ABOUT_TESTS = "entry-point-untested"
"""The made-up test imports each application and asks it for nothing."""


@pytest.fixture(scope="module")
def sites():
    known = {}

    def judge(app):
        if app not in known:
            text = (FOLDER / f"{app}.py").read_text("utf-8")
            test = f"from {app} import app\n\ndef test_app():\n    assert app\n"
            facts = {
                f"{app}.py": collect(text, f"{app}.py", app),
                "tests/test_app.py": collect(test, "tests/test_app.py", "tests.test_app"),
            }
            manifests = manifests_of({**SURROUNDINGS, f"{app}.py": text})
            context = link(facts, {f"{app}.py": "first-party", "tests/test_app.py": "test"}, manifests)
            judged, failed = Judge(context, lambda path, line: (None, line), Suppressions(facts)).run(rules())
            assert not failed
            known[app] = (context, judged)
        return known[app]

    return judge


def test_there_is_an_app_for_each_framework():
    assert {app.split("_")[0] for app in APPS} == {"click", "django", "fastapi", "flask", "streamlit"}


@pytest.mark.parametrize("app", APPS)
def test_nothing_fails(app, sites):
    _, judged = sites(app)
    severities = {rule.name: rule.info.severity for rule in rules()}
    failing = [
        f"{site.place.line}: {site.rule} ({severities[site.rule]}): {site.message}"
        for site in judged
        if site.outcome == "unhandled" and site.rule != ABOUT_TESTS
    ]
    assert not failing


@pytest.mark.parametrize("app", APPS)
def test_it_is_judged_all_the_same(app, sites):
    """Quiet because it copes, not because nothing was looked at."""
    context, judged = sites(app)
    handled = {site.rule for site in judged if site.outcome == "handled"}
    assert len(handled) >= 5
    assert any(not entry.spawned for entry in context.entries)
