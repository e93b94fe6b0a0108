"""Which row a call asks for, and which table a call puts a row into."""

import re
from typing import TYPE_CHECKING, Literal

from msgspec import Struct

from durability.facts.model import Value
from durability.program.links.graph import FunctionKey
from durability.program.links.link import Symbol
from durability.program.links.spelling import plain_name
from durability.program.schema.ddl import HOLE
from durability.program.schema.documents import MONGO, wanted, written
from durability.program.schema.marks import is_counted
from durability.program.sites import CallSite

if TYPE_CHECKING:
    from durability.program.context import Context

_OR_ABSENT = ("get_object_or_404", "aget_object_or_404", "get_or_404", "first_or_404", "one_or_404")
"""Finding a row, or answering that there is none."""

FINDS = frozenset(
    {"first", "one_or_none", "scalar_one_or_none", "scalar", "fetchone", "exists", "get", "count", "fetchrow",
     "fetch_one", "fetchval", "get_or_none", "first_or_none", *_OR_ABSENT}
)  # fmt: skip
LISTS = frozenset({"all", "fetchall", "fetchmany", "scalars", "fetch", "paginate", "fetch_all"})
_STATEMENTS = frozenset({"execute", "exec", "fetchrow", "fetchval", "fetch_one", "scalar", "query", "executemany"})
_FILTERS = frozenset({"filter_by", "filter", "get", "where", "get_or_none", "exists", *_OR_ABSENT})
_ONE_TABLE = re.compile(
    r"^\s*select\s.+?\sfrom\s+[\"`\[]?(?:\w+\.)?(?P<table>\w+)[\"`\]]?(?:\s+(?:as\s+)?\w+)??\s+where\s+(?P<where>.+)$",
    re.IGNORECASE | re.DOTALL,
)
_TAIL = re.compile(r"\b(?:limit|order\s+by|for\s+update)\b.*$|;\s*$|\)\s*$", re.IGNORECASE | re.DOTALL)
_HARD = re.compile(r"\b(?:or|join|select|in|between|like|not|is|group|union|exists)\b|[<>!~]", re.IGNORECASE)
_EQUAL = re.compile(
    r"^\s*(?:\w+\.)?[\"`]?(?:(?:lower|upper|trim)\s*\(\s*)?(?:\w+\.)?[\"`]?(?P<column>\w+)[\"`]?\s*\)?\s*(?:collate\s+\w+\s*)?=\s*(?P<value>.+?)\s*$",
    re.IGNORECASE | re.DOTALL,
)
_CONSTANT = re.compile(r"^(?:'[^']*'|\d+|true|false|null)$", re.IGNORECASE)
_INSERT = re.compile(
    r"^\s*insert\s+(?P<way>or\s+\w+\s+|ignore\s+)?into\s+[\"'`\[]?(?:\w+\.)?(?P<table>\w+)", re.IGNORECASE
)
_COLUMNS = re.compile(
    r"^\s*insert\s+(?:or\s+\w+\s+|ignore\s+)?into\s+\S+\s*\((?P<columns>[^)]*)\)\s*values\s*\((?P<values>[^)]*)\)",
    re.IGNORECASE,
)
_HOLDER = re.compile(r"^(?:\?|%s|\$\d+)$")
"""Stands for a parameter in a statement (DB-API 2.0, PEP 249)."""

_NAMED_HOLDER = re.compile(r"^(?::(\w+)|%\((\w+)\)s)$")

_UPDATE = re.compile(
    r"^\s*update\s+[\"`\[]?(?:\w+\.)?(?P<table>\w+)[\"`\]]?\s+(?:as\s+\w+\s+)?set\s+(?P<set>.+?)(?:\swhere\s(?P<where>.+))?$",
    re.IGNORECASE | re.DOTALL,
)
_SELECTED = re.compile(r"^\s*select\s+(?P<columns>.+?)\s+from\b", re.IGNORECASE | re.DOTALL)
_UPSERT = re.compile(r"\bon\s+conflict\b|\bon\s+duplicate\s+key\b", re.IGNORECASE)
_WHERE_MISSING = re.compile(r"\bwhere\s+not\s+exists\b", re.IGNORECASE)
_ALL: frozenset[str] = frozenset()
_CHAIN = 20
"""Calls of one query chain that are followed."""


