"""The checked statements of the map, and what is counted against them."""

import pytest
from benchmarks.precision.lasting import ASPECTS, COLUMNS, TABLE, main, read_labels

SHOP = (
    "import sqlite3\nfrom flask import Flask\napp = Flask(__name__)\ndb = sqlite3.connect('a.db')\n"
    "@app.delete('/notes/<int:key>')\ndef remove(key):\n    db.execute('DELETE FROM notes WHERE id = ?', (key,))\n"
    "    db.commit()\n    return 'ok'\n"
)


def table(tmp_path, *rows):
    path = tmp_path / "labels.tsv"
    path.write_text("\n".join("\t".join(row) for row in (COLUMNS, *rows)) + "\n", "utf-8")
    return path


def row(aspect, said, verdict="right"):
    return ("a/b", "c0", "app.py", "DELETE /notes/<int:key>", aspect, said, verdict)


RIGHT = (row("at stake", "deletes stored records"), row("in order", "deleted rows of notes (8)"), row("access", "open"))


@pytest.fixture
def folder(tmp_path):
    root = tmp_path / "a+b"
    root.mkdir()
    (root / "app.py").write_text(SHOP, "utf-8")
    return tmp_path


def test_the_table_is_sound_and_covers_eight_repositories():
    labels = read_labels(TABLE)
    assert {said.aspect for said in labels} == set(ASPECTS)
    assert {verdict for verdict in labels.values()} >= {"right", "missed"}
    assert len({said.repository for said in labels}) >= 7


def test_statements_that_were_checked_pass(folder, tmp_path, capsys):
    assert main([str(folder), "--labels", str(table(tmp_path, *RIGHT))]) == 0
    assert capsys.readouterr().out.splitlines()[1].split() == ["at", "stake", "1", "0", "0", "0"]


def test_a_statement_that_nobody_checked_fails(folder, tmp_path, capsys):
    assert main([str(folder), "--labels", str(table(tmp_path, *RIGHT[1:]))]) == 1
    assert "no label: a/b | app.py | DELETE /notes/<int:key> | at stake" in capsys.readouterr().out


def test_a_statement_that_is_wrong_fails(folder, tmp_path, capsys):
    wrong = row("at stake", "deletes stored records", "wrong")
    assert main([str(folder), "--labels", str(table(tmp_path, wrong, *RIGHT[1:]))]) == 1
    assert "wrong: a/b" in capsys.readouterr().out


def test_what_is_missing_is_counted_until_it_is_said(folder, tmp_path, capsys):
    missed = row("at stake", "stores personal data", "missed")
    assert main([str(folder), "--labels", str(table(tmp_path, missed, *RIGHT))]) == 0
    assert capsys.readouterr().out.splitlines()[1].split() == ["at", "stake", "1", "0", "1", "0"]


def test_a_damaged_table_says_where(tmp_path, capsys):
    assert main([str(tmp_path), "--labels", str(table(tmp_path, row("order", "x")))]) == 2
    assert "labels.tsv:2" in capsys.readouterr().err
