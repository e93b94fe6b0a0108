"""insert-guarded-only-by-read."""

from durability.api import (
    Ask,
    Bad,
    CallSite,
    Good,
    Miss,
    Silent,
    Story,
    Verdict,
    harmless,
    lookups,
    possibly,
    rule,
    suggest,
    unhandled,
    unsure,
)

_ROUTE = "from flask import Flask, request\napp = Flask(__name__)\n"
_BASE = "from sqlalchemy import Column, Index, Integer, String, UniqueConstraint\nfrom sqlalchemy.orm import declarative_base\nBase = declarative_base()\n"
_USER = (
    _BASE
    + "class User(Base):\n    __tablename__ = 'users'\n    id = Column(Integer, primary_key=True)\n    email = Column(String{})\n    name = Column(String{})\n"
)
_SIGN_UP = (
    _ROUTE
    + "from sqlalchemy.orm import Session\nimport models as m\n@app.post('/join')\ndef join(db: Session):\n    mail = request.json['email']\n"
    "    if db.query(m.User).filter(m.User.email == mail).first():{}\n        return 'taken', 409\n"
    "    user = m.User(email=mail, name='x')\n    db.add(user)\n    db.commit()\n    return 'ok'\n"
)
_SQL = (
    _ROUTE
    + "import sqlite3\ndb = sqlite3.connect('a.db')\n@app.post('/join')\ndef join():\n    mail = request.json['email']\n"
    "    row = db.execute('SELECT id FROM users WHERE email = ?', (mail,)).fetchone(){}\n    if row is None:\n"
    "        db.execute('{} INTO users (email) VALUES (?)', (mail,))\n    return 'ok'\n"
)
_STORE = (
    "import sqlite3\nclass Store:\n    def __init__(self):\n        self.db = sqlite3.connect('a.db')\n    def find(self, mail):\n"
    "        return self.db.execute('SELECT id FROM users WHERE email = ?', (mail,)).fetchone()\n    def create(self, mail):\n"
    "        self.db.execute('INSERT INTO users (email) VALUES (?)', (mail,))\n"
)
_ASKING = (
    _ROUTE
    + "from store import Store\nstore = Store()\n@app.post('/join')\ndef join():\n    mail = request.json['email']\n"
    "    if store.find(mail):{}\n        return 'taken'\n    store.create(mail)\n    return 'ok'\n"
)
_MONGO = (
    _ROUTE + "from store import people\n@app.post('/join')\ndef join():\n    mail = request.json['email']\n"
    "    if people.find_one({'email': mail}):__MARK__\n        return 'taken'\n    people.insert_one({'email': mail})\n    return 'ok'\n"
)
_SUPABASE = (
    _ROUTE + "import os\nfrom supabase import create_client\ndb = create_client(os.environ['URL'], os.environ['KEY'])\n"
    "@app.post('/join')\ndef join():\n    mail = request.json['email']\n"
    "    found = db.table('users').select('id').eq('email', mail).execute()__MARK__\n    if not found.data:\n"
    "        db.table('users').insert({'email': mail}).execute()\n    return 'ok'\n"
)


def _collection(rest: str) -> str:
    return f"from pymongo import MongoClient\npeople = MongoClient().shop.people\npeople.create_index('email'{rest})\n"


def _table(rest: str) -> str:
    return f"import sqlite3\nsqlite3.connect('a.db').executescript('''CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT{rest}''')\n"


