"""What every test shares: outside programs it may need, skips that are counted, the machine's own settings kept out."""

import importlib.util
import os
import re
import shutil
import subprocess
import sys
import sysconfig
from collections import Counter
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pytest
from hypothesis import settings

ROOT = Path(__file__).resolve().parent.parent
SUPPORTED = ("3.11", "3.12", "3.13")
FULL = os.environ.get("DURABILITY_FULL") == "1"

# The same examples on every machine, and no deadline: a slow machine is no reason to fail.
settings.register_profile("durability", derandomize=True, deadline=None, database=None)
settings.load_profile("durability")

# What a developer's shell or a git hook sets, and what would change output or the repository that git acts on.
INHERITED = ("NO_COLOR", "FORCE_COLOR", "COLUMNS", "LINES", "GIT_DIR", "GIT_INDEX_FILE", "GIT_WORK_TREE", "GIT_PREFIX")
NEUTRAL = {
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_CONFIG_COUNT": "3",
    "GIT_CONFIG_KEY_0": "user.name",
    "GIT_CONFIG_VALUE_0": "A Tester",
    "GIT_CONFIG_KEY_1": "user.email",
    "GIT_CONFIG_VALUE_1": "tester@example.com",
    "GIT_CONFIG_KEY_2": "init.defaultBranch",
    "GIT_CONFIG_VALUE_2": "main",
}


def pytest_configure() -> None:
    for name in INHERITED:
        os.environ.pop(name, None)
    os.environ.update(NEUTRAL)


# --- outside needs ---------------------------------------------------------------------------------------------------


@cache
def interpreter(version: str) -> Path | None:
    """The executable of a Python such as "3.12": one on PATH, else pyenv's newest of that version."""
    pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv"))
    installed = sorted(pyenv.glob(f"versions/{version}.*/bin/python{version}"), key=_patch_number, reverse=True)
    for candidate in (shutil.which(f"python{version}"), *installed):
        if candidate is not None and _answers(candidate, version):
            return Path(candidate)
    return None


def _patch_number(executable: Path) -> int:
    found = re.match(r"\d+", executable.parent.parent.name.split(".", 2)[2])
    return int(found.group()) if found else 0


def _answers(executable: str | Path, version: str) -> bool:
    """Whether it runs and is that version: a pyenv shim exists for versions that are not switched on."""
    asked = [executable, "-c", "import sys; print('%d.%d' % sys.version_info[:2])"]
    return subprocess.run(asked, capture_output=True, text=True, check=False).stdout.strip() == version


def _first_on_path(*names: str) -> str | None:
    if any(shutil.which(name) for name in names):
        return None
    return f"no {' or '.join(names)} on PATH"


def _missing_bwrap() -> str | None:
    if missing := _first_on_path("bwrap"):
        return missing
    probe = ["bwrap", "--ro-bind", "/", "/", "--unshare-all", "true"]
    allowed = subprocess.run(probe, capture_output=True, check=False).returncode == 0
    return None if allowed else "bwrap may not make namespaces here"


def _missing_pythons() -> str | None:
    absent = [version for version in SUPPORTED if interpreter(version) is None]
    return f"no Python {', '.join(absent)} on PATH or in pyenv" if absent else None


def _missing_cpython_lib() -> str | None:
    grammar = Path(sysconfig.get_path("stdlib"), "test", "test_grammar.py")
    return None if grammar.is_file() else "this Python is installed without the tests of its library"


def _missing_frameworks(*modules: str) -> str | None:
    absent = [name for name in modules if importlib.util.find_spec(name) is None]
    return f"not installed: {', '.join(absent)}" if absent else None


NEEDS: dict[str, Callable[..., str | None]] = {
    "needs_chromium": lambda: _first_on_path("chromium", "chromium-browser", "google-chrome"),
    "needs_bwrap": _missing_bwrap,
    "needs_pythons": _missing_pythons,
    "needs_cpython_lib": _missing_cpython_lib,
    "needs_frameworks": _missing_frameworks,
}


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    for name, missing in NEEDS.items():
        for marker in item.iter_markers(name):
            if reason := missing(*marker.args):
                pytest.skip(f"{name}: {reason}")


@pytest.fixture(params=SUPPORTED)
def python(request: pytest.FixtureRequest) -> Path:
    """Each supported Python in turn, for tests that need them all."""
    found = interpreter(request.param)
    assert found is not None, "a test that uses this fixture carries the marker needs_pythons"
    return found


# --- skips are counted, and under DURABILITY_FULL=1 they fail ---------------------------------------------------------


def _fail_if_skipped(report: pytest.TestReport | pytest.CollectReport) -> None:
    if FULL and report.skipped and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"{report.nodeid} skipped in a full run. {_reason(report.longrepr)}"


def _reason(longrepr: object) -> str:
    text = longrepr[2] if isinstance(longrepr, tuple) else str(longrepr)
    return text.removeprefix("Skipped: ")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Iterator[None]:
    report = yield
    _fail_if_skipped(report)
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Iterator[None]:
    report = yield
    _fail_if_skipped(report)
    return report


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> Iterator[None]:
    yield
    reasons = [_reason(report.longrepr) for report in terminalreporter.stats.get("skipped", [])]
    wanting = Counter(reason.split(":")[0] if reason.startswith("needs_") else "other" for reason in reasons)
    counts = ", ".join(f"{name} {number}" for name, number in sorted(wanting.items()))
    terminalreporter.write_line(f"skipped for want of: {counts or 'nothing'}")


# --- the project as its users get it ---------------------------------------------------------------------------------


class Built(NamedTuple):
    sdist: Path
    wheel: Path


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Built:
    """The source distribution of this tree, and the wheel built from that and not from the tree."""
    folder = tmp_path_factory.mktemp("dist")
    subprocess.run([sys.executable, "-m", "build", "--outdir", folder, ROOT], capture_output=True, check=True)
    return Built(sdist=next(folder.glob("*.tar.gz")), wheel=next(folder.glob("*.whl")))


@pytest.fixture(scope="session")
def wheelhouse(built: Built, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel with all it depends on and its build backend: every install after this one needs no registry."""
    folder = tmp_path_factory.mktemp("wheelhouse")
    wanted = [built.wheel, "hatchling", "editables"]
    subprocess.run([sys.executable, "-m", "pip", "wheel", "-q", "-w", folder, *wanted], capture_output=True, check=True)
    return folder


@pytest.fixture(autouse=True)
def _same_recursion_limit() -> Iterator[None]:
    """A scan in this process raises the limit; the next test starts from Python's own."""
    limit = sys.getrecursionlimit()
    yield
    sys.setrecursionlimit(limit)
