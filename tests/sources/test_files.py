"""Which files are found, which part each plays, and what becomes of everything that is no plain file."""

import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from durability.errors import UsageError
from durability.sources.files import Discovery, discover
from durability.sources.ignoring import Excludes


def write(root: Path, *paths: str, text: str = "x = 1\n") -> None:
    for path in paths:
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text)


def git(root: Path, *arguments: str) -> None:
    subprocess.run(["git", "-C", root, *arguments], check=True, capture_output=True)


def commit(root: Path) -> None:
    git(root, "init", "-q")
    git(root, "add", "-A")
    git(root, "commit", "-q", "-m", "x")


def paths(found: Discovery) -> list[str]:
    return [file.path for file in found.files]


def skipped(found: Discovery) -> dict[str, str]:
    return {item.path: item.reason for item in found.skipped}


def nothing(root: Path) -> None:
    """A folder without git."""


def tracked(root: Path) -> None:
    git(root, "init", "-q")
    git(root, "add", "-A")


def untracked(root: Path) -> None:
    git(root, "init", "-q")


@pytest.fixture(params=[nothing, tracked, untracked])
def keep(request: pytest.FixtureRequest) -> Callable[[Path], None]:
    """Makes of a folder what a project may be: not in git, or in git with its files tracked or not."""
    function: Callable[[Path], None] = request.param
    return function


def test_python_files_and_notebooks_are_found_sorted(tmp_path: Path, keep: Callable[[Path], None]) -> None:
    write(tmp_path, "b.py", "a/z.py", "a/y.pyw", "a.py", "n.ipynb", "readme.md", "stub.pyi", "é/ü x.py")
    keep(tmp_path)
    found = discover(tmp_path)
    assert paths(found) == ["a.py", "a/y.pyw", "a/z.py", "b.py", "n.ipynb", "é/ü x.py"]
    assert list(found.python_names) == paths(found)
    assert [file.path for file in found.files if file.notebook] == ["n.ipynb"]
    assert all(Path(file.absolute).samefile(tmp_path / file.path) for file in found.files)
    assert found.skipped == ()


def test_installed_and_cached_folders_are_never_entered(tmp_path: Path, keep: Callable[[Path], None]) -> None:
    write(tmp_path, "a.py", "my_env/pyvenv.cfg", "my_env/lib/b.py")
    for folder in ("venv", ".venv", "node_modules", "x/site-packages", "__pycache__", "a/.tox", "d.egg-info"):
        write(tmp_path, f"{folder}/b.py")
    keep(tmp_path)
    assert paths(discover(tmp_path)) == ["a.py"]


def test_ignored_files_are_left_out(tmp_path: Path, keep: Callable[[Path], None]) -> None:
    write(tmp_path, "a.py", "build/b.py", "c/secret.py", "c/d.py", "c/e/f.py", "c/e/g.py")
    write(tmp_path, ".gitignore", text="build/\nsecret.py\n")
    write(tmp_path, "c/.gitignore", text="/d.py\ne/*\n!e/g.py\n")
    keep(tmp_path)
    assert paths(discover(tmp_path)) == ["a.py", "c/e/g.py"]


def test_a_tracked_file_counts_though_it_is_ignored(tmp_path: Path) -> None:
    write(tmp_path, "a.py", "b.py")
    commit(tmp_path)
    write(tmp_path, ".gitignore", text="*.py\n")
    write(tmp_path, "c.py")
    assert paths(discover(tmp_path)) == ["a.py", "b.py"]


def test_a_deleted_file_is_not_missed(tmp_path: Path) -> None:
    write(tmp_path, "a.py", "b.py")
    commit(tmp_path)
    (tmp_path / "b.py").unlink()
    found = discover(tmp_path)
    assert (paths(found), found.skipped) == (["a.py"], ())


def test_a_folder_of_a_repository_is_listed_alone(tmp_path: Path) -> None:
    write(tmp_path, "a.py", "sub/b.py", "sub/c/d.py")
    commit(tmp_path)
    assert paths(discover(tmp_path / "sub")) == ["b.py", "c/d.py"]


