"""Every exit code, through the installed script: no traceback, results on one stream and the rest on the other."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = Path(sys.executable).with_name("durability")
EXAMPLES = Path(__file__).resolve().parents[2] / "examples"


def only_line(outcome) -> str:
    """The one line on standard error of a run that wrote no result."""
    assert outcome.out == ""
    (line,) = outcome.err.splitlines()
    return line


def test_a_prototype_is_reported_and_fails_the_gate(script, prototype):
    scanned, checked = script("scan", prototype), script("check", prototype)
    assert scanned.code == 0
    assert checked.code == 1
    assert checked.out == scanned.out != ""
    assert scanned.err == ""
    reasons = checked.err.splitlines()
    assert len(reasons) >= 3
    assert "durability: critical: sql-built-from-input at app.py:13" in reasons


def test_a_hardened_copy_passes(script, hardened):
    checked = script("check", hardened)
    assert (checked.code, checked.err) == (0, "durability: check passed\n")
    assert script("check", "--quiet", hardened).err == ""


def test_the_bundled_prototype_fails_and_its_hardened_copy_passes(script):
    assert script("check", EXAMPLES / "support_desk").code == 1
    assert script("check", EXAMPLES / "support_desk_hardened").code == 0


def test_too_little_to_judge_is_a_code_of_its_own(script, tiny):
    assert script(tiny).code == 0
    checked = script("check", tiny)
    assert checked.code == 3
    assert len(checked.err.splitlines()) == 1


@pytest.mark.parametrize("command", [[], ["scan"], ["check"], ["config"]])
def test_a_missing_path_is_one_clear_line(script, tmp_path, command):
    outcome = script(*command, tmp_path / "gone")
    assert outcome.code == 2
    assert only_line(outcome) == f"durability: no such file or folder: {tmp_path / 'gone'}"


@pytest.mark.parametrize("command", ["scan", "check"])
def test_a_folder_without_python_is_one_clear_line(script, tmp_path, command):
    (tmp_path / "notes.md").write_text("text")
    outcome = script(command, tmp_path)
    assert outcome.code == 2
    assert "no Python files" in only_line(outcome)


@pytest.mark.parametrize("command", ["scan", "check", "config"])
def test_a_wrong_setting_is_one_clear_line(script, prototype, command):
    (prototype / "durability.toml").write_text('selct = ["scale"]\n')
    outcome = script(command, prototype)
    assert outcome.code == 2
    assert only_line(outcome).endswith("durability.toml:1: unknown key 'selct'; did you mean 'select'?")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--outptu-format", "json"], "--output-format"),
        (["check", "--fail-on", "hihg"], "'high'"),
        (["check", "--fail-under", "101"], "101"),
        (["--output-format", "sarfi"], "did you mean 'sarif'?"),
        (["--report", "sarif"], "FORMAT=FILE"),
        (["--select", "querry-in-loop"], "did you mean 'query-in-loop'?"),
        (["--pack", "acme"], "rule pack 'acme' is not installed"),
        (["--config", "gone.toml"], "cannot read gone.toml: no such file or directory"),
        (["--config", "a.toml", "--isolated"], "not both"),
        (["explain", "querry-in-loop"], "did you mean 'query-in-loop'?"),
    ],
)
def test_wrong_use_is_one_clear_line(script, prototype, arguments, said):
    outcome = script(*arguments, cwd=prototype)
    assert outcome.code == 2
    assert said in only_line(outcome)


def test_an_unwritable_file_is_one_clear_line(script, prototype):
    outcome = script(prototype, "--output-file", prototype / "gone" / "report.txt")
    assert outcome.code == 2
    assert only_line(outcome).endswith("no such folder")
    outcome = script(prototype, "--report", f"json={prototype}")
    assert outcome.code == 2
    assert only_line(outcome).endswith("is a folder")


def test_a_full_disk_is_one_clear_line(script, prototype):
    with open("/dev/full", "wb") as full:
        outcome = script(prototype, stdout=full)
    assert (outcome.code, outcome.err) == (2, "durability: cannot write to standard output: no space left on device\n")


def test_a_reader_who_goes_away_changes_nothing(prototype):
    """Also where the result is larger than what a pipe holds."""
    for number in range(120):
        (prototype / f"part{number}.py").write_text((prototype / "app.py").read_text())
    for command, code in (("scan", 0), ("check", 1)):
        arguments = [SCRIPT, command, prototype, "--output-format", "json", "--workers", "1"]
        with subprocess.Popen(arguments, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as running:
            running.stdout.read(10)
            running.stdout.close()
            said = running.stderr.read().decode()
        assert running.returncode == code
        assert "Traceback" not in said
        assert "BrokenPipe" not in said


def test_control_c_is_130():
    arguments = [SCRIPT, "scan", "-"]
    with subprocess.Popen(arguments, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as running:
        running.stdin.write(b"#" * 1_000_000)  # more than a pipe holds: when it is gone, the command reads
        running.stdin.flush()
        said = interrupted(running)
    assert running.returncode == 130
    assert said == "durability: interrupted\n"


def interrupted(running: subprocess.Popen[bytes]) -> str:
    """What a command says that is interrupted until it ends: Python may miss one just before it waits for input."""
    while True:
        running.send_signal(signal.SIGINT)
        try:
            return running.communicate(timeout=1)[1].decode()
        except subprocess.TimeoutExpired:
            continue


def test_several_projects_at_once_are_refused(script, prototype, hardened):
    outcome = script("check", prototype, hardened)
    assert outcome.code == 2
    assert "different projects" in only_line(outcome)


def test_without_arguments_the_current_folder_is_scanned(script, prototype):
    assert script(cwd=prototype) == script("scan", ".", cwd=prototype)


def test_as_a_module(prototype):
    ran = subprocess.run(
        [sys.executable, "-m", "durability", "check", "-q", prototype], capture_output=True, check=False
    )
    assert ran.returncode == 1
