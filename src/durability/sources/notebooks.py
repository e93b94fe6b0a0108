"""Jupyter notebooks as one Python text: code cells joined, what is not Python blanked, every line kept in its place."""

import json
import re
from bisect import bisect_right
from collections.abc import Callable, Sequence
from typing import Any

import msgspec
from msgspec import Struct

from durability.sources.magics import plain_python
from durability.sources.opening import Unreadable

_SURROGATE = re.compile("[\ud800-\udfff]")


class CellSpan(Struct, frozen=True):
    """Where a code cell stands in the joined text.

    `cell` counts all cells of the notebook from 1, Markdown too; `first_line` is 1-based in the joined text.
    """

    cell: int
    first_line: int
    lines: int


class _Cell(Struct):
    cell_type: str = ""
    source: str | list[str] = ""
    input: str | list[str] = ""
    metadata: dict[str, Any] = {}
    language: str = ""


class _Worksheet(Struct):
    cells: list[_Cell] = []


class _Notebook(Struct):
    nbformat: int = 4
    cells: list[_Cell] | None = None
    worksheets: list[_Worksheet] = []
    metadata: dict[str, Any] = {}


def read_cells(data: bytes) -> tuple[str, tuple[CellSpan, ...]]:
    """The joined code of a notebook and its cells. Raises Unreadable."""
    notebook = _parse(data)
    language = _language(notebook.metadata)
    if language and not language.startswith(("python", "ipython", "xpython", "pypy")):
        raise Unreadable(f"a notebook of another language: {language[:40]}")
    pieces: list[str] = []
    spans: list[CellSpan] = []
    line = 1
    cells = notebook.cells
    if cells is None:
        cells = [cell for sheet in notebook.worksheets for cell in sheet.cells]
    for number, cell in enumerate(cells, start=1):
        if cell.cell_type != "code":
            continue
        text = _source(cell)
        code = plain_python(text) if _is_python(cell) else _blank(text)
        count = code.count("\n") + 1
        pieces.append(code)
        spans.append(CellSpan(number, line, count))
        line += count
    return "\n".join(pieces) + ("\n" if pieces else ""), tuple(spans)


def locate(cells: Sequence[CellSpan], line: int) -> tuple[int, int]:
    """The cell and the line inside it for a 1-based line of the joined text. Raises ValueError without cells."""
    if not cells:
        raise ValueError("no cells")
    span = cells[max(bisect_right(cells, line, key=lambda item: item.first_line) - 1, 0)]
    return span.cell, min(max(line - span.first_line + 1, 1), span.lines)


def without_broken(text: str, cells: Sequence[CellSpan], parses: Callable[[str], bool]) -> tuple[str, tuple[int, ...]]:
    """The joined text with each cell blanked that does not parse by itself, and the numbers of those cells.

    One cell of notes or half a thought must not cost the whole notebook. Lines stay where they are.
    """
    lines = text.split("\n")
    broken: list[int] = []
    for span in cells:
        first, last = span.first_line - 1, span.first_line - 1 + span.lines
        if not parses("\n".join(lines[first:last]) + "\n"):
            broken.append(span.cell)
            lines[first:last] = [""] * span.lines
    return "\n".join(lines), tuple(broken)


def _parse(data: bytes) -> _Notebook:
    try:
        return msgspec.json.decode(data.removeprefix(b"\xef\xbb\xbf"), type=_Notebook)
    except RecursionError:
        raise Unreadable("broken notebook: nested too deeply") from None
    except (msgspec.DecodeError, UnicodeError):
        pass
    # Plots leave NaN in outputs, which Jupyter writes and strict readers refuse.
    try:
        return msgspec.convert(json.loads(data.decode("utf-8-sig")), type=_Notebook)
    except RecursionError:
        raise Unreadable("broken notebook: nested too deeply") from None
    except msgspec.ValidationError as error:
        raise Unreadable(f"broken notebook: {str(error)[:100]}") from None
    except ValueError:
        raise Unreadable("broken notebook: not JSON") from None


def _source(cell: _Cell) -> str:
    source = cell.source or cell.input
    text = source if isinstance(source, str) else "".join(source)
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if "\0" in text:
        raise Unreadable("binary: it contains NUL characters")
    return _SURROGATE.sub("\ufffd", text)


def _blank(text: str) -> str:
    return "\n" * text.count("\n")


def _is_python(cell: _Cell) -> bool:
    vscode = cell.metadata.get("vscode")
    named = vscode.get("languageId") if isinstance(vscode, dict) else None
    return (named or cell.language or "python") == "python"


def _language(metadata: dict[str, Any]) -> str:
    for key, field in (("language_info", "name"), ("kernelspec", "language")):
        part = metadata.get(key)
        name = part.get(field) if isinstance(part, dict) else None
        if isinstance(name, str) and name:
            return name.lower()
    return ""
