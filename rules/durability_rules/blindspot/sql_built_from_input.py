"""sql-built-from-input."""

from durability.api import (
    Ask,
    Bad,
    CallSite,
    Good,
    Miss,
    Silent,
    Story,
    Unclear,
    Verdict,
    calls,
    handled,
    harmless,
    rule,
    suggest,
    unhandled,
)

ROUTE = "from flask import Flask, request\nimport sqlite3\napp = Flask(__name__)\ndb = sqlite3.connect('a.db')\n"


@rule(
    lens="blindspot",
    severity="critical",
    confidence="high",
    cwe=[89],
    sources=["OWASP Top 10, Injection"],
    story=Story(
        demo="People type ordinary words.",
        production="Somebody types a piece of a database command into a field, and reads, changes or deletes everybody's data.",
        trigger="somebody tries",
    ),
    action="Pass values as parameters, never as part of the statement",
    minutes=(5, 15),
    sites=calls(effect=("db.query", "db.write", "db.schema", "db.fetch_all", "db.fetch_one")),
    examples=[
        Bad(
            ROUTE
            + "@app.route('/')\ndef find():\n    name = request.args['name']\n    return str(db.execute(f\"SELECT * FROM t WHERE n = '{name}'\").fetchall())  # <-\n"
        ),
        Bad(
            {
                "store.py": "import sqlite3\ndef find(name):\n    db = sqlite3.connect('a.db')\n"
                "    query = \"SELECT * FROM t WHERE n = '%s'\" % name\n    return db.execute(query).fetchall()  # <-\n",
                "main.py": "from fastapi import FastAPI\nfrom store import find\napp = FastAPI()\n@app.get('/')\n"
                "def home(q: str):\n    return find(q)\n",
            }
        ),
        Bad(
            ROUTE + "@app.route('/')\ndef find():\n    name = request.args['name'].strip()\n    safe = (name,)\n"
            "    return str(db.execute('SELECT * FROM t WHERE n = ' + name).fetchall())  # <-\n",
            why="stripped is not safe, and the tuple is not passed",
            decoy=True,
        ),
        Good(
            ROUTE
            + "@app.route('/')\ndef find():\n    return str(db.execute('SELECT * FROM t WHERE n = ?', (request.args['n'],)).fetchall())\n"
        ),
        Good(
            ROUTE
            + "@app.route('/')\ndef find():\n    n = int(request.args['n'])\n    return str(db.execute(f'SELECT * FROM t WHERE n = {n}').fetchall())\n"
        ),
        Good(
            ROUTE
            + "TABLE = 'items'\n@app.route('/')\ndef find():\n    return str(db.execute(f'SELECT * FROM {TABLE}').fetchall())\n"
        ),
        Good(
            "import sqlite3\nfrom fastapi import FastAPI\nfrom pydantic import BaseModel\napp = FastAPI()\n"
            "db = sqlite3.connect('a.db')\nclass Change(BaseModel):\n    name: str\n    city: str\n"
            "@app.put('/{key}')\ndef change(key: int, payload: Change):\n    data = payload.model_dump(exclude_unset=True)\n"
            "    columns = ', '.join(f'{name} = ?' for name in data)\n"
            "    db.execute(f'UPDATE t SET {columns} WHERE id = ?', (*data.values(), key))\n",
            why="the names are the fields that the model declares",
        ),
        Bad(
            "import sqlite3\nfrom fastapi import FastAPI\nfrom pydantic import BaseModel\napp = FastAPI()\n"
            "db = sqlite3.connect('a.db')\nclass Change(BaseModel):\n    model_config = {'extra': 'allow'}\n    name: str\n    city: str\n"
            "@app.put('/{key}')\ndef change(key: int, payload: Change):\n    data = payload.model_dump(exclude_unset=True)\n"
            "    columns = ', '.join(f'{name} = ?' for name in data)\n"
            "    db.execute(f'UPDATE t SET {columns} WHERE id = ?', (*data.values(), key))  # <-\n",
            why="a model that keeps whatever it is sent",
            decoy=True,
        ),
        Bad(
            "import sqlite3\nfrom fastapi import FastAPI\nfrom pydantic import BaseModel\napp = FastAPI()\n"
            "db = sqlite3.connect('a.db')\nclass Change(BaseModel):\n    name: str\n    city: str\n"
            "@app.put('/{key}')\ndef change(key: int, payload: Change):\n    data = payload.model_dump(exclude_unset=True)\n"
            "    parts = ', '.join(f\"name = '{value}'\" for value in data.values())\n"
            "    db.execute(f'UPDATE t SET {parts} WHERE id = ?', (key,))  # <-\n",
            why="the names are declared, the values are not",
            decoy=True,
        ),
        Unclear(
            ROUTE
            + "@app.route('/')\ndef find():\n    return str(db.execute(f'SELECT * FROM t WHERE {unknown_filter()}').fetchall())\n"
        ),
        Silent("rows.execute('SELECT 1')"),
        Miss(
            ROUTE
            + "@app.route('/')\ndef find():\n    return str(db.execute(templates[request.args['q']].render(request.args)).fetchall())\n"
        ),
    ],
)
def sql_built_from_input(call: CallSite, ask: Ask) -> Verdict | None:
    """What a visitor typed becomes part of a database statement.

    The statement is put together from text that comes from outside, instead of passing it as a parameter.
    """
    if ask.sink(call) != "sql":
        return None
    found = ask.flow(call, "external")
    failing = unhandled(
        f"{call.shown}() runs a statement made from input",
        fix=suggest("use placeholders and pass the values"),
        cause=found.source,
    )
    shown = handled() if len(call.arguments) > 1 else harmless()
    return found.raw.judge(yes=failing, no=shown)
