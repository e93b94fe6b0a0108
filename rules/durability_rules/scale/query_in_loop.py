"""query-in-loop."""

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
    harmless,
    rule,
    suggest,
    unhandled,
)

ROUTE = "from flask import Flask\nimport sqlite3\napp = Flask(__name__)\n"
FEW = 36
"""A loop over at most this many items, whatever the data, is no growth."""


@rule(
    lens="scale",
    severity="high",
    confidence="high",
    cwe=[1050, 1073],
    sources=["Yang et al., How not to structure your database-backed web applications, ICSE 2018"],
    story=Story(
        demo="Ten rows, ten quick queries.",
        production="The database is asked once per row; with a year of data it takes longer than anybody waits.",
        trigger="the data grows",
    ),
    action="Ask the database once for all items instead of once per item",
    minutes=(15, 60),
    sites=calls(effect=("db.query", "db.write", "db.fetch_one"), roles=SERVING),
    examples=[
        Bad(
            ROUTE + "@app.route('/')\ndef home():\n    db = sqlite3.connect('a.db')\n    out = []\n"
            "    for row in db.execute('SELECT id FROM orders LIMIT 50').fetchall():\n"
            "        out.append(db.execute('SELECT * FROM items WHERE order_id = ?', (row[0],)).fetchall())  # <-\n"
            "    return str(out)\n"
        ),
        Bad(
            ROUTE + "@app.route('/')\ndef home():\n    db = sqlite3.connect('a.db')\n    ids = load()\n"
            "    return str([db.execute('SELECT name FROM users WHERE id = ?', (i,)).fetchone() for i in ids])  # <-\n"
        ),
        Bad(
            ROUTE + "BATCH = 100\n@app.route('/')\ndef home():\n    db = sqlite3.connect('a.db')\n"
            "    for item in load():\n        name = item['name']\n"
            "        db.execute('UPDATE t SET n = ? LIMIT 1', (name,))  # <-\n    return ''\n",
            why="a batch size that nothing uses, a LIMIT that bounds one row",
            decoy=True,
        ),
        Good(
            ROUTE + "@app.route('/')\ndef home():\n    db = sqlite3.connect('a.db')\n"
            "    db.executemany('INSERT INTO t VALUES (?)', [(i,) for i in load()])\n    return ''\n"
        ),
        Good(
            ROUTE + "@app.route('/')\ndef home():\n    db = sqlite3.connect('a.db')\n    for item in load():\n"
            "        db.execute('INSERT INTO t VALUES (?)', (item,))\n    return ''\n",
            why="each row is put in once anyway",
        ),
        Good(
            ROUTE + "@app.route('/')\ndef home():\n    db = sqlite3.connect('a.db')\n"
            "    for table in ('users', 'orders'):\n        db.execute('SELECT count(*) FROM ' + table)\n    return ''\n",
            why="two rounds, whatever the data",
        ),
        Good(
            ROUTE + "@app.route('/')\ndef home():\n    db = sqlite3.connect('a.db')\n    out = []\n"
            "    for row in db.execute('SELECT id FROM orders ORDER BY day LIMIT 20').fetchall():\n"
            "        out.append(db.execute('SELECT * FROM items WHERE order_id = ?', (row[0],)).fetchall())\n"
            "    months = [db.execute('SELECT sum(t) FROM o WHERE m = ?', (m,)).fetchone() for m in range(1, 13)]\n"
            "    for row in load()[:3]:\n        db.execute('UPDATE t SET n = 1 WHERE id = ?', (row,))\n"
            "    return str(out + months)\n",
            why="twenty rows, twelve months, three rows, whatever the data",
        ),
        Good(
            ROUTE + "import enum\nclass Stage(enum.Enum):\n    NEW = 1\n    DONE = 2\n@app.route('/')\ndef home():\n"
            "    db = sqlite3.connect('a.db')\n"
            "    return str([db.execute('SELECT count(*) FROM t WHERE s = ?', (s.value,)).fetchone() for s in Stage])\n",
            why="once per member of an enumeration",
        ),
        Good(
            ROUTE + "@app.route('/')\ndef home():\n    db = sqlite3.connect('a.db')\n    for item in load():\n"
            "        if item.due:\n            db.execute('UPDATE t SET done = 1 WHERE id = ?', (item.id,))\n"
            "            break\n    return ''\n",
            why="the loop ends with the first one",
        ),
        Bad(
            ROUTE + "@app.route('/')\ndef home():\n    db = sqlite3.connect('a.db')\n    for item in load():\n"
            "        row = db.execute('SELECT a FROM t WHERE id = ?', (item.id,)).fetchone()  # <-\n"
            "        if row is None:\n            continue\n        return str(row)\n    return ''\n",
            why="it looks for one, and asks for each until it has it",
            decoy=True,
        ),
        Bad(
            ROUTE + "FOUND = []\n@app.route('/')\ndef home():\n    db = sqlite3.connect('a.db')\n    FOUND.append(1)\n"
            "    return str([db.execute('SELECT a FROM t WHERE id = ?', (i,)).fetchone() for i in FOUND])  # <-\n",
            why="written down empty, and filled as the program runs",
            decoy=True,
        ),
        Good(
            ROUTE + "from openai import OpenAI\nai = OpenAI()\n@app.route('/')\ndef home():\n"
            "    db = sqlite3.connect('a.db')\n    for row in load():\n"
            "        text = ai.responses.create(model='m', input=row['t']).output_text\n"
            "        db.execute('UPDATE t SET s = ? WHERE id = ?', (text, row['id']))\n    return ''\n",
            why="the model is what people wait for",
        ),
        Silent(
            "import sqlite3\ndb = sqlite3.connect('a.db')\nfor i in range(9):\n    db.execute('SELECT ?', (i,))\n",
            why="a script",
        ),
        Miss(
            ROUTE + "def one(db, i):\n    return db.execute('SELECT ?', (i,))\n@app.route('/')\ndef home():\n"
            "    db = sqlite3.connect('a.db')\n    return str([one(db, i) for i in load()])\n",
            why="through a helper: another rule",
        ),
    ],
)
def query_in_loop(call: CallSite, ask: Ask) -> Verdict | None:
    """A query runs once per item of a collection that grows.

    Each round trip is short; their number grows with the data, and the page with it.
    """
    if not call.library.round_trip:
        return None  # it takes from the answer of a query, or waits for the next flush
    growing = ask.growing(call, FEW)
    names = tuple(name for loop in growing for name in loop.targets)
    if call.takes_many:
        return handled()
    if not names or ask.asks_about_schema(call) or not ask.depends(call, names):
        return harmless()
    if ask.puts_row(call) or ask.beside_model(call, growing):
        return harmless()  # each row is put in once anyway; a model keeps people waiting far longer
    return unhandled(
        f"{call.shown}() runs once per item", fix=suggest("join, or fetch all items with one `IN (...)` query")
    )