def test_a_folder_that_git_ignores_is_scanned_when_it_is_asked_for(tmp_path: Path) -> None:
    write(tmp_path, "a.py", "out/b.py", "out/skip.py")
    write(tmp_path, ".gitignore", text="out/\n")
    write(tmp_path, "out/.gitignore", text="skip.py\n")
    commit(tmp_path)
    assert paths(discover(tmp_path / "out")) == ["b.py"]


def test_repositories_inside_are_part_of_the_project(tmp_path: Path, keep: Callable[[Path], None]) -> None:
    write(tmp_path, "a.py", "inner/b.py", "inner/deeper/c.py", "inner/ignored.py", "inner/not_ignored.py")
    write(tmp_path, ".gitignore", text="not_ignored.py\n")
    write(tmp_path, "inner/.gitignore", text="ignored.py\n")
    commit(tmp_path / "inner/deeper")
    untracked(tmp_path / "inner")
    if keep is not tracked:
        keep(tmp_path)
    found = discover(tmp_path)
    assert paths(found) == ["a.py", "inner/b.py", "inner/deeper/c.py", "inner/not_ignored.py"]
    assert {file.role for file in found.files} == {"first-party"}


def test_a_submodule_is_vendored_and_an_empty_one_is_reported(tmp_path: Path) -> None:
    write(tmp_path, "other/b.py")
    commit(tmp_path / "other")
    write(tmp_path, "main/a.py")
    commit(tmp_path / "main")
    allowed = ("-c", "protocol.file.allow=always")
    git(tmp_path / "main", *allowed, "submodule", "add", "-q", str(tmp_path / "other"), "lib")
    found = discover(tmp_path / "main")
    assert [(file.path, file.role) for file in found.files] == [("a.py", "first-party"), ("lib/b.py", "vendored")]
    git(tmp_path / "main", "submodule", "deinit", "-f", "lib")
    assert skipped(discover(tmp_path / "main")) == {"lib": "submodule not checked out"}


def test_files_that_a_sparse_checkout_leaves_out_are_reported(tmp_path: Path) -> None:
    write(tmp_path, "a.py", "b/c.py", "b/d.txt")
    commit(tmp_path)
    git(tmp_path, "sparse-checkout", "set", "--no-cone", "/a.py")
    found = discover(tmp_path)
    assert (paths(found), skipped(found)) == (["a.py"], {"b/c.py": "not checked out (sparse checkout)"})


def test_nothing_that_a_repository_configures_is_run(tmp_path: Path) -> None:
    write(tmp_path, "a.py")
    commit(tmp_path)
    ran = tmp_path / "ran"
    for key in ("core.fsmonitor", "core.sshCommand", "core.pager", "core.editor", "alias.ls-files"):
        git(tmp_path, "config", key, f"!touch {ran}" if key.startswith("alias") else f"touch {ran}")
    hook = tmp_path / ".git/hooks/post-index-change"
    hook.write_text(f"#!/bin/sh\ntouch {ran}\n")
    hook.chmod(0o755)
    before = (tmp_path / ".git/index").stat().st_mtime_ns
    os.utime(tmp_path / "a.py", ns=(1, 1))
    assert paths(discover(tmp_path)) == ["a.py"]
    assert not ran.exists()
    assert (tmp_path / ".git/index").stat().st_mtime_ns == before


def test_settings_of_an_outer_git_command_do_not_leak_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path, "one/a.py", "two/b.py")
    commit(tmp_path / "one")
    commit(tmp_path / "two")
    monkeypatch.setenv("GIT_DIR", str(tmp_path / "two/.git"))
    monkeypatch.setenv("GIT_WORK_TREE", str(tmp_path / "two"))
    monkeypatch.setenv("GIT_INDEX_FILE", str(tmp_path / "two/.git/index"))
    assert paths(discover(tmp_path / "one")) == ["a.py"]


def test_a_work_tree_set_elsewhere_brings_in_nothing_from_there(tmp_path: Path) -> None:
    write(tmp_path, "inside/a.py", "outside.py")
    commit(tmp_path / "inside")
    git(tmp_path / "inside", "config", "core.worktree", str(tmp_path))
    assert paths(discover(tmp_path / "inside")) == ["a.py"]


def test_without_git_the_gitignores_are_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path, "a.py", "b.py")
    write(tmp_path, ".gitignore", text="b.py\n")
    commit(tmp_path)
    monkeypatch.setenv("PATH", str(tmp_path / "nowhere"))
    assert paths(discover(tmp_path)) == ["a.py"]


