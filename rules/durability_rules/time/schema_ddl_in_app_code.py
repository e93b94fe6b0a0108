"""schema-ddl-in-app-code."""

import re

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

_DDL = re.compile(r"^\s*(?:create\s+(?:table|index|unique|virtual)|alter\s+table|drop\s+table)\b", re.IGNORECASE)
_ROUTE = "from flask import Flask\nimport sqlite3\napp = Flask(__name__)\n"

_DOCUMENTS = ("pymongo.", "motor.", "mongoengine.", "beanie.")
"""Document stores: what is made there are indexes, and documents of any shape fit in."""


@rule(
    lens="time",
    severity="medium",
    confidence="high",
    sources=["Ambler and Sadalage, Refactoring Databases"],
    story=Story(
        demo="The tables are made when it first starts.",
        production="The next version needs a new column: the old tables stay as they are, and the new code fails on the data people already have.",
        trigger="the second version",
    ),
    action="Keep schema changes as numbered migrations",
    minutes=(60, 240),
    sites=calls(effect=("db.schema", "db.query", "db.write")),
    examples=[
        Bad(
            _ROUTE
            + "@app.route('/')\ndef home():\n    db = sqlite3.connect('a.db')\n    db.execute('CREATE TABLE IF NOT EXISTS t (x)')  # <-\n    return ''\n"
        ),
        Bad(
            {
                "models.py": "from sqlalchemy import create_engine\nfrom sqlalchemy.orm import DeclarativeBase\nclass Base(DeclarativeBase):\n    pass\n"
                "engine = create_engine('sqlite://')\nBase.metadata.create_all(engine)  # <-\n",
                "main.py": "from flask import Flask\nimport models\napp = Flask(__name__)\n@app.route('/')\ndef home():\n    return ''\n",
            }
        ),
        Bad(
            _ROUTE
            + "# migrations: see alembic\n@app.route('/')\ndef home():\n    db = sqlite3.connect('a.db')\n    db.execute('ALTER TABLE t ADD COLUMN y')  # <-\n    return ''\n",
            decoy=True,
        ),
        Good(
            {
                "app.py": _ROUTE
                + "@app.route('/')\ndef home():\n    db = sqlite3.connect('a.db')\n    db.execute('CREATE TABLE t (x)')\n    return ''\n",
                "alembic.ini": "[alembic]\nscript_location = alembic\n",
            }
        ),
        Silent(
            "from flask import Flask\nfrom pymongo import MongoClient\napp = Flask(__name__)\ndb = MongoClient().shop\n"
            "db.people.create_index('mail', unique=True)\n@app.route('/')\ndef home():\n    return str(db.people.find_one())\n",
            why="an index of documents: no document has to change for it",
        ),
        Silent("import sqlite3\nsqlite3.connect('a.db').execute('CREATE TABLE t (x)')\n", why="a script"),
        Silent(
            _ROUTE
            + "@app.route('/')\ndef home():\n    return str(sqlite3.connect('a.db').execute('SELECT 1').fetchone())\n"
        ),
        Miss(
            _ROUTE
            + "@app.route('/')\ndef home():\n    sqlite3.connect('a.db').execute(open('schema.sql').read())\n    return ''\n"
        ),
    ],
)
def schema_ddl_in_app_code(call: CallSite, ask: Ask) -> Verdict | None:
    """The running program makes its own tables, and nothing changes them later.

    There are no migrations: the schema of the first version stays in every database that exists.
    """
    if not any(entry.role in SERVING for entry in ask.entries):
        return None
    if call.name.startswith(_DOCUMENTS) or (call.library.effect != "db.schema" and not _is_ddl(call, ask)):
        return None
    if ask.manifests.migrations:
        return handled()
    return unhandled(
        f"{call.shown}() makes tables, and there are no migrations",
        cause="schema",
        fix=suggest("add Alembic, or numbered SQL files with a table of what was applied"),
    )


def _is_ddl(call: CallSite, ask: Ask) -> bool:
    texts = ask.query_texts(call)
    return bool(texts) and any(_DDL.match(text) for text in texts or ())
