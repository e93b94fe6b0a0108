"""hardcoded-user-path."""

import re

from durability.api import (
    Bad,
    CallSite,
    Good,
    Miss,
    Silent,
    Story,
    TextSite,
    Verdict,
    calls,
    harmless,
    rule,
    suggest,
    texts,
    unhandled,
)

_PERSONAL = re.compile(
    r"^(?:/(?:Users|home)/(?!(?:app|user|appuser|site|runner|vscode|jovyan|shared)(?:/|$))[\w.\-]+/"
    r"|[A-Za-z]:[\\/](?!(?i:Program ?Files|ProgramData|Windows|WINNT)\b))"
)
"""Folders that every Windows has are nobody's own."""


@rule(
    lens="time",
    severity="medium",
    confidence="high",
    cwe=[1051],
    sources=["The Twelve-Factor App, Config"],
    story=Story(
        demo="It runs on the laptop it was written on.",
        production="On any other machine the file is not there, and the feature fails at once.",
        trigger="it is installed anywhere else",
    ),
    action="Build paths from the project folder or a setting",
    minutes=(3, 10),
    sites=(texts(), calls(name=("pathlib.Path.home", "os.path.expanduser", "pathlib.Path.expanduser"))),
    examples=[
        Bad("open('/Users/anna/data.csv')  # <-"),
        Bad("DATA = r'C:\\Users\\anna\\data.csv'  # <-"),
        Bad(
            "import os\nos.path.exists('/home/anna/x')  # <-\nopen('/home/anna/x')  # <-",
            why="looking first does not bring the file",
            decoy=True,
        ),
        Good("from pathlib import Path\nDATA = Path.home() / 'data.csv'"),
        Good("import os\nDATA = os.path.expanduser('~/data.csv')"),
        Silent(
            "from flask import Flask\napp = Flask(__name__)\n@app.route('/home/page')\ndef home():\n    return ''\n"
        ),
        Silent(
            "PLACES = [r'C:\\Program Files\\Tesseract-OCR\\tesseract.exe', 'C:/Windows/Fonts/arial.ttf']\n",
            why="every Windows has these folders",
        ),
        Bad(
            "DATA = r'C:\\Users\\anna\\Program Files\\data.csv'  # <-",
            why="a folder of that name in her own",
            decoy=True,
        ),
        Miss("DATA = '/' + 'Users/anna/data.csv'"),
    ],
)
def hardcoded_user_path(site: TextSite | CallSite) -> Verdict | None:
    """A path in somebody's home folder is written in the code.

    It exists on one machine only.
    """
    if isinstance(site, CallSite):
        return harmless()
    if not _PERSONAL.match(site.text) or "\n" in site.text or site.stands_alone or site.is_route:
        return None
    return unhandled(
        "a path on somebody's own machine", fix=suggest("build it from the project folder or read it from a setting")
    )
