"""What the terminal can show: colour, width, characters."""

import codecs
import os
import shutil
import sys
from typing import Literal, TextIO

Color = Literal["auto", "always", "never"]

_NARROWEST, _WIDEST, _UNKNOWN = 60, 100, 80


def wants_color(choice: Color, stream: TextIO | None) -> bool:
    """Whether to colour what goes to a stream: the option decides, then NO_COLOR, FORCE_COLOR, then the terminal."""
    if choice != "auto":
        return choice == "always"
    if os.environ.get("NO_COLOR"):
        return False
    if os.environ.get("FORCE_COLOR"):
        return True
    return is_terminal(stream)


def is_terminal(stream: TextIO | None) -> bool:
    """Whether a person watches the stream on a terminal that can do more than print lines."""
    return stream is not None and stream.isatty() and os.environ.get("TERM") != "dumb"


def width() -> int:
    """Columns to fill: those of the terminal, between 60 and 100."""
    return max(_NARROWEST, min(_WIDEST, shutil.get_terminal_size((_UNKNOWN, 24)).columns))


def output_encoding() -> str:
    """The encoding of standard output."""
    return getattr(sys.stdout, "encoding", None) or "utf-8"


def shows_unicode(encoding: str) -> bool:
    """Whether every character can be written in that encoding."""
    try:
        return codecs.lookup(encoding).name.startswith("utf")
    except LookupError:
        return False
