"""Which command a command line means."""

import tomllib
from pathlib import Path

import pytest

import durability

ROOT = Path(__file__).resolve().parents[2]


def test_the_version_is_that_of_the_distribution(run):
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    assert durability.__version__ == project["version"]
    assert run("--version") == (0, f"durability {project['version']}\n", "")


@pytest.mark.parametrize("option", ["--help", "-h"])
def test_help_lists_the_commands(run, option):
    outcome = run(option)
    assert outcome.code == 0
    for name in ("scan", "check", "explain", "rules", "config"):
        assert f"  {name} " in outcome.out


@pytest.mark.parametrize("command", ["scan", "check", "explain", "rules", "config"])
def test_every_command_has_help(run, command):
    outcome = run(command, "--help")
    assert outcome.code == 0
    assert outcome.out.startswith(f"Usage: durability {command} ")


def test_bare_paths_and_options_go_to_scan(run, prototype):
    assert run(prototype, "--output-format", "concise") == run("scan", prototype, "--output-format", "concise")
    assert run(prototype, "--output-format", "concise").code == 0
    assert run("--output-format", "concise", prototype) == run("scan", prototype, "--output-format", "concise")


@pytest.mark.parametrize(
    ("word", "said"),
    [
        ("chekc", "'chekc' is no command, and there is no file or folder of that name; did you mean 'check'?"),
        ("plan", "'plan' is not a command of this version, and there is no file or folder of that name"),
        ("zzzz", "'zzzz' is no command, and there is no file or folder of that name; see durability --help"),
        ("./zzzz", "no such file or folder: ./zzzz"),
        ("zzzz.py", "no such file or folder: zzzz.py"),
    ],
)
def test_a_first_word_that_is_no_path(run, word, said):
    assert run(word) == (2, "", f"durability: {said}\n")


def test_a_folder_named_like_a_command(run, prototype, monkeypatch):
    monkeypatch.chdir(prototype.parent)
    for name in ("rules", "plan"):
        prototype = prototype.rename(prototype.parent / name)
        assert "sql-built-from-input" in run(f"./{name}", "--output-format", "concise").out
    assert run("rules").out.startswith("RULE")
    assert run("plan", "--output-format", "concise") == run("./plan", "--output-format", "concise")


def test_the_command_comes_first(run, prototype):
    assert run(prototype, "check") == (2, "", f"durability: the command comes first: durability check {prototype}\n")


def test_a_name_that_would_act_on_the_terminal_is_escaped(run):
    assert run("\x1b]0;owned\x07x").err == (
        "durability: '\\x1b]0;owned\\x07x' is no command, and there is no file or folder of that name;"
        " see durability --help\n"
    )
    assert run("./\x1b[31m\n").err == "durability: no such file or folder: ./\\x1b[31m\n"
