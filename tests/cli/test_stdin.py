"""Standard input as a file."""

import json
import sys

import pytest

from durability.cli import main

CODE = "import requests\n\n\ndef load(url):\n    return requests.get(url)\n"


def call(monkeypatch, content: bytes, *arguments: str) -> int:
    class Input:
        class buffer:
            @staticmethod
            def read(size: int) -> bytes:
                return content[:size]

    monkeypatch.setattr(sys, "stdin", Input)
    return main(list(arguments))


@pytest.mark.parametrize("command", [[], ["scan"]])
def test_standard_input_is_scanned_under_its_name(monkeypatch, capsys, command):
    assert call(monkeypatch, CODE.encode(), *command, "-", "--stdin-filename", "a/b.py", "--output-format", "json") == 0
    findings = json.loads(capsys.readouterr().out)["findings"]
    found = [
        (finding["path"], finding["line"]) for finding in findings if finding["rule"] == "http-call-without-timeout"
    ]
    assert found == [("a/b.py", 5)]


def test_the_gate_takes_it_too(monkeypatch, capsys):
    assert call(monkeypatch, CODE.encode(), "check", "-") == 1
    assert "http-call-without-timeout at stdin.py:5" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("content", "arguments", "said"),
    [
        (b"\xff\xfe", ["-"], "not UTF-8"),
        (b"#" * 10_000_001, ["-"], "larger than"),
        (b"", ["-", "app.py"], "alone"),
    ],
)
def test_what_cannot_be_read(monkeypatch, capsys, content, arguments, said):
    assert call(monkeypatch, content, *arguments) == 2
    caught = capsys.readouterr()
    assert caught.out == ""
    assert said in caught.err
    assert len(caught.err.splitlines()) == 1
