"""n-plus-one-via-helper."""

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

_ROUTE = "from flask import Flask\napp = Flask(__name__)\n"
_ASKING = ("db.query", "db.write", "db.fetch_one")
_FEW = 36
"""A loop over at most this many items, whatever the data, is no growth."""


@rule(
    lens="scale",
    severity="high",
    confidence="high",
    preview=True,
    cwe=[1073],
    sources=["Yang et al., How not to structure your database-backed web applications, ICSE 2018"],
    story=Story(
        demo="Ten rows, ten quick queries.",
        production="The database is asked once per row; with a year of data it takes longer than anybody waits.",
        trigger="the data grows",
    ),
    action="Fetch what all items need in one query before the loop",
    minutes=(20, 90),
    sites=calls(reaches=_ASKING, in_loop=True, roles=SERVING),
    examples=[
        Bad(
            {
                "app.py": _ROUTE + "import store as s\n@app.get('/')\ndef home():\n    found = []\n"
                "    for order in s.orders():\n        found.append(s.items(order['id']))  # <-\n    return str(found)\n",
                "store.py": "import sqlite3\ndb = sqlite3.connect('a.db')\ndef orders():\n"
                "    return db.execute('SELECT * FROM orders').fetchall()\n"
                "def items(key):\n    return db.execute('SELECT * FROM items WHERE order_id = ? LIMIT 100', (key,)).fetchall()\n",
            },
            why="a LIMIT bounds each answer, not their number",
            decoy=True,
        ),
        Bad(
            {
                "app.py": _ROUTE + "from shop import Shop\nshop = Shop()\n@app.get('/')\ndef home():\n"
                "    return str([shop.price(key) for key in shop.keys()])  # <-\n",
                "shop/__init__.py": "from .prices import Shop\n",
                "shop/prices.py": "import sqlite3\nclass Shop:\n    def __init__(self):\n        self.db = sqlite3.connect('a.db')\n"
                "    def keys(self):\n        return [1, 2]\n    def price(self, key):\n        return self._one('price', key)\n"
                "    def _one(self, column, value):\n"
                "        return self.db.execute('SELECT price FROM t WHERE id = ?', (value,)).fetchone()\n",
            },
            why="two methods further on, behind a re-export",
        ),
        Good(
            {
                "app.py": _ROUTE + "from store import items\n@app.get('/')\ndef home():\n    kept = []\n"
                "    for row in items([1, 2]):\n        kept.append(show(row))\n    return str(kept)\ndef show(row):\n    return audit(row['id']) or row\n"
                "from store import audit\n",
                "store.py": "import sqlite3\ndb = sqlite3.connect('a.db')\ndef items(keys):\n"
                "    return db.execute('SELECT * FROM items WHERE id IN (?, ?)', keys).fetchall()\n"
                "def audit(key):\n    if key is None:\n        db.execute('SELECT 1')\n",
            },
            why="one query for all; the helper asks nothing about the item",
        ),
        Good(
            {
                "app.py": _ROUTE + "from store import count\n@app.get('/')\ndef home():\n"
                "    return str([count(table) for table in ('users', 'orders')])\n",
                "store.py": "import sqlite3\ndb = sqlite3.connect('a.db')\ndef count(table):\n"
                "    return db.execute(f'SELECT count(*) FROM {table}').fetchone()\n",
            },
            why="two rounds, whatever the data",
        ),
        Good(
            {
                "app.py": _ROUTE + "import store\n@app.get('/')\ndef home():\n    cities = ['Oslo', 'Rome', 'Bern']\n"
                "    return str([store.load(city) for city in cities])\n",
                "store.py": "import sqlite3\ndb = sqlite3.connect('a.db')\n"
                "def load(city):\n    return db.execute('SELECT 1 WHERE ? = 1', (city,)).fetchone()\n",
            },
            why="three cities, and never more",
        ),
        Good(
            {
                "app.py": _ROUTE + "import store\n@app.post('/')\ndef take():\n    for row in store.rows():\n"
                "        store.put(row)\n    for attempt in range(store.max_retries() + 1):\n"
                "        store.mark(attempt)\n    for row in store.rows():\n        if row.due:\n"
                "            store.mark(row.id)\n            return 'one'\n    return ''\n",
                "store.py": "import sqlite3\ndb = sqlite3.connect('a.db')\ndef rows():\n    return [1]\n"
                "def put(row):\n    db.execute('INSERT INTO t VALUES (?)', (row,))\n"
                "def mark(key):\n    db.execute('UPDATE t SET n = 1 WHERE id = ?', (key,))\n"
                "def max_retries():\n    return 3\n",
            },
            why="each row is put in once anyway; a few tries; one row, then it is left",
        ),
        Bad(
            {
                "app.py": _ROUTE + "import store\n@app.post('/')\ndef take():\n    for row in store.rows():\n"
                "        store.put(row)  # <-\n    return ''\n",
                "store.py": "import sqlite3\ndb = sqlite3.connect('a.db')\ndef rows():\n    return [1]\n"
                "def put(row):\n    if db.execute('SELECT id FROM t WHERE id = ?', (row,)).fetchone() is None:\n"
                "        db.execute('INSERT INTO t VALUES (?)', (row,))\n",
            },
            why="it is looked for before it is put in",
            decoy=True,
        ),
        Good(
            {
                "app.py": _ROUTE
                + "import store\n@app.get('/{name}')\ndef one(name):\n    for order in store.orders():\n"
                "        if order['name'] == name:\n            return store.items(order['id'])\n",
                "store.py": "import sqlite3\ndb = sqlite3.connect('a.db')\ndef orders():\n"
                "    return db.execute('SELECT * FROM orders').fetchall()\n"
                "def items(key):\n    return db.execute('SELECT * FROM items WHERE order_id = ?', (key,)).fetchall()\n",
            },
            why="asked once, for the one that was looked for",
        ),
        Silent(
            {
                "main.py": "from store import save\nfor line in open('rows'):\n    save(line)\n",
                "store.py": "import sqlite3\ndb = sqlite3.connect('a.db')\ndef save(line):\n    db.execute('INSERT INTO t VALUES (?)', (line,))\n",
            },
            why="a script",
        ),
        Miss(
            {
                "app.py": _ROUTE
                + "import store\n@app.get('/')\ndef home():\n    found = []\n    for key in store.keys():\n"
                "        store.current = key\n        found.append(store.load())\n    return str(found)\n",
                "store.py": "import sqlite3\ncurrent = None\ndb = sqlite3.connect('a.db')\ndef keys():\n    return [1]\n"
                "def load():\n    return db.execute('SELECT ?', (current,)).fetchone()\n",
            },
            why="the item travels in a module's name",
        ),
    ],
)
def n_plus_one_via_helper(call: CallSite, ask: Ask) -> Verdict:
    """A loop calls a helper that runs a query for each item.

    The query is out of sight, perhaps in another file; the number of round trips grows with the data.
    """
    growing = ask.growing(call, _FEW)
    names = tuple(name for loop in growing for name in loop.targets)
    chain = ask.keyed_chain(call, names, _ASKING) if names and not ask.beside_model(call, growing) else ()
    if not chain:
        return harmless()
    return unhandled(
        f"{call.shown}() runs a query for each item",
        fix=suggest("fetch all items with one `IN (...)` query or a join before the loop"),
        cause=f"{call.path}:{call.function.qualname}",
        trace=chain,
    )
