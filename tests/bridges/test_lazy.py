"""Importing the bridges costs neither bandit nor radon; using them leaves the process as it was."""

import subprocess
import sys
from pathlib import Path


def run(code: str, *, path: Path | None = None, cache: Path | None = None) -> str:
    environment = {"PATH": "", "PYTHONPATH": str(path or ""), "XDG_CACHE_HOME": str(cache or path or "")}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, env=environment)
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    return done.stdout.strip()


def test_importing_every_bridge_imports_neither_library() -> None:
    code = (
        "import sys, durability.bridges\n"
        "from durability.bridges import complexity, mapping, python_ast, security\n"
        "loaded = {name.partition('.')[0] for name in sys.modules}\n"
        "print(sorted(loaded & {'bandit', 'radon', 'stevedore', 'rich', 'yaml'}))"
    )
    assert run(code) == "[]"


def test_using_bandit_leaves_warnings_and_logging_as_they_were(tmp_path: Path) -> None:
    code = (
        "import logging, warnings\n"
        "from durability.bridges import python_ast, security\n"
        "before = warnings.formatwarning, warnings.showwarning, list(warnings.filters)\n"
        "logging.getLogger('bandit').setLevel(logging.INFO)\n"
        "text = 'eval(x)\\ny = 1  # nosec B101, not-a-test\\n'\n"
        "found = security.issues('a.py', text, python_ast.parse(text)).issues\n"
        "assert (warnings.formatwarning, warnings.showwarning, list(warnings.filters)) == before\n"
        "assert logging.getLogger('bandit').level == logging.INFO\n"
        "assert logging.getLogger('stevedore').level == logging.NOTSET\n"
        "assert not logging.getLogger().handlers\n"
        "print(*(issue.test_id for issue in found))"
    )
    assert run(code, cache=tmp_path) == "B307"


PLUGIN = """\
import bandit

def everywhere(context):
    print("the plugin ran")
    return bandit.Issue(severity=bandit.HIGH, confidence=bandit.HIGH, text="from the plugin")

everywhere._checks = ["Call"]
everywhere._test_id = "B102"

def entries():
    entry = {"name": "anything", "id": "B307", "message": "from the plugin", "qualnames": ["print"], "level": "HIGH"}
    return {"Call": [entry]}
"""


def test_installed_plugins_do_not_run_even_under_bandits_own_ids(tmp_path: Path) -> None:
    (tmp_path / "stranger.py").write_text(PLUGIN, encoding="utf-8")
    info = tmp_path / "stranger-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: stranger\nVersion: 1.0\n", encoding="utf-8")
    (info / "entry_points.txt").write_text(
        "[bandit.plugins]\neverywhere = stranger:everywhere\n[bandit.blacklists]\nentries = stranger:entries\n",
        encoding="utf-8",
    )
    code = (
        "from durability.bridges import python_ast, security\n"
        "text = 'print(1)\\nexec(x)\\neval(y)\\n'\n"
        "scan = security.issues('a.py', text, python_ast.parse(text))\n"
        "from bandit.core.extension_loader import MANAGER\n"
        "assert 'everywhere' in MANAGER.plugin_names and 'anything' in MANAGER.blacklist_by_name\n"
        "print(*((issue.test_id, issue.line) for issue in scan.issues), scan.problem)"
    )
    assert run(code, path=tmp_path) == "('B102', 2) ('B307', 3) None"
