"""The one `ast.parse` of a file, which both bridges read."""

import ast
import re
import sys
import warnings

from msgspec import Struct

BOM = "\ufeff"
_LINE_END = re.compile(r"\r\n|\r|\n")
_PYTHON = f"Python {sys.version_info.major}.{sys.version_info.minor}"


class Unparsed(Struct, frozen=True):
    """Why the running interpreter could not read a file; what the bridges would have said of it is unknown."""

    reason: str


def parse(text: str) -> ast.Module | Unparsed:
    """The syntax tree of a decoded file, or why the running interpreter has none; never raises for what the text holds.

    A byte order mark is not part of the first line. Warnings about the code are for its author and are not shown.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.parse(text.removeprefix(BOM))
    except SyntaxError as error:
        place = f" on line {error.lineno}" if error.lineno else ""
        return Unparsed(f"{_PYTHON} cannot parse it: {error.msg}{place}")
    except (RecursionError, MemoryError):
        return Unparsed(f"{_PYTHON} cannot parse it: nested too deeply")
    except ValueError:
        return Unparsed(f"{_PYTHON} cannot parse it: a NUL character or half of a surrogate pair")


def source_lines(text: str) -> list[str]:
    """The lines of a file as the tree numbers them: a form feed or a Unicode separator ends none."""
    return _LINE_END.split(text.removeprefix(BOM))
