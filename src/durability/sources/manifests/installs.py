"""Packages that a Dockerfile or a shell script installs by name, outside any manifest."""

import re
import shlex
from collections.abc import Iterator

from durability.sources.manifests.model import Ledger, normalised

# Only where a command begins: a comment or an `echo` that talks about pip installs nothing.
_WORD = r"[^\s;&|(]"
_INSTALL = re.compile(
    rf"(?:^|[;&|(])[ \t]*+(?:(?:RUN|sudo|exec|then|do|else|if|time|!|-{_WORD}+|\w+={_WORD}*"
    rf"|{_WORD}*python[\d.]*[ \t]+-m)[ \t]+)*+"
    r"(?:(?:uv[ \t]+|[\w./$-]*/)?(?:pip[\d.]*|pipx|conda|mamba|micromamba)[ \t]+install"
    r"|(?:uv|poetry|pdm)[ \t]+(?:add|tool[ \t]+install))\b([^\n;&|)]*)",
    re.MULTILINE,
)
_COMMENTS = re.compile(r"^[ \t]*#.*\n?", re.MULTILINE)
_VALUED = frozenset(
    {
        "-r", "--requirement", "-c", "--constraint", "-i", "--index-url", "--extra-index-url", "-f", "--find-links",
        "-t", "--target", "--prefix", "--root", "-e", "--editable", "--timeout", "--retries", "--trusted-host",
        "--platform", "--python-version", "--only-binary", "--no-binary", "-n", "--name", "-p", "--python", "--group",
        "--channel", "--index", "--cache-dir", "--proxy", "--progress-bar",
    }
)  # fmt: skip
_NAME = re.compile(r"([A-Za-z0-9](?:[\w.-]*[A-Za-z0-9])?)(?:\[[\w,. -]*\])?(?:\s*(?:[<>=!~]=?|@|;).*)?")
_LOCAL = (".whl", ".txt", ".tar.gz", ".toml", ".zip")


def read_installs(path: str, text: str, ledger: Ledger) -> None:
    """Add the names that install commands mention; paths, variables and options are not names."""
    commands = _COMMENTS.sub("", text).replace("\\\n", " ")
    for match in _INSTALL.finditer(commands):
        for word in _operands(match[1]):
            name = _NAME.fullmatch(word)
            if name and not word.endswith(_LOCAL):
                ledger.installed.add(normalised(name[1]))


def _operands(text: str) -> Iterator[str]:
    try:
        words = shlex.split(text, comments=True)
    except ValueError:
        words = text.split()
    skip = False
    for word in words:
        if skip:
            skip = False
        elif word.startswith("-"):
            skip = word in _VALUED
        elif word in (">", ">>", "<", "2>", "then", "fi"):
            return
        elif "$" not in word and "/" not in word:
            yield word
