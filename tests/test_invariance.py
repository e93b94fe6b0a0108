"""What may and what may not move the score of a whole prototype (properties P3, P4, P8 to P11, P14 to P16, P18)."""

import shutil
import subprocess
import sys
from pathlib import Path

import libcst as cst
import pytest

import durability
from durability.model import LEVELS, ReportData

EXAMPLES = Path(__file__).resolve().parent.parent / "examples"
PROTOTYPES = ("support_desk", "team_shop", "sales_dashboard")
DEAD = """
import requests

def never():
    try:
        return requests.get('http://x').json()
    except Exception:
        pass
"""


@pytest.fixture(params=PROTOTYPES)
def prototype(request, tmp_path) -> Path:
    target = tmp_path / request.param
    shutil.copytree(EXAMPLES / request.param, target)
    return target


def scanned(root: Path) -> ReportData:
    return durability.scan(root, sites=True).data


def outcomes(report: ReportData) -> list[tuple[str, str]]:
    return sorted((site.rule, site.outcome) for site in report.sites or ())


def score(report: ReportData) -> tuple[float, float, float]:
    assert report.score is not None
    return (report.score.value, report.score.low, report.score.high)


def test_formatting_changes_nothing(prototype):
    before = scanned(prototype)
    subprocess.run(
        [sys.executable, "-m", "ruff", "format", "-q", "--isolated", "--line-length", "60", "."],
        cwd=prototype,
        check=True,
    )
    after = scanned(prototype)
    assert score(after) == score(before)
    assert outcomes(after) == outcomes(before)
    assert {site.fingerprint for site in after.sites or ()} == {site.fingerprint for site in before.sites or ()}


def test_comments_and_blank_lines_change_nothing(prototype):
    before = scanned(prototype)
    for file in prototype.rglob("*.py"):
        lines = file.read_text("utf-8").split("\n")
        file.write_text("# a remark\n\n" + "\n".join(lines), "utf-8")
    after = scanned(prototype)
    assert score(after) == score(before)
    assert outcomes(after) == outcomes(before)


class _Renamed(cst.CSTTransformer):
    """Gives every local name that is plainly local (assigned in the function, no parameter) another name."""

    def __init__(self) -> None:
        self.locals: list[set[str]] = []

    def visit_FunctionDef(self, node: cst.FunctionDef) -> None:
        finder = _Targets()
        node.body.visit(finder)
        self.locals.append(finder.found - finder.excluded)

    def leave_FunctionDef(self, original_node: cst.FunctionDef, updated_node: cst.FunctionDef) -> cst.FunctionDef:
        self.locals.pop()
        return updated_node

    def leave_Name(self, original_node: cst.Name, updated_node: cst.Name) -> cst.Name:
        if self.locals and updated_node.value in self.locals[-1]:
            return updated_node.with_changes(value=f"{updated_node.value}_renamed")
        return updated_node

    def leave_Attribute(self, original_node: cst.Attribute, updated_node: cst.Attribute) -> cst.Attribute:
        return updated_node.with_changes(attr=original_node.attr)

    def leave_Arg(self, original_node: cst.Arg, updated_node: cst.Arg) -> cst.Arg:
        return updated_node.with_changes(keyword=original_node.keyword)


class _Targets(cst.CSTVisitor):
    def __init__(self) -> None:
        self.found: set[str] = set()
        self.excluded: set[str] = set()

    def visit_AssignTarget(self, node: cst.AssignTarget) -> None:
        if isinstance(node.target, cst.Name):
            self.found.add(node.target.value)

    def visit_FunctionDef(self, node: cst.FunctionDef) -> bool:
        self.excluded.add(node.name.value)
        return False

    def visit_Global(self, node: cst.Global) -> None:
        self.excluded.update(item.name.value for item in node.names)


def test_renaming_locals_changes_nothing(prototype):
    before = scanned(prototype)
    for file in prototype.rglob("*.py"):
        tree = cst.parse_module(file.read_text("utf-8"))
        file.write_text(tree.visit(_Renamed()).code, "utf-8")
    after = scanned(prototype)
    assert score(after) == score(before)
    assert outcomes(after) == outcomes(before)


def test_renaming_a_module_changes_nothing(tmp_path):
    target = tmp_path / "desk"
    shutil.copytree(EXAMPLES / "support_desk", target)
    before = scanned(target)
    (target / "payments.py").rename(target / "money.py")
    for file in target.rglob("*.py"):
        file.write_text(file.read_text("utf-8").replace("payments", "money"), "utf-8")
    after = scanned(target)
    assert score(after) == score(before)
    assert outcomes(after) == outcomes(before)


def test_code_that_nobody_imports_changes_nothing(prototype):
    before = scanned(prototype)
    (prototype / "leftover_notes.py").write_text(DEAD, "utf-8")
    after = scanned(prototype)
    assert score(after) == score(before)
    assert after.level == before.level


@pytest.mark.parametrize("folder", ["tests", "vendor/thing", "third_party"])
def test_tests_and_vendored_code_cost_nothing(prototype, folder):
    before = scanned(prototype)
    (prototype / folder).mkdir(parents=True, exist_ok=True)
    (prototype / folder / "test_more.py").write_text(DEAD, "utf-8")
    after = scanned(prototype)
    assert score(after) == score(before)
    assert after.level == before.level


def test_deleting_the_tests_never_helps(tmp_path):
    target = tmp_path / "hardened"
    shutil.copytree(EXAMPLES / "support_desk_hardened", target)
    before = scanned(target)
    shutil.rmtree(target / "tests")
    assert score(scanned(target))[0] <= score(before)[0]


def test_a_file_that_cannot_be_parsed_never_helps(prototype):
    before = scanned(prototype)
    broken = sorted(path for path in prototype.rglob("*.py") if path.name not in ("app.py", "main.py"))[0]
    broken.write_text(broken.read_text("utf-8") + "\ndef broken(:\n", "utf-8")
    after = scanned(prototype)
    assert [item.path for item in after.coverage.files_skipped] == [broken.relative_to(prototype).as_posix()]
    assert LEVELS.index(after.level or "demo") <= LEVELS.index(before.level or "demo")
    if after.score is not None:
        assert after.score.low <= score(before)[0]


def test_mending_never_hurts_and_breaking_never_helps(tmp_path):
    target = tmp_path / "desk"
    shutil.copytree(EXAMPLES / "support_desk", target)
    worse = scanned(target)
    file = target / "config.py"
    text = file.read_text("utf-8")
    mended = text.replace('os.getenv("PAYMENT_API_KEY", ', 'os.environ.get("PAYMENT_API_KEY", "") or (')
    file.write_text(text.replace(text, mended), "utf-8")
    better = scanned(target)
    assert text != mended
    assert score(better)[0] >= score(worse)[0]
    assert outcomes(better).count(("secret-with-default", "handled")) > outcomes(worse).count(
        ("secret-with-default", "handled")
    )
