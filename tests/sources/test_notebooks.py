"""Notebooks as one Python text, and back from its lines to cells."""

import json
from pathlib import Path
from typing import Any

import libcst
import pytest
from hypothesis import given
from hypothesis import strategies as st

from durability.sources.magics import plain_python
from durability.sources.model import SourceFile
from durability.sources.notebooks import CellSpan, locate, read_cells, without_broken
from durability.sources.text import Unreadable, read


def notebook(*cells: tuple[str, str] | dict[str, Any], **metadata: Any) -> bytes:
    made = [cell if isinstance(cell, dict) else {"cell_type": cell[0], "source": cell[1]} for cell in cells]
    return json.dumps({"nbformat": 4, "metadata": metadata, "cells": made}).encode()


def refused(data: bytes) -> str:
    with pytest.raises(Unreadable) as caught:
        read_cells(data)
    return caught.value.reason


def test_code_cells_are_joined_and_lines_are_found_again() -> None:
    text, cells = read_cells(
        notebook(("markdown", "# Title"), ("code", "a = 1\nb = 2"), ("raw", "x"), ("code", ""), ("code", "c = 3\n"))
    )
    assert text == "a = 1\nb = 2\n\nc = 3\n\n"
    assert cells == (CellSpan(2, 1, 2), CellSpan(4, 3, 1), CellSpan(5, 4, 2))
    assert [locate(cells, line) for line in range(1, 6)] == [(2, 1), (2, 2), (4, 1), (5, 1), (5, 2)]


def test_a_line_outside_is_the_nearest_one_inside() -> None:
    cells = (CellSpan(3, 1, 2),)
    assert locate(cells, 0) == (3, 1)
    assert locate(cells, 9) == (3, 2)
    with pytest.raises(ValueError, match="no cells"):
        locate((), 1)


def test_source_may_be_a_list_of_lines_and_a_version_3_notebook_has_worksheets() -> None:
    old = {"nbformat": 3, "worksheets": [{"cells": [{"cell_type": "code", "input": ["a = 1\n", "b = 2"]}]}]}
    assert read_cells(json.dumps(old).encode()) == ("a = 1\nb = 2\n", (CellSpan(1, 1, 2),))


@pytest.mark.parametrize(
    ("cell", "python"),
    [
        ("%matplotlib inline\nx = 1", "pass\nx = 1"),
        ("!pip install a 'b\nx = 1", "pass\nx = 1"),
        ("if a:\n    !ls\n    %cd b", "if a:\n    pass\n    pass"),
        ("pip install requests", "pass"),
        ("pip = install", "pip = install"),
        ("!ls \\\n  -l \\\n  -a\nx", "pass\n\n\nx"),
        ("files = !ls *.py", "files = get_ipython().getoutput()"),
        ("x = %sql select 1", "x = get_ipython().getoutput()"),
        ("x %= 2", "x %= 2"),
        ("x != 2", "x != 2"),
        ("x = (1\n% 2)", "x = (1\n% 2)"),
        ("x = 1 \\\n% 2", "x = 1 \\\n% 2"),
        ("q = '''\n%s\n!x\n'''\n!y", "q = '''\n%s\n!x\n'''\npass"),
        ('q = """it\'s\n!x"""\n%y', 'q = """it\'s\n!x"""\npass'),
        ("a = 'b\\'(' # [\n%y", "a = 'b\\'(' # [\npass"),
        ("?len", "pass"),
        ("len?", "pass"),
        ("a.b??", "pass"),
        ("%time f(x)", "pass; f(x)"),
        ("%timeit for i in x: f(i)", "pass"),
        ("%%time\nf(x)\n%y", "\nf(x)\npass"),
        ("\n%%capture out\n!x\nf()", "\n\npass\nf()"),
        ("%%bash\necho 'it is\nls", "\n\n"),
        ("%%writefile a.py\nx = (", "\n"),
        ("%%time", ""),
        ("    x = 1\n    y = 2", "x = 1\ny = 2"),
        ("await f()", "await f()"),
    ],
)
def test_what_is_not_python_is_blanked_in_its_place(cell: str, python: str) -> None:
    assert plain_python(cell) == python
    libcst.parse_module(plain_python(cell) + "\n")


