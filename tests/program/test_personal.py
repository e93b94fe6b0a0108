"""What belongs to a person: where it is stored, and which open lists hand it out."""

import pytest

from durability.engine.linking import link
from durability.facts.collect import collect
from durability.program.doing.personal import personal_kind, personal_stores
from durability.program.links.modules import module_name
from durability.sources.project import manifests_of

MONGO = (
    "from fastapi import FastAPI\nfrom pydantic import BaseModel\nfrom motor.motor_asyncio import AsyncIOMotorClient\n"
    "client = AsyncIOMotorClient('mongodb://h')\ndb = client['shop']\napp = FastAPI()\n"
    "class Person(BaseModel):\n    email: str\nclass Guest(Person):\n    size: int\nclass Part(BaseModel):\n    size: int\n"
    "class Thin(BaseModel):\n    id: str\n"
)
SQL = (
    "from fastapi import Depends, FastAPI\nfrom pydantic import BaseModel\nfrom sqlalchemy import Column, Integer, String, create_engine\n"
    "from sqlalchemy.orm import Session, declarative_base, sessionmaker\nBase = declarative_base()\napp = FastAPI()\n"
    "make = sessionmaker(create_engine('sqlite://'))\n"
    "def get_db():\n    db = make()\n    yield db\n"
    "class User(Base):\n    __tablename__ = 'users'\n    id = Column(Integer, primary_key=True)\n    email = Column(String)\n"
    "class Part(Base):\n    __tablename__ = 'parts'\n    id = Column(Integer, primary_key=True)\n    size = Column(Integer)\n"
    "class UserOut(BaseModel):\n    id: int\n    email: str\nclass Thin(BaseModel):\n    id: int\n"
)


def linked(text):
    facts = {"app.py": collect(text, "app.py", module_name("app.py"))}
    return link(facts, dict.fromkeys(facts, "first-party"), manifests_of({}))


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("email", "personal"),
        ("customer_email", "personal"),
        ("clientPhone", "personal"),
        ("guest_name", "personal"),
        ("patient_name", "health"),
        ("template_email", ""),
        ("send_email", ""),
        ("smtp_email", ""),
        ("file_name", ""),
        ("user_name", ""),
        ("email_sent", ""),
    ],
)
def test_a_compound_counts_where_it_says_whose_it_is(name, kind):
    assert personal_kind(name) == kind


@pytest.mark.parametrize(
    ("text", "body", "word"),
    [
        (MONGO, "db.guests.insert_one(data.model_dump())", "email"),
        (MONGO, "db.guests.insert_one({**data.dict(), 'at': 1})", "email"),
        (MONGO, "row = data.model_dump()\n    db.guests.insert_one(row)", "email"),
        (MONGO.replace("class Guest(Person)", "class Guest(Part0)") + "class Part0: pass\n", "db.guests.insert_one(data.model_dump())", ""),
        (SQL.replace("class UserOut", "class Guest"), "make().add(User(**data.model_dump()))", "email"),
        (SQL.replace("class UserOut", "class Guest"), "make().add(Part(**load()))", ""),
        (SQL.replace("class UserOut", "class Guest"), "make().add(User(**load()))", "email"),
    ],
)  # fmt: skip
def test_what_is_unpacked_is_stored_under_the_names_of_its_class(text, body, word):
    context = linked(text + f"@app.post('/x')\ndef x(data: Guest):\n    {body}\n")
    assert [store.word for store in personal_stores(context)] == ([word] if word else [])


def shown(text):
    return [kind for item in linked(text).surfaces.all for kind, _ in item.effects if item.entry.name.startswith("GET")]


STORE = "@app.post('/x')\ndef x(data: Guest):\n    db.guests.insert_one(data.model_dump())\n"


@pytest.mark.parametrize(
    ("body", "found"),
    [
        ("return await db.guests.find().to_list(100)", True),
        ("rows = await db.guests.find({}, {'_id': 0}).sort('at', -1).to_list(100)\n    return {'rows': rows}", True),
        ("rows = await db.guests.find().to_list(100)\n    return [Guest(**row) for row in rows]", True),
        ("rows = await db.guests.find().to_list(100)\n    return [Part(**row) for row in rows]", False),
        ("rows = await db.guests.find().to_list(100)\n    return [{'size': row['size']} for row in rows]", False),
        ("rows = await db.guests.find().to_list(100)\n    return len(rows)", False),
        ("return await db.guests.find({}, {'size': 1}).to_list(100)", False),
        ("row = await db.guests.find_one({'email': 'a'})\n    return row is not None", False),
        ("return await db.parts.find().to_list(100)", False),
    ],
)
def test_an_open_list_of_documents_shows_what_each_holds(body, found):
    text = MONGO + STORE + f"@app.get('/list')\nasync def rows():\n    {body}\n"
    assert shown(text) == (["personal"] if found else [])


@pytest.mark.parametrize(
    ("more", "body", "found"),
    [
        ("", "return db.query(User).all()", True),
        ("", "return db.query(User.id).all()", False),
        ("", "return db.query(Part).all()", False),
        ("", "users = db.query(User).all()\n    return {'count': len(users)}", False),
        ("", "user = db.query(User).filter(User.id == 1).first()\n    return bool(user)", False),
        ("", "return [UserOut.model_validate(user) for user in db.query(User).all()]", True),
        ("", "return [Thin.model_validate(user) for user in db.query(User).all()]", False),
        (", response_model=list[UserOut]", "return db.query(User).all()", True),
        (", response_model=list[Thin]", "return db.query(User).all()", False),
        ("", "return everybody(db)", True),
        ("", "return len(everybody(db))", False),
    ],
)
def test_an_open_list_of_rows_shows_what_each_holds(more, body, found):
    text = SQL + "def everybody(db: Session):\n    return db.query(User).all()\n"
    text += f"@app.get('/list'{more})\ndef rows(db: Session = Depends(get_db)):\n    {body}\n"
    assert shown(text) == (["personal"] if found else [])


@pytest.mark.parametrize(("fields", "found"), [("'__all__'", True), ("['id', 'email']", True), ("['id']", False)])
def test_a_serializer_says_which_fields_are_shown(fields, found):
    text = (
        "from django.db import models\nfrom django.urls import path\nfrom rest_framework import serializers\n"
        "from rest_framework.decorators import api_view\nfrom rest_framework.response import Response\n"
        "class User(models.Model):\n    email = models.CharField(max_length=9)\n"
        "class UserSerializer(serializers.ModelSerializer):\n    class Meta:\n        model = User\n"
        f"        fields = {fields}\n"
        "@api_view(['GET'])\ndef everybody(request):\n    users = User.objects.all()\n"
        "    return Response(UserSerializer(users, many=True).data)\nurlpatterns = [path('users', everybody)]\n"
    )
    assert shown(text) == (["personal"] if found else [])