def test_a_git_that_never_answers_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path, "a.py", "bin/git", text="#!/bin/sh\nexec sleep 60\n")
    (tmp_path / "bin/git").chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setattr("durability.sources.listing._SECONDS", 0.1)
    found = discover(tmp_path)
    assert paths(found) == ["a.py"]
    assert skipped(found) == {".": "git gave no answer in 0 s; gitignores were read instead"}


def test_links_are_never_followed_and_those_that_hide_something_are_reported(
    tmp_path: Path, keep: Callable[[Path], None]
) -> None:
    root = tmp_path / "root"
    write(tmp_path, "outside/x.py", "outside.py")
    write(root, "a.py", "b/c.py")
    links = {
        "same.py": "a.py",
        "out.py": "../outside.py",
        "out": "../outside",
        "here": "b",
        "b/up": "..",
        "gone.py": "nowhere",
        "gone": "nowhere",
        "loop.py": "loop.py",
        "ring": "gnir",
        "gnir": "ring",
        ".#a.py": "someone@host.1:2",
    }
    for name, target in links.items():
        (root / name).symlink_to(target)
    keep(root)
    found = discover(root)
    assert paths(found) == ["a.py", "b/c.py"]
    assert skipped(found) == {
        "out.py": "symbolic link leaves the project",
        "out": "symbolic link leaves the project",
        "gone.py": "broken symbolic link",
        "loop.py": "symbolic link loop",
        "ring": "symbolic link loop",
        "gnir": "symbolic link loop",
    }


def test_a_link_does_not_hide_its_target(tmp_path: Path, keep: Callable[[Path], None]) -> None:
    write(tmp_path, "a.py", "ignored/b.py", "venv/c.py", "run")
    write(tmp_path, ".gitignore", text="ignored/\n")
    for name, target in {"b.py": "ignored/b.py", "c.py": "venv/c.py", "d.py": "run", "e.py": "a.py"}.items():
        (tmp_path / name).symlink_to(target)
    keep(tmp_path)
    found = discover(tmp_path)
    assert paths(found) == ["a.py"]
    assert skipped(found) == dict.fromkeys(["b.py", "c.py", "d.py"], "symbolic link to a file that is left out")


def test_a_tracked_folder_turned_into_a_link_leads_nowhere(tmp_path: Path) -> None:
    root = tmp_path / "root"
    write(root, "a/b.py", "c.py")
    commit(root)
    write(tmp_path, "elsewhere/b.py")
    shutil.rmtree(root / "a")
    (root / "a").symlink_to("../elsewhere")
    found = discover(root)
    assert paths(found) == ["c.py"]
    assert "leaves the project" in skipped(found)["a/b.py"]


def test_pipes_and_sockets_are_reported_and_never_opened(tmp_path: Path) -> None:
    write(tmp_path, "a.py")
    os.mkfifo(tmp_path / "pipe.py")
    os.mkfifo(tmp_path / ".gitignore")
    with socket.socket(socket.AF_UNIX) as bound:
        bound.bind(os.path.relpath(tmp_path / "socket.py"))
        found = discover(tmp_path)
    assert paths(found) == ["a.py"]
    assert skipped(found) == {"pipe.py": "not a regular file: a FIFO", "socket.py": "not a regular file: a socket"}


def test_a_tracked_file_turned_into_a_pipe_is_reported(tmp_path: Path) -> None:
    write(tmp_path, "a.py", "b.py")
    commit(tmp_path)
    (tmp_path / "b.py").unlink()
    os.mkfifo(tmp_path / "b.py")
    found = discover(tmp_path)
    assert (paths(found), skipped(found)) == (["a.py"], {"b.py": "not a regular file: a FIFO"})


def test_a_name_that_is_not_utf_8_is_reported_escaped(tmp_path: Path, keep: Callable[[Path], None]) -> None:
    write(tmp_path, "a.py")
    try:
        Path(os.fsdecode(os.fsencode(tmp_path) + b"/\xff\n.py")).write_text("x = 1\n")
    except OSError:
        pytest.skip("this file system takes UTF-8 names only")
    keep(tmp_path)
    found = discover(tmp_path)
    assert paths(found) == ["a.py"]
    assert skipped(found) == {"\\xff\n.py": "the name is not UTF-8"}


