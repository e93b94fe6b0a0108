"""secret-with-default."""

import re

from durability.api import (
    Bad,
    CallSite,
    FieldSite,
    Good,
    Miss,
    Silent,
    Story,
    Value,
    Verdict,
    calls,
    handled,
    harmless,
    rule,
    setting_fields,
    suggest,
    unhandled,
)
from durability.facts.literals import is_secret_name

_NO_SECRET = re.compile(
    r"url|uri|endpoint|host|path|file|name|algorithm|expire|minutes|hours|days|ttl|limit|max|header|prefix|model|type|count|length|size|budget|per_",
    re.IGNORECASE,
)
_SETTINGS = "from pydantic import Field, field_validator\nfrom pydantic_settings import BaseSettings\nclass Settings(BaseSettings):\n"


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
    sites=(calls(effect="env.read"), setting_fields()),
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
        Bad(
            _SETTINGS + "    SECRET_KEY: str = 'change-me'  # <-\n    MODEL: str = 'small'\n",
            why="a field that is filled from the environment",
        ),
        Bad(
            _SETTINGS + "    secret_key: str = Field(default='change-me', min_length=8)  # <-\n",
            why="long enough, and known to everybody",
            decoy=True,
        ),
        Good(_SETTINGS + "    SECRET_KEY: str\n"),
        Good(
            _SETTINGS + "    SECRET_KEY: str = 'change-me'\n    @field_validator('SECRET_KEY')\n"
            "    @classmethod\n    def own(cls, value):\n        if value == 'change-me':\n            raise ValueError('set SECRET_KEY')\n"
            "        return value\n",
            why="it refuses to start with the one that everybody knows",
        ),
        Good("import os\nSECRET_KEY = os.environ['SECRET_KEY']"),
        Good("import os\nSECRET_KEY = os.getenv('SECRET_KEY')"),
        Good("import os\nSECRET_KEY = os.getenv('SECRET_KEY', '')", why="empty is refused by whoever uses it"),
        Silent("import os\nMODEL = os.getenv('MODEL', 'small')\nTOKEN_LIMIT = os.getenv('TOKEN_LIMIT', '100')"),
        Miss("import os\nSECRET_KEY = os.getenv('SECRET_KEY') or 'dev-secret'"),
    ],
)
def secret_with_default(site: CallSite | FieldSite) -> Verdict | None:
    """A secret has a default that everyone can read.

    When the setting is missing the program starts all the same, with a value that is in the code.
    """
    if isinstance(site, FieldSite):
        if not _is_secret(site.name):
            return None
        return harmless() if site.is_looked_at else _judged(site.name, site.default)
    name = site.argument("key", 0)
    if name is None or name.kind != "text" or not _is_secret(name.text):
        return None
    if site.name.endswith("__getitem__"):
        return handled()
    return _judged(name.text, site.argument("default", 1))


def _is_secret(name: str) -> bool:
    return is_secret_name(name) and _NO_SECRET.search(name) is None


def _judged(name: str, default: Value | None) -> Verdict:
    if default is None or default.kind != "text" or not default.text.strip() or default.text == "None":
        return harmless()
    return unhandled(
        f"{name} has a default in the code", fix=suggest(f"read os.environ[{name!r}], and stop when it is missing")
    )
