"""missing-index-on-filter-column."""

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
    filters,
    harmless,
    rule,
    suggest,
    unhandled,
    unsure,
)

_MODELS = (
    "from sqlalchemy import Column, ForeignKey, Index, Integer, String\nfrom sqlalchemy.orm import declarative_base\nBase = declarative_base()\n"
    "class Order(Base):\n    __tablename__ = 'orders'\n    id = Column(Integer, primary_key=True)\n    user_id = Column(Integer, ForeignKey('users.id'){})\n"
    "    text = Column(String{})\n"
)
_ROUTES = (
    "from flask import Flask, jsonify, request\nfrom sqlalchemy.orm import Session\nimport models as m\napp = Flask(__name__)\n"
    "@app.post('/orders')\ndef order(db: Session):\n    db.add(m.Order(user_id=request.json['user'], text='x'))\n    db.commit()\n    return 'ok'\n"
    "@app.get('/orders/<int:user>')\ndef orders(user, db: Session):\n"
    "    return jsonify([o.text for o in db.query(m.Order).filter(m.Order.user_id == user).limit(50).all()]){}\n"
)
_DDL = "import sqlite3\nconnection = sqlite3.connect('a.db')\nconnection.executescript('''CREATE TABLE orders (id INTEGER PRIMARY KEY, user_id INTEGER, text TEXT);{}''')\n"
_STORE = (
    "from .base import connection\nclass Store:\n    def add(self, user):\n        connection.execute('INSERT INTO orders (user_id) VALUES (?)', (user,))\n"
    "        connection.commit()\n    def of(self, user):\n"
    "        return connection.execute('SELECT text FROM orders WHERE user_id = ? LIMIT 50', (user,)).fetchall(){}\n"
)
_APP = (
    "from flask import Flask, jsonify\nfrom store import Store\napp = Flask(__name__)\nstore = Store()\n"
    "@app.post('/orders/<int:user>')\ndef order(user):\n    store.add(user)\n    return 'ok'\n"
    "@app.get('/orders/<int:user>')\ndef orders(user):\n    return jsonify(store.of(user))\n"
)


@rule(
    lens="scale",
    severity="medium",
    confidence="medium",
    cwe=[1067],
    sources=[
        "Winand, SQL Performance Explained: The Where Clause",
        "CWE-1067: Excessive Execution of Sequential Searches",
    ],
    story=Story(
        demo="The table holds twenty rows.",
        production="Each page reads the whole table to find one person's rows; with a year of data everybody waits.",
        trigger="a table that has grown",
    ),
    action="Add an index on the columns by which rows are looked for",
    minutes=(5, 20),
    sites=filters(roles=SERVING),
    examples=[
        Bad({"app.py": _ROUTES.format("  # <-"), "models.py": _MODELS.format("", "")}, why="two files, an alias"),
        Bad(
            {
                "app.py": _APP,
                "store/__init__.py": "from .orders import Store\n",
                "store/orders.py": _STORE.format("  # <-"),
                "store/base.py": _DDL.format(""),
            },
            why="in SQL, a method behind a re-export",
        ),
        Bad(
            {"app.py": _ROUTES.format("  # <-"), "models.py": _MODELS.format("", ", index=True")},
            why="an index on another column",
            decoy=True,
        ),
        Bad(
            {
                "app.py": _APP,
                "store/__init__.py": "from .orders import Store\n",
                "store/orders.py": _STORE.format("  # <-"),
                "store/base.py": _DDL.format(" CREATE INDEX i ON orders (text, user_id);"),
            },
            why="an index that starts with another column does not lead to it",
            decoy=True,
        ),
        Good({"app.py": _ROUTES.format(""), "models.py": _MODELS.format(", index=True", "")}, why="an indexed column"),
        Good(
            {
                "app.py": _ROUTES.format(""),
                "models.py": _MODELS.format("", "") + "    __table_args__ = (Index('i', 'user_id', 'text'),)\n",
            },
            why="an index that starts with the column",
        ),
        Good(
            {
                "app.py": _APP,
                "store/__init__.py": "from .orders import Store\n",
                "store/orders.py": _STORE.format(""),
                "store/base.py": _DDL.format(" CREATE INDEX i ON orders (user_id);"),
            },
            why="an index in another file",
        ),
        Good(
            {
                "app.py": _APP,
                "store/__init__.py": "from .orders import Store\n",
                "store/orders.py": _STORE.format(""),
                "store/base.py": _DDL.format(""),
                "schema.sql": "CREATE INDEX i ON orders (user_id);\n",
            },
            why="an index in a file of SQL",
        ),
        Silent(
            {
                "app.py": _ROUTES.format("").replace("db.add(m.Order(user_id=request.json['user'], text='x'))", "pass"),
                "models.py": _MODELS.format("", ""),
            },
            why="nothing puts rows into the table while it serves",
        ),
        Miss(
            {
                "app.py": _ROUTES.format("").replace("m.Order.user_id == user", "m.Order.user_id > user"),
                "models.py": _MODELS.format("", ""),
            },
            why="a range needs an index too",
        ),
    ],
)
def missing_index_on_filter_column(call: CallSite, ask: Ask) -> Verdict:
    """Rows are looked for by a column without an index, in a table that grows while the program serves.

    The database reads every row to find the few.
    """
    found = ask.filtered(call)
    if found.is_indexed:
        return harmless()
    if not found.is_readable or ask.schema().has_open_definitions:
        return unsure("dynamic")
    columns = ", ".join(sorted(found.asked.columns))
    return unhandled(
        f"{found.table.name} has no index on {columns}",
        fix=suggest(f"create an index on {found.table.name} ({columns})"),
        cause=f"{found.table.path}:{found.table.name}",
    )
