"""Which handled place a finding points to: one that shows how it is done, never one where nothing could go wrong."""

from durability import scan

APP = """
from fastapi import FastAPI
import sqlite3
app = FastAPI()
db = sqlite3.connect("a.db")
@app.post("/tags")
def tags(items: list[str]):
    for item in items:
        db.execute("UPDATE tags SET n = n + 1 WHERE name = ?", (item,))
@app.post("/once")
def once(item: str):
    db.execute("UPDATE tags SET n = 0 WHERE name = ?", (item,))
"""
MANY = """
@app.post("/many")
def many(items: list[str]):
    db.executemany("UPDATE tags SET n = n + 1 WHERE name = ?", [(item,) for item in items])
"""


def example_of(tmp_path, text):
    (tmp_path / "main.py").write_text(text)
    [finding] = [item for item in scan(tmp_path).findings if item.rule == "query-in-loop"]
    return finding.example and finding.example.line


def test_a_place_where_nothing_can_go_wrong_is_no_example(tmp_path):
    assert example_of(tmp_path, APP) is None


def test_a_place_that_copes_is_one(tmp_path):
    assert example_of(tmp_path, APP + MANY) == APP.count("\n") + 4
