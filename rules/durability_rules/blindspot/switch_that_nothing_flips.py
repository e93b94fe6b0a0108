"""switch-that-nothing-flips."""

from durability.api import (
    SERVING,
    Ask,
    Bad,
    Good,
    Miss,
    Silent,
    Story,
    SwitchSite,
    Verdict,
    harmless,
    rule,
    suggest,
    switches,
    unhandled,
    unsure,
)

_FLASK = "from flask import Flask, jsonify, request\napp = Flask(__name__)\n"
_MODELS = (
    "from flask_sqlalchemy import SQLAlchemy\ndb = SQLAlchemy()\nclass User(db.Model):\n    id = db.Column(db.Integer, primary_key=True)\n"
    "    email = db.Column(db.String)\n    is_blocked = db.Column(db.Boolean, default=False)\n"
)
_ENTER = (
    "@app.post('/enter')\ndef enter():\n    user = m.User.query.filter_by(email=request.json['email']).first()\n"
    "    if user.is_blocked:  # <-\n        return 'no', 403\n    return 'in'\n"
)
_QUIET = _ENTER.replace("  # <-", "")
_BLOCK = "@app.post('/block')\ndef block():\n    user = m.User.query.get(request.json['id'])\n    {}\n    m.db.session.commit()\n    return 'ok'\n"
_HEAD = _FLASK + "import models as m\n"
_SQL = "import sqlite3\ndb = sqlite3.connect('a.db')\ndb.execute('CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT, is_blocked BOOLEAN DEFAULT 0)')\n"
_STORE = (
    "from .base import db\nclass Store:\n    def may_enter(self, email):\n"
    "        return db.execute('SELECT id FROM users WHERE email = ? AND is_blocked = 0', (email,)).fetchone()  # <-\n"
)


@rule(
    lens="blindspot",
    severity="medium",
    confidence="high",
    cwe=[570, 571],
    sources=["MITRE, CWE-570: Expression is Always False"],
    story=Story(
        demo="Nobody tries to use it.",
        production="Somebody needs it, a person to be blocked or an offer to end, and there is no way to do it.",
        trigger="the day it is needed",
    ),
    action="Build what sets it, or remove the test and the column",
    minutes=(20, 120),
    sites=switches(roles=SERVING),
    examples=[
        Bad({"app.py": _HEAD + _ENTER, "models.py": _MODELS}, why="two files, an alias"),
        Bad(
            {
                "app.py": _FLASK
                + "from store import Store\nstore = Store()\n@app.post('/enter')\ndef enter():\n    return jsonify(bool(store.may_enter(request.json['email'])))\n",
                "store/__init__.py": "from .users import Store\n",
                "store/users.py": _STORE,
                "store/base.py": _SQL,
            },
            why="in SQL, a method behind a re-export",
        ),
        Bad(
            {"app.py": _HEAD + _ENTER + _BLOCK.format("user.is_blocked = False"), "models.py": _MODELS},
            why="it is set, to what it is already",
            decoy=True,
        ),
        Good(
            {"app.py": _HEAD + _QUIET + _BLOCK.format("user.is_blocked = True"), "models.py": _MODELS},
            why="another handler flips it",
        ),
        Good(
            {
                "app.py": _HEAD + _QUIET + _BLOCK.format("m.User.query.update({'is_blocked': request.json['on']})"),
                "models.py": _MODELS,
            },
            why="set to what a person asks for",
        ),
        Good(
            {
                "app.py": _FLASK
                + "from users import db\n@app.post('/enter')\ndef enter():\n    row = db.execute('SELECT id FROM users WHERE is_blocked = 0').fetchone()\n"
                "    return jsonify(row)\n",
                "users.py": _SQL
                + "def block(user):\n    db.execute('UPDATE users SET is_blocked = 1 WHERE id = ?', (user,))\n",
            },
            why="an update in SQL in another file",
        ),
        Silent(
            {"app.py": _HEAD + _QUIET.replace("user.is_blocked", "user.email"), "models.py": _MODELS},
            why="a column that nothing tests",
        ),
        Miss(
            {
                "app.py": _HEAD + _QUIET + _BLOCK.format("setattr(user, request.json['name'], 1)"),
                "models.py": _MODELS,
            },
            why="an attribute that is set by name may be this one",
        ),
    ],
)
def switch_that_nothing_flips(site: SwitchSite, ask: Ask) -> Verdict:
    """A column is on or off from the start, a branch or a query depends on it, and nothing sets it to the other value.

    What the test promises, such as blocking somebody, is not built.
    """
    flipped = ask.is_flipped(site.switch)
    if flipped is None:
        return unsure("dynamic")
    if flipped:
        return harmless()
    name, other = site.switch.name, "off" if site.switch.starts_on else "on"
    return unhandled(
        f"nothing ever switches {name} {other}: this test has one outcome",
        fix=suggest(f"add what switches {name} {other}, or remove the test"),
        cause=name,
        trace=site.trace,
    )
