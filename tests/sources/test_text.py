"""What a file says, or why it cannot be read."""

import hashlib
import os
import sysconfig
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from durability.sources.files import discover
from durability.sources.model import SourceFile
from durability.sources.text import Unreadable, decode, read


def source(path: Path, notebook: bool = False) -> SourceFile:
    return SourceFile(path.name, str(path), "first-party", notebook)


def reason(data: bytes) -> str:
    with pytest.raises(Unreadable) as caught:
        decode(data)
    return caught.value.reason


def reading_fails(path: Path) -> str:
    with pytest.raises(Unreadable) as caught:
        read(source(path))
    return caught.value.reason


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b"", ""),
        (b"x = 1", "x = 1"),
        ("x = 'é'\n".encode(), "x = 'é'\n"),
        (b"\xef\xbb\xbfx = 1\r\ny = 2\r", "x = 1\ny = 2\n"),
        (b"a\r\nb\rc\n\r\nd", "a\nb\nc\n\nd"),
        (b"# -*- coding: latin-1 -*-\nx = '\xe9'\n", "# -*- coding: latin-1 -*-\nx = 'é'\n"),
        (b"#!/usr/bin/python\n# vim: set fileencoding=cp1252 :\nx = '\x80'\n", None),
        (b"\n# coding=iso-8859-15\nx = '\xa4'\n", "\n# coding=iso-8859-15\nx = '€'\n"),
        (b"\xef\xbb\xbf# coding: utf-8\n", "# coding: utf-8\n"),
        (b"# coding: utf-8-unix\n", "# coding: utf-8-unix\n"),
        (b"# coding: koi8_r\n'\xbf'", "# coding: koi8_r\n'©'"),
        (b"x = 1\n# coding: nonsense\n", "x = 1\n# coding: nonsense\n"),
        (b"\x0cclass A:\n\tpass\n\x0c\n", "\x0cclass A:\n\tpass\n\x0c\n"),
        ("x = '\u2028\x0b\x1c'\n".encode(), "x = '\u2028\x0b\x1c'\n"),
    ],
)
def test_decoding(data: bytes, text: str | None) -> None:
    expected = text if text is not None else data.decode("cp1252")
    assert decode(data) == expected


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"x = '\xe9'\n", "not UTF-8, and no encoding declared"),
        (b"# coding: utf-8\n\xff", "not utf_8, as it declares"),
        (b"# coding: klingon\n", "unknown encoding: klingon"),
        (b"# coding: rot13\n", "unknown encoding: rot13"),
        (b"# coding: zlib_codec\n", "unknown encoding: zlib_codec"),
        (b"# coding: idna\n", "unknown encoding: idna"),
        (b"# coding: os.path\n", "unknown encoding: os.path"),
        (b"\xef\xbb\xbf# coding: latin-1\n", "marked as UTF-8 but declared as latin_1"),
        (b"x\0", "binary: it contains NUL bytes"),
        ("x = 1".encode("utf-16"), "not UTF-8: it starts with the mark of UTF-16 or UTF-32"),
    ],
)
def test_what_cannot_be_decoded_says_why(data: bytes, why: str) -> None:
    assert reason(data) == why


@given(st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\0\r\ufeff"), max_size=200))
def test_utf_8_comes_back_as_it_went_in(text: str) -> None:
    text = f"x\n\n{text}"  # no cookie in the first two lines
    assert decode(text.encode()) == text
    assert decode(b"\xef\xbb\xbf" + text.encode()) == text
    assert decode(text.replace("\n", "\r\n").encode()) == text


@given(st.binary(max_size=200))
def test_any_bytes_are_decoded_or_refused(data: bytes) -> None:
    try:
        text = decode(data)
    except Unreadable as error:
        assert error.reason
    else:
        assert "\r" not in text
        assert "\0" not in text
        text.encode("utf-8")


def test_reading_gives_lines_and_the_digest_of_the_bytes(tmp_path: Path) -> None:
    data = b"\xef\xbb\xbfa = 1\r\nb = 2"
    (tmp_path / "a.py").write_bytes(data)
    text = read(source(tmp_path / "a.py"))
    assert (text.text, text.lines, text.cells) == ("a = 1\nb = 2", 2, ())
    assert text.digest == hashlib.sha256(data).hexdigest()


@pytest.mark.parametrize(("content", "lines"), [("", 0), ("\n", 1), ("a", 1), ("a\n", 1), ("a\n\n", 2), ("a\nb", 2)])
def test_lines_are_counted_with_and_without_a_last_line_end(tmp_path: Path, content: str, lines: int) -> None:
    (tmp_path / "a.py").write_text(content)
    assert read(source(tmp_path / "a.py")).lines == lines


@pytest.mark.parametrize(
    ("content", "why"),
    [
        ("# " + "a\n" * 500_001, "too large: more than 1,000,000 bytes"),
        ("x = '" + "a" * 100_000 + "'\n", "a line is longer than 100,000 characters"),
        (
            "x = " + "(" * 300 + ")" * 300,
            "too deep: the statement at line 1 nests too many brackets, operators or string pieces",
        ),
    ],
)
def test_what_no_parser_should_see_is_refused(tmp_path: Path, content: str, why: str) -> None:
    (tmp_path / "a.py").write_text(content)
    assert reading_fails(tmp_path / "a.py") == why


def test_what_is_no_file_is_refused_at_once(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "fifo.py")
    (tmp_path / "folder.py").mkdir()
    (tmp_path / "link.py").symlink_to("/etc/passwd")
    assert reading_fails(tmp_path / "fifo.py") == "not a regular file: a FIFO"
    assert reading_fails(tmp_path / "folder.py") == "not a regular file: a folder"
    assert reading_fails(tmp_path / "link.py") == "too many levels of symbolic links"
    assert reading_fails(tmp_path / "gone.py") == "no such file"


@pytest.mark.needs_cpython_lib
def test_of_cpython_s_own_library_only_a_handful_is_refused() -> None:
    refused: Counter[str] = Counter()
    files = discover(Path(sysconfig.get_path("stdlib"))).files
    for file in files:
        try:
            read(file)
        except Unreadable as error:
            refused[error.reason.split(":")[0]] += 1
    assert len(files) > 1_000
    assert set(refused) <= {"not UTF-8, and no encoding declared", "unknown encoding", "too deep", "not Python"}
    assert refused["too deep"] + refused["not Python"] < 5
