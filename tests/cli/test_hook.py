"""`check --hook`: the files of a commit."""

import pytest

HOOK = ["check", "--hook", "--force-exclude"]


@pytest.fixture
def here(prototype, monkeypatch):
    monkeypatch.chdir(prototype)
    return prototype


def test_a_bad_file_is_refused_in_short_and_without_a_score(run, here):
    outcome = run(*HOOK, "app.py")
    assert outcome.code == 1
    assert "app.py:13:" in outcome.out
    assert "Score" not in outcome.out
    assert "No score: only the files named were judged." in outcome.out
    assert "durability: critical: sql-built-from-input at app.py:13" in outcome.err.splitlines()


def test_only_the_files_named_are_judged(run, here):
    (here / "tidy.py").write_text("LIMIT = 3\n")
    assert run(*HOOK, "tidy.py").code == 0
    assert "app.py" not in run(*HOOK, "tidy.py").out


def test_the_rest_of_the_project_is_linked(run, here):
    """A helper is judged by where it is called from, which is another file."""
    (here / "rates.py").write_text(
        "import requests\n\n\ndef today():\n    return requests.get('https://example.com')\n"
    )
    assert run(*HOOK, "rates.py").code == 0
    (here / "web.py").write_text(
        "from flask import Flask\n\nimport rates\n\napp = Flask(__name__)\n\n\n"
        "@app.get('/rates')\ndef show():\n    return rates.today().json()\n"
    )
    outcome = run(*HOOK, "rates.py")
    assert outcome.code == 1
    assert "rates.py:5" in outcome.err


def test_too_little_to_judge_does_not_hold_a_commit(run, tiny, monkeypatch):
    monkeypatch.chdir(tiny)
    assert run("check").code == 3
    assert run(*HOOK, "app.py").code == 0


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("README.md", "not a Python file or notebook: README.md"),
        ("gone.py", "no such file: gone.py"),
        ("old.py", "excluded by the settings: old.py"),
    ],
)
def test_files_that_are_passed_over_leave_a_note(run, here, name, said):
    (here / "README.md").write_text("text")
    (here / "old.py").write_text((here / "app.py").read_text())
    (here / "durability.toml").write_text('exclude = ["old.py"]')
    outcome = run(*HOOK, name)
    assert (outcome.code, outcome.out) == (0, "")
    assert outcome.err.splitlines() == [
        f"durability: {said}",
        "durability: no Python file of the project among those named: nothing to check",
    ]
    assert run(*HOOK, "--quiet", name).err == ""
    assert run(*HOOK, name, "app.py").code == 1


def test_files_of_several_projects(run, prototype, hardened, monkeypatch):
    monkeypatch.chdir(prototype.parent)
    outcome = run(*HOOK, "prototype/app.py", "hardened/app.py")
    assert outcome.code == 1
    assert f"durability: paths are relative to {prototype}" in outcome.err.splitlines()
    assert run(*HOOK, "hardened/app.py").code == 0


def test_without_files_the_whole_project_is_judged(run, here):
    assert run(*HOOK).code == 1


def test_a_hook_has_no_score_to_compare(run, here):
    outcome = run(*HOOK, "--fail-under", "50", "app.py")
    assert (outcome.code, outcome.out) == (2, "")
    assert "--fail-under" in outcome.err


def test_a_named_file_that_cannot_be_read_leaves_a_note_and_is_an_error_when_strict(run, here):
    (here / "broken.py").write_text("def (:\n")
    (here / "tidy.py").write_text("LIMIT = 3\n")
    outcome = run(*HOOK, "broken.py")
    assert outcome.code == 0
    assert outcome.err.startswith("durability: not analysed: broken.py: ")
    assert run(*HOOK, "--strict", "broken.py").code == 2
    assert run(*HOOK, "--strict", "tidy.py").code == 0
