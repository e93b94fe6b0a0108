"""The labels of entry points, and what is counted against them."""

import pytest
from benchmarks.precision.entry_points import COLUMNS, TABLE, Label, found_in, read_labels, score, total

from durability.errors import UsageError


def label(name, verdict, repository="a/b"):
    return Label(repository, "c0", "app.py", 1, name, verdict)


def test_the_table_is_sound_and_covers_what_was_missed():
    labels = read_labels(TABLE)
    assert {item.verdict for item in labels} >= {"right", "missed"}
    assert len({item.repository for item in labels}) >= 7


def test_found_missed_wrong_and_unread_are_told_apart():
    labels = [label("GET /a", "right"), label("GET /b", "missed"), label("GET /c", "wrong"), label("x", "right", "o/o")]
    found = [("app.py", "GET /a"), ("app.py", "GET /c"), ("app.py", "GET /d")]
    result = score("a/b", labels, found)
    assert (result.right, result.wrong, result.missed) == (1, 1, 1)
    assert result.unread == (("app.py", "GET /d"),)
    assert (result.precision, result.recall) == (0.5, 0.5)
    assert total([result, result])[1:4] == (2, 2, 2)


def test_a_missed_one_that_is_found_by_now_counts_as_right():
    assert score("a/b", [label("GET /b", "missed")], [("app.py", "GET /b")]).recall == 1.0


def test_hooks_are_not_counted(tmp_path):
    source = "from fastapi import FastAPI\napp = FastAPI()\n@app.get('/a')\ndef a(): pass\n@app.middleware('http')\nasync def m(r, n): pass\n"
    (tmp_path / "app.py").write_text(source, "utf-8")
    (tmp_path / "requirements.txt").write_text("fastapi\n", "utf-8")
    assert found_in(tmp_path) == {("app.py", "GET /a"): 4}


@pytest.mark.parametrize(
    ("row", "complaint"),
    [
        ("a/b\tc0\tapp.py\t1\tGET /a\tmaybe", "none of"),
        ("a/b\tc0\tapp.py\tone\tGET /a\tright", "no number"),
        ("a/b\tc0\tapp.py\t1\tGET /a", "columns"),
        ("a/b\tc0\tapp.py\t1\tGET /x\tright\na/b\tc0\tapp.py\t2\tGET /x\tright", "already"),
    ],
)
def test_a_damaged_table_says_where(tmp_path, row, complaint):
    table = tmp_path / "labels.tsv"
    table.write_text("\t".join(COLUMNS) + "\n" + row + "\n", "utf-8")
    with pytest.raises(UsageError, match=complaint):
        read_labels(table)
