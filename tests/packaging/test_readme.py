"""The two commands that a newcomer runs first. `.ci/run` runs both, as written, in a fresh clone."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def commands() -> list[str]:
    blocks = re.findall(r"^```sh\n(.*?)^```", (ROOT / "README.md").read_text("utf-8"), re.MULTILINE | re.DOTALL)
    return [line for block in blocks for line in block.splitlines() if line.strip()]


def test_the_first_sets_up_and_scans_an_example_that_is_there():
    scan = commands()[0]
    assert scan.startswith("python3 -m venv .venv && .venv/bin/pip install -q . && ")
    assert (ROOT / scan.split()[-1]).is_dir()


def test_the_second_sets_up_and_runs_every_check():
    assert commands()[1] == '.venv/bin/pip install -q -e ".[dev]" && .venv/bin/python tests'
