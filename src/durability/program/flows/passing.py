"""What calls do to a value on its way: they hand it on, make it harmless for a use, or start a new one."""

import re

from durability.facts.model import Call, Value
from durability.knowledge.rows import Row

_TEXT_METHODS = frozenset(
    {
        "strip", "lstrip", "rstrip", "lower", "upper", "title", "replace", "removeprefix", "removesuffix", "split",
        "rsplit", "splitlines", "partition", "rpartition", "join", "encode", "decode", "group", "groups", "format",
        "get", "getlist", "pop", "setdefault", "items", "values", "keys", "copy", "model_dump", "dict", "to_dict",
        "joinpath", "resolve", "absolute", "expanduser", "with_suffix", "with_name", "as_posix", "json", "form", "text",
        "get_json", "body", "casefold", "__str__", "append", "zfill", "findall", "model_copy", "content", "get_text",
    }
)  # fmt: skip
"""Methods whose result holds what they are called on, or what they are given."""

_NOT_GIVEN = frozenset({"get", "getlist", "pop", "setdefault", "split", "rsplit", "partition", "rpartition", "strip",
                        "lstrip", "rstrip", "group", "encode", "decode", "removeprefix", "removesuffix"})  # fmt: skip
"""Methods whose first argument chooses, and is no part of what they give."""

_CARRIERS = frozenset(
    {
        "str", "list", "dict", "tuple", "set", "sorted", "reversed", "repr", "bytes", "next", "iter", "zip",
        "enumerate",
        "filter", "map", "json.loads", "json.dumps", "orjson.loads", "sqlalchemy.text", "sqlalchemy.sql.text",
        "sqlalchemy.sql.expression.text", "psycopg2.sql.SQL", "psycopg.sql.SQL", "textwrap.dedent", "ast.literal_eval",
        "pathlib.Path", "pathlib.PurePath", "pathlib.PosixPath", "os.path.join", "os.path.abspath", "os.path.normpath",
        "os.path.realpath", "os.path.expanduser", "os.path.splitext", "os.path.dirname", "os.fspath",
        "urllib.parse.unquote", "urllib.parse.unquote_plus", "urllib.parse.urljoin", "urllib.parse.urlunparse",
        "html.unescape", "unicodedata.normalize", "base64.b64decode", "typing.cast", "copy.deepcopy", "copy.copy",
        "re.search", "re.match", "re.findall", "re.fullmatch", "re.sub", "re.split",
    }
)  # fmt: skip
PARSERS = frozenset({"json.loads", "orjson.loads", "ujson.loads", "ast.literal_eval", "yaml.safe_load"})
"""They take a text apart, and say nothing of what is in it."""

_DATES = frozenset(
    {
        "datetime.datetime.fromisoformat", "datetime.datetime.strptime", "datetime.date.fromisoformat",
        "dateutil.parser.parse", "dateutil.parser.isoparse", "dateparser.parse", "pandas.to_datetime",
    }
)  # fmt: skip
_TYPED = _DATES | {"int", "float", "bool", "decimal.Decimal", "uuid.UUID"}
"""They raise on what is no date or number; a negative amount is one."""

_MATCHES = frozenset({"re.search", "re.match", "re.findall", "re.fullmatch"})
_OPEN_PATTERN = re.compile(r"\.[*+]|\[\^|\\S|\(\?s\)|\.\{")
_KEPT_ONLY = re.compile(r"^(?:\[\^[^\]]*\]|\\W)[+*]?$")
HOST = re.compile(r"^\s*[a-z][a-z0-9+.-]*://[^/?#{%]+[/?#]")
_WITHIN = re.compile(r"^\s*(?:/(?!/)|[\w.~-]+/)")
"""A path within the host that a client was made with: what follows cannot name another."""

_SCHEME = re.compile(r"^\s*[a-z][a-z0-9+.-]*://", re.IGNORECASE)


def cleans(name: str, row: Row | None, text: str, sink: str) -> bool:
    """Whether the result of a library call is harmless for a use whatever it was given; `text` is its pattern."""
    if sink in ("record", "amount") and name in (_TYPED if sink == "record" else _DATES):
        return True
    if row is not None and sink in row.cleans:
        return True
    if not text:
        return False
    if name in _MATCHES:
        return not _OPEN_PATTERN.search(text)
    if name != "re.sub" or not _KEPT_ONLY.match(text):
        return False
    return not (sink == "path" and "/" in text)


def unread_pattern(name: str, text: str, sink: str) -> bool:
    """Whether a regular expression picks a piece, and is not in sight or may hold the host of an address."""
    return name in _MATCHES and (not text or sink == "url")


def handed_on(name: str, call: Call, sink: str) -> tuple[Value, ...] | None:
    """The values that the result of a library call, or of a call on something unknown, is made from.

    None when nothing is known to come through.
    """
    given = tuple(item.value for item in call.arguments)
    last = call.target.rsplit(".", 1)[-1]
    if name in ("re.sub", "re.split") or name in _MATCHES:
        return given[1:3] if name == "re.sub" else given[1:2]
    if name in _CARRIERS:
        return given
    if call.receiver is not None and last == "format" and sink == "url":
        return (call.receiver,)
    if call.receiver is not None and last in _TEXT_METHODS:
        return (call.receiver, *(given[1:] if last in _NOT_GIVEN else given))
    return None


def deciding(value: Value, sink: str) -> tuple[Value, ...]:
    """The parts of a joined value that decide over the use: of an address, those up to the end of the host."""
    parts = value.parts
    if sink != "url" or value.kind not in ("format", "op") or not parts:
        return parts
    first = parts[0]
    if first.kind != "text":
        return parts[:1]
    if HOST.match(first.text) or _WITHIN.match(first.text):
        return parts[:1]
    return parts[:2] if _SCHEME.match(first.text) or len(parts) < 2 else parts


def glued(value: Value, part: Value) -> bool:
    """Whether a part of a joined text stands right behind other text, so that it cannot climb out of a folder alone."""
    if value.kind != "format":
        return False
    if value.text in ("%", "format"):
        template = value.parts[0].text
        return part is not value.parts[0] and not re.search(r"(?:^|[/\\])(?:%s|\{)", template)
    position = next(index for index, item in enumerate(value.parts) if item is part)
    return position > 0 and not value.parts[position - 1].text.endswith(("/", "\\"))
