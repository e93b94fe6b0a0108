"""Where a project begins, and what its manifests say."""

import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from packaging.specifiers import SpecifierSet

from durability.sources.manifests.specifiers import conda_requirement, poetry_specifier
from durability.sources.project import Dependency, Manifests, find_root, manifests_of, read_manifests


def write(root: Path, files: dict[str, str]) -> None:
    for path, text in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text)


def told(manifests: Manifests) -> list[tuple[str, str, int, str | None]]:
    return [(item.name, item.specifier, item.line, item.extra) for item in manifests.dependencies]


def problems(manifests: Manifests) -> dict[str, str]:
    return {item.path: item.reason for item in manifests.problems}


# --- the root --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "marker",
    [
        "pyproject.toml",
        "durability.toml",
        "setup.py",
        "setup.cfg",
        "Pipfile",
        "requirements.txt",
        "requirements-dev.txt",
    ],
)
def test_the_nearest_manifest_is_the_root(tmp_path: Path, marker: str) -> None:
    write(tmp_path, {"pyproject.toml": "", f"api/{marker}": "", "api/app/routes/a.py": ""})
    assert find_root(tmp_path / "api/app/routes/a.py") == tmp_path / "api"
    assert find_root(tmp_path / "api/app") == tmp_path / "api"
    assert find_root(tmp_path / "api") == tmp_path / "api"


def test_the_root_is_never_above_the_repository(tmp_path: Path) -> None:
    write(tmp_path, {"pyproject.toml": "", "repo/app/a.py": ""})
    subprocess.run(["git", "init", "-q", tmp_path / "repo"], check=True)
    assert find_root(tmp_path / "repo/app") == tmp_path / "repo"


def test_a_worktree_whose_git_is_a_file_is_a_repository_too(tmp_path: Path) -> None:
    write(tmp_path, {"pyproject.toml": "", "repo/.git": "gitdir: elsewhere", "repo/app/a.py": ""})
    assert find_root(tmp_path / "repo/app") == tmp_path / "repo"


def test_without_any_marker_the_path_itself_is_the_root(tmp_path: Path) -> None:
    if find_root(tmp_path) != tmp_path:
        pytest.skip("the folder for temporary files lies in a project")
    write(tmp_path, {"a/b/c.py": ""})
    assert find_root(tmp_path / "a") == tmp_path / "a"
    assert find_root(tmp_path / "a/b/c.py") == tmp_path / "a/b"


# --- requirements ----------------------------------------------------------------------------------------------------

REQUIREMENTS = """\
# the web
Flask_Login>=0.6,<1   # comment
uvicorn[standard]==0.30.1 ; python_version < "3.13"
httpx
  # indented comment
celery \\
    [redis] >=5
-e .
-e git+https://github.com/a/Some_Pkg.git@0123456789012345678901234567890123456789#egg=Some_Pkg
git+https://github.com/a/other.git
lib @ https://example.com/lib-1.0.whl
./local
--index-url https://example.com/simple
urllib3==2.0.7 --hash=sha256:aa \\
    --hash=sha256:bb
not a requirement at all
django~=5.0
"""


def test_requirements_lines() -> None:
    found = manifests_of({"requirements.txt": REQUIREMENTS})
    assert told(found) == [
        ("flask-login", "<1,>=0.6", 2, None),
        ("uvicorn", "==0.30.1", 3, 'python_version < "3.13"'),
        ("httpx", "", 4, None),
        ("celery", ">=5", 6, None),
        ("some-pkg", "", 9, None),
        ("other", "", 10, None),
        ("lib", "", 11, None),
        ("urllib3", "==2.0.7", 14, None),
        ("django", "~=5.0", 17, None),
    ]
    assert [item.name for item in found.dependencies if item.pinned] == ["uvicorn", "some-pkg", "lib", "urllib3"]
    assert found.locked == {"urllib3": "2.0.7", "uvicorn": "0.30.1"}
    assert found.problems == ()


def test_groups_come_from_the_name_of_a_requirements_file() -> None:
    files = {name: "a\n" for name in ("requirements.txt", "requirements-dev.txt", "requirements/test.txt", "dev.in")}
    groups = {item.path: item.extra for item in manifests_of(files).dependencies}
    assert groups == {"requirements.txt": None, "requirements-dev.txt": "dev", "requirements/test.txt": "test"}


