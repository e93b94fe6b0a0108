"""Names that are bound again and again, from themselves: the work grows with the program, and ends."""

import sys

import pytest

from durability.config import Config
from durability.engine.scan import ScanOptions, scan_project
from durability.engine.survey import linked

HEAD = """
from fastapi import Depends, FastAPI
from pymongo import MongoClient
from sqlalchemy import Column, ForeignKey, Integer
from sqlalchemy.orm import Session, declarative_base, relationship
import os, requests, sqlite3
Base = declarative_base()
class A(Base):
    __tablename__ = 'a'
    id = Column(Integer, primary_key=True)
    many = relationship('B')
class B(Base):
    __tablename__ = 'b'
    id = Column(Integer, primary_key=True)
    a_id = Column(Integer, ForeignKey('a.id'))
app = FastAPI()
mongo = MongoClient().shop
def wrap(a, b, c):
    return wrap(b, c, a) if a else wrap(c, a, b)
def thing(x):
    return other(x) or thing(x)
def other(x):
    return thing(x) or other(x)
"""
HANDLERS = {
    "query": ("q = db.query(A)", "q = q.filter(A.id == x)", "for a in q.all():\n        print(a.many)\n    return q.count()"),
    "unknown": ("q = thing(x)", "q = q.where(q, q.x == x)", "for a in q:\n        db.add(a)\n    db.execute(q)\n    db.commit()\n    return db.execute(q).all()"),
    "statement": ("q = 'SELECT * FROM a'", "q = q + ' AND x = ' + q", "return sqlite3.connect('x').execute(q).fetchall()"),
    "pair": ("p = q = other(x)", "p, q = q.merge(p, q), p.merge(q, p)", "db.delete(p)\n    db.add(q)\n    db.commit()"),
    "document": ("q = {}", "q = {**q, 'email': q, 'b': [q, q]}", "mongo.things.insert_one(q)\n    mongo.things.update_one({'a': x}, {'$set': q})"),
    "address": ("q = os.getenv('U') or 'http://x'", "q = q + '/a' + q", "return requests.post(q, json={'q': q}, timeout=3).json()"),
    "helper": ("q = None", "q = wrap(q, [q for _ in q], {'q': q})", "db.add(q)\n    db.commit()\n    return {'q': q}"),
}  # fmt: skip
MOST = 8_000
"""Calls of functions of the analysis for each line of the program, far above what is needed."""


@pytest.mark.parametrize(("first", "again", "last"), HANDLERS.values(), ids=HANDLERS)
def test_the_work_on_a_name_that_is_made_from_itself_is_bounded(tmp_path, first, again, last):
    steps = "".join(f"    if x > {number}:\n        {again}\n" for number in range(40))
    body = f"@app.post('/x')\ndef x(x: int, db: Session = Depends(thing)):\n    {first}\n{steps}    {last}\n"
    (tmp_path / "main.py").write_text(HEAD + body)
    limit = MOST * (HEAD + body).count("\n")
    left = [limit]

    def count(frame, event, argument):
        if event == "call" and "durability" in frame.f_code.co_filename:
            left[0] -= 1
            if left[0] < 0:
                sys.setprofile(None)
                pytest.fail(f"more than {limit} calls, in {frame.f_code.co_qualname}")

    sys.setprofile(count)
    try:
        scan_project(tmp_path, ScanOptions(Config()))
        linked(tmp_path, Config()).map()
    finally:
        sys.setprofile(None)
