"""insecure-runtime-default."""

from durability.api import (
    Ask,
    Bad,
    CallSite,
    Good,
    Miss,
    SettingSite,
    Silent,
    Story,
    Value,
    Verdict,
    calls,
    fixed_settings,
    handled,
    rule,
    set_argument,
    suggest,
    unhandled,
)

FASTAPI = (
    "from fastapi import FastAPI\nfrom fastapi.middleware.cors import CORSMiddleware\nimport uvicorn\napp = FastAPI()\n"
)
_COOKIE = "from fastapi import Cookie\n@app.get('/')\ndef home(who: str = Cookie()):\n    return who\n"
_TOKEN = (
    "import jwt\nfrom fastapi import Depends, Header\ndef who(authorization: str = Header()):\n"
    "    return jwt.decode(authorization, 'k' * 32, algorithms=['HS256'])['sub']\n"
    "@app.get('/')\ndef home(user: str = Depends(who)):\n    return user\n"
)
_ANYBODY = "app.add_middleware(CORSMiddleware, allow_origins=['*'], allow_credentials=True){mark}\n"
_WSGI = (
    "import os\nfrom django.core.wsgi import get_wsgi_application\n"
    "os.environ.setdefault('DJANGO_SETTINGS_MODULE', '{module}')\napplication = get_wsgi_application()\n"
)
SERVERS = ("flask.Flask.run", "uvicorn.run", "werkzeug.serving.run_simple")
CORS = ("fastapi.FastAPI.add_middleware", "starlette.applications.Starlette.add_middleware", "flask_cors.CORS")


@rule(
    lens="blindspot",
    severity="medium",
    confidence="high",
    cwe=[489, 942, 295],
    sources=["Flask documentation, Debug Mode", "MDN, Cross-Origin Resource Sharing"],
    story=Story(
        demo="Everything is open, so everything works.",
        production="The doors left open for the demo stay open: strangers read error pages with code in them, or act in a visitor's name.",
        trigger="the product is put on the internet",
    ),
    action="Turn off what only the demo needs, and switch it on by a setting",
    minutes=(3, 10),
    sites=(calls(name=SERVERS), calls(name=CORS), calls(effect="http"), fixed_settings()),
    examples=[
        Bad("from flask import Flask\napp = Flask(__name__)\napp.run(debug=True)  # <-"),
        Bad(FASTAPI + _ANYBODY.format(mark="  # <-") + _COOKIE),
        Bad(
            {"shop/wsgi.py": _WSGI.format(module="shop.settings"), "shop/settings.py": "DEBUG = True  # <-\n"},
            why="the settings that the server runs",
        ),
        Bad(
            {
                "shop/wsgi.py": _WSGI.format(module="shop.settings.prod"),
                "shop/settings/__init__.py": "",
                "shop/settings/base.py": "import os\nPORT = os.environ['PORT']\nALLOWED_HOSTS = ['*']  # <-\n",
                "shop/settings/prod.py": "from .base import *\nDEBUG = False\n",
            },
            why="production turns off the one and keeps the other",
            decoy=True,
        ),
        Bad("import requests\nrequests.get('https://a', verify=False, timeout=3)  # <-"),
        Bad(
            "import os\nfrom flask import Flask\nDEBUG = os.getenv('DEBUG') == '1'\napp = Flask(__name__)\napp.run(debug=True)  # <-",
            why="a setting is read and not used",
            decoy=True,
        ),
        Good("from flask import Flask\napp = Flask(__name__)\napp.run(debug=False)"),
        Good(
            FASTAPI
            + "app.add_middleware(CORSMiddleware, allow_origins=['https://shop.example'], allow_credentials=True)"
        ),
        Good("import os\nfrom flask import Flask\napp = Flask(__name__)\napp.run(debug=os.getenv('DEBUG') == '1')"),
        Good(FASTAPI + _ANYBODY.format(mark="") + _TOKEN, why="a page of another site has no token to send"),
        Good(
            {
                "shop/wsgi.py": _WSGI.format(module="shop.settings.prod"),
                "shop/settings/__init__.py": "",
                "shop/settings/base.py": "DEBUG = True\n",
                "shop/settings/prod.py": "import os\nfrom .base import *\nDEBUG = os.getenv('DEBUG') == '1'\n",
            },
            why="the server's own settings have the last word",
        ),
        Silent(
            {
                "shop/wsgi.py": _WSGI.format(module="shop.settings"),
                "shop/settings.py": "DEBUG = True\ntry:\n    from .local import *\nexcept ImportError:\n    pass\n",
            },
            why="a file that is not in sight may have the last word",
        ),
        Silent("import requests\nrequests.get('https://a', timeout=3)"),
        Miss(
            "import os\nfrom django.core.management import execute_from_command_line\n"
            "DEBUG = True\nos.environ['DJANGO_SETTINGS_MODULE'] = __name__\n",
            why="no server names these settings",
        ),
    ],
)
def insecure_runtime_default(site: CallSite | SettingSite, ask: Ask) -> Verdict | None:
    """A setting that is only fit for a demo is written into the code.

    Debug pages, any origin with credentials, any host name or unchecked certificates are on, whatever the environment.
    Any origin harms nobody where browsers send nothing along by themselves: no cookie, no session, no kept password.
    """
    if isinstance(site, SettingSite):
        return _setting(site)
    call = site
    if call.name in CORS:
        return _cors(call, ask)
    if call.library.effect == "http":
        return _certificates(call)
    if _is_true(call.argument("debug")):
        return unhandled(f"{call.shown}() always runs in debug mode", fix=set_argument("debug", False))
    if _is_true(call.argument("reload")) and _text(call.argument("host")) == "0.0.0.0":
        return unhandled(f"{call.shown}() reloads code while open to the network", fix=set_argument("reload", False))
    return handled()


def _setting(site: SettingSite) -> Verdict:
    if site.state != "open":
        return handled()
    said = "shows its code to whoever meets an error" if site.name == "DEBUG" else "answers under any host name"
    return unhandled(
        f"{site.name} is fixed: the server {said}",
        fix=suggest(f"read {site.name} from the environment, off by default"),
    )


def _cors(call: CallSite, ask: Ask) -> Verdict | None:
    if call.name != "flask_cors.CORS":
        first = call.argument("", 0)
        if first is None or not first.text.endswith("CORSMiddleware"):
            return None
    origins = call.argument("allow_origins") or call.argument("origins")
    everyone = origins is not None and ("*" in {part.text for part in origins.parts} or origins.text == "*")
    credentials = call.argument("allow_credentials") or call.argument("supports_credentials")
    shown = ask.cookies() if everyone and _is_true(credentials) else None
    if shown is not None:
        return unhandled(
            "any website may act in a visitor's name", fix=suggest("list the origins that may"), trace=(shown,)
        )
    return handled()


def _certificates(call: CallSite) -> Verdict | None:
    given = call.argument("verify") or call.argument("ssl")
    if given is None:
        return None
    if given.text == "False":
        return unhandled(f"{call.shown}() trusts any certificate", fix=set_argument("verify", True))
    return handled()


def _is_true(value: Value | None) -> bool:
    return value is not None and value.text == "True"


def _text(value: Value | None) -> str:
    return value.text if value is not None and value.kind == "text" else ""
