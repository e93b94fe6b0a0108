"""Tables, keys and indexes in the text of SQL definitions; whatever is not understood is passed over."""

import re
from collections.abc import Iterator

from msgspec import Struct
from msgspec.structs import replace

from durability.program.schema.model import Column

_NAME = r"[\"'`\[]?(?:\w+[\"'`\]]?\.[\"'`\[]?)?(?P<{}>\w+)[\"'`\]]?"
_CREATE = re.compile(
    r"\bcreate\s+(?:(?:global|local|temp|temporary|unlogged)\s+)*table\s+(?:if\s+not\s+exists\s+)?"
    + _NAME.format("table") + r"\s*\(", re.IGNORECASE,
)  # fmt: skip
_INDEX = re.compile(
    r"\bcreate\s+(?P<unique>unique\s+)?index\s+(?:concurrently\s+)?(?:if\s+not\s+exists\s+)?[^\s(]+\s+on\s+(?:only\s+)?"
    + _NAME.format("table") + r"\s*(?:using\s+\w+\s*)?\(", re.IGNORECASE,
)  # fmt: skip
_ALTER = re.compile(
    r"\balter\s+table\s+(?:if\s+exists\s+)?(?:only\s+)?" + _NAME.format("table") + r"\s+add\b", re.IGNORECASE
)
_ADDED_COLUMN = re.compile(r"\s*(?:column\s+)?(?:if\s+not\s+exists\s+)?", re.IGNORECASE)
_KEY = re.compile(
    r"^\s*(?:constraint\s+\S+\s+)?(?:primary\s+key|unique(?:\s+(?:key|index))?)\s*(?:[\w\"`]+\s*)?\(", re.IGNORECASE
)
_TABLE_LEVEL = re.compile(r"^\s*(?:constraint|foreign\s+key|check|exclude|like)\b", re.IGNORECASE)
_INNER_INDEX = re.compile(
    r"^\s*(?:(?:fulltext|spatial)(?:\s+(?:key|index))?|key|index)\s*(?:[\"`]?\w+[\"`]?\s*)?(?:using\s+\w+\s*)?\((?!\s*\d)",
    re.IGNORECASE,
)
"""An index among the columns, as MySQL writes it; `key varchar(50)` is a column of that name."""

_FOREIGN = re.compile(r"^\s*(?:constraint\s+\S+\s+)?foreign\s+key\s*(?:[\"`]?\w+[\"`]?\s*)?\(", re.IGNORECASE)
_MYSQL = re.compile(r"\bengine\s*=|\bauto_increment\b", re.IGNORECASE)
"""MySQL makes an index for each foreign key; other databases do not."""

_WORD = re.compile(r"[\"'`\[]?(\w+)")
_DEFAULT = re.compile(r"\bdefault\s+(?:'(?P<text>[^']*)'|(?P<word>[\w.-]+))", re.IGNORECASE)
_REFERENCES = re.compile(r"\breferences\s+[\"`\[]?(?:\w+\.)?(\w+)", re.IGNORECASE)
_COMMENT = re.compile(r"--[^\n]*|/\*.*?\*/", re.DOTALL)
"""Blanked line by line, so that what follows keeps its line."""

HOLE = "\x00"
"""Stands in a text for what is put in at run time."""


class Definition(Struct, frozen=True):
    """What one definition says of a table; `line` counts from the first line of its text, which is 1."""

    table: str
    columns: tuple[Column, ...] = ()
    keys: frozenset[frozenset[str]] = frozenset()
    indexes: frozenset[tuple[str, ...]] = frozenset()
    creates: bool = False
    readable: bool = True
    line: int = 1


