"""none-result-unguarded."""

from durability.api import (
    Ask,
    Bad,
    CallSite,
    Good,
    Miss,
    Silent,
    Step,
    Story,
    Verdict,
    calls,
    handled,
    harmless,
    rule,
    suggest,
    unhandled,
)

_APP = "import sqlite3\nfrom flask import Flask\napp = Flask(__name__)\n"
_STORE = (
    "import sqlite3\n\n\ndef find_order(key):\n    db = sqlite3.connect('shop.db')\n"
    "    return db.execute('SELECT total, state FROM orders WHERE id = ?', (key,)).fetchone()\n"
)


@rule(
    lens="blindspot",
    severity="medium",
    confidence="high",
    cwe=[476],
    sources=["CWE-476", "sqlite3 documentation, Cursor.fetchone"],
    story=Story(
        demo="Whatever is asked for in the demo exists.",
        production="A person follows a link to something that is gone, and the program breaks where it should say so.",
        trigger="what is looked up is not there",
    ),
    action="Test for None before the result is used, and say that there is nothing",
    minutes=(2, 10),
    sites=calls(gives="none", roles=("route", "worker", "bot", "tool", "ui")),
    examples=[
        Bad(
            _APP + "@app.get('/orders/<key>')\ndef order(key):\n    db = sqlite3.connect('shop.db')\n"
            "    row = db.execute('SELECT total FROM orders WHERE id = ?', (key,)).fetchone()  # <-\n"
            "    return {'total': row[0]}\n"
        ),
        Bad(
            {
                "app.py": "from flask import Flask\nimport store as shop\napp = Flask(__name__)\n\n\n"
                "@app.get('/orders/<key>')\ndef order(key):\n    found = shop.find_order(key)  # <-\n"
                "    return {'total': found['total']}\n",
                "store.py": _STORE,
            },
            why="the lookup is in another file",
        ),
        Bad(
            {
                "app.py": "from flask import Flask\nfrom shop import Orders\napp = Flask(__name__)\norders = Orders()\n\n\n"
                "@app.get('/orders/<key>')\ndef order(key):\n    found = orders.find(key)  # <-\n"
                "    return {'total': found['total']}\n",
                "shop/__init__.py": "from .service import Orders\n",
                "shop/service.py": "from shop.store import find_order as load\n\n\nclass Orders:\n"
                "    def find(self, key):\n        found = load(key)\n        return found\n",
                "shop/store.py": _STORE,
            },
            why="a method hands on what a function of a third file found",
        ),
        Bad(
            "import re\nfrom flask import Flask, request\napp = Flask(__name__)\n@app.post('/pay')\ndef pay():\n"
            "    amount = request.form.get('amount')  # <-\n    if not amount.strip():\n        return 'none', 400\n"
            "    return 'paid'\n",
            why="the test asks the missing value itself",
            decoy=True,
        ),
        Bad(
            _APP + "@app.get('/orders/<key>')\ndef order(key):\n    db = sqlite3.connect('shop.db')\n"
            "    row = db.execute('SELECT total FROM orders WHERE id = ?', (key,)).fetchone()  # <-\n"
            "    if row is None:\n        print('no such order')\n    return {'total': row[0]}\n",
            why="it is noticed, and then used all the same",
            decoy=True,
        ),
        Good(
            _APP + "@app.get('/orders/<key>')\ndef order(key):\n    db = sqlite3.connect('shop.db')\n"
            "    row = db.execute('SELECT total FROM orders WHERE id = ?', (key,)).fetchone()\n"
            "    if row is None:\n        return 'no such order', 404\n    return {'total': row[0]}\n"
        ),
        Bad(
            {
                "app.py": "from flask import Flask\nimport shop\napp = Flask(__name__)\n@app.get('/orders/<key>')\n"
                "def order(key):\n    return {'total': shop.find(key)['total']}  # <-\n",
                "shop.py": "import sqlite3\ndef as_dict(row):\n    return dict(row) if row else None\ndef find(key):\n"
                "    db = sqlite3.connect('shop.db')\n"
                "    return as_dict(db.execute('SELECT * FROM orders WHERE id = ?', (key,)).fetchone())\n",
            },
            why="a function gives the row back in another shape",
        ),
        Silent(
            _APP + "def as_dict(row):\n    return row\n@app.post('/orders')\ndef order():\n"
            "    db = sqlite3.connect('shop.db')\n    made = db.execute('INSERT INTO orders (total) VALUES (?)', (1,))\n"
            "    key = made.lastrowid\n"
            "    return {'total': as_dict(db.execute('SELECT * FROM orders WHERE id = ?', (key,)).fetchone())['total']}\n",
            why="the row was just put in",
        ),
        Good(
            _APP + "@app.get('/orders')\ndef orders():\n    db = sqlite3.connect('shop.db')\n"
            "    return {'count': db.execute('SELECT COUNT(*) FROM orders').fetchone()[0]}\n",
            why="a count is always there",
        ),
        Good(
            _APP + "@app.get('/orders')\ndef orders():\n    db = sqlite3.connect('shop.db')\n"
            "    row = db.execute('SELECT (SELECT COUNT(*) FROM users) AS u, COUNT(*), IFNULL(SUM(t), 0) FROM o').fetchone()\n"
            "    return {'count': row[0]}\n",
            why="a count beside another statement is always there",
        ),
        Bad(
            _APP + "@app.get('/orders/<key>')\ndef order(key):\n    db = sqlite3.connect('shop.db')\n"
            "    row = db.execute('SELECT (SELECT COUNT(*) FROM i), name FROM o WHERE id = ?', (key,)).fetchone()  # <-\n"
            "    return {'count': row[0]}\n",
            why="the count stands in a row that may not be there",
            decoy=True,
        ),
        Good(
            {
                "app.py": "from flask import Flask\nfrom store import load\napp = Flask(__name__)\n\n\n"
                "@app.get('/orders/<key>')\ndef order(key):\n    return {'total': load(key)['total']}\n",
                "store.py": "import sqlite3\nfrom flask import abort\n\n\ndef load(key):\n"
                "    db = sqlite3.connect('shop.db')\n"
                "    row = db.execute('SELECT total FROM orders WHERE id = ?', (key,)).fetchone()\n"
                "    if not row:\n        abort(404)\n    return dict(row)\n",
            },
            why="the other file never hands on what is missing",
        ),
        Silent(
            {
                "app.py": "from flask import Flask\nfrom keys import keys\napp = Flask(__name__)\n\n\n"
                "@app.get('/keys')\ndef listed():\n    return {'keys': keys('kms').list_keys()}\n",
                "keys.py": "import boto3\ndef session():\n    return boto3.session.Session()\ndef keys(name):\n"
                "    made = session()\n    if not made:\n        return None\n    return made.client(name)\n",
            },
            why="it gives None only where a new object were none",
        ),
        Silent(
            {
                "app.py": "from flask import Flask, request\nfrom body import read\napp = Flask(__name__)\n\n\n"
                "@app.post('/rules')\ndef rule():\n    return {'name': read(request)['name']}\n",
                "body.py": "import json\ndef read(request, allow_empty=False):\n    text = request.data\n"
                "    if not text and allow_empty:\n        return None\n    return json.loads(text)\n",
            },
            why="None has to be asked for",
        ),
        Bad(
            {
                "app.py": "from flask import Flask\nimport shop\napp = Flask(__name__)\n@app.get('/orders/<key>')\n"
                "def order(key):\n    return {'total': shop.shown(key)['total']}  # <-\n",
                "shop.py": "import sqlite3\ndef find(key):\n    db = sqlite3.connect('shop.db')\n"
                "    return db.execute('SELECT * FROM orders WHERE id = ?', (key,)).fetchone()\n"
                "def shown(key):\n    row = find(key)\n    if row is None:\n        return None\n    return dict(row)\n",
            },
            why="None for None, through two functions",
            decoy=True,
        ),
        Silent(
            {
                "app.py": "from flask import Flask\nimport shop\napp = Flask(__name__)\n@app.get('/orders/<key>')\n"
                "def order(key):\n    return {'total': shop.shown(key)['total']}\n",
                "shop.py": "def find(key):\n    return {'id': key, 'total': 1}\n"
                "def shown(key):\n    row = find(key)\n    if row is None:\n        return None\n    return dict(row)\n",
            },
            why="what is tested for None never is",
        ),
        Good(
            "import re\nfrom flask import Flask, request\napp = Flask(__name__)\n@app.post('/pay')\ndef pay():\n"
            "    if (found := re.match(r'\\d+', request.form['amount'])) and found.group():\n        return 'paid'\n"
            "    return 'no amount', 400\n"
        ),
        Silent(
            _APP + "@app.get('/')\ndef home():\n    return {'greeting': 'hello'}\n",
            why="nothing is looked up",
        ),
        Silent(
            "import re\nprint(re.match('a', 'b').group())\n",
            why="a script: the person who runs it sees it stop",
        ),
        Bad(
            {
                "app.py": _APP + "from shown import as_dict\n@app.get('/orders/<key>')\ndef order(key):\n"
                "    db = sqlite3.connect('shop.db')\n    cursor = db.execute('SELECT * FROM orders WHERE id = ?', (key,))\n"
                "    return as_dict(cursor.fetchone())  # <-\n",
                "shown.py": "def as_dict(row):\n    return {'id': row[0], 'total': row[1]}\n",
            },
            why="a function of another file needs it",
        ),
        Good(
            {
                "app.py": _APP + "from shown import as_dict\n@app.get('/orders/<key>')\ndef order(key):\n"
                "    db = sqlite3.connect('shop.db')\n    cursor = db.execute('SELECT * FROM orders WHERE id = ?', (key,))\n"
                "    row = cursor.fetchone()\n    return as_dict(row) if row else ('no such order', 404)\n",
                "shown.py": "def as_dict(row):\n    return {'id': row[0], 'total': row[1]}\n",
            },
            why="it is tested before it is handed on",
        ),
        Miss(
            _APP + "def inner(row):\n    return row[0]\ndef total(row):\n    return inner(row)\n"
            "@app.get('/orders/<key>')\ndef order(key):\n    db = sqlite3.connect('shop.db')\n"
            "    return str(total(db.execute('SELECT total FROM orders WHERE id = ?', (key,)).fetchone()))\n",
            why="handed on twice",
        ),
    ],
)
def none_result_unguarded(call: CallSite, ask: Ask) -> Verdict | None:
    """A result that may be None is used as if there always were one.

    A lookup that finds nothing gives None; the next attribute, subscript or call on it raises.
    """
    needs = ask.none_needs(call)
    if not needs:
        return None
    open_need = next((need for need in needs if not need.guarded), None)
    origin = ask.none_origin(call) if open_need is not None else None
    if open_need is None:
        return handled()
    if origin is None:
        return harmless()
    steps = (Step(call.path, call.line, f"calls {call.shown}()"), *origin.steps)
    return unhandled(
        f"{origin.why}, and it is {open_need.done}",
        fix=suggest("test for None first, and answer that there is nothing"),
        trace=(*steps, Step(call.path, open_need.line, f"the result is {open_need.done}"), *open_need.steps),
    )
