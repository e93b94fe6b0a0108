"""destructive-without-guard."""

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

_ROUTE = "from flask import Flask, request\nimport sqlite3\napp = Flask(__name__)\n"


@rule(
    lens="blindspot",
    severity="high",
    confidence="high",
    cwe=[250],
    sources=["OWASP Top 10 for LLM Applications 2025, LLM06 Excessive Agency"],
    story=Story(
        demo="The reset button clears the sample data.",
        production="One call, by mistake or by a stranger, deletes everything that everybody stored, and nothing asks whether that was meant.",
        trigger="somebody or some model calls it on the real data",
    ),
    action="Ask for a confirmation and a permission before everything is deleted, and refuse in production",
    minutes=(15, 60),
    sites=calls(
        effect=("db.query", "db.write", "db.schema", "file.delete", "http"),
        roles=("route", "bot", "ui", "tool", "worker", "startup", "import"),
    ),
    examples=[
        Bad(
            _ROUTE + "db = sqlite3.connect('shop.db')\n@app.post('/reset')\ndef reset():\n"
            "    db.execute('DELETE FROM orders')  # <-\n    return 'ok'\n"
        ),
        Bad(
            {
                "app.py": _ROUTE
                + "import store as s\n@app.post('/reset')\ndef reset():\n    print('confirm')\n    s.clear()\n    return 'ok'\n",
                "store.py": "import shutil\ndef clear():\n    shutil.rmtree('uploads')  # <-\n",
            },
            why="it prints the word and asks nobody; the deletion is in another file",
            decoy=True,
        ),
        Bad(
            {
                "agent.py": "from langchain_core.tools import tool\nfrom shop import Shop\nshop = Shop()\n"
                "@tool\ndef start_over() -> str:\n    'Start over.'\n    shop.empty()\n    return 'done'\n",
                "shop/__init__.py": "from .orders import Shop\n",
                "shop/orders.py": "from pymongo import MongoClient\nclass Shop:\n    def __init__(self):\n"
                "        self.db = MongoClient('mongodb://db').shop\n    def empty(self):\n"
                "        self.db.orders.delete_many({})  # <-\n",
            },
            why="a model may call it",
        ),
        Good(
            _ROUTE + "db = sqlite3.connect('shop.db')\n@app.delete('/orders/<int:key>')\ndef one(key):\n"
            "    db.execute('DELETE FROM orders WHERE id = ?', (key,))\n    return 'ok'\n",
            why="one row",
        ),
        Good(
            {
                "app.py": _ROUTE
                + "from store import clear\n@app.post('/reset')\ndef reset():\n    clear()\n    return 'ok'\n",
                "store.py": "import os, shutil\ndef clear():\n    if os.environ.get('APP_ENV') == 'production':\n"
                "        raise RuntimeError('not here')\n    shutil.rmtree('uploads')\n",
            },
            why="the other file refuses in production",
        ),
        Silent(
            "import sqlite3\nsqlite3.connect('a.db').execute('DELETE FROM orders')\n", why="a person runs the script"
        ),
        Silent(
            _ROUTE + "import tempfile, shutil\n@app.post('/pack')\ndef pack():\n    folder = tempfile.mkdtemp()\n"
            "    shutil.rmtree(folder)\n    return ''\n",
            why="what it made itself",
        ),
        Miss(
            _ROUTE
            + "import subprocess\n@app.post('/reset')\ndef reset():\n    subprocess.run(['rm', '-rf', 'data'])\n    return ''\n",
            why="another program deletes",
        ),
    ],
)
def destructive_without_guard(call: CallSite, ask: Ask) -> Verdict | None:
    """A call that deletes everything of a kind can be reached without anybody saying that it should.

    A confirmation, a check of the environment, a permission or a key on every way to the call is such a word.
    """
    scope = ask.destroys(call)
    if not scope:
        return None
    way = ask.unmeant(call) if scope == "everything" else None
    if way is None:
        return handled()
    return unhandled(
        f"{call.shown}() deletes everything, and nothing on the way asks whether it should",
        fix=suggest("require a confirmation and a permission, and refuse when the environment is production"),
        trace=way if len(way) > 1 else (),
    )
