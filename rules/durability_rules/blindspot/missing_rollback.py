"""missing-rollback."""

from durability.api import (
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

_APP = "import psycopg2\nfrom flask import Flask\napp = Flask(__name__)\ndb = psycopg2.connect('dbname=shop')\n"
_SAVE = "    db.cursor().execute('INSERT INTO notes DEFAULT VALUES')\n"
_SESSION = "from sqlalchemy import create_engine\nfrom sqlalchemy.orm import Session\nengine = create_engine('sqlite:///a.db')\n"
_WHO = {
    "shared": "everybody who comes afterwards",
    "next round": "every round after it",
    "later": "what comes after it",
}


@rule(
    lens="blindspot",
    severity="high",
    confidence="medium",
    cwe=[460],
    sources=[
        "SQLAlchemy documentation, Session FAQ: a failed flush needs Session.rollback()",
        "PostgreSQL manual, error 25P02 (in failed SQL transaction)",
    ],
    story=Story(
        demo="No write fails while it is shown.",
        production="Somebody saves something that the database refuses, and from then on what others save is refused too, or is kept together with half of the failed entry.",
        trigger="the database refuses one write",
    ),
    action="Roll back where a failed write is caught, or give each piece of work its own transaction",
    minutes=(5, 20),
    sites=calls(effect="db.commit"),
    examples=[
        Bad(
            _APP + "@app.post('/notes')\ndef add():\n" + _SAVE + "    db.commit()  # <-\n    return 'ok'\n",
            why="one connection for everybody",
        ),
        Bad(
            {
                "app.py": "from flask import Flask\nimport store as st\napp = Flask(__name__)\nshop = st.Store()\n"
                "@app.post('/notes')\ndef add():\n    shop.save()\n    return 'ok'\n",
                "store/__init__.py": "from .notes import Store\n",
                "store/notes.py": "import psycopg2\nclass Store:\n    def __init__(self):\n"
                "        self.db = psycopg2.connect('dbname=shop')\n    def save(self):\n"
                "        self.db.cursor().execute('INSERT INTO notes DEFAULT VALUES')\n        self.db.commit()  # <-\n",
            },
            why="the connection lives in an object that is made once",
        ),
        Bad(
            {
                "load.py": _SESSION + "from rows import add\ndef load(rows):\n    with Session(engine) as session:\n"
                "        for row in rows:\n            add(session, row)\nload([])\n",
                "rows.py": "from sqlalchemy.orm import Session\ndef add(session: Session, row):\n    try:\n"
                "        session.add(row)\n        session.commit()  # <-\n    except Exception as error:\n"
                "        print(error)\n        return False\n    return True\n",
            },
            why="the next row gets the same session",
        ),
        Bad(
            _SESSION
            + "def load(rows):\n    with Session(engine) as session:\n        for row in rows:\n            try:\n"
            "                session.add(row)\n                session.commit()  # <-\n            except Exception:\n"
            "                print('rollback of', row)\nload([])\n",
            why="says the word and does not do it",
            decoy=True,
        ),
        Bad(
            "import sqlite3\ndb = sqlite3.connect('a.db')\ndef load(rows):\n    for row in rows:\n        try:\n"
            "            db.execute('INSERT INTO orders VALUES (?)', (row,))\n"
            "            db.execute('INSERT INTO lines VALUES (?)', (row,))\n            db.commit()  # <-\n"
            "        except sqlite3.Error as error:\n            print(error)\nload([])\n",
            why="the half that was written goes out with the next one",
        ),
        Good(
            _APP + "@app.post('/notes')\ndef add():\n    try:\n    " + _SAVE + "        db.commit()\n"
            "    except psycopg2.Error:\n        db.rollback()\n        raise\n    return 'ok'\n",
            why="taken back",
        ),
        Good(
            {
                "app.py": _APP
                + "from safe import careful\n@app.post('/notes')\n@careful(db)\ndef add():\n"
                + _SAVE
                + "    db.commit()\n    return 'ok'\n",
                "safe.py": "import psycopg2\ndef careful(db: psycopg2.extensions.connection):\n    def around(function):\n"
                "        def inner(*given):\n            try:\n                return function(*given)\n"
                "            except psycopg2.Error:\n                db.rollback()\n                raise\n"
                "        return inner\n    return around\n",
            },
            why="a decorator takes it back",
        ),
        Good(
            _APP
            + "@app.post('/notes')\ndef add():\n    with db:\n    "
            + _SAVE
            + "        db.commit()\n    return 'ok'\n",
            why="leaving the block takes it back",
        ),
        Good(
            _SESSION
            + "def load(rows):\n    for row in rows:\n        try:\n            with Session(engine) as session:\n"
            "                session.add(row)\n                session.commit()\n        except Exception as error:\n"
            "            print(error)\nload([])\n",
            why="a session for each row",
        ),
        Good(
            _APP.replace("db = ", "other = ")
            + "def save(db=None):\n    if db is None:\n        db = psycopg2.connect('dbname=shop')\n"
            + _SAVE
            + "    db.commit()\n@app.post('/notes')\ndef add():\n    save()\n    return 'ok'\n",
            why="a connection for each call where none is given",
        ),
        Silent(
            "import psycopg2\ndb = psycopg2.connect('dbname=shop')\ndb.autocommit = True\ndef load(rows):\n"
            "    for row in rows:\n        try:\n            db.cursor().execute('INSERT INTO a VALUES (1)')\n"
            "            db.commit()\n        except Exception as error:\n            print(error)\nload([])\n",
            why="each statement stands for itself",
        ),
        Miss(
            _APP + "@app.get('/notes')\ndef all_notes():\n    cursor = db.cursor()\n"
            "    cursor.execute('SELECT * FROM notes')\n    return str(cursor.fetchall())\n",
            why="a query that fails blocks the connection too; only commits are looked at",
        ),
    ],
)
def missing_rollback(call: CallSite, ask: Ask) -> Verdict | None:
    """A write that the database refuses leaves its transaction open for whoever comes next.

    PostgreSQL and SQLAlchemy refuse everything until it is rolled back; others keep the half that was written.
    """
    if not ask.has_pending(call):
        return None
    left = ask.left_open(call)
    if left is None or ask.taken_back(call):
        return handled()
    who, trace = left
    harm = "is refused" if ask.refuses(call) else "finds half of it still pending"
    return unhandled(
        f"when a write before {call.shown}() fails, nothing takes it back, and {_WHO[who]} {harm}",
        fix=suggest("roll back in the handler, or open a session for each piece of work"),
        trace=trace,
    )
