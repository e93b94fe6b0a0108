"""secret-with-default."""

import re

from durability.api import (
    Bad,
    CallSite,
    Good,
    Miss,
    Silent,
    Story,
    Verdict,
    calls,
    handled,
    rule,
    suggest,
    unhandled,
)
from durability.facts.literals import is_secret_name

_NO_SECRET = re.compile(
    r"url|uri|endpoint|host|path|file|name|algorithm|expire|minutes|hours|days|ttl|limit|max|header|prefix|model|type|count|length|size|budget|per_",
    re.IGNORECASE,
)


@rule(
    lens="blindspot",
    severity="high",
    confidence="high",
    cwe=[1188, 798],
    sources=["The Twelve-Factor App, Config"],
    story=Story(
        demo="It starts without any setting.",
        production="One day the setting is forgotten, and the product runs with a password that everyone can read in the code: anyone can sign in as anyone.",
        trigger="a server is started without its settings",
    ),
    action="Refuse to start when a secret is missing",
    minutes=(3, 10),
    sites=calls(effect="env.read"),
    examples=[
        Bad("import os\nSECRET_KEY = os.getenv('SECRET_KEY', 'dev-secret')  # <-", fixed=""),
        Bad("from os import environ\ndef key():\n    return environ.get('JWT_SECRET', 'change-me')  # <-"),
        Bad(
            "import os\nSECRET_KEY = os.getenv('SECRET_KEY', 'insecure')  # <-\nif not SECRET_KEY:\n    raise RuntimeError('set SECRET_KEY')",
            why="the test can never fail",
            decoy=True,
        ),
        Bad(
            "import environ\nenv = environ.Env(DEBUG=(bool, False))\nSECRET_KEY = env('SECRET_KEY', default='change-me')  # <-\n",
            why="read by django-environ",
        ),
        Good(
            "import environ\nenv = environ.Env()\nSECRET_KEY = env.str('SECRET_KEY')\n",
            why="it stops without the setting",
        ),
        Good("import os\nSECRET_KEY = os.environ['SECRET_KEY']"),
        Good("import os\nSECRET_KEY = os.getenv('SECRET_KEY')"),
        Good("import os\nSECRET_KEY = os.getenv('SECRET_KEY', '')", why="empty is refused by whoever uses it"),
        Silent("import os\nMODEL = os.getenv('MODEL', 'small')\nTOKEN_LIMIT = os.getenv('TOKEN_LIMIT', '100')"),
        Miss("import os\nSECRET_KEY = os.getenv('SECRET_KEY') or 'dev-secret'"),
    ],
)
def secret_with_default(call: CallSite) -> Verdict | None:
    """A secret has a default that everyone can read.

    When the setting is missing the program starts all the same, with a value that is in the code.
    """
    name = call.argument("key", 0)
    if name is None or name.kind != "text" or not is_secret_name(name.text) or _NO_SECRET.search(name.text):
        return None
    default = call.argument("default", 1)
    if default is None or (default.kind == "text" and not default.text.strip()) or default.text == "None":
        return handled()
    if default.kind != "text":
        return handled()
    return unhandled(
        f"{name.text} has a default in the code",
        fix=suggest(f"read os.environ[{name.text!r}], and stop when it is missing"),
    )
