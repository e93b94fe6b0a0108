"""fetch-all-unbounded."""

from durability.api import (
    SERVING,
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
    harmless,
    rule,
    suggest,
    unhandled,
    unsure,
)

_MONGO = (
    "from fastapi import FastAPI\nfrom motor.motor_asyncio import AsyncIOMotorClient\napp = FastAPI()\n"
    "db = AsyncIOMotorClient().shop\n@app.get('/orders')\nasync def orders(user: str, find: dict):\n"
)
ROUTE = "from flask import Flask, request\nimport sqlite3\napp = Flask(__name__)\n"


@rule(
    lens="scale",
    severity="medium",
    confidence="high",
    preview=True,
    cwe=[770],
    sources=["OWASP API Security 2023, API4", "Yang et al., ICSE 2018"],
    story=Story(
        demo="The list holds twenty entries.",
        production="The page loads every row there ever was; after some months it is slow, then the server runs out of memory.",
        trigger="the table grows",
    ),
    action="Read a page at a time, with a limit and a next page",
    minutes=(15, 45),
    sites=calls(effect="db.fetch_all", roles=SERVING),
    examples=[
        Bad(
            ROUTE + "@app.route('/')\ndef home():\n    db = sqlite3.connect('a.db')\n"
            "    return str(db.execute('SELECT * FROM orders').fetchall())  # <-\n"
        ),
        Bad(
            {
                "store.py": "import sqlite3\ndef everything():\n    cur = sqlite3.connect('a.db').cursor()\n"
                "    cur.execute('SELECT id, name FROM users ORDER BY name')\n    return cur.fetchall()  # <-\n",
                "main.py": "from flask import Flask\nimport store\napp = Flask(__name__)\n@app.route('/')\n"
                "def home():\n    return str(store.everything())\n",
            }
        ),
        Bad(
            ROUTE + "@app.route('/')\ndef home():\n    limit = int(request.args['limit'])\n"
            "    db = sqlite3.connect('a.db')\n    rows = db.execute('SELECT * FROM orders').fetchall()  # <-\n"
            "    return str(rows[:limit])\n",
            why="the limit is applied after every row was read",
            decoy=True,
        ),
        Good(
            ROUTE + "@app.route('/')\ndef home():\n    db = sqlite3.connect('a.db')\n"
            "    return str(db.execute('SELECT * FROM orders LIMIT ? OFFSET ?', (50, 0)).fetchall())\n"
        ),
        Good(
            ROUTE + "@app.route('/')\ndef home():\n    db = sqlite3.connect('a.db')\n    sql = 'SELECT * FROM orders'\n"
            "    sql += ' LIMIT 20'\n    return str(db.execute(sql).fetchall())\n"
        ),
        Bad(
            _MONGO + "    return await db.orders.find({}, {'_id': 0}).sort('day', -1).to_list(None)  # <-\n",
            why="the second argument says which fields, and None that there is no end",
        ),
        Bad(
            _MONGO + "    few = await db.users.find().limit(3).to_list(3)\n"
            "    cursor = db.orders.find()  # <-\n    return few, await cursor.to_list(length=None)\n",
            why="the limit of another cursor",
            decoy=True,
        ),
        Good(_MONGO + "    return await db.orders.find({}).sort('day', -1).limit(6).to_list(6)\n"),
        Good(_MONGO + "    cursor = db.orders.find()\n    return await cursor.to_list(length=100)\n"),
        Good(_MONGO + "    return await db.orders.find({'user': user}).to_list(None)\n", why="one person's"),
        Unclear(_MONGO + "    return await db.orders.find(find).to_list(None)\n"),
        Unclear(
            ROUTE
            + "@app.route('/')\ndef home():\n    db = sqlite3.connect('a.db')\n    return str(db.execute(build()).fetchall())\n"
        ),
        Good(
            "from django.views import View\nfrom django.db import models\nclass Event(models.Model):\n    pass\nclass Events(View):\n    def get(self, request):\n        newest = Event.objects.all()[:10]\n        return render(request, newest)\n",
            why="a part of it",
        ),
        Silent(
            "import sqlite3\nprint(sqlite3.connect('a.db').execute('SELECT * FROM t').fetchall())\n", why="a script"
        ),
        Miss(
            ROUTE
            + "@app.route('/')\ndef home():\n    db = sqlite3.connect('a.db')\n    rows = [r for r in db.execute('SELECT * FROM t')]\n"
            "    return str(rows)\n"
        ),
    ],
)
def fetch_all_unbounded(call: CallSite, ask: Ask) -> Verdict | None:
    """A request reads every row of a table.

    Nothing bounds the result: no limit, no condition, no page.
    """
    bound = ask.bound(call)
    if bound == "none":
        return None
    if bound == "unclear":
        return unsure("unresolved")
    if bound == "bounded":
        return harmless()
    return unhandled(
        f"{call.shown}() reads every row", fix=suggest("add LIMIT and OFFSET, or a cursor, and a next page")
    )
