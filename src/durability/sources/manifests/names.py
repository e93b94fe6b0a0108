"""Which files say what a project needs, how it is built and where it runs; told from the name."""

import re

_CI_NAMES = frozenset(
    {
        ".gitlab-ci.yml", "azure-pipelines.yml", "azure-pipelines.yaml", "bitbucket-pipelines.yml", ".travis.yml",
        "jenkinsfile", "cloudbuild.yaml", "cloudbuild.yml", ".drone.yml", ".cirrus.yml", "appveyor.yml",
        ".appveyor.yml",
    }
)  # fmt: skip
_NAMES = _CI_NAMES | {
    "pyproject.toml", "setup.py", "setup.cfg", "pipfile", "pipfile.lock", "poetry.lock", "uv.lock", "pdm.lock",
    "pylock.toml", "environment.yml", "environment.yaml", "conda.yml", "conda.yaml", "alembic.ini", "durability.toml",
    "runtime.txt", ".python-version", "railway.toml", "railway.json", "render.yaml", "fly.toml", "app.yaml",
    "tox.ini", "noxfile.py",
}  # fmt: skip
_REQUIREMENTS = re.compile(r"(?:.*[-_.])?(?:requirements?|constraints)(?:[-_.].*)?\.(?:txt|in)", re.IGNORECASE)
_CONTAINER = re.compile(
    r"(?:dockerfile|containerfile)(?:[.-].+)?|.+\.(?:dockerfile|containerfile)|procfile"
    r"|(?:docker-)?compose(?:[.-][\w.-]+)?\.ya?ml",
    re.IGNORECASE,
)
_CI = re.compile(r"(?:^|/)(?:\.github/workflows/[^/]+\.ya?ml|\.circleci/config\.ya?ml|\.buildkite/[^/]+\.ya?ml)$")


def is_requirements(path: str) -> bool:
    """Whether pip would be pointed at it: `requirements*.txt`, `*.in`, and texts in a folder `requirements`."""
    folder, _, name = path.rpartition("/")
    if _REQUIREMENTS.fullmatch(name):
        return True
    return folder.rpartition("/")[2] == "requirements" and name.endswith((".txt", ".in"))


def is_container(path: str) -> bool:
    """Whether it says how the program is packed or started elsewhere."""
    return bool(_CONTAINER.fullmatch(path.rpartition("/")[2]))


def is_ci(path: str) -> bool:
    """Whether a build service reads it."""
    return bool(_CI.search(path)) or path.rpartition("/")[2].lower() in _CI_NAMES


def is_definition(path: str) -> bool:
    """Whether it may define tables: a file of SQL."""
    return path.lower().endswith(".sql")


def is_manifest(path: str) -> bool:
    """Whether `read_manifests` reads it or notes that it is there."""
    name = path.rpartition("/")[2].lower()
    if name in _NAMES or name.endswith(".sh"):
        return True
    return is_requirements(path) or is_container(path) or is_ci(path) or is_definition(path)
