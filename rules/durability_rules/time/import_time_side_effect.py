"""import-time-side-effect."""

from durability.api import (
    SERVING,
    Ask,
    Bad,
    CallSite,
    Good,
    Miss,
    Silent,
    Story,
    Verdict,
    calls,
    harmless,
    rule,
    suggest,
    unhandled,
)

SETUP = ("db.connect", "db.schema", "model.load", "http", "llm", "message", "charge", "process")
_WAITS = (
    "db.schema",
    "db.connect",
    "db.query",
    "db.write",
    "model.load",
    "http",
    "llm",
    "message",
    "charge",
    "process",
)
_ROUTE = "from fastapi import FastAPI\napp = FastAPI()\n"


@rule(
    lens="time",
    severity="medium",
    confidence="high",
    cwe=[1051],
    sources=["FastAPI documentation, Lifespan Events"],
    story=Story(
        demo="It starts, and everything it needs is there.",
        production="When the database or another service is away for a moment, the product does not even start; and nobody can test a part of it alone.",
        trigger="something it needs is not there at start-up",
    ),
    action="Connect, load and create in a start-up function, not while modules are imported",
    minutes=(10, 30),
    sites=(calls(effect=SETUP), calls(effect=("db.query", "db.write")), calls(reaches=_WAITS)),
    examples=[
        Bad(
            _ROUTE
            + "import psycopg2\ndb = psycopg2.connect('dbname=x')  # <-\n@app.get('/')\ndef home():\n    return str(db)\n"
        ),
        Bad(
            {
                "store.py": "import sqlite3\ndef init():\n    sqlite3.connect('a.db').execute('CREATE TABLE IF NOT EXISTS t (x)')\ninit()  # <-\n",
                "main.py": _ROUTE + "import store\n@app.get('/')\ndef home():\n    return ''\n",
            }
        ),
        Bad(
            _ROUTE
            + "import requests\ndef startup():\n    pass\nRATES = requests.get('https://api.example.org', timeout=3).json()  # <-\n@app.get('/')\ndef home():\n    return RATES\n",
            why="the start-up function is empty",
            decoy=True,
        ),
        Good(_ROUTE + "import sqlite3\n@app.get('/')\ndef home():\n    return str(sqlite3.connect('a.db'))\n"),
        Good(
            _ROUTE
            + "import sqlite3\n@app.on_event('startup')\ndef start():\n    app.state.db = sqlite3.connect('a.db')\n@app.get('/')\ndef home():\n    return ''\n"
        ),
        Silent(
            "import sqlite3\ndb = sqlite3.connect('a.db')\nprint(db)\n", why="a script does its work when it is run"
        ),
        Miss(_ROUTE + "open('log.txt', 'w').write('started')\n@app.get('/')\ndef home():\n    return ''\n"),
    ],
)
def import_time_side_effect(call: CallSite, ask: Ask) -> Verdict | None:
    """Importing a module already talks to the outside world.

    Whether the program starts depends on who answers at that moment, and nothing can be tested without it.
    """
    if not any(entry.role in SERVING for entry in ask.entries):
        return None
    if not call.at_import:
        is_setup = call.library.effect in ("db.connect", "db.schema", "model.load")
        return harmless() if is_setup and call.reach.roles.intersection((*SERVING, "startup")) else None
    if not ask.runs_on_import(call):
        return None
    step = next((found for effect in _WAITS if (found := ask.effect(call, effect)).value == "yes"), None)
    if step is None:
        return None
    failing = unhandled(
        f"{call.shown}() runs while the module is imported", fix=suggest("move it to a start-up function")
    )
    return step.judge(yes=failing, no=None)