def test_included_files_are_read_whatever_their_name_and_only_inside_the_project(tmp_path: Path) -> None:
    write(
        tmp_path / "root", {"api/requirements.txt": "-r base.pip\n-r ../shared.txt\n-r ../../out.txt\n-r /etc/hosts\n"}
    )
    write(
        tmp_path / "root", {"api/base.pip": "flask==3.0\n-r requirements.txt\n-r more/x.txt\n", "shared.txt": "rich\n"}
    )
    write(tmp_path / "root", {"api/more/x.txt": "click\n"})
    write(tmp_path, {"out.txt": "stolen\n"})
    found = read_manifests(tmp_path / "root", ["api/requirements.txt"])
    assert sorted(item.name for item in found.dependencies) == ["click", "flask", "rich"]
    assert found.files == ("api/base.pip", "api/more/x.txt", "api/requirements.txt", "shared.txt")
    texts = {path: (tmp_path / "root" / path).read_text() for path in found.files}
    assert manifests_of(texts).dependencies == found.dependencies


def test_constraints_lock_and_ask_for_nothing() -> None:
    found = manifests_of({"requirements.txt": "-c constraints.txt\na\n", "constraints.txt": "a==1.0\nb==2.0\n"})
    assert [item.name for item in found.dependencies] == ["a"]
    assert found.versions == {"a": "1.0", "b": "2.0"}


def test_requirements_written_by_powershell_are_read(tmp_path: Path) -> None:
    (tmp_path / "requirements.txt").write_bytes("flask==3.0.0\r\nrich==13.0\r\n".encode("utf-16"))
    assert read_manifests(tmp_path, []).locked == {"flask": "3.0.0", "rich": "13.0"}


@pytest.mark.parametrize(
    ("text", "locked"),
    [
        ("flask==3.0\n", False),
        ("# This file is autogenerated by pip-compile with Python 3.12\nflask==3.0\n", True),
        ("flask==3.0\n    # via -r requirements.in\n", True),
        ("flask==3.0 --hash=sha256:ab\n", True),
    ],
)
def test_only_requirements_that_a_resolver_wrote_are_a_lock(text: str, locked: bool) -> None:
    assert manifests_of({"requirements.txt": text}).has_lock is locked


# --- pyproject and its kin -------------------------------------------------------------------------------------------

PYPROJECT = """\
[project]
name = "shop"
requires-python = ">=3.11"
dependencies = [
    "fastapi>=0.100",
    'sqlalchemy==2.0.1; os_name != "nt"',
]
[project.optional-dependencies]
pdf = ["reportlab"]
[project.scripts]
shop = "shop.cli:main"
[dependency-groups]
dev = ["pytest", {include-group = "lint"}]
lint = ["ruff<1"]
[tool.uv]
dev-dependencies = ["ty"]
[tool.pdm.dev-dependencies]
docs = ["mkdocs"]
[tool.hatch.envs.ci]
dependencies = ["coverage"]
"""

POETRY = """\
[tool.poetry.dependencies]
python = "^3.11"
requests = "^2.31"
Django = {version = "~4.2", extras = ["argon2"], optional = true}
rich = "*"
exact = "1.2.3"
many = [{version = "^1", python = "<3.9"}, {version = "^2", python = ">=3.9"}]
local = {path = "../local"}
forked = {git = "https://example.com/x.git", rev = "0123456789012345678901234567890123456789"}
[tool.poetry.group.dev.dependencies]
pytest = ">=8"
[tool.poetry.scripts]
serve = "shop:serve"
"""


def test_pyproject_tables() -> None:
    found = manifests_of({"pyproject.toml": PYPROJECT})
    assert told(found) == [
        ("fastapi", ">=0.100", 5, None),
        ("sqlalchemy", "==2.0.1", 6, 'os_name != "nt"'),
        ("reportlab", "", 9, "pdf"),
        ("pytest", "", 13, "dev"),
        ("ruff", "<1", 14, "lint"),
        ("ty", "", 16, "dev"),
        ("mkdocs", "", 18, "docs"),
        ("coverage", "", 20, "ci"),
    ]
    assert (found.requires_python, found.scripts) == (">=3.11", {"shop": "shop.cli:main"})
    assert found.has_lock is False


