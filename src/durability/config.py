"""Settings: `durability.toml` or `[tool.durability]` of pyproject.toml, checked key by key."""

import json
import sys
import tomllib
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Literal, get_args

import msgspec.json
import msgspec.structs
from msgspec import Meta, Struct, field

from durability.config_errors import explain_invalid, line_of, unknown_key
from durability.errors import UsageError
from durability.model import SEVERITIES, Severity

Users = Literal["self", "team", "public"]
Data = Literal["none", "personal", "financial", "health"]
Lifetime = Literal["weeks", "months", "years"]

OWN_FILE = "durability.toml"
SHARED_FILE = "pyproject.toml"
_LARGEST = 1_000_000

Text = Annotated[str, Meta(min_length=1)]
Percentage = Annotated[float, Meta(ge=0, le=100)]
Selectors = Annotated[
    tuple[Text, ...],
    Meta(description="Names of rules, lenses (scale, time, blindspot), `pack:NAME`, or globs over names."),
]


class Accept(Struct, frozen=True, forbid_unknown_fields=True):
    """A risk that somebody has decided to live with: the only way out of the score, until it expires."""

    rule: Annotated[Text, Meta(description="Name of the rule.")]
    reason: Annotated[Text, Meta(description="Why this is acceptable.")]
    owner: Annotated[Text, Meta(description="Who stands for it.")]
    expires: Annotated[date, Meta(description="Last day (YYYY-MM-DD) on which it holds.")]
    path: Annotated[str, Meta(description="Glob over paths relative to the project root; absent: everywhere.")] = ""


class Answered(Struct, frozen=True, forbid_unknown_fields=True):
    """What a person decided on a question that the report asks. It moves no points."""

    question: Annotated[Text, Meta(description="Id of the question, such as `who-refunds`.")]
    text: Annotated[Text, Meta(description="What was decided.")]
    owner: Annotated[Text, Meta(description="Who stands for it.")]
    expires: Annotated[date, Meta(description="Last day (YYYY-MM-DD) on which it holds.")]


class Product(Struct, frozen=True, forbid_unknown_fields=True):
    """What the product is for. What is not declared is read as the strictest."""

    users: Annotated[Users | None, Meta(description="Who uses it.")] = None
    data: Annotated[Data | None, Meta(description="The most delicate data it holds.")] = None
    peak_requests_per_minute: Annotated[
        Annotated[int, Meta(ge=0)] | None, Meta(description="Requests per minute at the busiest time.")
    ] = None
    lifetime: Annotated[Lifetime | None, Meta(description="How long it has to live.")] = None


class Feature(Struct, frozen=True, forbid_unknown_fields=True):
    """Something a user would name, and where it begins in the code."""

    name: Annotated[Text, Meta(description="What a user would call it.")]
    why: Annotated[str, Meta(description="What it is good for.")] = ""
    entry: Annotated[
        tuple[Text, ...], Meta(description="Entry points, such as `POST /pay` or `app.billing:charge`.")
    ] = ()
    critical: Annotated[bool, Meta(description="Whether the product is worthless without it.")] = False


class Config(Struct, frozen=True, forbid_unknown_fields=True, rename="kebab"):
    """All settings. None of them changes the score, save `accept` and `scored-packs`."""

    select: Selectors = ()
    ignore: Selectors = ()
    per_file_ignores: Annotated[
        dict[Text, tuple[Text, ...]],
        Meta(description="Patterns as in .gitignore, each with what is ignored in the files it matches."),
    ] = field(default_factory=dict)
    exclude: Annotated[
        tuple[Text, ...], Meta(description="Patterns as in .gitignore of files that are not analysed.")
    ] = ()
    packs: Annotated[tuple[Text, ...], Meta(description="Installed rule packs to load.")] = ()
    scored_packs: Annotated[tuple[Text, ...], Meta(description="Rule packs whose rules carry points.")] = ()
    accept: Annotated[tuple[Accept, ...], Meta(description="Accepted risks.")] = ()
    product: Product | None = None
    feature: Annotated[tuple[Feature, ...], Meta(description="Features of the product.")] = ()
    answer: Annotated[tuple[Answered, ...], Meta(description="Answers to the report's questions.")] = ()
    fail_on: Annotated[
        Severity | None, Meta(description="`check` fails on open findings of this severity or worse.")
    ] = None
    fail_under: Annotated[
        Percentage | None, Meta(description="`check` fails when the low end of the score is below this.")
    ] = None
    max_drop: Annotated[
        Percentage | None, Meta(description="`check` fails when the score falls by more than this.")
    ] = None
    cache_dir: Annotated[Text | None, Meta(description="Folder for cached facts, relative to the root.")] = None