class Asked(Struct, frozen=True):
    """A row that is looked for: the table by name or class, and the columns that are compared with something given.

    `selected` are the columns that are read, all of them where none is named. `document` says that it is no table but a
    collection, `built` that calls ask for it and not a statement.
    """

    table: str
    columns: frozenset[str]
    model: Symbol | None = None
    locked: bool = False
    selected: frozenset[str] = frozenset()
    document: bool = False
    built: bool = False


class Changed(Struct, frozen=True):
    """Columns that are set in a row of a table.

    `counted` are those that go up or down, `marked` those that get a constant or the time; `conditional` says that the
    statement itself tests what it sets.
    """

    table: str
    columns: frozenset[str]
    counted: frozenset[str]
    marked: frozenset[str]
    conditional: bool


class Put(Struct, frozen=True):
    """A row that is put into a table; "upsert" is a statement that copes with a row that is there already."""

    table: str
    how: Literal["insert", "upsert"]
    model: Symbol | None = None
    call: int = -1


def asked(context: "Context", call: CallSite, verbs: frozenset[str] = FINDS) -> Asked | None:
    """The one-table lookup by equal columns that a call makes; None when it makes none, or another kind.

    `verbs` are the names of the calls that fetch: of one row, if not said otherwise.
    """
    sought = wanted(context, call) if verbs is FINDS else None
    if sought is not None:
        return Asked(sought.table, sought.fields, document=call.name.startswith(MONGO), built=True)
    if not _fetches(call, verbs):
        return None
    text = statement(context, call)
    if text:
        return _asked_by_text(text)
    return _asked_by_model(context, call)


def _fetches(call: CallSite, verbs: frozenset[str]) -> bool:
    """Whether a call gives what was found, by its name, its library row, or what the function it runs returns."""
    forward = call.context.forwards.of(call.path, call.index)
    if forward is not None and forward.gives:
        return forward.gives == "one" or verbs >= LISTS
    return call.shown.rpartition(".")[2] in verbs or call.library.effect == "db.fetch_one"


def _run_by(call: CallSite) -> Value | None:
    """The statement that a call runs; None when it runs none."""
    if call.database is not call:
        return call.statement
    is_named = call.shown.rpartition(".")[2] in _STATEMENTS and call.arguments
    return call.arguments[0].value if is_named else None


def statement(context: "Context", call: CallSite) -> str:
    """The SQL text that a call runs, or that ran before it on the same cursor; "" when there is none in sight."""
    maker: CallSite | None = call
    for _ in range(_CHAIN):
        if maker is None:
            return ""
        if (value := _run_by(maker)) is not None:
            return _text(context, value, maker.key)
        receiver = maker.receiver
        if receiver is None:
            return ""
        if receiver.kind == "call" and receiver.call >= 0:
            maker = context.call(maker.path, receiver.call)
        else:
            maker = _before(maker, plain_name(receiver)) if maker is call else None
    return ""


def _before(call: CallSite, name: str) -> CallSite | None:
    """The last statement that ran on a cursor, or gave a result of that name, before a call."""
    earlier = [item for item in call.calls_here() if item.index < call.index]
    for item in reversed(earlier):
        if _run_by(item) is None:
            continue
        if name and (name in item.into or (item.receiver is not None and plain_name(item.receiver) == name)):
            return item
    return None


def _text(context: "Context", value: Value, key: FunctionKey) -> str:
    for _ in range(_CHAIN):
        if value.kind == "text":
            return value.text
        if value.kind == "format":
            return "".join(part.text if part.kind == "text" else HOLE for part in value.parts)
        if value.kind == "call" and value.call >= 0:
            made = context.call(key[0], value.call)
            if "text" not in (made.name.rpartition(".")[2], made.shown.rpartition(".")[2]):
                return ""
            value = made.arguments[0].value if made.arguments else Value("unknown")
            continue
        name = plain_name(value)
        if not name:
            return ""
        bound = [item for item in context.program.assigns_to(key[0], name) if item.function == key[1]]
        if len(bound) == 1 and bound[0].value is not None:
            value = bound[0].value
            continue
        found = None if bound else context.program.constant(name, key[0])
        return found[1].text if found is not None and found[1].kind == "text" else ""
    return ""