def test_poetry_tables() -> None:
    found = manifests_of({"pyproject.toml": POETRY})
    assert told(found) == [
        ("requests", "<3,>=2.31", 3, None),
        ("django", "<4.3,>=4.2", 4, "optional"),
        ("rich", "", 5, None),
        ("exact", "==1.2.3", 6, None),
        ("many", "<2,>=1||<3,>=2", 7, None),
        ("forked", "", 9, None),
        ("pytest", ">=8", 11, "dev"),
    ]
    assert [item.name for item in found.dependencies if item.pinned] == ["exact", "forked"]
    assert (found.requires_python, found.scripts) == ("<4,>=3.11", {"serve": "shop:serve"})


def test_pipfile_setup_files_and_conda() -> None:
    pipfile = '[packages]\nflask = "*"\nrich = {version = ">=13"}\n[dev-packages]\npytest = "==8.0"\n[requires]\npython_version = "3.11"\n'
    setup_cfg = (
        "[options]\npython_requires = >=3.10\ninstall_requires =\n    click>=8\n    attrs  # why\n"
        "[options.extras_require]\ndev = pytest\n[options.entry_points]\nconsole_scripts =\n    run = a.b:main\n"
    )
    setup_py = (
        "import os\nfrom setuptools import setup\nREQUIRED = ['numpy>=1', 'pandas']\nos.abort()\n"
        "setup(name='x', install_requires=REQUIRED, extras_require={'dev': ['tox']}, python_requires='>=3.9',\n"
        "      entry_points={'console_scripts': ['go = x:go']})\n"
    )
    conda = "name: x\nchannels:\n  - conda-forge\ndependencies:\n  - python=3.11\n  - numpy=1.26\n  - scipy==1.12.0\n  - pip:\n    - flask==3.0\n  - tqdm\n"
    assert told(manifests_of({"Pipfile": pipfile})) == [
        ("flask", "", 2, None),
        ("rich", ">=13", 3, None),
        ("pytest", "==8.0", 5, "dev"),
    ]
    assert manifests_of({"Pipfile": pipfile}).requires_python == "==3.11.*"
    found = manifests_of({"setup.cfg": setup_cfg})
    assert told(found) == [("click", ">=8", 4, None), ("attrs", "", 5, None), ("pytest", "", 7, "dev")]
    assert (found.requires_python, found.scripts) == (">=3.10", {"run": "a.b:main"})
    found = manifests_of({"setup.py": setup_py})
    assert told(found) == [("numpy", ">=1", 3, None), ("pandas", "", 3, None), ("tox", "", 5, "dev")]
    assert (found.requires_python, found.scripts) == (">=3.9", {"go": "x:go"})
    found = manifests_of({"environment.yml": conda})
    assert told(found) == [
        ("numpy", "==1.26.*", 6, None),
        ("scipy", "==1.12.0", 7, None),
        ("flask", "==3.0", 9, None),
        ("tqdm", "", 10, None),
    ]
    assert found.requires_python == "==3.11.*"


def test_locks_give_versions_and_disagreement_is_kept() -> None:
    toml = '[[package]]\nname = "Flask"\nversion = "3.0.1"\n\n[[package]]\nname = "x"\nversion = "1"\n'
    pipfile = '{"default": {"flask": {"version": "==3.0.2"}}, "develop": {"tox": {"version": "==4"}}}'
    for name in ("poetry.lock", "uv.lock", "pdm.lock"):
        found = manifests_of({name: toml})
        assert (found.locked, found.has_lock) == ({"flask": "3.0.1", "x": "1"}, True)
    both = manifests_of({"api/uv.lock": toml, "web/Pipfile.lock": pipfile})
    assert both.locked == {"flask": "3.0.1||3.0.2", "tox": "4", "x": "1"}


def test_versions_prefer_the_lock_then_what_is_asked_for() -> None:
    found = manifests_of(
        {
            "requirements.txt": "flask>=2\nrich\nhttpx<1\n",
            "web/requirements.txt": "httpx>=0.27\n",
            "uv.lock": '[[package]]\nname = "flask"\nversion = "3.0.1"\n',
            "Dockerfile": "FROM python\nRUN pip install gunicorn flask\n",
        }
    )
    assert found.versions == {"flask": "3.0.1", "gunicorn": "", "httpx": "<1||>=0.27", "rich": ""}


