"""shared-sqlite-connection."""

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
    handled,
    rule,
    suggest,
    unhandled,
)

ROUTE = "from flask import Flask\nimport sqlite3, threading\napp = Flask(__name__)\n"


@rule(
    lens="scale",
    severity="high",
    confidence="high",
    cwe=[362, 820],
    sources=["Python documentation, sqlite3: check_same_thread"],
    story=Story(
        demo="One person clicks, one thing happens at a time.",
        production="Two people save at once through the same connection: one of the two changes is lost, or both requests fail.",
        trigger="two requests at the same moment",
    ),
    action="Open a connection per request, or guard the shared one with a lock",
    minutes=(15, 45),
    sites=calls(name=("sqlite3.connect",)),
    examples=[
        Bad(
            ROUTE + "db = sqlite3.connect('a.db', check_same_thread=False)  # <-\n@app.route('/')\ndef home():\n"
            "    return str(db.execute('SELECT 1').fetchone())\n"
        ),
        Bad(
            {
                "store.py": "import sqlite3\nclass Store:\n    def __init__(self):\n"
                "        self.db = sqlite3.connect('a.db', check_same_thread=False)  # <-\n"
                "    def all(self):\n        return self.db.execute('SELECT 1').fetchall()\nstore = Store()\n",
                "main.py": "from flask import Flask\nfrom store import store\napp = Flask(__name__)\n@app.route('/')\n"
                "def home():\n    return str(store.all())\n",
            }
        ),
        Bad(
            ROUTE + "lock = threading.Lock()\ndb = sqlite3.connect('a.db', check_same_thread=False)  # <-\n"
            "@app.route('/')\ndef home():\n    return str(db.execute('SELECT 1').fetchone())\n",
            why="there is a lock, and nobody takes it",
            decoy=True,
        ),
        Good(
            ROUTE + "@app.route('/')\ndef home():\n    with sqlite3.connect('a.db') as db:\n"
            "        return str(db.execute('SELECT 1').fetchone())\n"
        ),
        Good(
            ROUTE + "lock = threading.Lock()\ndb = sqlite3.connect('a.db', check_same_thread=False)\n@app.route('/')\n"
            "def home():\n    with lock:\n        return str(db.execute('SELECT 1').fetchone())\n"
        ),
        Silent(
            "import sqlite3\ndb = sqlite3.connect('a.db')\nprint(db.execute('SELECT 1').fetchone())\n", why="a script"
        ),
        Miss(ROUTE + "@app.route('/')\ndef home():\n    return str(pool()['db'].execute('SELECT 1'))\n"),
    ],
)
def shared_sqlite_connection(call: CallSite, ask: Ask) -> Verdict | None:
    """One SQLite connection is used by all requests at once.

    SQLite forbids that by default for a reason: transactions of different requests mix, and cursors break.
    """
    if not any(entry.role in SERVING for entry in ask.entries):
        return None
    shared = call.at_import or (call.kept and call.reach.roles.intersection((*SERVING, "import", "startup")))
    if not shared:
        return handled() if call.reach.roles.intersection(SERVING) else None
    if ask.locked(call):
        return handled()
    return unhandled(
        "one connection is shared by all requests", fix=suggest("open a connection per request and close it")
    )