def definitions(text: str) -> Iterator[Definition]:
    """Every CREATE TABLE, CREATE INDEX and ALTER TABLE … ADD of a text, in source order of each kind."""
    text = _COMMENT.sub(_blank, text)
    for found in _CREATE.finditer(text):
        line = text.count("\n", 0, found.start()) + 1
        body = _inside(text, found.end())
        made = _table(found["table"].lower(), body)
        if _MYSQL.search(text[found.start() :].partition(";")[0]):
            made = replace(made, indexes=made.indexes | _foreign_keys(body))
        yield replace(made, line=line)
    for found in _INDEX.finditer(text):
        body = _inside(text, found.end())
        names = _names(body)
        tail = text[found.end() + len(body) + 1 :].partition(";")[0]
        is_key = bool(found["unique"]) and not re.search(r"\bwhere\b", tail, re.IGNORECASE)
        keys = frozenset({frozenset(names)}) if is_key else frozenset()
        partial = bool(found["unique"]) and not is_key
        yield Definition(found["table"].lower(), keys=keys, indexes=frozenset({names}), readable=not partial)
    for found in _ALTER.finditer(text):
        rest = text[found.end() :].partition(";")[0]
        added = _table(found["table"].lower(), _ADDED_COLUMN.sub("", rest, count=1))
        yield Definition(added.table, added.columns, added.keys, added.indexes, readable=added.readable)


def _blank(comment: re.Match[str]) -> str:
    return " " + "\n" * comment[0].count("\n")


def _foreign_keys(body: str) -> frozenset[tuple[str, ...]]:
    found = ((part, _FOREIGN.match(part)) for part in _parts(body))
    return frozenset(_names(_inside(part, match.end())) for part, match in found if match is not None)


def _table(name: str, body: str) -> Definition:
    columns: list[Column] = []
    keys: set[frozenset[str]] = set()
    indexes: set[tuple[str, ...]] = set()
    for part in _parts(body):
        key = _KEY.match(part)
        if key is not None:
            keys.add(frozenset(_names(_inside(part, key.end()))))
            continue
        index = _INNER_INDEX.match(part)
        if index is not None:
            indexes.add(_names(_inside(part, index.end())))
            continue
        first = _WORD.match(part.strip())
        if first is None or _TABLE_LEVEL.match(part):
            continue
        column = _column(first[1].lower(), part)
        columns.append(column)
        if column.unique:
            keys.add(frozenset({column.name}))
    readable = HOLE not in body
    return Definition(name, tuple(columns), frozenset(keys), frozenset(indexes), creates=True, readable=readable)


def _column(name: str, text: str) -> Column:
    low = text.lower()
    default = _DEFAULT.search(text)
    references = _REFERENCES.search(text)
    return Column(
        name,
        unique=bool(re.search(r"\bprimary\s+key\b|\bunique\b", low)),
        default=(default["text"] or default["word"] or "") if default is not None else "",
        references=references[1].lower() if references is not None else "",
        checked=bool(re.search(r"\bcheck\s*\(", low)),
        flag=bool(re.search(r"\bbool(?:ean)?\b", low)) or name.startswith(("is_", "has_", "can_")),
    )


def _inside(text: str, start: int) -> str:
    """The text up to the parenthesis that closes the one before `start`."""
    depth = 1
    for index in range(start, len(text)):
        depth += {"(": 1, ")": -1}.get(text[index], 0)
        if depth == 0:
            return text[start:index]
    return text[start:]


def _parts(body: str) -> Iterator[str]:
    """The parts between the commas that stand in no parentheses and no quotes."""
    depth, start, quote = 0, 0, ""
    for index, sign in enumerate(body):
        if sign in "'\"`":
            quote = "" if quote == sign else quote or sign
        if quote:
            continue
        depth += {"(": 1, ")": -1}.get(sign, 0)
        if sign == "," and depth == 0:
            yield body[start:index]
            start = index + 1
    yield body[start:]


def _names(body: str) -> tuple[str, ...]:
    """The columns of a key; an expression (`lower(email)`) counts as the column that it is about."""
    found = []
    for part in _parts(body):
        words = re.findall(r"\w+", part.lower())
        inner = re.search(r"\(\s*[\"`]?([A-Za-z_]\w*)", part)
        found.append(inner[1].lower() if inner is not None else words[0] if words else "")
    return tuple(found)