@rule(
    lens="time",
    severity="high",
    confidence="high",
    cwe=[362, 367],
    sources=["Bailis et al., Feral Concurrency Control, SIGMOD 2015"],
    story=Story(
        demo="One person signs up, once.",
        production="Two requests at the same moment both find nothing and both save: the same thing stands there twice.",
        trigger="two requests at once",
    ),
    action="Let the database refuse the second row: a unique key on what the code looks for",
    minutes=(15, 60),
    sites=lookups(roles=("route", "ui", "bot", "tool")),
    examples=[
        Bad({"app.py": _SIGN_UP.format("  # <-"), "models.py": _USER.format("", "")}, why="two files, an alias"),
        Bad(
            {"app.py": _SIGN_UP.format("  # <-"), "models.py": _USER.format(", index=True", ", unique=True")},
            why="an index that takes any value twice, and a unique key on another column",
            decoy=True,
        ),
        Bad(
            {
                "app.py": _ASKING.format("  # <-"),
                "store/__init__.py": "from .users import Store\n",
                "store/users.py": _STORE,
                "schema.py": _table("); CREATE INDEX by_mail ON users (email)"),
            },
            why="look and insert are methods behind a re-export",
        ),
        Bad(
            {"app.py": _SQL.format("  # <-", "INSERT OR IGNORE"), "schema.py": _table(")")},
            why="without a unique key there is nothing to ignore",
            decoy=True,
        ),
        Bad(
            {"app.py": _MONGO.replace("__MARK__", "  # <-"), "store.py": _collection("")},
            why="an index on documents that takes any value twice",
            decoy=True,
        ),
        Bad(
            {
                "app.py": _SUPABASE.replace("__MARK__", "  # <-"),
                "supabase/tables.sql": "CREATE TABLE users (id SERIAL PRIMARY KEY, email TEXT);\n",
            },
            why="a statement that is built call by call",
        ),
        Good({"app.py": _SIGN_UP.format(""), "models.py": _USER.format(", unique=True", "")}, why="a unique column"),
        Good(
            {"app.py": _MONGO.replace("__MARK__", ""), "store.py": _collection(", unique=True")},
            why="a unique index on documents",
        ),
        Good(
            {
                "app.py": _SUPABASE.replace("__MARK__", "").replace(".insert(", ".upsert("),
                "supabase/tables.sql": "CREATE TABLE users (id SERIAL PRIMARY KEY, email TEXT);\n",
            },
            why="an upsert copes with the row that is there",
        ),
        Good(
            {
                "app.py": _SIGN_UP.format(""),
                "models.py": _USER.format("", "") + "    __table_args__ = (UniqueConstraint('email'),)\n",
            },
            why="a unique constraint of the table",
        ),
        Good(
            {
                "app.py": _SIGN_UP.format(""),
                "models.py": _USER.format("", "") + "    __table_args__ = (Index('u', 'email', unique=True),)\n",
            },
            why="a unique index of the table",
        ),
        Good(
            {
                "app.py": _ASKING.format(""),
                "store/__init__.py": "from .users import Store\n",
                "store/users.py": _STORE,
                "schema.py": _table("); CREATE UNIQUE INDEX by_mail ON users (email)"),
            },
            why="a unique index in another file",
        ),
        Good(
            {"app.py": _SQL.format("", "INSERT"), "schema.py": _table(" NOT NULL UNIQUE)")},
            why="a unique column in SQL",
        ),
        Good(
            {
                "app.py": _SQL.format("", "INSERT"),
                "schema.py": _table(")"),
                "db/keys.sql": "ALTER TABLE users ADD CONSTRAINT one UNIQUE (email);\n",
            },
            why="a constraint in a file of SQL",
        ),
        Good({"app.py": _SQL.format("", "INSERT OR REPLACE"), "schema.py": _table(", UNIQUE(email))")}, why="replaced"),
        Good(
            {
                "app.py": _ROUTE
                + "import sqlite3\nimport threading\nlock = threading.Lock()\ndb = sqlite3.connect('a.db')\n@app.post('/join')\n"
                "def join():\n    mail = request.json['email']\n    with lock:\n"
                "        if not db.execute('SELECT id FROM users WHERE email = ?', (mail,)).fetchone():\n"
                "            db.execute('INSERT INTO users (email) VALUES (?)', (mail,))\n    return 'ok'\n",
                "schema.py": _table(")"),
            },
            why="one lock around both",
        ),
        Good(
            {
                "app.py": _ROUTE
                + "import sqlite3\ndb = sqlite3.connect('a.db')\n@app.post('/join')\ndef join():\n    mail = request.json['email']\n"
                "    db.execute('BEGIN IMMEDIATE')\n"
                "    if not db.execute('SELECT id FROM users WHERE email = ?', (mail,)).fetchone():\n"
                "        db.execute('INSERT INTO users (email) VALUES (?)', (mail,))\n    return 'ok'\n",
                "schema.py": _table(")"),
            },
            why="the transaction holds the write lock while it looks",
        ),
        Silent(
            {
                "app.py": _ROUTE
                + "import sqlite3\ndb = sqlite3.connect('a.db')\n@app.post('/a')\ndef a():\n    mail = request.json['email']\n"
                "    if db.execute('SELECT id FROM users WHERE email = ?', (mail,)).fetchone():\n"
                "        db.execute('INSERT INTO visits (email) VALUES (?)', (mail,))\n    return 'ok'\n",
                "schema.py": _table(")"),
            },
            why="another table, and only when the row is there",
        ),
        Miss(
            {
                "app.py": _ROUTE
                + "import sqlite3\ndb = sqlite3.connect('a.db')\n@app.post('/join')\ndef join():\n    mail = request.json['email']\n"
                "    taken = [row[0] for row in db.execute('SELECT email FROM users LIMIT 1000')]\n    if mail not in taken:\n"
                "        db.execute('INSERT INTO users (email) VALUES (?)', (mail,))\n    return 'ok'\n",
                "schema.py": _table(")"),
            },
            why="the look is a search in a list",
        ),
    ],
)
def insert_guarded_only_by_read(call: CallSite, ask: Ask) -> Verdict:
    """A row is inserted because a lookup just before found none, and no unique key makes the database refuse a second.

    Two requests that run at the same time both find nothing and both insert.
    """
    found = ask.guarded_insert(call)
    if found.serial or found.put.how == "upsert":
        return harmless()
    table = found.table
    if table is None or ask.schema().has_open_definitions:
        return unsure("unresolved")
    if table.holds_once(found.asked.columns):
        return harmless()
    if not table.readable or found.asked.locked or not table.knows(found.asked.columns):
        return unsure("dynamic")
    columns = ", ".join(sorted(found.asked.columns))
    open_verdict = unhandled(
        f"only this lookup keeps {table.name} ({columns}) from being inserted twice",
        fix=suggest(f"add a unique constraint on {table.name} ({columns}) and handle its error, or use an upsert"),
        cause=f"{table.path}:{table.name}:{columns}",
        trace=found.trace,
    )
    # Somebody may have made an index by hand where the program makes none.
    return open_verdict if table.declared else possibly(open_verdict)
