"""A helper that runs the statement it is given: what the database does is said where the statement is written."""

import pytest

from durability import scan
from durability.config import Config
from durability.engine.survey import linked

HELPERS = {
    "function": ("def run(sql, args=()):\n    c = sqlite3.connect('a.db')\n    c.execute(sql, args)\n    c.commit()\n    c.close()\n", "run({})"),
    "rows": ("def run(sql, args=()):\n    c = sqlite3.connect('a.db')\n    rows = c.execute(sql, args).fetchall()\n    c.commit()\n    return rows\n", "run({})"),
    "block": ("def run(sql, args=()):\n    with sqlite3.connect('a.db') as c:\n        c.execute(sql, args)\n", "run({})"),
    "translated": ("def mine(text):\n    text = text.replace('%', '%%')\n    return text\ndef run(sql, args=()):\n    c = sqlite3.connect('a.db')\n    c.execute(mine(sql), args)\n    c.commit()\n", "run({})"),
    "two levels": ("def inner(query):\n    c = sqlite3.connect('a.db')\n    c.execute(query)\n    c.commit()\ndef run(sql):\n    inner(query=sql)\n", "run({})"),
    "method": ("class Store:\n    def __init__(self):\n        self.c = sqlite3.connect('a.db')\n    def run(self, sql, args=()):\n        self.c.execute(sql, args)\n        self.c.commit()\nstore = Store()\n", "store.run({})"),
}  # fmt: skip


def mapped(tmp_path, helper, call, text):
    made, asked = helper, call.format(repr(text))
    name = asked.partition("(")[0].partition(".")[0]
    (tmp_path / "db.py").write_text("import sqlite3\n" + made)
    (tmp_path / "main.py").write_text(
        f"from fastapi import FastAPI\nfrom db import {name}\napp = FastAPI()\n@app.post('/x')\ndef x():\n    {asked}\n"
    )
    [entry] = linked(tmp_path, Config()).map().entry_points
    return entry


@pytest.mark.parametrize(("helper", "call"), HELPERS.values(), ids=HELPERS)
@pytest.mark.parametrize(
    ("text", "touch", "leaves", "stakes"),
    [
        ("INSERT INTO orders (a) VALUES (1)", ("writes", "orders"), ["orders"], ()),
        ("DELETE FROM orders WHERE id = 1", ("deletes", "orders"), ["orders"], ("deletes stored records",)),
        ("SELECT a FROM orders", ("reads", "orders"), [], ()),
    ],
)
def test_the_caller_says_what_the_database_does(tmp_path, helper, call, text, touch, leaves, stakes):
    entry = mapped(tmp_path, helper, call, text)
    assert [(item.how, item.name) for item in entry.touches if item.kind == "database"] == [touch]
    assert [item.name for item in entry.leaves] == leaves
    assert entry.stakes == stakes


def test_what_a_model_says_is_no_statement_of_a_caller(tmp_path):
    """A function that others call and that is an entry point of its own still runs what it is given from outside."""
    (tmp_path / "main.py").write_text(
        "import sqlite3\nfrom fastapi import FastAPI\napp = FastAPI()\n@app.post('/q')\ndef run(sql: str):\n"
        "    sqlite3.connect('a.db').execute(sql)\n@app.post('/x')\ndef x():\n    run('DELETE FROM t')\n"
    )
    entries = {item.name: item for item in linked(tmp_path, Config()).map().entry_points}
    assert [touch.how for touch in entries["POST /q"].touches] == ["reads"]
    assert [touch.how for touch in entries["POST /x"].touches if touch.name] == ["deletes"]


SHOP = """
from fastapi import FastAPI, HTTPException
from db import run
app = FastAPI()
run('CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT, credits INTEGER)')
@app.post('/signup')
def signup(email: str):
    rows = run('SELECT id FROM users WHERE email = ?', (email,))
    if rows:
        raise HTTPException(409)
    run('INSERT INTO users (email) VALUES (?)', (email,))
@app.post('/spend')
def spend(uid: int):
    user = dict(run('SELECT credits FROM users WHERE id = ?', (uid,))[0])
    if user['credits'] < 1:
        raise HTTPException(402)
    run('UPDATE users SET credits = credits - 1 WHERE id = ?', (uid,))
"""


