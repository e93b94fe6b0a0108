"""`.ci/run` does what the README says, in a fresh clone, with what is not committed yet."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

README = """
# A project

```text
never run
```

```sh
mkdir -p .venv/bin && {first}
{second}
```

```sh
echo "a third command"
```
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A repository with one commit, this project's `.ci/run`, and no README yet."""
    folder = tmp_path / "project"
    shutil.copytree(ROOT / ".ci", folder / ".ci")
    (folder / "examples").mkdir()
    (folder / "examples" / "app.py").write_text("")
    git = ["git", "-C", folder]
    subprocess.run([*git, "init", "-q"], check=True)
    subprocess.run([*git, "add", "."], check=True)
    subprocess.run([*git, "commit", "-q", "-m", "start"], check=True)
    return folder


def ci(project: Path, *options: str, first: str = "true", second: str = "true") -> subprocess.CompletedProcess[str]:
    (project / "README.md").write_text(README.format(first=first, second=second))
    command = ["bash", project / ".ci" / "run", *options]
    environment = {name: value for name, value in os.environ.items() if name != "DURABILITY_FULL"}
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)


def test_both_commands_run_in_one_clone(project):
    outcome = ci(project, first="pwd", second="pwd")
    places = [line for line in outcome.stdout.splitlines() if line.startswith("/")]
    assert outcome.returncode == 0, outcome.stderr
    assert len(places) == 2
    assert places[0] == places[1] != str(project)
    assert "third" not in outcome.stdout


def test_what_is_not_committed_takes_part(project):
    (project / "new.txt").write_text("not even added")
    (project / "examples" / "app.py").unlink()
    outcome = ci(project, first="cat new.txt", second="ls examples")
    assert "not even added" in outcome.stdout
    assert "app.py" not in outcome.stdout


def test_the_index_of_the_developer_stays(project):
    (project / "new.txt").write_text("")
    ci(project)
    status = subprocess.run(["git", "-C", project, "status", "--short"], capture_output=True, text=True, check=True)
    assert status.stdout.splitlines() == ["?? README.md", "?? new.txt"]


@pytest.mark.parametrize("broken", ["first", "second"])
def test_a_command_that_fails_fails_the_run(project, broken):
    assert ci(project, **{broken: "(exit 3)"}).returncode == 3


def test_an_unknown_option_is_a_usage_error(project):
    outcome = ci(project, "--fast")
    assert outcome.returncode == 2
    assert outcome.stderr == "usage: .ci/run [--full]\n"


def test_an_ordinary_run_may_skip(project):
    assert "full=no" in ci(project, second='echo "full=${DURABILITY_FULL:-no}"').stdout


@pytest.mark.needs_pythons
def test_a_full_run_repeats_both_under_every_python_and_forbids_skips(project):
    version = "python3 -c 'import sys; print(*sys.version_info[:2])'"
    outcome = ci(project, "--full", first=version, second='echo "full=$DURABILITY_FULL"')
    results = [line for line in outcome.stdout.splitlines() if not line.startswith("$")]
    assert results == ["3 11", "full=1", "3 12", "full=1", "3 13", "full=1"]
