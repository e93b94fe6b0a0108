"""An install that finds no rules says so and fails: silence would read as health."""

import subprocess

import pytest


@pytest.mark.parametrize("command", ["scan", "check", "rules"])
def test_no_pack_is_an_error_and_never_a_clean_result(without_pack, command, tmp_path):
    (tmp_path / "app.py").write_text("import requests\n\nrequests.get('https://example.com')\n")
    arguments = [without_pack / "durability", command, *([] if command == "rules" else [tmp_path])]
    outcome = subprocess.run(arguments, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert outcome.returncode == 2, outcome.stdout
    assert outcome.stdout == ""
    assert "rule" in outcome.stderr
    assert len(outcome.stderr.splitlines()) == 1