# --- what else a project keeps ---------------------------------------------------------------------------------------


def test_containers_build_services_migrations_and_tests_are_noted() -> None:
    found = manifests_of(
        dict.fromkeys(
            [
                "Dockerfile", "api/Dockerfile.prod", "docker-compose.yml", "compose.dev.yaml", "Procfile",
                ".github/workflows/ci.yml", ".gitlab-ci.yml", "docs/ci.yml", "alembic.ini",
                "tests/test_a.py", "tests/conftest.py", "tests/__init__.py", "app/test_b.py", "app/main.py",
            ],
            "",
        )
    )  # fmt: skip
    assert found.containers == (
        "Dockerfile",
        "Procfile",
        "api/Dockerfile.prod",
        "compose.dev.yaml",
        "docker-compose.yml",
    )
    assert found.ci == (".github/workflows/ci.yml", ".gitlab-ci.yml")
    assert (found.migrations, found.test_files) == (True, 2)


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("shop/migrations/0001_initial.py", True),
        ("migrations/env.py", True),
        ("alembic/env.py", True),
        ("env.py", False),
        ("a.py", False),
    ],
)
def test_migrations(path: str, expected: bool) -> None:
    assert manifests_of({path: ""}).migrations is expected


def test_installs_in_dockerfiles_and_scripts() -> None:
    dockerfile = """\
FROM python:3.12
# RUN pip install nothing
RUN --mount=type=cache,target=/root/.cache pip install --no-cache-dir fastapi 'uvicorn[standard]==0.3' \\
    # the client
    httpx>=1 -r requirements.txt && echo "pip install failed" && python -m pip install Flask_Login
RUN /venv/bin/pip3 install gunicorn; uv pip install $EXTRA ./local.whl -i https://example.com rich
"""
    script = "if pip install first; then\n  sudo pip install second\nfi\npip install -q third # fourth\n"
    found = manifests_of({"Dockerfile": dockerfile, "setup.sh": script})
    assert found.pip_installed == (
        "fastapi", "first", "flask-login", "gunicorn", "httpx", "rich", "second", "third", "uvicorn",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("path", "text", "reason"),
    [
        ("pyproject.toml", "[project\n", "not TOML: "),
        ("pyproject.toml", "x = " + "[" * 50_000, "not TOML: "),
        ("Pipfile", "=", "not TOML: "),
        ("setup.cfg", "no section\n", "not a setup.cfg: "),
        ("setup.py", "setup(", "not Python that can be parsed"),
        ("setup.py", "setup(" + "(" * 5_000, "too deep: "),
        ("setup.py", "setup()\n\0", "not Python that can be parsed"),
        ("Pipfile.lock", "[1]", "not a Pipfile.lock"),
        ("Pipfile.lock", '{"x": ' + "[" * 100_000, "not a Pipfile.lock"),
    ],
)
def test_a_broken_manifest_is_a_problem_and_stops_nothing(path: str, text: str, reason: str) -> None:
    found = manifests_of({path: text, "requirements.txt": "flask\n"})
    assert problems(found)[path].startswith(reason)
    assert [item.name for item in found.dependencies] == ["flask"]


@pytest.mark.parametrize(
    "path", ["pyproject.toml", "Pipfile", "setup.cfg", "setup.py", "requirements.txt", "environment.yml", "uv.lock"]
)
@given(text=st.text("abc=[]{}()\"'#\\\n :,.-<>~^@&;/0129\x00é", max_size=80))
def test_no_manifest_ever_raises(path: str, text: str) -> None:
    before = "setup(" if path == "setup.py" else ""
    assert isinstance(manifests_of({path: before + text}), Manifests)


