"""Where things stand changes nothing: the same program split, merged, renamed or reordered (properties P9 to P11)."""

import shutil
from collections import Counter
from pathlib import Path

import metamorphic
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from metamorphic import Files

import durability
from durability.model import ReportData

EXAMPLES = Path(__file__).resolve().parent.parent / "examples"
PROTOTYPES = ("support_desk", "team_shop", "sales_dashboard")
FEW = settings(
    max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)


def texts(root: Path) -> Files:
    return {file.relative_to(root).as_posix(): file.read_text("utf-8") for file in sorted(root.rglob("*.py"))}


def seen(report: ReportData) -> Counter[tuple[str, str, float]]:
    """How often each rule gave each verdict, and the score."""
    assert report.score is not None
    counted = Counter((site.rule, site.outcome, 0.0) for site in report.sites or ())
    counted["score", "", report.score.value] = 1
    return counted


class Workshop:
    """One prototype in a folder of its own, scanned as it is and after an edit."""

    def __init__(self, name: str, folder: Path) -> None:
        self.source = EXAMPLES / name
        self.root = folder / name
        self.files = texts(self.source)
        self.before = seen(self.scan(self.files))

    def scan(self, files: Files) -> ReportData:
        shutil.rmtree(self.root, ignore_errors=True)
        shutil.copytree(self.source, self.root, ignore=shutil.ignore_patterns("*.py", "__pycache__"))
        for path, text in files.items():
            target = self.root / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text, "utf-8")
        return durability.scan(self.root, sites=True).data

    def unchanged(self, files: Files) -> bool:
        after = seen(self.scan(files))
        assert after == self.before, {"gained": after - self.before, "lost": self.before - after}
        return True


@pytest.fixture(scope="module", params=PROTOTYPES)
def workshop(request, tmp_path_factory) -> Workshop:
    return Workshop(request.param, tmp_path_factory.mktemp("metamorphic"))


@FEW
@given(st.data())
def test_moving_functions_to_a_new_module_changes_nothing(workshop, data):
    choices = [(path, name) for path, text in workshop.files.items() for name in metamorphic.movable(text)]
    assert choices
    path = data.draw(st.sampled_from(sorted({path for path, _ in choices})), label="file")
    names = [name for place, name in choices if place == path]
    moved = data.draw(st.sets(st.sampled_from(names), min_size=1), label="functions")
    style = data.draw(st.sampled_from(["from", "alias", "package"]), label="style")
    files = metamorphic.split(workshop.files, path, moved, "other_place", style)
    assert files != workshop.files
    assert workshop.unchanged(files)


def test_merging_modules_changes_nothing(workshop):
    assert workshop.unchanged(metamorphic.merge_all(workshop.files))


@FEW
@given(st.data())
def test_renaming_a_module_changes_nothing(workshop, data):
    names = [path for path in workshop.files if path not in ("app.py", "main.py")]
    path = data.draw(st.sampled_from(names), label="file")
    files = metamorphic.rename_module(workshop.files, path, "another_name")
    assert workshop.unchanged(files)


@FEW
@given(st.data())
def test_the_order_of_functions_changes_nothing(workshop, data):
    files = {
        path: metamorphic.reorder(text, data.draw(st.lists(st.integers(0, 20), max_size=6), label=path))
        for path, text in workshop.files.items()
    }
    assert workshop.unchanged(files)


def test_a_source_folder_changes_nothing(workshop):
    assert workshop.unchanged({f"src/{path}": text for path, text in workshop.files.items()})
