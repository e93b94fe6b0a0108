"""unpinned-dependency."""

from durability.api import (
    Ask,
    Bad,
    Good,
    Miss,
    Partial,
    ProjectSite,
    Silent,
    Story,
    Verdict,
    handled,
    partial,
    project,
    rule,
    suggest,
    unhandled,
)


@rule(
    lens="time",
    severity="medium",
    confidence="high",
    cwe=[1357],
    sources=["The Twelve-Factor App, Dependencies"],
    story=Story(
        demo="Installed today, works today.",
        production="Installed next month it gets other versions of everything, and breaks though nobody changed a line.",
        trigger="the next installation",
    ),
    action="Lock the versions of what is installed",
    minutes=(10, 30),
    repository=True,
    sites=project(),
    examples=[
        Bad({"app.py": "import flask  # <-\n", "requirements.txt": "flask\n"}),
        Bad({"app.py": "import flask  # <-\n", "requirements.txt": "flask>=2\nrequests>=2\n"}),
        Bad({"app.py": "import flask  # <-\n", "requirements.txt": "flask\n# pinned: flask==3.0.0\n"}, decoy=True),
        Good({"app.py": "import flask\n", "requirements.txt": "flask==3.0.0\n"}),
        Good(
            {
                "app.py": "import spacy\n",
                "requirements.txt": "spacy==3.7.5\n"
                "en-model @ https://models.example/en_model-3.7.1-py3-none-any.whl\n"
                "https://models.example/other-2.0.tar.gz#egg=other\n"
                "thing @ https://models.example/thing.whl#sha256=" + "ab" * 32 + "\n",
            },
            why="a file with its version in its name, or a hash",
        ),
        Bad(
            {
                "app.py": "import thing  # <-\n",
                "requirements.txt": "thing @ https://models.example/v2/thing-latest.whl\n",
            },
            why="another file under the same address",
            decoy=True,
        ),
        Good(
            {
                "app.py": "import flask\n",
                "pyproject.toml": "[project]\nname = 'x'\ndependencies = ['flask']\n",
                "uv.lock": "version = 1\n[[package]]\nname = 'flask'\nversion = '3.0.0'\n",
            }
        ),
        Partial({"app.py": "import flask\n", "requirements.txt": "flask==3.0.0\nrequests\n"}),
        Silent({"app.py": "print('hello')\n"}),
        Miss(
            {"app.py": "import flask\n", "requirements.txt": "flask==3.0.0\n"},
            why="what flask itself brings is not pinned",
        ),
    ],
)
def unpinned_dependency(site: ProjectSite, ask: Ask) -> Verdict | None:
    """The versions of what is installed are left to the day of the installation.

    There is no lock file, and requirements admit more than one version.
    """
    wanted = [item for item in ask.manifests.dependencies if item.extra is None]
    if not wanted:
        return None
    loose = [item for item in wanted if not item.pinned and item.name not in ask.manifests.locked]
    if ask.manifests.has_lock or not loose:
        return handled()
    if len(loose) <= len(wanted) / 2:
        return partial(
            f"no version is chosen for {len(loose)} of {len(wanted)} requirements", missing="a version for each"
        )
    return unhandled(
        f"{len(loose)} of {len(wanted)} requirements admit more than one version", fix=suggest("write a lock file")
    )
