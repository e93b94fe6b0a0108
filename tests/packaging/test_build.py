"""The distributions hold everything, and every way to install them finds the same rules."""

import json
import re
import subprocess
import tarfile
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
CACHE = re.compile(r"(^|/)(__pycache__|\.[a-z_]+_cache)/")
PACKAGES = {"durability": ROOT / "src" / "durability", "durability_rules": ROOT / "rules" / "durability_rules"}


def names_in(wheel: Path) -> set[str]:
    with zipfile.ZipFile(wheel) as archive:
        return set(archive.namelist())


@pytest.mark.parametrize("package", PACKAGES)
def test_the_wheel_holds_every_file_of_the_package(built, package):
    folder = PACKAGES[package]
    files = [path.relative_to(folder) for path in folder.rglob("*") if path.is_file()]
    in_tree = {f"{package}/{path.as_posix()}" for path in files if not CACHE.search(path.as_posix())}
    assert {name for name in names_in(built.wheel) if name.startswith(f"{package}/")} == in_tree


@pytest.mark.parametrize(
    "name",
    [
        "durability/py.typed",
        "durability_rules/py.typed",
        "durability/knowledge/compiled.msgpack",
        "durability/output/report.schema.json",
    ],
)
def test_the_wheel_holds(built, name):
    assert name in names_in(built.wheel)


def test_the_wheel_holds_nothing_but_the_two_packages_and_their_metadata(built):
    assert {name.split("/")[0].split("-")[0] for name in names_in(built.wheel)} == {*PACKAGES, "durability_scan"}


def test_the_licence_travels(built):
    assert any(name.endswith(".dist-info/licenses/LICENSE") for name in names_in(built.wheel))


def test_the_source_distribution_can_test_itself(built):
    with tarfile.open(built.sdist) as archive:
        names = {name.split("/", 1)[-1] for name in archive.getnames()}
    assert {"LICENSE", "README.md", "tests/conftest.py", "tests/__main__.py", ".pre-commit-hooks.yaml"} <= names


def test_plain_and_editable_installs_find_the_same_rules(plain, editable, rules):
    found = rules(plain)
    assert [rule["name"] for rule in json.loads(found) if rule["pack"] == "core"]
    assert found == rules(editable)


@pytest.mark.parametrize("script", ["durability", "durability-scan"])
def test_the_script_says_its_version(plain, built, script, tmp_path):
    asked = [plain / script, "--version"]
    said = subprocess.run(asked, cwd=tmp_path, capture_output=True, text=True, check=True).stdout
    assert said.split()[-1] == built.wheel.name.split("-")[1]


def test_an_editable_install_reads_the_tree(editable, tmp_path):
    asked = [
        editable / "python",
        "-c",
        "import durability, durability_rules as r; print(durability.__file__, r.__file__)",
    ]
    where = subprocess.run(asked, cwd=tmp_path, capture_output=True, text=True, check=True).stdout.split()
    assert where == [str(folder / "__init__.py") for folder in PACKAGES.values()]