@pytest.mark.parametrize("value", ["3", '"x"', "[1, 2]", "{a = 1}", "true", "1.5", "[[1]]", "{version = 3}", "[{}]"])
def test_values_of_the_wrong_type_are_passed_over(value: str) -> None:
    keys = (
        "project.dependencies", "project.optional-dependencies", "project.scripts", "project.requires-python", "dependency-groups",
        "tool.poetry.dependencies", "tool.poetry.dependencies.a", "tool.poetry.group", "tool.uv.dev-dependencies",
        "tool.poetry.scripts", "tool.hatch.envs", "tool.pdm.dev-dependencies", "tool.poetry", "tool", "project",
    )  # fmt: skip
    for key in keys:
        assert manifests_of({"pyproject.toml": f"{key} = {value}\n"}).problems == ()
    assert manifests_of({"Pipfile": f"packages = {value}\nrequires = {value}\n"}).problems == ()


def test_files_on_disk_that_cannot_be_read_are_problems(tmp_path: Path) -> None:
    root = tmp_path / "root"
    write(root, {"requirements.txt": "flask\n", "api/pyproject.toml": "x" * 1_000_001})
    write(tmp_path, {"secret.cfg": "[options]\ninstall_requires = stolen\n"})
    (root / "setup.cfg").symlink_to("../secret.cfg")
    found = read_manifests(root, ["api/pyproject.toml", "gone/setup.py"])
    assert problems(found) == {
        "api/pyproject.toml": "too large: more than 1,000,000 bytes",
        "gone/setup.py": "no such file",
        "setup.cfg": "symbolic link leaves the project",
    }
    assert [item.name for item in found.dependencies] == ["flask"]


def test_manifests_beside_the_root_are_found_without_being_named(tmp_path: Path) -> None:
    write(tmp_path, {"requirements.txt": "flask\n", "deeper/requirements.txt": "rich\n", "Dockerfile": ""})
    found = read_manifests(tmp_path, ["a.py", "tests/test_a.py"])
    assert (found.files, found.test_files) == (("Dockerfile", "requirements.txt"), 1)
    assert found.dependencies == (Dependency("flask", "", "requirements.txt", 1, None, pinned=False),)


# --- versions of other tools -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("poetry", "specifier"),
    [
        ("*", ""),
        ("", ""),
        ("^1.2.3", "<2,>=1.2.3"),
        ("^0.2.3", "<0.3,>=0.2.3"),
        ("^0.0.3", "<0.0.4,>=0.0.3"),
        ("^0.0", "<0.1,>=0.0"),
        ("^1", "<2,>=1"),
        ("~1.2.3", "<1.3,>=1.2.3"),
        ("~1", "<2,>=1"),
        ("~=1.2", "~=1.2"),
        ("1.2.*", "==1.2.*"),
        ("1.2.3", "==1.2.3"),
        ("=1.2", "==1.2"),
        (">=1.2,<2", "<2,>=1.2"),
        (">=1.2 <2", "<2,>=1.2"),
        (">= 1.2, < 2", "<2,>=1.2"),
        ("^1 || ^2", "<2,>=1||<3,>=2"),
        ("!=1.5", "!=1.5"),
    ],
)
def test_poetry_constraints(poetry: str, specifier: str) -> None:
    assert poetry_specifier(poetry) == specifier
    for part in specifier.split("||"):
        SpecifierSet(part)


@given(st.lists(st.integers(0, 99), min_size=1, max_size=4), st.sampled_from("^~"))
def test_caret_and_tilde_admit_their_own_version_and_no_next_major_one(numbers: list[int], sign: str) -> None:
    version = ".".join(map(str, numbers))
    admitted = SpecifierSet(poetry_specifier(sign + version))
    assert version in admitted
    assert f"{numbers[0] + 1}.0" not in admitted or numbers == [0]


@pytest.mark.parametrize(
    ("conda", "expected"),
    [
        ("numpy", ("numpy", "")),
        ("numpy=1.26", ("numpy", "==1.26.*")),
        ("numpy=1.26.*", ("numpy", "==1.26.*")),
        ("numpy==1.26.4", ("numpy", "==1.26.4")),
        ("numpy=1.26.4=py311_0", ("numpy", "==1.26.4")),
        ("numpy>=1.20,<2", ("numpy", "<2,>=1.20")),
        ("numpy 1.26", ("numpy", "==1.26.*")),
        ("conda-forge::numpy=1.26", ("numpy", "==1.26.*")),
        ("", ("", "")),
    ],
)
def test_conda_constraints(conda: str, expected: tuple[str, str]) -> None:
    assert conda_requirement(conda) == expected