class Loaded(Struct, frozen=True):
    """Settings with the file they came from ("" when built in) and the keys that it sets."""

    config: Config
    file: str = ""
    keys: tuple[str, ...] = ()


BUILT_IN = Loaded(Config())

_TABLES: dict[str, type[Struct]] = {
    "": Config,
    "product": Product,
    "accept": Accept,
    "feature": Feature,
    "answer": Answered,
}
KEYS: dict[str, tuple[str, ...]] = {
    name: tuple(item.encode_name for item in msgspec.structs.fields(table)) for name, table in _TABLES.items()
}
CHOICES: dict[str, tuple[str, ...]] = {
    "users": get_args(Users),
    "data": get_args(Data),
    "lifetime": get_args(Lifetime),
    "fail-on": SEVERITIES,
}


def find_config(root: Path) -> Loaded:
    """The settings of the project at `root`: its durability.toml, else the table in its pyproject.toml, else none.

    Raises UsageError for a file that is not valid, with file, line and what to do.
    """
    own = root / OWN_FILE
    if own.is_file():
        return read_config(own)
    shared = root / SHARED_FILE
    # A broken pyproject.toml that has nothing to say to us must not stop a scan.
    if not shared.is_file() or "durability" not in (text := _text(shared)):
        return BUILT_IN
    return _own_table(shared, text, _document(shared, text)) or BUILT_IN


def read_config(file: Path) -> Loaded:
    """The settings in a file that was named: those of `[tool.durability]` if it has that table, else all of it.

    Raises UsageError as `find_config`, and when there is no such file.
    """
    text = _text(file)
    document = _document(file, text)
    found = _own_table(file, text, document)
    if found is None and file.name == SHARED_FILE:
        raise UsageError(f"{file}: there is no [tool.durability] in it")
    return found or _checked(file, text, document, "")


def schema() -> str:
    """The JSON schema of the settings, as published in config.schema.json."""
    components = msgspec.json.schema_components([Config], ref_template="#/$defs/{name}")
    (top,), parts = components
    described = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "durability.toml, or [tool.durability] of pyproject.toml",
        **top,
        "$defs": parts,
    }
    return json.dumps(described, indent=2, sort_keys=True) + "\n"


def _text(file: Path) -> str:
    if file.exists() and not file.is_file():
        raise UsageError(f"{file} is not a file")
    try:
        with file.open("rb") as opened:
            content = opened.read(_LARGEST + 1)
    except OSError as error:
        raise UsageError(f"cannot read {file}: {(error.strerror or str(error)).lower()}") from None
    if len(content) > _LARGEST:
        raise UsageError(f"{file} is larger than {_LARGEST:,} bytes: settings do not take that much")
    return content.decode("utf-8-sig", "surrogateescape")


def _document(file: Path, text: str) -> dict[str, Any]:
    if any("\udc80" <= character <= "\udcff" for character in text):
        raise UsageError(f"{file} is not valid TOML: not UTF-8")
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise UsageError(f"{file} is not valid TOML: {error}") from None
    except RecursionError:
        raise UsageError(f"{file} is nested too deep to be settings") from None


def _own_table(file: Path, text: str, document: dict[str, Any]) -> Loaded | None:
    tool = document.get("tool")
    if not isinstance(tool, dict) or "durability" not in tool:
        return None
    table = tool["durability"]
    if not isinstance(table, dict):
        raise UsageError(f"{file}: tool.durability must be a table")
    return _checked(file, text, table, "tool.durability")


def _checked(file: Path, text: str, table: dict[str, Any], prefix: str) -> Loaded:
    def place(name: str, key: str, ordinal: int) -> str:
        line = line_of(text, ".".join(filter(None, (prefix, name))), key, ordinal)
        return f"{file}:{line}" if line else str(file)

    for name, part, ordinal in _parts(table):
        for key in part:
            if key not in KEYS[name]:
                raise UsageError(f"{place(name, key, ordinal)}: {unknown_key(key, name, KEYS)}")
    try:
        config = msgspec.convert(table, Config)
    except msgspec.ValidationError as error:
        wrong = explain_invalid(str(error), CHOICES)
        raise UsageError(f"{place(wrong.table, wrong.key, wrong.ordinal)}: {wrong.sentence}") from None
    return Loaded(config, str(file), tuple(sorted(table)))


def _parts(table: dict[str, Any]) -> list[tuple[str, dict[str, Any], int]]:
    """The table and those inside it that have keys of their own: name, content, which of several."""
    found = [("", table, 0)]
    for name in KEYS:
        inner = table.get(name) if name else None
        entries = inner if isinstance(inner, list) else [inner]
        found += [(name, entry, ordinal) for ordinal, entry in enumerate(entries) if isinstance(entry, dict)]
    return found


if __name__ == "__main__":
    sys.stdout.write(schema())
