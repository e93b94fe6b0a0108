"""insecure-runtime-default."""

from durability.api import (
    Bad,
    CallSite,
    Good,
    Miss,
    Silent,
    Story,
    Value,
    Verdict,
    calls,
    handled,
    rule,
    set_argument,
    suggest,
    unhandled,
)

FASTAPI = (
    "from fastapi import FastAPI\nfrom fastapi.middleware.cors import CORSMiddleware\nimport uvicorn\napp = FastAPI()\n"
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
    sites=(calls(name=SERVERS), calls(name=CORS), calls(effect="http")),
    examples=[
        Bad("from flask import Flask\napp = Flask(__name__)\napp.run(debug=True)  # <-"),
        Bad(FASTAPI + "app.add_middleware(CORSMiddleware, allow_origins=['*'], allow_credentials=True)  # <-"),
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
        Silent("import requests\nrequests.get('https://a', timeout=3)"),
        Miss("DEBUG = True\nALLOWED_HOSTS = ['*']", why="settings modules are not looked at"),
    ],
)
def insecure_runtime_default(call: CallSite) -> Verdict | None:
    """A setting that is only fit for a demo is written into the code.

    Debug pages, any origin with credentials, or unchecked certificates are on, whatever the environment.
    """
    if call.name in CORS:
        return _cors(call)
    if call.library.effect == "http":
        return _certificates(call)
    if _is_true(call.argument("debug")):
        return unhandled(f"{call.shown}() always runs in debug mode", fix=set_argument("debug", False))
    if _is_true(call.argument("reload")) and _text(call.argument("host")) == "0.0.0.0":
        return unhandled(f"{call.shown}() reloads code while open to the network", fix=set_argument("reload", False))
    return handled()


def _cors(call: CallSite) -> Verdict | None:
    if call.name != "flask_cors.CORS":
        first = call.argument("", 0)
        if first is None or not first.text.endswith("CORSMiddleware"):
            return None
    origins = call.argument("allow_origins") or call.argument("origins")
    everyone = origins is not None and ("*" in {part.text for part in origins.parts} or origins.text == "*")
    credentials = call.argument("allow_credentials") or call.argument("supports_credentials")
    if everyone and _is_true(credentials):
        return unhandled("any website may act in a visitor's name", fix=suggest("list the origins that may"))
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