UNPRIVILEGED = """
import os, sys
from pathlib import Path
import pathspec
from durability.sources.files import discover
if os.getuid() == 0:
    os.setgid(65534); os.setuid(65534)
found = discover(Path(sys.argv[1]))
print([file.path for file in found.files], {item.path: item.reason for item in found.skipped})
"""


@pytest.fixture
def readable_by_all(tmp_path: Path) -> Iterator[Path]:
    """A folder that an unprivileged user can reach, since root reads everything."""
    opened = [folder for folder in (tmp_path, *tmp_path.parents) if folder.stat().st_uid == os.getuid()]
    before = {folder: folder.stat().st_mode for folder in opened if folder != Path("/")}
    for folder in before:
        folder.chmod(0o755)
    yield tmp_path
    for folder, mode in before.items():
        folder.chmod(mode)


@pytest.mark.parametrize("keep_in", [nothing, tracked, untracked])
def test_what_may_not_be_read_is_reported(readable_by_all: Path, keep_in: Callable[[Path], None]) -> None:
    root = readable_by_all / "root"
    write(root, "a.py", "closed.py", "shut/b.py")
    keep_in(root)
    if os.getuid() == 0:
        for path in (root, *root.rglob("*")):
            os.chown(path, 65534, 65534)
    (root / "closed.py").chmod(0)
    (root / "shut").chmod(0)
    done = subprocess.run([sys.executable, "-c", UNPRIVILEGED, root], capture_output=True, text=True, check=False)
    (root / "shut").chmod(0o755)
    reasons = {"closed.py": "permission denied", "shut": "permission denied"}
    assert done.stdout.strip() == f"{['a.py']} {reasons}", done.stderr


@pytest.mark.parametrize(
    ("path", "role"),
    [
        ("app/main.py", "first-party"),
        ("tests/helper.py", "test"),
        ("app/test/x.py", "test"),
        ("app/test_x.py", "test"),
        ("app/x_test.py", "test"),
        ("shop/tests.py", "test"),
        ("conftest.py", "test"),
        ("app/latest.py", "first-party"),
        ("app/testify.py", "first-party"),
        ("vendor/x.py", "vendored"),
        ("app/_vendor/tests/x.py", "vendored"),
        ("third_party/x.py", "vendored"),
        ("app/settings/third_party/aws.py", "first-party"),
        ("api/x_pb2.py", "generated"),
        ("api/x_pb2_grpc.py", "generated"),
        ("shop/migrations/0001_initial.py", "migration"),
        ("shop/migrations/__init__.py", "first-party"),
        ("shop/migrations/helper.py", "first-party"),
    ],
)
def test_roles_by_path(tmp_path: Path, path: str, role: str) -> None:
    write(tmp_path, path)
    assert [file.role for file in discover(tmp_path).files] == [role]


@pytest.mark.parametrize(
    ("path", "text", "role"),
    [
        ("a.py", "# Code generated by protoc-gen-x. DO NOT EDIT.\nx = 1\n", "generated"),
        ("a.py", "#!/usr/bin/python\n# -*- coding: utf-8 -*-\n# @generated by a tool\n", "generated"),
        ("a.py", '"""Auto-generated client.\n\nDo not edit by hand.\n"""\nx = 1\n', "generated"),
        ("a.py", "# Generated by Claude, an assistant\nx = 1\n", "first-party"),
        ("a.py", "# DO NOT EDIT below this line\nx = 1\n", "first-party"),
        ("a.py", "x = 1\n# Code generated by x. DO NOT EDIT.\n", "first-party"),
        ("a.py", 'HEADER = "# Code generated by x. DO NOT EDIT."\n', "first-party"),
        ("a.py", "# see foo@generated.com\n", "first-party"),
        ("alembic/versions/ab12_x.py", '"""add x\n\nRevision ID: ab12\n"""\ndown_revision = None\n', "migration"),
        ("app/versions/v1.py", "x = 1\n", "first-party"),
        ("shop/migrations/add_x.py", "class Migration(migrations.Migration):\n    pass\n", "migration"),
    ],
)
def test_roles_by_what_the_file_says_first(tmp_path: Path, path: str, text: str, role: str) -> None:
    write(tmp_path, path, text=text)
    assert [file.role for file in discover(tmp_path).files] == [role]


