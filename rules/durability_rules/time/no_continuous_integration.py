"""no-continuous-integration."""

from durability.api import (
    Ask,
    Bad,
    Good,
    Miss,
    ProjectSite,
    Silent,
    Story,
    Verdict,
    handled,
    project,
    rule,
    suggest,
    unhandled,
)


@rule(
    lens="time",
    severity="low",
    confidence="high",
    sources=["Humble and Farley, Continuous Delivery"],
    story=Story(
        demo="It runs on the machine it was made on.",
        production="Nobody knows whether it still installs and works anywhere else, until somebody has to.",
        trigger="the next person who works on it",
    ),
    action="Let every change be installed and tested by a machine",
    minutes=(20, 60),
    repository=True,
    sites=project(),
    examples=[
        Bad({"app.py": "x = 1  # <-\n"}),
        Bad({"app.py": "x = 1  # <-\n", "requirements.txt": "flask\n"}),
        Bad({"app.py": "CI = True  # <-\n", "ci.txt": "to do\n"}, decoy=True),
        Good({"app.py": "x = 1\n", ".github/workflows/test.yml": "on: push\n"}),
        Silent({}),
        Miss({"app.py": "x = 1\n", ".github/workflows/stale.yml": "on: schedule\n"}, why="does not test anything"),
    ],
)
def no_continuous_integration(site: ProjectSite, ask: Ask) -> Verdict:
    """No machine installs and tests the program after a change.

    There is no workflow of a build service in the repository.
    """
    if ask.manifests.ci:
        return handled()
    return unhandled("no build service checks this project", fix=suggest("add a workflow that installs and tests"))