def test_rules_on_rows_see_through_the_helper(tmp_path):
    (tmp_path / "db.py").write_text("import sqlite3\n" + HELPERS["rows"][0])
    (tmp_path / "main.py").write_text(SHOP)
    found = {(item.rule, item.line) for item in scan(tmp_path).findings if item.path == "main.py"}
    assert found >= {
        ("insert-guarded-only-by-read", 8), ("check-then-act-race", 14), ("missing-index-on-filter-column", 8),
        ("route-without-auth", 13),
    }  # fmt: skip


COMMIT = "class Store:\n    def __init__(self):\n        self.c = sqlite3.connect('a.db')\n    def run(self, sql):\n        self.c.execute(sql)\n    def commit(self):\n        self.c.commit()\n"


def test_a_method_that_only_commits_is_a_commit(tmp_path):
    lines = "store.run('INSERT INTO a VALUES (1)')\n    store.run('UPDATE b SET x = 1')\n    store.commit()"
    made = COMMIT + "store = Store()\n"
    (tmp_path / "db.py").write_text("import sqlite3\n" + made)
    (tmp_path / "main.py").write_text(
        f"from fastapi import FastAPI\nfrom db import store\napp = FastAPI()\n@app.post('/x')\ndef x():\n    {lines}\n"
    )
    [entry] = linked(tmp_path, Config()).map().entry_points
    assert [(item.kind, item.name, item.line) for item in entry.leaves] == [("record", "a, b", 8)]


def test_a_block_that_commits_at_its_end_names_all_that_stands_then(tmp_path):
    manager = (
        "from contextlib import contextmanager\n@contextmanager\ndef session():\n    store = Store()\n"
        "    yield store\n    store.commit()\n"
    )
    (tmp_path / "db.py").write_text("import sqlite3\n" + COMMIT + manager)
    (tmp_path / "main.py").write_text(
        "from fastapi import FastAPI\nfrom db import session\napp = FastAPI()\n@app.post('/x')\ndef x():\n"
        "    with session() as s:\n        s.run('INSERT INTO a VALUES (1)')\n        s.run('UPDATE b SET x = 1')\n"
    )
    [entry] = linked(tmp_path, Config()).map().entry_points
    assert [(item.kind, item.name) for item in entry.leaves] == [("record", "a, b")]


TABLES = (
    "import os\nfrom supabase import create_client\nfrom pymongo import MongoClient\n"
    "sb = create_client(os.environ['U'], os.environ['K'])\nmongo = MongoClient()['shop']\n"
    "def insert(table, row):\n    return sb.table(table).insert(row).execute()\n"
    "def drop(table, key):\n    sb.table(table).delete().eq('id', key).execute()\n"
    "def rows(table):\n    return sb.table(table).select('*').execute().data\n"
    "def put(collection, doc):\n    mongo[collection].insert_one(doc)\n"
    "def found(collection, query):\n    return mongo[collection].find_one(query)\n"
)  # fmt: skip


@pytest.mark.parametrize(
    ("asked", "touch", "stakes"),
    [
        ("insert('people', {'email': 'a'})", ("writes", "people"), ("stores personal data",)),
        ("drop('people', 1)", ("deletes", "people"), ("deletes stored records",)),
        ("rows('people')", ("reads", "people"), ()),
        ("put('notes', {'a': 1})", ("writes", "notes"), ()),
        ("found(collection='notes', query={'a': 1})", ("reads", "notes"), ()),
    ],
)
def test_the_caller_says_which_table_a_helper_uses(tmp_path, asked, touch, stakes):
    (tmp_path / "store.py").write_text(TABLES)
    (tmp_path / "main.py").write_text(
        f"from fastapi import FastAPI\nimport store\napp = FastAPI()\n@app.post('/x')\ndef x():\n    store.{asked}\n"
    )
    [entry] = linked(tmp_path, Config()).map().entry_points
    assert [(item.how, item.name) for item in entry.touches if item.kind == "database"] == [touch]
    assert [item.name for item in entry.leaves] == ([touch[1]] if touch[0] != "reads" else [])
    assert entry.stakes == stakes
