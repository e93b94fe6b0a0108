"""undeclared-dependency."""

import re

from durability.api import (
    Ask,
    Bad,
    DistributionSite,
    Good,
    Miss,
    Silent,
    Story,
    Unclear,
    Verdict,
    distributions,
    harmless,
    rule,
    suggest,
    unhandled,
    unsure,
)

_FROM_THE_SYSTEM = frozenset(
    {"rpm", "librepo", "createrepo-c", "libdnf", "hawkey", "dnf", "apt", "python-apt", "selinux"}
)
"""They come with the operating system's own packages; no Python manifest can name them."""
_TOOLS = frozenset({"setuptools", "pip", "pytest", "pkg-resources", "distutils", "mypy", "wheel", "hypothesis"})


@rule(
    lens="time",
    severity="medium",
    confidence="high",
    cwe=[1357],
    sources=["The Twelve-Factor App, Dependencies"],
    story=Story(
        demo="It runs here, because everything was installed here once.",
        production="On a fresh machine it does not start: something it needs is missing, and nobody wrote down what.",
        trigger="the first installation anywhere else",
    ),
    action="List every package the code imports",
    minutes=(2, 5),
    sites=distributions(),
    examples=[
        Bad({"app.py": "import requests\nimport flask  # <-\n", "requirements.txt": "requests==2.32.0\n"}),
        Bad({"app.py": "import httpx  # <-\n"}, why="no manifest at all"),
        Bad(
            {"app.py": "import bs4  # <-\n", "requirements.txt": "bs4-stubs\n# beautifulsoup4\n"},
            why="a comment installs nothing",
            decoy=True,
        ),
        Good({"app.py": "import bs4\n", "requirements.txt": "beautifulsoup4\n"}),
        Good({"app.py": "import yaml\n", "pyproject.toml": "[project]\nname = 'x'\ndependencies = ['PyYAML>=6']\n"}),
        Good({"app.py": "import numpy\n", "requirements.txt": "pandas==2.2.0\n"}, why="pandas always brings it"),
        Good(
            {"app.py": "import pydantic_core, anyio\n", "requirements.txt": "fastapi==0.115.0\n"},
            why="brought along by what fastapi brings along",
        ),
        Good(
            {"app.py": "import yaml\n", "requirements.txt": "uvicorn[standard]==0.34.0\n"},
            why="an extra brings it along",
        ),
        Bad({"app.py": "import yaml  # <-\n", "requirements.txt": "uvicorn==0.34.0\n"}, why="without the extra"),
        Bad(
            {"app.py": "import multipart  # <-\n", "requirements.txt": "fastapi==0.115.0\n"},
            why="fastapi needs it only for forms, and does not bring it",
            decoy=True,
        ),
        Good({"app.py": "import mediawiki\n", "requirements.txt": "pymediawiki==0.7\n"}),
        Silent({"app.py": "import rpm\n", "requirements.txt": "requests==2.32.0\n"}, why="the system brings it"),
        Unclear(
            {
                "app.py": "def run():\n    import tqdm\n    return tqdm\n",
                "requirements.txt": "requests==2.32.0\n",
            },
            why="it may never run here",
        ),
        Silent(
            {
                "app.py": "import os\nfrom util import x\ntry:\n    import orjson\nexcept ImportError:\n    orjson = None\n",
                "util.py": "x = 1\n",
            }
        ),
        Miss({"app.py": "import importlib\nimportlib.import_module('flask')\n"}),
    ],
)
def undeclared_dependency(site: DistributionSite, ask: Ask) -> Verdict | None:
    """The code imports a package that no manifest names.

    A fresh installation lacks it, if nothing that is named always brings it along.
    """
    if (
        site.guarded
        or site.distribution in _TOOLS
        or site.distribution.lower() in _FROM_THE_SYSTEM
        or site.found_by_path
    ):
        return None
    manifests = ask.manifests
    declared = {*manifests.versions}
    if not declared:
        return unhandled(
            f"{site.distribution} is imported, and no file lists what to install",
            cause="no-manifest",
            fix=suggest("write a requirements.txt or pyproject.toml"),
        )
    if declared & set(ask.distributions_of(site.module)) or any(_alike(name, site.module) for name in declared):
        return harmless()
    if ask.comes_along(site.distribution):
        return harmless()  # a fresh installation has it, whatever its version
    if site.is_hidden:
        return unsure("dynamic")
    return unhandled(
        f"{site.distribution} is imported and not declared",
        fix=suggest(f"add {site.distribution} to the requirements"),
    )


def _alike(declared: str, module: str) -> bool:
    """Whether a distribution is called like the module it brings, with words around it (`django-tastypie`)."""
    words = set(re.split(r"[-_.]", module.partition(".")[0].lower()))
    named = set(re.split(r"[-_.]", declared))
    named |= {re.sub(r"\d+$", "", word).removeprefix("py") for word in named}
    return words <= named and named.isdisjoint({"stubs", "types"})