def test_a_script_without_suffix_is_found_by_its_first_line(tmp_path: Path, keep: Callable[[Path], None]) -> None:
    write(tmp_path, "run", "not_run", text="#!/usr/bin/env python3\nx = 1\n")
    write(tmp_path, "shell", text="#!/bin/sh\n")
    for name in ("run", "shell"):
        (tmp_path / name).chmod(0o755)
    keep(tmp_path)
    assert paths(discover(tmp_path)) == ["run"]


def test_excluded_files_are_named(tmp_path: Path, keep: Callable[[Path], None]) -> None:
    write(tmp_path, "a.py", "b/c.py", "b/d.py", "e.py")
    keep(tmp_path)
    found = discover(tmp_path, exclude=["b/", "!b/d.py", "/e.*"])
    assert (paths(found), found.excluded) == (["a.py", "b/d.py"], ("b/c.py", "e.py"))
    assert found.python_names == ("a.py", "b/c.py", "b/d.py", "e.py")


@pytest.mark.parametrize("pattern", ["!", "[z-a]", "a" * 501, "*a*a*a*a*a*b", "a*****b", "**/a/**/a/**/a/**"])
def test_a_bad_pattern_is_a_usage_error(tmp_path: Path, pattern: str) -> None:
    with pytest.raises(UsageError, match="exclude pattern"):
        discover(tmp_path, exclude=[pattern])


def test_a_hostile_gitignore_costs_nothing(tmp_path: Path) -> None:
    write(tmp_path, "a" * 200 + ".py")
    write(tmp_path, ".gitignore", text="*a" * 40 + "b\n[z-a]\n[\n" + "x" * 10_000 + "\n")
    assert len(discover(tmp_path).files) == 1


def test_other_languages_are_counted_in_lines(tmp_path: Path, keep: Callable[[Path], None]) -> None:
    write(tmp_path, "a.js", "b/c.jsx", "b/d.TS", text="x\ny\n")
    write(tmp_path, "e.go", text="x")
    write(tmp_path, "f.min.js", "node_modules/g.js", "vendor/h.js", "tests/i.js", "data.json", "a.py", text="x\n")
    write(tmp_path, "large.js", text="x\n" * 600_000)
    keep(tmp_path)
    assert discover(tmp_path).other_languages == {"Go": 1, "JavaScript": 4, "TypeScript": 2}


def test_manifests_are_named(tmp_path: Path, keep: Callable[[Path], None]) -> None:
    write(tmp_path, "a.py", "pyproject.toml", "api/requirements.txt", ".github/workflows/ci.yml", "notes.txt")
    keep(tmp_path)
    assert discover(tmp_path).manifests == (".github/workflows/ci.yml", "api/requirements.txt", "pyproject.toml")


def test_a_root_whose_name_is_not_utf_8_is_a_usage_error(tmp_path: Path) -> None:
    root = Path(os.fsdecode(os.fsencode(tmp_path) + b"/\xff"))
    try:
        write(root, "a.py")
    except OSError:
        pytest.skip("this file system takes UTF-8 names only")
    with pytest.raises(UsageError, match=r"\\xff: the name of this folder is not UTF-8"):
        discover(root)


def test_what_is_no_folder_is_a_usage_error(tmp_path: Path) -> None:
    write(tmp_path, "a.py")
    for path in ("a.py", "nowhere"):
        with pytest.raises(UsageError, match="is not a folder"):
            discover(tmp_path / path)


def test_the_same_folder_gives_the_same_answer(tmp_path: Path, keep: Callable[[Path], None]) -> None:
    write(tmp_path, *(f"{a}/{b}.py" for a in "xyz" for b in "cab"), "m.js", "n.ts")
    keep(tmp_path)
    assert discover(tmp_path) == discover(tmp_path)


@given(st.lists(st.text("ab*?[]!-/\\#. ", max_size=12), max_size=4))
def test_any_pattern_is_refused_or_works(patterns: list[str]) -> None:
    try:
        excluded = Excludes(patterns)
    except UsageError:
        return
    assert excluded("a/b.py") in (True, False)