def _asked_by_text(text: str) -> Asked | None:
    found = _ONE_TABLE.match(" ".join(text.split()))
    if found is None or HOLE in text:
        return None
    locked = "for update" in text.lower()
    where = _TAIL.sub("", found["where"])
    if _HARD.search(where):
        return None
    columns = set()
    for part in re.split(r"\band\b", where, flags=re.IGNORECASE):
        equal = _EQUAL.match(part)
        if equal is None:
            return None
        if not _CONSTANT.match(equal["value"]):
            columns.add(equal["column"].lower())
    named = _SELECTED.match(text)
    read = frozenset(re.findall(r"\w+", named["columns"].lower())) if named is not None and "*" not in text else None
    return Asked(found["table"].lower(), frozenset(columns), locked=locked, selected=read or _ALL) if columns else None


def changed(context: "Context", call: CallSite) -> Changed | None:
    """The columns that an UPDATE of this call sets."""
    made = written(context, call)
    if made is not None:
        conditional = bool(made.tested & made.fields)
        return (
            Changed(made.table, made.fields, made.counted, made.marked, conditional) if made.how == "update" else None
        )
    value = _run_by(call)
    found = _UPDATE.match(" ".join(_text(context, value, call.key).split())) if value is not None else None
    if found is None:
        return None
    parts = [part.partition("=") for part in found["set"].split(",")]
    set_to = {words[-1]: value.strip() for name, _, value in parts if (words := re.findall(r"\w+", name.lower()))}
    where = set(re.findall(r"\w+", (found["where"] or "").lower()))
    counted = frozenset(
        name for name, value in set_to.items() if re.match(rf"\W*(?:\w+\.)?{name}\W?\s*[-+]", value.lower())
    )
    counted |= {name.lower() for name, value in given(context, call) if is_counted(call, value)}
    marked = frozenset(name for name, value in set_to.items() if _CONSTANT.match(value) or "now" in value.lower())
    return Changed(found["table"].lower(), frozenset(set_to), counted, marked, bool(where.intersection(set_to)))


def given(context: "Context", call: CallSite) -> list[tuple[str, Value]]:
    """The columns that an INSERT or UPDATE of this call fills from a tuple or list of parameters, with their values."""
    value = _run_by(call)
    if value is None or len(call.arguments) < 2:
        return []
    text = " ".join(_text(context, value, call.key).split())
    inserted, updated = _COLUMNS.match(text), _UPDATE.match(text)
    if inserted is not None:
        pairs = list(zip(inserted["columns"].split(","), inserted["values"].split(","), strict=False))
    else:
        parts = [part.partition("=") for part in updated["set"].split(",")] if updated is not None else []
        pairs = [(name, holder) for name, _, holder in parts]
    columns = [(name.strip(" \"`'"), holder.strip()) for name, holder in pairs]
    named = _named(call, value)
    if named:
        held = ((name, _NAMED_HOLDER.match(holder)) for name, holder in columns)
        return [(name, named[key]) for name, found in held if found and (key := found[1] or found[2]) in named]
    plain = [name for name, holder in columns if _HOLDER.match(holder)]
    return list(zip(plain, _filling(call, value), strict=False))


def _named(call: CallSite, statement: Value) -> dict[str, Value]:
    """The values for the named holders of a statement, by name: a dict behind it."""
    behind = (item.value for item in call.arguments if item.value is not statement)
    table = next((value.parts for value in behind if value.kind == "dict"), ())
    return {key.text: value for key, value in zip(table[::2], table[1::2], strict=False) if key.kind == "text"}


def _filling(call: CallSite, statement: Value) -> tuple[Value, ...]:
    """The values for the holders of a statement: a tuple or list behind it, or all that a helper gathers as `*args`."""
    behind = [item.value for item in call.arguments if item.value is not statement and item.keyword in ("", "params")]
    values = next((value for value in behind if value.kind in ("tuple", "list")), None)
    if values is not None:
        return values.parts
    forward = call.context.forwards.of(call.path, call.index)
    gathers = forward is not None and any(
        item.kind == "star" for item in call.program.function(forward.through[0]).parameters
    )
    at = next((place for place, item in enumerate(call.arguments) if item.value is statement), 0)
    return tuple(item.value for item in call.arguments[at + 1 :] if item.keyword == "") if gathers else ()


