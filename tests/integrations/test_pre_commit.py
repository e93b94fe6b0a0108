"""The hook in real life: pre-commit installs it from this project, and git refuses a commit or takes it."""

import os
import re
import shutil
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest

CONFIG = """
repos:
  - repo: {hooks}
    rev: {revision}
    hooks:
      - id: durability
"""

GOOD = """
import sqlite3
from contextlib import closing

import requests
from flask import Flask, request

app = Flask(__name__)


@app.get("/customers")
def customers():
    with closing(sqlite3.connect("crm.db", timeout=5)) as database:
        rows = database.execute("SELECT id, name FROM customers WHERE name = ? LIMIT 50", (request.args["name"],))
        found = rows.fetchall()
    rates = requests.get("https://rates.example.com/today", timeout=5)
    rates.raise_for_status()
    return {"customers": found, "rates": rates.json()}
"""

BAD = """
import sqlite3

import requests
from flask import Flask, request

app = Flask(__name__)


@app.get("/customers")
def customers():
    database = sqlite3.connect("crm.db")
    name = request.args["name"]
    found = database.execute(f"SELECT id, name FROM customers WHERE name = '{name}'").fetchall()
    rates = requests.get("https://rates.example.com/today").json()
    return {"customers": found, "rates": rates}
"""


def git(folder: Path, *arguments: str) -> str:
    ran = subprocess.run(["git", "-C", folder, *arguments], capture_output=True, text=True, check=True)
    return ran.stdout.strip()


def commits(folder: Path) -> list[str]:
    return git(folder, "log", "--format=%s").splitlines()


@pytest.fixture(scope="module")
def hooks(built, tmp_path_factory) -> Path:
    """A repository of this project as its source distribution has it."""
    folder = tmp_path_factory.mktemp("hooks")
    safely = {"filter": "data"} if hasattr(tarfile, "data_filter") else {}  # 3.11 has it from 3.11.4 on
    shutil.unpack_archive(built.sdist, folder, **safely)
    root = next(folder.iterdir())
    git(root, "init", "-q")
    git(root, "add", "--all", "--force")
    git(root, "commit", "-q", "-m", "hooks")
    return root


@pytest.fixture(scope="module")
def environment(wheelhouse, tmp_path_factory) -> dict[str, str]:
    """pre-commit keeps what it installs in a folder of its own, and installs from the wheelhouse."""
    store = tmp_path_factory.mktemp("pre-commit")
    return {**os.environ, "PRE_COMMIT_HOME": str(store), "PIP_NO_INDEX": "1", "PIP_FIND_LINKS": str(wheelhouse)}


@pytest.fixture
def project(hooks, tmp_path) -> Path:
    """A repository whose first commit has only the settings of pre-commit, with the hook switched on."""
    git(tmp_path, "init", "-q")
    (tmp_path / ".pre-commit-config.yaml").write_text(
        CONFIG.format(hooks=hooks, revision=git(hooks, "rev-parse", "HEAD"))
    )
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "-q", "-m", "start")
    subprocess.run([sys.executable, "-m", "pre_commit", "install"], cwd=tmp_path, check=True, capture_output=True)
    return tmp_path


def commit(project: Path, environment: dict[str, str], message: str, **files: str) -> subprocess.CompletedProcess[str]:
    """Stages `name.py` for each name given, and tries to commit."""
    for name, text in files.items():
        (project / f"{name}.py").write_text(text)
        git(project, "add", f"{name}.py")
    tried = ["git", "-C", project, "commit", "-m", message]
    return subprocess.run(tried, env=environment, capture_output=True, text=True, check=False)


def test_a_bad_commit_is_refused_with_both_reasons(project, environment):
    outcome = commit(project, environment, "bad", app=BAD)
    said = outcome.stdout + outcome.stderr
    assert outcome.returncode == 1, said
    assert commits(project) == ["start"]
    assert re.search(r"app\.py:14\b.*sql-built-from-input", said), said
    assert re.search(r"app\.py:15\b.*http-call-without-timeout", said), said


def test_a_good_commit_is_taken(project, environment):
    outcome = commit(project, environment, "good", app=GOOD)
    assert outcome.returncode == 0, outcome.stdout + outcome.stderr
    assert commits(project) == ["good", "start"]


def test_a_mended_commit_is_taken(project, environment):
    assert commit(project, environment, "bad", app=BAD).returncode == 1
    assert commit(project, environment, "mended", app=GOOD).returncode == 0
    assert commits(project) == ["mended", "start"]


def test_only_what_is_staged_is_judged(project, environment):
    """Somebody else's unfinished file does not stop a good commit."""
    (project / "draft.py").write_text(BAD)
    outcome = commit(project, environment, "good", app=GOOD)
    assert outcome.returncode == 0, outcome.stdout + outcome.stderr


def test_a_commit_without_python_is_taken(project, environment):
    (project / "notes.md").write_text("nothing to see\n")
    git(project, "add", "notes.md")
    assert commit(project, environment, "notes").returncode == 0
