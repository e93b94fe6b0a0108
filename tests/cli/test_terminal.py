"""Colour, width, characters, progress: what a terminal gets and a pipe does not."""

import io

import pytest

from durability.cli.progress import progress
from durability.cli.streams import printable
from durability.cli.terminal import shows_unicode, wants_color, width


class Screen(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("choice", "environment", "stream", "colored"),
    [
        ("auto", {}, Screen(), True),
        ("auto", {}, io.StringIO(), False),
        ("auto", {}, None, False),
        ("auto", {"TERM": "dumb"}, Screen(), False),
        ("auto", {"NO_COLOR": "1"}, Screen(), False),
        ("auto", {"NO_COLOR": ""}, Screen(), True),
        ("auto", {"FORCE_COLOR": "1"}, io.StringIO(), True),
        ("auto", {"FORCE_COLOR": "1", "NO_COLOR": "1"}, Screen(), False),
        ("always", {"NO_COLOR": "1"}, io.StringIO(), True),
        ("never", {"FORCE_COLOR": "1"}, Screen(), False),
    ],
)
def test_when_to_colour(monkeypatch, choice, environment, stream, colored):
    monkeypatch.setenv("TERM", "xterm")
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert wants_color(choice, stream) is colored


@pytest.mark.parametrize(("columns", "used"), [("20", 60), ("72", 72), ("240", 100)])
def test_the_width_has_limits(monkeypatch, columns, used):
    monkeypatch.setenv("COLUMNS", columns)
    assert width() == used


@pytest.mark.parametrize(
    ("encoding", "all_characters"),
    [("utf-8", True), ("UTF-16", True), ("ascii", False), ("latin-1", False), ("cp1252", False), ("no-such", False)],
)
def test_which_encodings_show_everything(encoding, all_characters):
    assert shows_unicode(encoding) is all_characters


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain é 漢", "plain é 漢"),
        ("a\x1b[2Jb", "a\\x1b[2Jb"),
        ("a\nb\t", "a\\nb\\t"),
        ("\udcff\u202e", "\\udcff\\u202e"),
    ],
)
def test_nothing_printable_acts_on_a_terminal(text, shown):
    assert printable(text) == shown


def test_progress_is_one_line_that_is_wiped(monkeypatch):
    screen = Screen()
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "30")
    monkeypatch.setattr("sys.stderr", screen)
    with progress(quiet=False) as show:
        show("src/a\x1b[31m.py", 1, 12)
        show("src/" + "b" * 90, 12, 12)
    steps = screen.getvalue().split("\r\x1b[K")
    assert steps[1] == "1/12  src/a\\x1b[31m.py"
    assert steps[2].startswith("12/12  src/bbb")
    assert len(steps[2]) < 30
    assert steps[3:] == [""]


@pytest.mark.parametrize(("quiet", "stream"), [(True, Screen()), (False, io.StringIO()), (False, None)])
def test_nobody_watches_no_progress(monkeypatch, quiet, stream):
    monkeypatch.setattr("sys.stderr", stream)
    with progress(quiet=quiet) as show:
        assert show is None