def test_a_timed_statement_keeps_its_column() -> None:
    line = "%timeit requests.get(url)"
    assert plain_python(line).index("requests") == line.index("requests")


LINES = st.sampled_from(
    ["%x", "!y", "z?", "a = !b", "%%bash", "%%time", "%time f()", "'''", '"""', "(", ")", "x = 1", "#", "\\", "", "  q"]
)


@given(st.lists(LINES, min_size=1, max_size=12).map("\n".join))
def test_lines_are_never_added_or_lost(cell: str) -> None:
    assert plain_python(cell).count("\n") == cell.count("\n")


@given(st.lists(st.lists(LINES, max_size=5).map("\n".join), max_size=6))
def test_every_line_of_every_cell_is_found_again(sources: list[str]) -> None:
    text, cells = read_cells(notebook(*(("code", source) for source in sources)))
    lengths = {number: source.count("\n") + 1 for number, source in enumerate(sources, start=1)}
    expected = [(cell, line) for cell, length in lengths.items() for line in range(1, length + 1)]
    assert [locate(cells, line) for line in range(1, text.count("\n") + 1)] == expected


def test_cells_in_other_languages_are_blank() -> None:
    sql = {"cell_type": "code", "source": "select 1\nfrom a", "metadata": {"vscode": {"languageId": "sql"}}}
    assert read_cells(notebook(sql, ("code", "x"), language_info={"name": "python"}))[0] == "\n\nx\n"


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "broken notebook: not JSON"),
        (b"{", "broken notebook: not JSON"),
        (b"\xff\xfe\x00", "broken notebook: not JSON"),
        (b'{"cells": ' + b"[" * 100_000, "broken notebook: nested too deeply"),
        (b'{"cells": 1}', "broken notebook: Expected `array | null`, got `int` - at `$.cells`"),
        (b'{"cells": [{"cell_type": "code", "source": 5}]}', None),
        (notebook(language_info={"name": "R"}), "a notebook of another language: r"),
        (notebook(kernelspec={"language": "julia"}), "a notebook of another language: julia"),
        (notebook(("code", "x = '\0'")), "binary: it contains NUL characters"),
    ],
)
def test_what_cannot_be_read_says_why(data: bytes, why: str | None) -> None:
    found = refused(data)
    assert found == why if why else found.startswith("broken notebook: ")


def test_odd_but_valid_notebooks_are_read() -> None:
    assert read_cells(b"\xef\xbb\xbf{}") == ("", ())
    plot = {"cell_type": "code", "source": "x", "outputs": [{"data": float("nan")}]}
    assert read_cells(notebook(plot))[0] == "x\n"
    lone = b'{"cells": [{"cell_type": "code", "source": "x = \'\\ud800\'\\r\\ny"}]}'
    assert read_cells(lone)[0] == "x = '\ufffd'\ny\n"


def test_one_broken_cell_costs_only_itself() -> None:
    def parses(text: str) -> bool:
        try:
            libcst.parse_module(text)
        except libcst.ParserSyntaxError:
            return False
        return True

    text, cells = read_cells(notebook(("code", "a = 1"), ("code", "then we\ntrain it"), ("code", "b = 2")))
    assert not parses(text)
    mended, broken = without_broken(text, cells, parses)
    assert (mended, broken) == ("a = 1\n\n\nb = 2\n", (2,))


def test_a_notebook_file_passes_the_guards_too(tmp_path: Path) -> None:
    path = tmp_path / "a.ipynb"
    file = SourceFile("a.ipynb", str(path), "first-party", notebook=True)
    path.write_bytes(notebook(("code", "x = 1")))
    assert (read(file).text, read(file).cells) == ("x = 1\n", (CellSpan(1, 1, 1),))
    path.write_bytes(notebook(("code", "x = " + "(" * 300 + ")" * 300)))
    with pytest.raises(Unreadable, match="too deep"):
        read(file)
