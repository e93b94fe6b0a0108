"""list-endpoint-without-pagination."""

from durability.api import (
    Ask,
    Bad,
    EntrySite,
    Good,
    Miss,
    Silent,
    Story,
    Unclear,
    Verdict,
    entry_points,
    handled,
    harmless,
    rule,
    suggest,
    unhandled,
    unsure,
)

_APP = "from fastapi import Depends, FastAPI\nimport sqlite3\napp = FastAPI()\ndb = sqlite3.connect('a.db')\n"


@rule(
    lens="scale",
    severity="medium",
    confidence="high",
    cwe=[770],
    sources=["OWASP API Security 2023, API4", "Yang et al., ICSE 2018"],
    story=Story(
        demo="The list has twenty entries.",
        production="Every visit loads every row there ever was; after some months the page is slow, then the server runs out of memory.",
        trigger="the table grows",
    ),
    action="Answer one page at a time, with a limit and a next page",
    minutes=(15, 45),
    preview=True,
    sites=entry_points(roles=("route",)),
    examples=[
        Bad(
            _APP
            + "@app.get('/orders')\ndef orders():  # <-\n    return db.execute('SELECT * FROM orders').fetchall()\n"
        ),
        Bad(
            {
                "app.py": "from fastapi import FastAPI\nimport store as s\napp = FastAPI()\n@app.get('/orders')\n"
                "def orders(sort: str = 'id'):  # <-\n    page = s.orders()\n    return page\n",
                "store.py": "import sqlite3\ndb = sqlite3.connect('a.db')\ndef orders():\n"
                "    return db.execute('SELECT * FROM orders').fetchall()\n",
            },
            why="it is called a page, and holds everything",
            decoy=True,
        ),
        Bad(
            {
                "app.py": "from flask import Flask\nfrom shop import Orders\napp = Flask(__name__)\norders = Orders()\n"
                "@app.get('/orders')\ndef index():  # <-\n    return orders.all()\n",
                "shop/__init__.py": "from .orders import Orders\n",
                "shop/orders.py": "import sqlite3\nclass Orders:\n    def __init__(self):\n        self.db = sqlite3.connect('a.db')\n"
                "    def all(self):\n        return self.db.execute('SELECT id FROM orders ORDER BY id').fetchall()\n",
            },
            why="a method behind a re-export",
        ),
        Good(
            {
                "app.py": "from fastapi import FastAPI\nfrom store import orders\napp = FastAPI()\n@app.get('/orders')\n"
                "def index(limit: int = 50, offset: int = 0):\n    return orders(limit, offset)\n",
                "store.py": "import sqlite3\ndb = sqlite3.connect('a.db')\ndef orders(limit, offset):\n"
                "    return db.execute('SELECT * FROM orders LIMIT ? OFFSET ?', (limit, offset)).fetchall()\n",
            },
            why="the limit is applied in the other file",
        ),
        Good(
            _APP + "@app.get('/orders')\ndef mine(user: int):\n"
            "    return db.execute('SELECT * FROM orders WHERE user = ?', (user,)).fetchall()\n",
            why="one person's",
        ),
        Unclear(_APP + "@app.get('/orders')\ndef orders():\n    return db.execute(build()).fetchall()\n"),
        Silent(
            _APP + "@app.get('/orders/{key}')\ndef order(key: int):\n"
            "    return db.execute('SELECT * FROM items').fetchall()\n",
            why="one thing, not a list",
        ),
        Silent(
            _APP + "@app.post('/orders')\ndef add():\n    return db.execute('SELECT * FROM orders').fetchall()\n",
            why="not a list",
        ),
        Miss(
            _APP
            + "@app.get('/orders')\ndef orders():\n    return [row for row in db.execute('SELECT * FROM orders')]\n",
            why="rows taken in a loop",
        ),
    ],
)
def list_endpoint_without_pagination(entry: EntrySite, ask: Ask) -> Verdict | None:
    """A route answers with every row of a table, and the caller cannot ask for a part.

    The answer grows with the data: time, memory and bytes for each visit.
    """
    found = ask.listing(entry)
    if found.kind == "none":
        return None
    if ask.takes_page(entry):
        return handled()
    if found.kind == "bounded":
        return harmless()
    if found.kind == "unclear":
        return unsure("unresolved")
    return unhandled(
        f"{entry.entry.name} reads every row and takes no limit",
        fix=suggest("take a limit and a cursor, and pass them to the query"),
        trace=found.trace,
    )
