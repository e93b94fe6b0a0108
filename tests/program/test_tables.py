"""Which tables and collections the map names, and whether their rows are read, written or deleted."""

import pytest

from durability.config import Config
from durability.engine.survey import linked
from durability.output.map_words import counted, lasting

API = "from fastapi import Depends, FastAPI\napp = FastAPI()\n"
MONGO = API + "from pymongo import MongoClient\nclient = MongoClient('mongodb://h')\ndb = client['shop']\n"
SQL = (
    "import enum\nfrom pydantic import BaseModel\nfrom pydantic_settings import BaseSettings\n"
    "from sqlalchemy import Column, ForeignKey, Integer, String\nfrom sqlalchemy.orm import declarative_base\n"
    "Base = declarative_base()\n"
    "class Kind(enum.Enum):\n    new = 'new'\n"
    "class Settings(BaseSettings):\n    place: str = 'x'\n"
    "class UserIn(BaseModel):\n    name: str\n"
    "class User(Base):\n    __tablename__ = 'users'\n    id = Column(Integer, primary_key=True)\n    name = Column(String)\n"
    "class Log(Base):\n    __tablename__ = 'logs'\n    id = Column(Integer, primary_key=True)\n    user_id = Column(Integer)\n"
)
SESSION = (
    "from sqlalchemy import create_engine, delete, select, update\nfrom sqlalchemy.orm import Session, sessionmaker\nimport models\n"
    "from models import Kind, Log, Settings, User, UserIn\nmake = sessionmaker(create_engine('sqlite://'))\n"
    "def get_db():\n    db = make()\n    yield db\n"
)


def mapped(tmp_path, files):
    for name, text in files.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    return linked(tmp_path, Config()).map()


def touched(tmp_path, files, name="POST /x"):
    [entry] = [item for item in mapped(tmp_path, files).entry_points if item.name == name]
    return entry, sorted({(item.how, item.name) for item in entry.touches if item.kind == "database"})


def mongo(body, head=""):
    return {"app.py": MONGO + head + f"@app.post('/x')\ndef x(key: str):\n    {body}\n"}


def sql(body, head=""):
    lines = "".join(f"    {line}\n" for line in body.splitlines())
    text = API + SESSION + head + f"@app.post('/x')\ndef x(data: UserIn, db: Session = Depends(get_db)):\n{lines}"
    return {"models.py": SQL, "app.py": text}


@pytest.mark.parametrize(
    ("body", "work"),
    [
        ("db.orders.find_one({'key': key})", "reads"),
        ("db.orders.find_one_and_update({'key': key}, {'$set': {'a': 1}})", "writes"),
        ("db.orders.find_one_and_replace({'key': key}, {'a': 1})", "writes"),
        ("db.orders.find_one_and_delete({'key': key})", "deletes"),
        ("db.orders.delete_one({'key': key})", "deletes"),
        ("db.orders.delete_many({'key': key})", "deletes"),
    ],
)
def test_what_is_done_to_documents(tmp_path, body, work):
    entry, found = touched(tmp_path, mongo(body))
    assert found == [(work, "orders")]
    told = {"reads": [], "writes": ["record orders"], "deletes": ["deleted rows of orders"]}
    assert [lasting(item) for item in entry.leaves] == told[work]
    assert entry.stakes == (("deletes stored records",) if work == "deletes" else ())


@pytest.mark.parametrize(
    ("head", "body"),
    [
        ("", "db['orders'].insert_one({'a': key})"),
        ("orders = db.orders\n", "orders.insert_one({'a': key})"),
        ("NAME = 'orders'\n", "db[NAME].insert_one({'a': key})"),
        ("", "rows = db.orders\n    rows.insert_one({'a': key})"),
        ("def rows():\n    return db['orders']\n", "rows().insert_one({'a': key})"),
        (
            "class Store:\n    def __init__(self):\n        self.rows = None\n        self.rows = db.orders\n"
            "    def add(self, a):\n        self.rows.insert_one({'a': a})\nstore = Store()\n",
            "store.add(key)",
        ),
        (
            "class Store:\n    @property\n    def rows(self):\n        return db['orders']\n"
            "    def add(self, a):\n        self.rows.insert_one({'a': a})\nstore = Store()\n",
            "store.add(key)",
        ),
        ("class Order:\n    pass\nclass Line(Order):\n    pass\n", "db.orders.insert_one({'a': Line(key)})"),
    ],
)
def test_a_collection_is_named_by_what_it_is_made_on(tmp_path, head, body):
    assert touched(tmp_path, mongo(body, head))[1] == [("writes", "orders")]


def test_a_cursor_is_of_the_collection_that_gave_it(tmp_path):
    body = "list(db.orders.find({'a': key}).sort('a').limit(3))"
    assert touched(tmp_path, mongo(body))[1] == [("reads", "orders")]


def test_a_collection_that_comes_in_has_no_name_and_is_no_table_that_is_counted(tmp_path):
    files = mongo("put(db[key])", "def put(collection):\n    collection.insert_one({'a': 1})\n")
    assert touched(tmp_path, files)[1] == [("writes", "")]
    assert "table" not in counted(mapped(tmp_path, files))


