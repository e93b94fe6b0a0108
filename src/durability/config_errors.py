"""What is wrong with a settings file, in one line that says where and what to do."""

import re
from collections.abc import Mapping, Sequence

from msgspec import Struct

from durability.naming import nearest

_WORDS = {
    "str": "text",
    "int": "a whole number",
    "float": "a number",
    "bool": "true or false",
    "array": "a list",
    "object": "a table",
    "date": "a date such as 2027-01-31",
}
_LIMITS = ((">=", "at least"), ("<=", "at most"))
_PATH = re.compile(r"(?P<what>.*?)(?: - at `(?:key in )?\$(?P<path>[^`]*)`)?")
_STEP = re.compile(r"\.([\w-]+)|\[(\d+)\]")
_HEADER = re.compile(r"\s*(\[{1,2})\s*([^\[\]]+?)\s*\]{1,2}\s*(?:#.*)?")


class Invalid(Struct, frozen=True):
    """One wrong value: a sentence, and where it stands. `table` is "" for the settings themselves."""

    sentence: str
    table: str
    key: str
    ordinal: int


def unknown_key(key: str, table: str, keys: Mapping[str, Sequence[str]]) -> str:
    """The sentence for a key that does not exist, with the nearest one that does."""
    hint = nearest(key, keys[table])
    where = f" in {table!r}" if table else ""
    known = "" if hint else f"; known keys: {', '.join(keys[table])}"
    return f"unknown key {key!r}{where}{hint or known}"


def explain_invalid(message: str, choices: Mapping[str, Sequence[str]]) -> Invalid:
    """A validation message of msgspec in the words of someone who writes TOML. `choices`: what some keys may be."""
    parts = _PATH.fullmatch(message)
    what, path = (parts["what"], parts["path"] or "") if parts else (message, "")
    names: list[str] = []
    shown, ordinal = "", 0
    for name, index in _STEP.findall(path):
        if name:
            names.append(name)
            shown += f".{name}" if shown else name
        else:
            ordinal = int(index) if len(names) == 1 else ordinal
            shown += f"[{int(index) + 1}]"
    missing = re.fullmatch(r"Object missing required field `(.+)`", what)
    if missing:
        return Invalid(f"{shown} has no {missing[1]!r}", shown.partition("[")[0], "", ordinal)
    table, key = (names[0], names[1]) if len(names) > 1 else ("", names[0] if names else "")
    return Invalid(f"{shown or 'the table'} {_expectation(what, choices.get(key, ()))}", table, key, ordinal)


def _expectation(what: str, choices: Sequence[str]) -> str:
    given = re.fullmatch(r"Invalid enum value '?(.*?)'?", what)
    if given:
        return f"is {given[1]!r}, which is none of {', '.join(choices)}{nearest(given[1], choices)}"
    types = re.fullmatch(r"Expected `([^`]+)`, got `([^`]+)`", what)
    if types:
        return f"must be {_type_words(types[1])}, not {_type_words(types[2])}"
    limit = re.fullmatch(r"Expected `[^`]+` (>=|<=) ([\d.]+)", what)
    if limit:
        return f"must be {dict(_LIMITS)[limit[1]]} {float(limit[2]):g}"
    if "length >= 1" in what:
        return "must not be empty"
    if "date" in what:
        return f"must be {_WORDS['date']}"
    return f"is wrong: {what}"


def _type_words(types: str) -> str:
    known = [name for name in types.split(" | ") if name != "null"]
    return " or ".join(_WORDS.get(name, name) for name in known)


def line_of(text: str, table: str, key: str, ordinal: int = 0) -> int | None:
    """The line where a key of a table stands, or that of its header for the key ""; None when it is not plain to see.

    `ordinal` counts from 0 which of several `[[table]]` is meant.
    """
    current, seen = "", -1
    for number, line in enumerate(text.split("\n"), start=1):
        header = _HEADER.fullmatch(line.rstrip("\r"))
        if header:
            current = header[2].replace('"', "").replace("'", "").replace(" ", "")
            seen += current == table and len(header[1]) == 2
            if not key and current == table and (len(header[1]) == 1 or seen == ordinal):
                return number
            continue
        if key and current == table and max(seen, 0) == ordinal and _sets(line, key):
            return number
    return None


def _sets(line: str, key: str) -> bool:
    return re.match(rf"""\s*(["']?){re.escape(key)}\1\s*[=.]""", line) is not None
