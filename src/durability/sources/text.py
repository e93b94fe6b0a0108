"""The text of a source file: decoded, with one kind of line end, or a reason why it cannot be analysed."""

import codecs
import re
from encodings.aliases import aliases
from hashlib import sha256

from msgspec import Struct

from durability.sources.guard import depth_problem
from durability.sources.model import SourceFile
from durability.sources.notebooks import CellSpan, read_cells
from durability.sources.opening import Unreadable, read_bytes

__all__ = ["Text", "Unreadable", "decode", "read"]

MOST_BYTES = 1_000_000
MOST_NOTEBOOK_BYTES = 20_000_000
LONGEST_LINE = 100_000

_COOKIE = re.compile(rb"^[ \t\f]*#.*?coding[:=][ \t]*([-\w.]+)")
_BLANK = re.compile(rb"^[ \t\f]*(?:#.*)?$")
_FOREIGN_MARKS = (codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_SURROGATE = re.compile("[\ud800-\udfff]")  # UTF-7 lets them through
_LINE_END = re.compile(r"\r\n?")
# Python's own text encodings and no other: one that a package registers would run that package's code, and the
# results would depend on what is installed.
_ENCODINGS = frozenset(set(aliases.values()) | {"utf_8_sig", "koi8_u", "cp720", "cp874", "cp875", "cp1006"}) - {
    "mbcs", "rot_13", "idna", "punycode", "utf_16", "utf_16_be", "utf_16_le", "utf_32", "utf_32_be", "utf_32_le",
    *(name for name in aliases.values() if name.endswith("_codec")),
}  # fmt: skip


class Text(Struct, frozen=True):
    """What a file says. Line ends are `\\n` and there is no byte order mark.

    `digest` is the SHA-256 of the file's bytes in hexadecimal; `cells` is empty except for notebooks, whose code cells
    are joined into one text.
    """

    text: str
    digest: str
    cells: tuple[CellSpan, ...]
    lines: int


def read(file: SourceFile) -> Text:
    """The text of a discovered file. Raises Unreadable when it cannot or must not be analysed."""
    limit = MOST_NOTEBOOK_BYTES if file.notebook else MOST_BYTES
    data = read_bytes(file.absolute, limit)
    if len(data) > limit:
        raise Unreadable(f"too large: more than {limit:,} bytes")
    return of_bytes(data, file)


def of_bytes(data: bytes, file: SourceFile) -> Text:
    """The text in the bytes of a file or notebook. Raises Unreadable when it must not be analysed."""
    cells: tuple[CellSpan, ...] = ()
    if file.notebook:
        text, cells = read_cells(data)
    else:
        text = decode(data)
    check(text)
    return Text(text=text, digest=sha256(data).hexdigest(), cells=cells, lines=line_count(text))


def check(text: str) -> None:
    """Raise Unreadable for a text that no later stage must see."""
    if len(text) > MOST_BYTES:
        raise Unreadable(f"too large: more than {MOST_BYTES:,} characters of code")
    if len(text) > LONGEST_LINE and max(map(len, text.split("\n"))) > LONGEST_LINE:
        raise Unreadable(f"a line is longer than {LONGEST_LINE:,} characters")
    problem = depth_problem(text)
    if problem:
        raise Unreadable(problem)


def line_count(text: str) -> int:
    """Lines of a text, the last one with or without its line end."""
    return text.count("\n") + (not text.endswith("\n") and bool(text))


def decode(data: bytes) -> str:
    """The text that Python would read from these bytes, with `\\n` line ends. Raises Unreadable."""
    if data.startswith(_FOREIGN_MARKS):
        raise Unreadable("not UTF-8: it starts with the mark of UTF-16 or UTF-32")
    if b"\0" in data:
        raise Unreadable("binary: it contains NUL bytes")
    marked = data.startswith(codecs.BOM_UTF8)
    data = data.removeprefix(codecs.BOM_UTF8)
    encoding = _declared(data)
    if marked and encoding not in (None, "utf_8", "utf_8_sig"):
        raise Unreadable(f"marked as UTF-8 but declared as {encoding}")
    try:
        text = data.decode(encoding or "utf-8")
    except (UnicodeError, ValueError):
        reason = f"not {encoding}, as it declares" if encoding else "not UTF-8, and no encoding declared"
        raise Unreadable(reason) from None
    if "\0" in text:
        raise Unreadable("binary: it contains NUL characters")
    if encoding and _SURROGATE.search(text):
        raise Unreadable(f"not {encoding}, as it declares")
    return _LINE_END.sub("\n", text) if "\r" in text else text


def _declared(data: bytes) -> str | None:
    """The encoding named in the first two lines, as PEP 263 has it; None when none is."""
    first, second = [*re.split(rb"\r\n?|\n", data[:2000], maxsplit=2), b"", b""][:2]
    match = _COOKIE.match(first) or (_COOKIE.match(second) if _BLANK.match(first) else None)
    if not match:
        return None
    written = match[1].decode("ascii", "replace")
    name = written.lower().replace("-", "_").replace(".", "_")
    if name == "utf_8" or name.startswith("utf_8_"):
        return "utf_8"
    if name in ("latin_1", "iso_8859_1", "iso_latin_1") or name.startswith(("latin_1_", "iso_8859_1_", "iso_latin_1_")):
        return "latin_1"
    canonical = aliases.get(name, name)
    if canonical not in _ENCODINGS:
        raise Unreadable(f"unknown encoding: {written[:40]}")
    return canonical