@pytest.mark.parametrize(
    ("body", "found"),
    [
        ("db.query(models.User).filter(models.User.id == 1).all()", [("reads", "User")]),
        ("db.query(User.id).count()", [("reads", "User")]),
        ("q = db.query(User)\nq = q.filter(User.id == 1)\nq.all()", [("reads", "User")]),
        ("db.execute(select(User).where(User.name == Kind.new)).scalars().all()", [("reads", "User")]),
        ("db.query(User).filter(User.name == Settings().place).first()", [("reads", "User")]),
        ("db.execute(update(User).where(User.id == 1).values(name='x'))", [("writes", "User")]),
        ("db.execute(delete(User).where(User.id == 1))", [("deletes", "User")]),
        ("db.query(User).filter(User.id == 1).delete()", [("deletes", "User")]),
        ("db.add(User(**data.model_dump()))", [("writes", "User")]),
        (
            "user = db.query(User).first()\ndb.add(Log(user_id=user.id, kind=Kind.new))",
            [("reads", "User"), ("writes", "Log")],
        ),
        ("user = db.get(User, 1)\ndb.delete(user)", [("deletes", "User"), ("reads", "User")]),
        (
            "for user in db.query(User).all():\n    db.delete(user)",
            [("deletes", "User"), ("reads", "User")],
        ),
    ],
)
def test_only_stored_classes_are_tables_and_only_where_the_call_is_about_them(tmp_path, body, found):
    assert touched(tmp_path, sql(body))[1] == found


def test_a_helper_that_gives_a_row_says_of_which_table_it_is(tmp_path):
    head = "def find(db: Session, key):\n    return db.query(User).filter(User.id == key).first()\n"
    found = touched(tmp_path, sql("user = find(db, 1)\ndb.delete(user)", head))[1]
    assert ("deletes", "User") in found


def test_a_commit_that_deletes_and_writes_is_told_as_both(tmp_path):
    body = "db.query(Log).filter(Log.user_id == 1).delete()\ndb.add(User(name=data.name))\ndb.commit()"
    entry, _ = touched(tmp_path, sql(body))
    assert [lasting(item) for item in entry.leaves] == ["deleted rows of Log", "record User"]


def test_django_names_the_table_it_asks_and_not_what_it_stores(tmp_path):
    files = {
        "manage.py": "",
        "shop/__init__.py": "",
        "shop/models.py": "from django.db import models\nclass Owner(models.Model):\n    name = models.CharField(max_length=9)\n"
        "class Pet(models.Model):\n    owner = models.ForeignKey(Owner, on_delete=models.CASCADE)\n",
        "shop/views.py": "from django.http import HttpResponse\nfrom .models import Owner, Pet\n"
        "def add(request):\n    owner = Owner.objects.get(pk=1)\n    Pet.objects.create(owner=owner)\n    return HttpResponse()\n",
        "shop/urls.py": "from django.urls import path\nfrom . import views\nurlpatterns = [path('x', views.add)]\n",
    }
    [entry] = [item for item in mapped(tmp_path, files).entry_points if item.function == "add"]
    found = sorted({(item.how, item.name) for item in entry.touches if item.kind == "database"})
    assert found == [("reads", "Owner"), ("writes", "Pet")]


def test_a_model_of_a_library_without_columns_in_sight_is_a_table(tmp_path):
    files = {
        "app.py": API
        + "from tortoise import fields, models\nclass Pet(models.Model):\n    name = fields.CharField(9)\n"
        "@app.post('/x')\nasync def x(key: str):\n    pet = await Pet.get(id=key)\n    pet.name = 'x'\n    await pet.save()\n"
    }
    assert touched(tmp_path, files)[1] == [("reads", "Pet"), ("writes", "Pet")]


@pytest.mark.parametrize(
    ("files", "stakes"),
    [
        (sql("row = Log(user_id=1)\ndb.add(row)\ntry:\n    tell()\nexcept Exception:\n    db.delete(row)\n    db.commit()"), ()),
        (mongo("made = db.orders.insert_one({'a': key})\n    try:\n        tell()\n    except Exception:\n        db.orders.delete_one({'_id': made.inserted_id})"), ()),
        (sql("row = db.get(Log, 1)\ntry:\n    tell()\nexcept Exception:\n    db.delete(row)\n    db.commit()"), ("deletes stored records",)),
        (mongo("made = db.orders.insert_one({'a': key})\n    db.orders.delete_one({'a': key})"), ("deletes stored records",)),
        (mongo("made = Asked(key)\n    db.orders.delete_one({'_id': made.id})", "class Asked:\n    pass\n"), ("deletes stored records",)),
    ],
)  # fmt: skip
def test_taking_back_what_was_just_stored_is_no_deletion_at_stake(tmp_path, files, stakes):
    assert touched(tmp_path, files)[0].stakes == stakes
