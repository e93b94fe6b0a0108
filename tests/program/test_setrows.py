"""Rows that are changed by giving an attribute another value."""

import pytest

from durability.config import Config
from durability.engine.survey import linked
from durability.output.map_words import lasting

MODELS = (
    "from sqlalchemy import Column, Integer, String, create_engine\nfrom sqlalchemy.orm import declarative_base, sessionmaker\n"
    "Base = declarative_base()\nmake = sessionmaker(create_engine('sqlite://'))\n"
    "class User(Base):\n    __tablename__ = 'users'\n    id = Column(Integer, primary_key=True)\n    name = Column(String)\n"
    "    def rename(self, name):\n        self.name = name\n"
    "class Log(Base):\n    __tablename__ = 'logs'\n    id = Column(Integer, primary_key=True)\n"
    "def get_db():\n    db = make()\n    yield db\n"
)
HEAD = (
    "from fastapi import Depends, FastAPI\nfrom sqlalchemy import select\nfrom sqlalchemy.orm import Session\n"
    "from models import Log, User, get_db\napp = FastAPI()\n"
    "def find(db: Session, key):\n    return db.query(User).filter(User.id == key).first()\n"
    "def rename(user: User, name):\n    user.name = name\n"
)


def entry(tmp_path, body):
    lines = "".join(f"    {line}\n" for line in body.splitlines())
    (tmp_path / "models.py").write_text(MODELS, "utf-8")
    text = f"{HEAD}@app.put('/x')\ndef x(data: dict, db: Session = Depends(get_db)):\n{lines}"
    (tmp_path / "app.py").write_text(text, "utf-8")
    [found] = linked(tmp_path, Config()).map().entry_points
    return found


def writes(found):
    return sorted({item.name for item in found.touches if item.kind == "database" and item.how == "writes"})


@pytest.mark.parametrize(
    "body",
    [
        "row = db.query(User).filter(User.id == 1).first()\nrow.name = data['name']\ndb.commit()\ndb.refresh(row)",
        "row = db.get(User, 1)\nrow.visits += 1\ndb.commit()",
        "row = db.execute(select(User)).scalars().first()\nfor k, v in data.items():\n    setattr(row, k, v)\ndb.commit()",
        "for row in db.query(User).all():\n    row.name = 'x'\ndb.commit()",
        "row = find(db, 1)\nrow.name = 'x'\ndb.commit()",
        "rename(find(db, 1), 'x')\ndb.commit()",
    ],
)
def test_a_row_whose_attribute_is_set_is_written_by_the_commit(tmp_path, body):
    found = entry(tmp_path, body)
    assert writes(found) == ["User"]
    assert [lasting(item) for item in found.leaves] == ["record User"]


def test_what_the_next_commit_keeps_is_told_there(tmp_path):
    found = entry(tmp_path, "db.add(Log())\ndb.commit()\nrow = find(db, 1)\nrow.name = 'x'\ndb.commit()")
    assert [lasting(item) for item in found.leaves] == ["record Log", "record User"]


@pytest.mark.parametrize(
    "body",
    [
        "row = find(db, 1)\nrow.name = 'x'",
        "User.name = 'x'\ndb.commit()",
        "class Answer:\n    pass\nrow = Answer()\nrow.name = 'x'\ndb.commit()",
    ],
)
def test_what_no_commit_keeps_or_is_no_row_is_not_written(tmp_path, body):
    assert writes(entry(tmp_path, body)) == []
