"""Exact versions from lock files, matched by line: a TOML parser takes a second for a lock of 20,000 lines."""

import re

import msgspec

from durability.sources.manifests.model import Broken, Ledger

_PACKAGE = re.compile(r'^\[\[packages?\]\]\s*\nname = "([^"\n]+)"\s*\nversion = "([^"\n]+)"', re.MULTILINE)


class _Pinned(msgspec.Struct):
    version: str = ""


class _Pipfile(msgspec.Struct):
    default: dict[str, _Pinned] = {}
    develop: dict[str, _Pinned] = {}


def read_toml_lock(path: str, text: str, ledger: Ledger) -> None:
    """Add the packages of poetry.lock, uv.lock, pdm.lock or pylock.toml."""
    for name, version in _PACKAGE.findall(text):
        ledger.lock(name, version)


def read_pipfile_lock(path: str, text: str, ledger: Ledger) -> None:
    """Add the packages of Pipfile.lock. Raises Broken."""
    try:
        document = msgspec.json.decode(text.encode(), type=_Pipfile)
    except (msgspec.MsgspecError, RecursionError, UnicodeError):
        raise Broken("not a Pipfile.lock") from None
    for table in (document.default, document.develop):
        for name, pinned in table.items():
            ledger.lock(name, pinned.version.removeprefix("=="))
