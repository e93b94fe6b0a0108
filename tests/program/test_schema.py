"""What a program declares about its stored data: tables, columns and unique keys."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.program.test_program import linked

from durability.engine.linking import link
from durability.facts.collect import collect
from durability.program.links.modules import module_name
from durability.program.schema.ddl import definitions
from durability.sources.project import manifests_of

ALCHEMY = (
    "from sqlalchemy import Column, ForeignKey, Index, Integer, String, UniqueConstraint\n"
    "from sqlalchemy.orm import declarative_base\nBase = declarative_base()\n"
)
DJANGO = "from django.db import models\n"
DECLARED = {
    "column option": (ALCHEMY + "class T(Base):\n    __tablename__ = 't'\n    id = Column(Integer, primary_key=True)\n    a = Column(String, unique=True)\n    b = Column(String, index=True)\n", {("a",), ("id",)}),
    "constraint": (ALCHEMY + "class T(Base):\n    __tablename__ = 't'\n    id = Column(Integer, primary_key=True)\n    a = Column(String)\n    b = Column(String)\n    __table_args__ = (UniqueConstraint('a', 'b', name='u'), Index('i', 'a'), {'schema': 's'})\n", {("id",), ("a", "b")}),
    "unique index": (ALCHEMY + "class T(Base):\n    __tablename__ = 't'\n    id = Column(Integer, primary_key=True)\n    a = Column(String)\n    __table_args__ = (Index('i', 'a', unique=True),)\n", {("id",), ("a",)}),
    "mixin": (ALCHEMY + "class Named:\n    a = Column(String, unique=True)\nclass T(Base, Named):\n    __tablename__ = 't'\n    id = Column(Integer, primary_key=True)\n", {("id",), ("a",)}),
    "sqlmodel": ("from sqlmodel import Field, SQLModel\nclass T(SQLModel, table=True):\n    id: int | None = Field(default=None, primary_key=True)\n    a: str = Field(unique=True)\n", {("id",), ("a",)}),
    "django": (DJANGO + "class T(models.Model):\n    a = models.CharField(unique=True)\n    b = models.ForeignKey('U', on_delete=models.CASCADE)\n    c = models.IntegerField()\n    class Meta:\n        unique_together = [('b', 'c')]\n", {("id",), ("pk",), ("a",), ("b", "c")}),
    "django constraint": (DJANGO + "class T(models.Model):\n    a = models.CharField()\n    class Meta:\n        constraints = [models.UniqueConstraint(fields=['a'], name='u')]\n", {("id",), ("pk",), ("a",)}),
    "sql text": ("import sqlite3\nsqlite3.connect('d').execute('CREATE TABLE IF NOT EXISTS t (id INTEGER PRIMARY KEY, a TEXT UNIQUE, b TEXT, c TEXT, UNIQUE (b, c))')\n", {("id",), ("a",), ("b", "c")}),
    "sql index": ("import sqlite3\ndb = sqlite3.connect('d')\ndb.execute('CREATE TABLE t (a TEXT, b TEXT)')\ndb.execute('CREATE UNIQUE INDEX i ON t (a)')\ndb.execute('CREATE INDEX j ON t (b)')\n", {("a",)}),
    "sql partial index": ("import sqlite3\ndb = sqlite3.connect('d')\ndb.execute('CREATE TABLE t (a TEXT)')\ndb.execute('CREATE UNIQUE INDEX i ON t (a) WHERE a > 0')\n", set()),
    "migration": ("from alembic import op\nimport sqlalchemy as sa\ndef upgrade():\n    op.create_table('t', sa.Column('id', sa.Integer, primary_key=True), sa.Column('a', sa.String))\n    op.create_unique_constraint('u', 't', ['a'])\n", {("id",), ("a",)}),
}  # fmt: skip


@pytest.mark.parametrize(("source", "keys"), DECLARED.values(), ids=DECLARED)
def test_unique_keys_are_read_wherever_they_are_declared(source, keys):
    table = linked(main=source).schema.by_name["t"]
    assert {tuple(sorted(key)) for key in table.keys} == keys


def test_files_of_sql_define_tables_too():
    files = {"main.py": "import sqlite3\n"}
    facts = {path: collect(text, path, module_name(path)) for path, text in files.items()}
    sql = "-- users\nCREATE TABLE users (\n  id INTEGER PRIMARY KEY, -- the key\n  email TEXT\n);\nCREATE UNIQUE INDEX by_mail ON users (email);\n"
    context = link(
        facts,
        {"main.py": "first-party"},
        manifests_of({**files, "db/schema.sql": sql, "tests/other.sql": "CREATE TABLE t (a TEXT)"}),
    )
    table = context.schema.by_name["users"]
    assert (table.path, table.line) == ("db/schema.sql", 2)
    assert table.holds_once(frozenset({"email"}))
    assert set(context.schema.by_name) == {"users"}
    assert "db/schema.sql" not in context.manifests.files


def test_a_class_and_a_migration_tell_of_the_same_table():
    migration = "from alembic import op\ndef upgrade():\n    op.create_index('i', 't', ['a'], unique=True)\n"
    model = (
        ALCHEMY
        + "class T(Base):\n    __tablename__ = 't'\n    id = Column(Integer, primary_key=True)\n    a = Column(String)\n"
    )
    context = linked(models=model, change=migration)
    (table,) = context.schema.by_model.values()
    assert table.holds_once(frozenset({"a"}))
    assert not table.holds_once(frozenset({"b"}))


def test_a_table_whose_columns_are_only_known_at_run_time_is_not_readable():
    source = "import sqlite3\ndb = sqlite3.connect('d')\ndef make(rest):\n    db.execute(f'CREATE TABLE t (a TEXT, {rest})')\n"
    assert not linked(main=source).schema.by_name["t"].readable


NAMES = st.lists(st.sampled_from("abcdefgh"), min_size=1, max_size=6, unique=True)


@given(NAMES, st.data())
def test_a_table_written_as_sql_is_read_as_it_was_meant(names, data):
    unique = data.draw(st.sets(st.sampled_from(names)))
    pair = data.draw(st.sets(st.sampled_from(names), min_size=2)) if len(names) > 1 else set()
    quote = data.draw(st.sampled_from(["", '"', "`"]))
    checks = data.draw(st.sampled_from(["", " CHECK (length(x) > (1 + 2))", " DEFAULT 'a, b'", " NUMERIC(10, 2)"]))
    lines = [f"{quote}{name}{quote} TEXT{checks}{' UNIQUE' if name in unique else ''}" for name in names]
    lines += [f"UNIQUE ({', '.join(sorted(pair))})"] if pair else []
    body = ", -- a comment, with a comma\n".join(lines)
    (found,) = definitions(f"create table if not exists t (\n{body}\n);")
    assert [column.name for column in found.columns] == names
    assert found.keys == {frozenset({name}) for name in unique} | ({frozenset(pair)} if pair else set())


MYSQL = """CREATE TABLE orders (
  id INT AUTO_INCREMENT PRIMARY KEY, user_id INT, shop_id INT, note TEXT, day DATE, `key` VARCHAR(50),
  KEY by_day (day, user_id), INDEX (note(191)), FULLTEXT KEY words (`note`),
  CONSTRAINT fk FOREIGN KEY (user_id) REFERENCES users(id), FOREIGN KEY (shop_id) REFERENCES shops(id)
) ENGINE=InnoDB;"""


def test_indexes_stand_among_the_columns_and_a_column_may_be_called_key():
    (found,) = definitions(MYSQL)
    assert [column.name for column in found.columns] == ["id", "user_id", "shop_id", "note", "day", "key"]
    assert found.indexes == {("day", "user_id"), ("note",), ("user_id",), ("shop_id",)}


def test_only_mysql_makes_an_index_for_a_foreign_key():
    (found,) = definitions("CREATE TABLE o (id SERIAL, user_id INT, FOREIGN KEY (user_id) REFERENCES users(id));")
    assert found.indexes == frozenset()


def test_models_of_indexes_make_collections_unique():
    source = (
        "from pymongo import IndexModel, MongoClient\ndb = MongoClient().shop\ndef make():\n"
        "    wanted = [IndexModel([('mail', 1)], unique=True), IndexModel([('name', 1)])]\n"
        "    db.people.create_indexes(wanted)\n    db.rooms.create_indexes([IndexModel('door', unique=True)])\n"
    )
    schema = linked(main=source).schema
    assert schema.collection("people", "main.py", 1).keys == {frozenset({"mail"})}
    assert schema.collection("rooms", "main.py", 1).keys == {frozenset({"door"})}


ACCOUNT = (
    ALCHEMY.replace("Column, ", "Boolean, Column, ", 1)
    + "class Account(Base):\n    __tablename__ = 'accounts'\n    id = Column(Integer, primary_key=True)\n    locked = Column(Boolean, default=False)\n"
    "def enter(account):\n    if account.locked:\n        raise ValueError\n"
)
WRITES = {
    "nothing": ("", False),
    "the same value": ("def f(a):\n    a.locked = False\n", False),
    "the other value": ("def f(a):\n    a.locked = True\n", True),
    "a computed value": ("def f(a, v):\n    a.locked = bool(v)\n", True),
    "an argument": ("def f():\n    return Account(locked=True)\n", True),
    "a filter is no write": ("def f(q):\n    return q.filter_by(locked=True)\n", False),
    "an answer is no write": ("def f(a):\n    return {'locked': a.locked}\n", False),
    "a dictionary": ("def f(q):\n    q.update({'locked': True})\n", True),
    "SQL": ("def f(c):\n    c.execute('UPDATE accounts SET locked = TRUE WHERE id = 1')\n", True),
    "SQL with the same value": ("def f(c):\n    c.execute('UPDATE accounts SET locked = FALSE WHERE id = 1')\n", False),
    "an unpacked dictionary": ("def f(d):\n    return Account(**d)\n", None),
    "an attribute by name": ("def f(a, n, v):\n    setattr(a, n, v)\n", None),
    "a form": ("FIELDS = ['locked', 'email']\n", None),
    "a back office": ("from sqladmin import Admin\n", None),
}


@pytest.mark.parametrize(("rest", "flipped"), WRITES.values(), ids=WRITES)
def test_what_flips_a_switch(rest, flipped):
    context = linked(main=ACCOUNT + rest)
    (switch,) = context.switches.all
    assert switch.name == "accounts.locked"
    assert context.switches.is_flipped(switch) is flipped


def test_a_column_that_nothing_tests_is_no_switch():
    assert linked(main=ACCOUNT.replace("account.locked", "account.id")).switches.all == []
