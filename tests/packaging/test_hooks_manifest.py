"""The hooks that pre-commit offers from this repository."""

import subprocess
import sys
from pathlib import Path

import pytest
import yaml

MANIFEST = Path(__file__).resolve().parents[2] / ".pre-commit-hooks.yaml"


@pytest.fixture(scope="module")
def hooks() -> dict[str, dict]:
    return {hook["id"]: hook for hook in yaml.safe_load(MANIFEST.read_text("utf-8"))}


def test_pre_commit_accepts_the_manifest():
    validated = [sys.executable, "-m", "pre_commit", "validate-manifest", MANIFEST]
    outcome = subprocess.run(validated, capture_output=True, text=True, check=False)
    assert outcome.returncode == 0, outcome.stdout


def test_one_hook_takes_staged_files_and_one_the_whole_project(hooks):
    assert {name: hook.get("pass_filenames", True) for name, hook in hooks.items()} == {
        "durability": True,
        "durability-gate": False,
    }


def test_no_commit_waits_for_the_whole_project(hooks):
    assert "pre-commit" not in hooks["durability-gate"]["stages"]


@pytest.mark.parametrize("name", ["durability", "durability-gate"])
def test_the_command_knows_every_option_that_the_hook_gives_it(hooks, name, tmp_path):
    program, *options = hooks[name]["entry"].split()
    asked = [sys.executable, "-c", f"import sys; from {program}.cli import main; sys.exit(main())", *options, "--help"]
    outcome = subprocess.run(asked, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert outcome.returncode == 0, outcome.stderr