def _asked_by_model(context: "Context", call: CallSite) -> Asked | None:
    models: list[Symbol] = []
    columns: set[str] = set()
    locked = False
    pending = [call]
    seen: set[int] = set()
    while pending:
        item = pending.pop()
        if item.index in seen or len(seen) > _CHAIN:
            continue
        seen.add(item.index)
        verb = item.shown.rpartition(".")[2]
        if verb in ("join", "outerjoin", "or_", "exclude", "group_by", "union", "raw"):
            return None
        locked = locked or verb in ("with_for_update", "select_for_update")
        given = _equal_columns(item) if verb in _FILTERS else frozenset()
        if given is None:
            return None
        columns |= given
        values = [argument.value for argument in item.arguments if argument.keyword == ""]
        values += [item.receiver] if item.receiver is not None else []
        for value in values:
            models += _models(context, value, item)
            if value.kind == "call" and value.call >= 0:
                pending.append(context.call(item.path, value.call))
            elif value.kind == "name" and value is item.receiver:
                pending += [made for made in item.calls_here() if value.text in made.into and made.index < item.index]
    if len(set(models)) != 1 or not columns:
        return None
    table = context.schema.by_model[models[0]]
    return Asked(table.name, frozenset(columns), models[0], locked)


def _models(context: "Context", value: Value, call: CallSite) -> list[Symbol]:
    found = []
    pending = [value]
    while pending:
        item = pending.pop()
        symbol = context.program.value_symbol(item, call.path, call.key[1]) if item.kind in ("name", "attr") else None
        if symbol is not None and symbol in context.schema.by_model:
            found.append(symbol)
        pending.extend(item.parts)
    return found


def _equal_columns(call: CallSite) -> frozenset[str] | None:
    """The columns that a filter compares with something given; None when it does more than compare."""
    found = set()
    query = 0 if call.shown.rpartition(".")[2] in _OR_ABSENT else -1
    for number, argument in enumerate(call.arguments):
        value = argument.value
        if number == query and not argument.keyword:
            continue  # what is asked, which says itself what it compares
        if argument.keyword:
            name, _, lookup = argument.keyword.partition("__")
            if lookup not in ("", "iexact", "exact", "id", "pk") or argument.keyword in ("*", "**"):
                return None
            if value.kind != "const":
                found.add(name)
        elif value.kind == "compare" and value.text == "Equal" and len(value.parts) == 2:
            column, other = value.parts
            if column.kind == "call":
                return None
            if column.kind == "attr" and other.kind not in ("const",):
                found.add(column.text)
        elif value.kind not in ("name", "attr", "text"):
            return None
    return frozenset(found)


def put(context: "Context", call: CallSite) -> Put | None:
    """The row that a call itself puts into a table."""
    made = written(context, call)
    if made is not None:
        return Put(made.table, made.how, call=call.index) if made.how != "update" else None
    verb = call.shown.rpartition(".")[2]
    if (value := _run_by(call)) is not None:
        found = _INSERT.match(text := _text(context, value, call.key))
        if found is None or _WHERE_MISSING.search(text):
            return None
        upsert = bool(_UPSERT.search(text)) or "replace" in (found["way"] or "").lower()
        return Put(found["table"].lower(), "upsert" if upsert else "insert", call=call.index)
    if (
        verb in ("create", "acreate")
        and call.shown.rpartition(".")[0].endswith("objects")
        and call.receiver is not None
    ):
        models = _models(context, call.receiver, call)
        return _put_model(context, models[0], call) if models else None
    if call.symbol in context.schema.by_model and _is_added(call):
        return _put_model(context, call.symbol, call)
    return None


def _put_model(context: "Context", model: Symbol, call: CallSite) -> Put:
    return Put(context.schema.by_model[model].name, "insert", model, call.index)


def _is_added(call: CallSite) -> bool:
    """Whether an object that is made is also stored by its function."""
    for other in call.calls_here():
        verb = other.shown.rpartition(".")[2]
        values = [argument.value for argument in other.arguments]
        given = any(value.call == call.index and value.kind == "call" for value in values)
        named = any(value.kind == "name" and value.text in call.into for value in values)
        if verb in ("add", "save", "asave", "insert") and (given or named):
            return True
        if verb in ("save", "asave") and other.receiver is not None and plain_name(other.receiver) in call.into:
            return True
    return False
