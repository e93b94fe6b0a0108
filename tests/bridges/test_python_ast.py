import ast
import warnings

import pytest
from hypothesis import given
from hypothesis import strategies as st

from durability.bridges.python_ast import Unparsed, parse, source_lines


def test_gives_the_tree_of_a_file() -> None:
    tree = parse("x = 1\n")
    assert isinstance(tree, ast.Module)
    assert ast.dump(tree) == ast.dump(ast.parse("x = 1\n"))


@pytest.mark.parametrize("text", ["x = 1\n", "x = 1\r\n", "x = 1\r", "\ufeffx = 1\n", "x = 1", ""])
def test_line_ends_and_a_byte_order_mark_change_nothing(text: str) -> None:
    assert isinstance(parse(text), ast.Module)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("def f(:\n", "on line 1"),
        ("x = 1\nclass\n", "on line 2"),
        ("x = '\x00'", "cannot parse it"),
        ("x = '\ud800'", "half of a surrogate pair"),
        ("x = " + "-" * 50_000 + "1", "nested too deeply"),
        ("x = " + "(" * 3_000 + "1" + ")" * 3_000, "nested"),
    ],
)
def test_what_cannot_be_read_says_why(text: str, reason: str) -> None:
    tree = parse(text)
    assert isinstance(tree, Unparsed)
    assert reason in tree.reason
    assert tree.reason.startswith("Python 3.")


@given(st.text(max_size=60))
def test_no_text_raises(text: str) -> None:
    assert isinstance(parse(text), ast.Module | Unparsed)


def test_warnings_about_the_code_are_neither_shown_nor_errors() -> None:
    before = (list(warnings.filters), warnings.showwarning, warnings.formatwarning)
    with warnings.catch_warnings(record=True) as shown:
        warnings.simplefilter("error")
        assert isinstance(parse("x = '\\d'\nassert (x, 'always true')\ny = x is 1\n"), ast.Module)
    assert shown == []
    assert (list(warnings.filters), warnings.showwarning, warnings.formatwarning) == before


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_lines_are_numbered_as_in_the_tree(end: str) -> None:
    text = end.join(["x = 'a\x0cb\u2028c'", "y = 2", ""])
    tree = parse(text)
    assert isinstance(tree, ast.Module)
    lines = source_lines(text)
    assert [lines[node.lineno - 1][0] for node in tree.body] == ["x", "y"]
