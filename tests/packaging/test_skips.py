"""Tests that need an outside program say so, are counted, and may not be skipped in a full run."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

SAMPLE = """
import pytest

@pytest.mark.needs_chromium
def test_browser(): pass

@pytest.mark.needs_bwrap
@pytest.mark.needs_chromium
def test_browser_in_a_sandbox(): pass

@pytest.mark.needs_frameworks("sys", "no_such_framework")
def test_framework(): pass

@pytest.mark.needs_frameworks("sys")
def test_framework_that_is_there(): pass

def test_other(): pytest.skip("not today")
"""


@pytest.fixture
def sample(tmp_path: Path) -> Path:
    (tmp_path / "tests").mkdir()
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    shutil.copy(ROOT / "tests" / "conftest.py", tmp_path / "tests")
    (tmp_path / "tests" / "test_sample.py").write_text(SAMPLE)
    return tmp_path


def run(folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """With no program on PATH."""
    inherited = {name: value for name, value in os.environ.items() if name != "DURABILITY_FULL"}
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "no:cacheprovider"],
        cwd=folder,
        env={**inherited, "PATH": str(folder), **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def test_skips_are_counted_by_need_just_before_the_closing_line(sample):
    outcome = run(sample)
    count, closing = outcome.stdout.splitlines()[-2:]
    assert outcome.returncode == 0
    assert count == "skipped for want of: needs_chromium 2, needs_frameworks 1, other 1"
    assert "1 passed, 4 skipped" in closing


def test_each_skip_gives_its_reason(sample):
    shown = run(sample).stdout
    assert "needs_chromium: no chromium or chromium-browser or google-chrome on PATH" in shown
    assert "needs_frameworks: not installed: no_such_framework" in shown


def test_any_skip_fails_a_full_run(sample):
    outcome = run(sample, DURABILITY_FULL="1")
    assert outcome.returncode == 1
    assert "1 failed, 1 passed, 3 errors" in outcome.stdout
    assert "test_other skipped in a full run. not today" in outcome.stdout


def test_a_file_skipped_whole_fails_a_full_run(sample):
    (sample / "tests" / "test_sample.py").write_text("import pytest\npytest.importorskip('no_such_module')\n")
    assert run(sample, DURABILITY_FULL="1").returncode != 0


def test_nothing_skipped_is_said_too(sample):
    (sample / "tests" / "test_sample.py").write_text("def test_a(): pass\n")
    assert run(sample).stdout.splitlines()[-2] == "skipped for want of: nothing"


def test_a_marker_nobody_registered_is_an_error(sample):
    (sample / "tests" / "test_sample.py").write_text("import pytest\n@pytest.mark.needs_luck\ndef test_a(): pass\n")
    assert run(sample).returncode != 0
