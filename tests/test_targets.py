"""What PATH means: project, part of it, or one clear refusal."""

import os

import pytest

from durability.errors import UsageError
from durability.targets import Target, present, target, together


@pytest.fixture
def project(tmp_path, monkeypatch):
    (tmp_path / "pyproject.toml").write_text("[project]\nname = 'x'\n")
    (tmp_path / "src").mkdir()
    (tmp_path / "src" / "app.py").write_text("x = 1\n")
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "a.md").write_text("text\n")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_a_root_is_reported_whole(project):
    assert target(".") == Target(project, ())
    assert target(str(project)) == Target(project, ())


def test_a_part_is_reported_alone(project):
    assert target("src") == Target(project, ("src",))
    assert target("src/../src/app.py") == Target(project, ("src/app.py",))


@pytest.mark.parametrize(("path", "said"), [("gone", "no such file or folder: gone"), ("link", "broken symbolic link")])
def test_what_is_not_there(project, path, said):
    (project / "link").symlink_to("nowhere")
    with pytest.raises(UsageError, match=said):
        target(path)


def test_what_is_neither_file_nor_folder(project):
    os.mkfifo(project / "pipe")
    with pytest.raises(UsageError, match="neither a file nor a folder: pipe"):
        target("pipe")


def test_paths_of_one_project_come_together(project):
    assert together([target("src/app.py"), target("docs")]) == (Target(project, ("docs", "src/app.py")),)
    assert together([target("src/app.py"), target(".")]) == (Target(project, ()),)


def test_paths_of_two_projects_stay_apart(project):
    inner = project / "src"
    (inner / "requirements.txt").write_text("flask\n")
    assert together([target("docs"), target("src/app.py")]) == (
        Target(project, ("docs",)),
        Target(inner, ("app.py",)),
    )


def test_what_holds_something_to_analyse(project):
    (project / "src" / "old.py").write_text("x = 1\n")
    asked = Target(project, ("docs", "docs/a.md", "src", "src/app.py", "src/old.py"))
    found = present(asked, ["old.py"])
    assert found.paths == ("src", "src/app.py")
    assert found.absent == (
        "no Python files at docs",
        "not a Python file or notebook: docs/a.md",
        "excluded by the settings: src/old.py",
    )


def test_a_file_that_cannot_be_read_is_there(project):
    """It is told under what was not analysed, which is more than that it is absent."""
    (project / "src" / "loop.py").symlink_to("loop.py")
    assert present(Target(project, ("src/loop.py",)), ()).absent == ()


def test_a_name_that_is_not_utf8_is_found_again(project):
    folder = os.fsencode(project) + b"/w\xff"
    os.mkdir(folder)
    with open(folder + b"/a.py", "w") as file:
        file.write("x = 1\n")
    assert present(target(os.fsdecode(b"w\xff")), ()).absent == ()
