"""The examples are programs that run: each is visited in a copy of its folder, offline and without a key."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).resolve().parent
EXAMPLES = HERE.parents[1] / "examples"
PROTOTYPES = ("sales_dashboard", "support_desk", "team_shop")
HARDENED = EXAMPLES / "support_desk_hardened"
LEFT_BEHIND = shutil.ignore_patterns("__pycache__", "*.db", ".env", ".venv", ".pytest_cache", "uploads", "reports")


def run(example: str, folder: Path, *command: str | Path) -> None:
    """Run Python in a copy of the example, without the settings of whoever runs the tests."""
    copy = folder / example
    shutil.copytree(EXAMPLES / example, copy, ignore=LEFT_BEHIND)
    kept = {name: value for name, value in os.environ.items() if name in ("PATH", "HOME", "LANG", "SYSTEMROOT")}
    ran = subprocess.run(
        [sys.executable, *command],
        cwd=copy,
        env=kept | {"PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr


def visit(example: str, folder: Path) -> None:
    run(example, folder, HERE / "visits" / "offline.py", HERE / "visits" / f"{example}.py")


@pytest.mark.needs_frameworks("fastapi", "openai", "requests", "dotenv", "python_multipart")
def test_support_desk(tmp_path: Path) -> None:
    visit("support_desk", tmp_path)


@pytest.mark.needs_frameworks("flask", "requests")
def test_team_shop(tmp_path: Path) -> None:
    visit("team_shop", tmp_path)


@pytest.mark.needs_frameworks("streamlit", "pandas", "openai")
def test_sales_dashboard(tmp_path: Path) -> None:
    visit("sales_dashboard", tmp_path)


@pytest.mark.needs_frameworks("fastapi", "openai", "httpx2", "pydantic_settings", "python_multipart")
def test_the_hardened_copy_passes_its_own_tests(tmp_path: Path) -> None:
    run("support_desk_hardened", tmp_path, "-m", "pytest", "-q", "-p", "no:cacheprovider")


@pytest.mark.parametrize("name", PROTOTYPES)
def test_a_prototype_is_small_and_parses(name: str) -> None:
    modules = sorted((EXAMPLES / name).glob("**/*.py"))
    texts = [module.read_text(encoding="utf-8") for module in modules]
    assert 3 <= len(modules) <= 6
    assert 250 <= sum(text.count("\n") for text in texts) <= 500
    for module, text in zip(modules, texts, strict=True):
        compile(text, module, "exec")


@pytest.mark.parametrize("name", PROTOTYPES)
def test_a_readme_starts_what_is_there(name: str) -> None:
    folder = EXAMPLES / name
    commands = re.findall(r"^ *((?:pip|python|streamlit|cp) .+?)(?: *#.*)?$", (folder / "README.md").read_text(), re.M)
    named = [word for command in commands for word in re.findall(r"\S+\.(?:py|txt|example)\b", command)]
    assert {"requirements.txt"} < set(named)
    assert [word for word in named if not (folder / word).is_file()] == []


def test_the_hardened_copy_locks_what_it_asks_for() -> None:
    asked = (HARDENED / "requirements.in").read_text().split()
    locked = dict(line.split("==") for line in (HARDENED / "requirements.txt").read_text().split())
    assert set(asked) <= set(locked)
    assert list(HARDENED.glob(".github/workflows/*.yml"))
