"""Clean environments with the project installed in them, each made once."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

Install = Callable[..., Path]
Rules = Callable[[Path], str]


@pytest.fixture(scope="session")
def install(wheelhouse: Path, tmp_path_factory: pytest.TempPathFactory) -> Install:
    """Installs what is named, by the wheelhouse alone, in a new environment; gives its folder of executables."""

    def into_new_environment(*what: object) -> Path:
        environment = tmp_path_factory.mktemp("environment")
        python = environment / "bin" / "python"
        subprocess.run([sys.executable, "-m", "venv", "--without-pip", environment], check=True)
        pip = [sys.executable, "-m", "pip", "--python", python, "install", "-q", "--no-compile"]
        offline = ["--no-index", "--find-links", wheelhouse]
        subprocess.run([*pip, *offline, *what], check=True, capture_output=True, text=True)
        return python.parent

    return into_new_environment


@pytest.fixture(scope="session")
def plain(install: Install) -> Path:
    return install("durability-scan")


@pytest.fixture(scope="session")
def editable(install: Install) -> Path:
    return install("-e", ROOT)


@pytest.fixture(params=["durability_scan-*.dist-info/entry_points.txt", "durability_rules"])
def without_pack(plain: Path, request: pytest.FixtureRequest) -> Iterator[Path]:
    """The plain install while its pack cannot be found: not announced, or announced and not there."""
    site_packages = next(plain.parent.glob("lib/python*/site-packages"))
    part = next(site_packages.glob(request.param))
    hidden = part.rename(part.with_name("hidden"))
    yield plain
    hidden.rename(part)


@pytest.fixture
def rules(tmp_path: Path) -> Rules:
    """What the install with that folder of executables finds, asked from a folder that has nothing to do with it."""

    def ask(executables: Path) -> str:
        asked = [executables / "durability", "rules", "--output-format", "json"]
        return subprocess.run(asked, cwd=tmp_path, capture_output=True, text=True, check=True).stdout

    return ask
