"""hardcoded-endpoint."""

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

_LOCAL = re.compile(
    r"^(?:[a-z][a-z0-9+.\-]*://(?:[^/@\s]*@)?)(?:localhost|127\.0\.0\.1|host\.docker\.internal|10\.\d+\.\d+\.\d+|192\.168\.\d+\.\d+|172\.(?:1[6-9]|2\d|3[01])\.\d+\.\d+)(?=[:/]|$)",
    re.IGNORECASE,
)
_BARE = re.compile(r"https?://localhost/?", re.IGNORECASE)
"""No port: a name that some libraries ask for, and nobody listens to."""
_FOR_DEVELOPMENT = re.compile(
    r"(?:^|/)(?:docs?|examples?|scripts?)/|(?:^|[/_.])(?:dev|development|local|test|testing)(?:[/_]|\.py:)|:(?:Dev|Test|Local)",
    re.IGNORECASE,
)
_SETTING = re.compile(r"url|uri|host|endpoint|dsn|server|address|broker|base", re.IGNORECASE)
_TALK = frozenset({"print", "console", "log"})
_ORIGINS = frozenset(
    {
        "allow_origins",
        "origins",
        "allowed_origins",
        "cors_origins",
        "servers",
        "examples",
        "example",
        "help",
        "description",
    }
)


@rule(
    lens="time",
    severity="medium",
    confidence="high",
    preview=True,
    cwe=[1051],
    sources=["The Twelve-Factor App, Config", "ISO/IEC 5055, CWE-1051"],
    story=Story(
        demo="Everything runs on one laptop.",
        production="On a server that address leads nowhere, or to the wrong place: the feature does not work, and changing it means changing the code.",
        trigger="it is installed anywhere else",
    ),
    action="Read addresses from the environment",
    minutes=(5, 10),
    sites=(texts(), calls(effect="env.read")),
    examples=[
        Bad(
            "import requests\nAPI = 'http://localhost:8000'  # <-\ndef load():\n    return requests.get(API, timeout=3)\n"
        ),
        Bad("import redis\nr = redis.from_url('redis://127.0.0.1:6379/0')  # <-"),
        Bad(
            "import os\nHOST = os.getenv('HOST')\nAPI = 'http://192.168.1.20:5000/api'  # <-",
            why="a setting is read and not used",
            decoy=True,
        ),
        Good("import os\nAPI = os.environ['API_URL']"),
        Good("import os\nAPI = os.getenv('API_URL', 'http://localhost:8000')"),
        Silent("DOCS = 'https://docs.python.org'\nprint('open http://localhost:8000')"),
        Silent("from flask_cors import CORS\nCORS(app, origins=['http://localhost:3000'])"),
        Miss("import socket\nsocket.create_connection(('10.0.0.7', 5432))"),
    ],
)
def hardcoded_endpoint(site: TextSite | CallSite) -> Verdict | None:
    """An address of one machine or network is written in the code.

    It holds on the laptop it was written on, and nowhere else.
    """
    if isinstance(site, CallSite):
        name = site.argument("key", 0)
        return harmless() if name is not None and name.kind == "text" and _SETTING.search(name.text) else None
    if site.reach.role == "unreached" or _FOR_DEVELOPMENT.search(f"{site.path}:{site.class_name}"):
        return None
    if (
        not _LOCAL.match(site.text)
        or _BARE.fullmatch(site.text)
        or site.bound in _ORIGINS
        or "origin" in site.bound.lower()
        or site.under_main_guard
    ):
        return None
    call = site.call
    if call is not None and (call.library.effect in _TALK or call.shown == "print"):
        return None
    if call is not None and call.library.effect == "env.read":
        return None
    if site.is_setting_default or site.stands_alone:
        return None
    return unhandled("the address of one machine is written in the code", fix=suggest("read it from the environment"))
