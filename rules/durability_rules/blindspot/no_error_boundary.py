"""no-error-boundary."""

from durability.api import (
    Ask,
    Bad,
    EntrySite,
    Good,
    Miss,
    Silent,
    Story,
    Verdict,
    entry_points,
    harmless,
    rule,
    suggest,
    unhandled,
    unsure,
)

_ROUTE = "from flask import Flask\nimport requests\napp = Flask(__name__)\n"
_GET = "requests.get('http://rates', timeout=3).json()"


@rule(
    lens="blindspot",
    severity="medium",
    confidence="medium",
    cwe=[755, 248],
    sources=[
        "Yuan et al., Simple Testing Can Prevent Most Critical Failures, OSDI 2014",
        "OWASP, Improper Error Handling",
    ],
    story=Story(
        demo="The other services answer, so nobody sees an error.",
        production="When a service or the database fails, whoever asked gets a bare error page or no answer, and nobody on the team is told; the first to notice is a customer.",
        trigger="another service or the database fails",
    ),
    action="Give the application one place that takes errors, tells somebody and answers properly",
    minutes=(20, 60),
    sites=entry_points(roles=("route", "bot", "ui")),
    examples=[
        Bad(_ROUTE + "@app.get('/')\ndef home():  # <-\n    return " + _GET + "\n"),
        Bad(
            {
                "app.py": _ROUTE
                + "import rates as r\n@app.get('/')\ndef home():  # <-\n    try:\n        return r.today()\n"
                "    except KeyError:\n        return 'no rate'\n",
                "rates.py": "import requests\ndef today():\n    return " + _GET + "\n",
            },
            why="the handler is for another kind of error",
            decoy=True,
        ),
        Bad(
            {
                "app.py": "from fastapi import FastAPI\nfrom store import Store\napp = FastAPI()\nstore = Store()\n"
                "@app.get('/')\ndef home():  # <-\n    return store.rows()\n",
                "store/__init__.py": "from .sql import Store\n",
                "store/sql.py": "import sqlite3\nclass Store:\n    def rows(self):\n        return sqlite3.connect('a.db').execute('SELECT 1').fetchall()\n",
            },
            why="two files further on",
        ),
        Good(
            {
                "app.py": _ROUTE
                + "import errors\nerrors.install(app)\n@app.get('/')\ndef home():\n    return "
                + _GET
                + "\n",
                "errors.py": "import logging\ndef install(app):\n    @app.errorhandler(Exception)\n    def failed(error):\n"
                "        logging.exception('failed')\n        return 'Sorry', 500\n",
            },
            why="one boundary for all, in another file",
        ),
        Good(
            _ROUTE + "import sentry_sdk\nsentry_sdk.init()\n@app.get('/')\ndef home():\n    return " + _GET + "\n",
            why="somebody is told",
        ),
        Good(
            _ROUTE
            + "@app.get('/')\ndef home():\n    try:\n        return "
            + _GET
            + "\n    except requests.RequestException:\n"
            "        return 'try again later', 503\n"
        ),
        Silent(_ROUTE + "@app.get('/')\ndef home():\n    return 'hello'\n", why="asks nobody"),
        Silent("import requests\nprint(requests.get('http://rates', timeout=3))\n", why="a person sees it fail"),
        Miss(
            _ROUTE + "@app.errorhandler(404)\ndef missing(error):\n    return 'no such page', 404\n"
            "@app.get('/')\ndef home():\n    return " + _GET + "\n",
            why="any registered handler counts",
        ),
    ],
)
def no_error_boundary(entry: EntrySite, ask: Ask) -> Verdict | None:
    """The failure of another service reaches the user, and nothing on the way takes it.

    Calls need no `try` of their own: one boundary per application is enough, and tells somebody.
    """
    if not ask.depends_on_others(entry):
        return None
    chain = ask.escape(entry)
    if not chain or ask.boundary() is not None:
        return harmless()
    if ask.settings_unseen():
        return unsure("unresolved")
    return unhandled(
        f"an error of {chain[-1].note} goes through to whoever asked; no handler or error tracker of the application takes it",
        fix=suggest("register one exception handler or error tracker for the application"),
        cause=entry.entry.role,
        trace=chain,
    )
