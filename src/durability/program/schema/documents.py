"""Rows and documents that are asked for and changed by calls instead of SQL: MongoDB's drivers, Supabase's builder."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Literal

from msgspec import Struct

from durability.facts.model import Value
from durability.program.flows.statements import acting
from durability.program.links.graph import FunctionKey
from durability.program.links.link import Symbol
from durability.program.links.spelling import plain_name
from durability.program.schema.marks import is_counted, is_mark
from durability.program.schema.model import Table
from durability.program.sites import CallSite

if TYPE_CHECKING:
    from durability.program.context import Context

MONGO = ("pymongo.", "motor.")
_BUILT = ("postgrest.",)
_LOOKING = frozenset({"find_one", "count_documents"})
_INSERTING = frozenset({"insert_one"})
_UPDATING = frozenset({"update_one", "find_one_and_update", "replace_one", "find_one_and_replace"})
_PLAIN = frozenset({"table", "from_", "select", "limit", "single", "maybe_single", "execute", "order"})
_TABLES = frozenset({"table", "from_"})
_CHAIN = 12


class Wanted(Struct, frozen=True):
    """What a call looks for: the collection or table, and the fields that are compared with something given."""

    table: str
    fields: frozenset[str]


class Written(Struct, frozen=True):
    """What a call writes: `counted` goes up or down, `marked` gets a constant or the time; the filter has `tested`."""

    table: str
    how: Literal["insert", "upsert", "update"]
    fields: frozenset[str] = frozenset()
    counted: frozenset[str] = frozenset()
    marked: frozenset[str] = frozenset()
    tested: frozenset[str] = frozenset()


def wanted(context: "Context", call: CallSite) -> Wanted | None:
    """The one document or row that a call looks for by equal fields; None when it looks for none, or otherwise."""
    if call.name.startswith(MONGO) and _verb(call) in _LOOKING:
        pairs = _pairs(context, call, call.argument("filter", 0))
        fields = _equal(pairs) if pairs else None
        return Wanted(collection(context, call), fields) if fields else None
    if call.name.startswith(_BUILT) and _verb(call) == "execute" and call.library.effect != "db.write":
        return _built(context, call)
    return None


def written(context: "Context", call: CallSite) -> Written | None:
    """The document or row that a call writes; None when it writes none, or several."""
    if call.name.startswith(MONGO):
        verb = _verb(call)
        if verb in _INSERTING:
            return Written(collection(context, call), "insert")
        return _updated(context, call) if verb in _UPDATING else None
    if call.name.startswith(_BUILT) and _verb(call) == "execute" and call.library.effect == "db.write":
        done = acting(context, call)
        verb = _verb(done)
        table = _table(context, call)
        if verb in ("insert", "upsert"):
            return Written(table, "insert" if verb == "insert" else "upsert")
        if verb == "update":
            pairs = _pairs(context, done, done.argument("json", 0)) or {}
            tested = frozenset(name for item in context.makers(call) for name in _compared(item))
            return _set(done, table, pairs, tested)
    return None


def collections(context: "Context") -> dict[str, Table]:
    """The collections for which the program makes indexes, with those that take each combination once."""
    found: dict[str, Table] = {}
    for path in context.judged_paths():
        for index, fact in enumerate(context.program.files[path].calls):
            if fact.target.rpartition(".")[2] not in ("create_index", "ensure_index", "create_indexes"):
                continue
            call = context.call(path, index)
            if not call.name.startswith(MONGO):
                continue
            name = collection(context, call)
            before = found.get(name) or Table(name, path, call.line, is_open=True)
            made = _models(context, call) if fact.target.endswith("indexes") else (call,)
            keys = frozenset(key for item in made if (key := _unique(item)))
            found[name] = Table(name, before.path, before.line, keys=before.keys | keys, is_open=True)
    return found


def collection(context: "Context", call: CallSite) -> str:
    """What a call is made on: the name of the collection, else the name of the variable that holds it."""
    known = known_collection(context, call)
    return known or (call.receiver.text if call.receiver is not None else "")


def known_collection(context: "Context", call: CallSite) -> str:
    """`users` in `db.users.find_one()` and `db["users"].find().sort()`, and for a name or property that holds one of
    these; "" where it is not in sight.
    """
    value, key = call.receiver, call.key
    for _ in range(_CHAIN):
        if value is None:
            return ""
        if value.kind == "item" and len(value.parts) == 2:
            return _written_name(context, value.parts[1], key)
        if value.kind == "call" and value.call >= 0:
            made = context.call(key[0], value.call)
            if made.shown.rpartition(".")[2] == "get_collection" and made.symbol.kind != "function":
                given = made.argument("name", 0)
                return _written_name(context, given, key) if given is not None else ""
            value, key = _returned(context, made) if made.symbol.kind == "function" else (made.receiver, key)
            continue
        if value.kind == "if":
            value = value.parts[1]
            continue
        held = _held(context, value, key)
        if held is None:
            return "" if value.kind != "attr" or plain_name(value.parts[0]) in ("self", "cls") else value.text
        value, key = held
    return ""


def _held(context: "Context", value: Value, key: FunctionKey) -> tuple[Value, FunctionKey] | None:
    """What the one binding of a name holds, or what the property of that name gives, and the function it stands in."""
    program, path, name = context.program, key[0], plain_name(value)
    bound = [item for item in program.assigns_to(path, name) if item.value is not None] if name else []
    bound = [item for item in bound if item.value is not None and item.value.text != "None"]
    if "." not in name:
        bound = [item for item in bound if item.function == key[1]] or [item for item in bound if item.function == 0]
    if len(bound) == 1 and bound[0].value is not None and bound[0].value.kind in ("item", "attr", "call", "if", "name"):
        return bound[0].value, (path, bound[0].function)
    symbol = program.value_symbol(value, *key)
    if symbol.kind == "function" and value.kind == "attr":
        return _exit(context, symbol)
    found = program.home(name, path) if name and not bound else None
    constant = program.constant(found[1], found[0]) if found is not None else None
    return (constant[1], (constant[0], 0)) if constant is not None else None


def _returned(context: "Context", call: CallSite) -> tuple[Value | None, FunctionKey]:
    return _exit(context, call.symbol) or (None, call.key)


def _exit(context: "Context", symbol: Symbol) -> tuple[Value, FunctionKey] | None:
    """What a function gives, where it gives one thing."""
    target = context.program.key_of(symbol)
    exits = context.program.exits_in(target) if target is not None else []
    given = [item.value for item in exits if item.kind == "return" and item.value is not None]
    return (given[0], target) if target is not None and len(given) == 1 else None


def _written_name(context: "Context", value: Value, key: FunctionKey) -> str:
    if value.kind == "text":
        return value.text
    name = plain_name(value)
    constant = context.program.constant(name, key[0]) if name else None
    return constant[1].text if constant is not None and constant[1].kind == "text" else ""


# MongoDB.


def _updated(context: "Context", call: CallSite) -> Written:
    table = collection(context, call)
    upsert = call.argument("upsert")
    if upsert is not None and upsert.text == "True":
        return Written(table, "upsert")
    tested = frozenset(_pairs(context, call, call.argument("filter", 0)) or {})
    changes = _pairs(context, call, call.argument("update", 1)) or {}
    counted = frozenset(_dict(changes.get("$inc", Value("unknown"))))
    done = _set(call, table, _dict(changes.get("$set", Value("unknown"))), tested)
    return Written(table, "update", done.fields | counted, counted | done.counted, done.marked, tested)


def _models(context: "Context", call: CallSite) -> list[CallSite]:
    """The `IndexModel(...)` of a list that `create_indexes` is given, there or under a name of its function."""
    value = call.argument("indexes", 0)
    if value is not None and value.kind == "name":
        bound = [item for item in context.program.assigns_to(call.path, value.text) if item.function == call.key[1]]
        value = bound[0].value if len(bound) == 1 else None
    parts = value.parts if value is not None else ()
    return [context.call(call.path, part.call) for part in parts if part.text.endswith("IndexModel") and part.call >= 0]


def _unique(call: CallSite) -> frozenset[str]:
    """The fields whose combination an index takes once; none for an index that takes it often."""
    given = call.argument("unique")
    is_unique = given is not None and given.text == "True"
    return frozenset(_index(call.argument("keys", 0))) if is_unique else frozenset()


def _index(value: Value | None) -> tuple[str, ...]:
    if value is None:
        return ()
    if value.kind == "text":
        return (value.text,)
    pairs = (part for part in value.parts if part.kind in ("tuple", "list", "text"))
    return tuple(part.text if part.kind == "text" else part.parts[0].text for part in pairs)


# Supabase.


def _built(context: "Context", call: CallSite) -> Wanted | None:
    fields: set[str] = set()
    for item in context.makers(call):
        if not item.name.startswith((*_BUILT, "supabase.")) or item.library.effect in ("constructs", "db.connect"):
            continue
        if _verb(item) == "eq":
            fields |= _compared(item)
        elif _verb(item) not in _PLAIN:
            return None
    table = _table(context, call)
    return Wanted(table, frozenset(fields)) if table and fields else None


def _table(context: "Context", call: CallSite) -> str:
    for item in context.makers(call):
        given = item.argument("table_name", 0)
        if _verb(item) in _TABLES and given is not None and given.kind == "text":
            return given.text.lower()
    return ""


def _compared(call: CallSite) -> set[str]:
    """The column of `.eq("email", email)`; none where it is compared with a constant."""
    column, value = call.argument("column", 0), call.argument("value", 1)
    if _verb(call) != "eq" or column is None or value is None or column.kind != "text":
        return set()
    return set() if value.kind in ("const", "text") else {column.text.lower()}


# Values.


def _verb(call: CallSite) -> str:
    return call.shown.rpartition(".")[2]


def _set(call: CallSite, table: str, pairs: dict[str, Value], tested: frozenset[str]) -> Written:
    marked = frozenset(name for name, value in pairs.items() if is_mark(value))
    counted = frozenset(name for name, value in pairs.items() if is_counted(call, value))
    return Written(table, "update", frozenset(pairs), counted, marked, tested)


def _equal(pairs: dict[str, Value]) -> frozenset[str] | None:
    """The fields that are compared with something given; None where more than equality is asked."""
    if any(name.startswith("$") or value.kind == "dict" for name, value in pairs.items()):
        return None
    return frozenset(name for name, value in pairs.items() if value.kind not in ("const", "text"))


def _pairs(context: "Context", call: CallSite, value: Value | None) -> dict[str, Value] | None:
    """The entries of a dict that is written there, or bound to a name once in the function."""
    if value is not None and value.kind == "name":
        bound = [item for item in context.program.assigns_to(call.path, value.text) if item.function == call.key[1]]
        value = bound[0].value if len(bound) == 1 else None
    return _dict(value) if value is not None and value.kind == "dict" else None


def _dict(value: Value) -> dict[str, Value]:
    return dict(_entries(value)) if value.kind == "dict" else {}


def _entries(value: Value) -> Iterator[tuple[str, Value]]:
    for key, item in zip(value.parts[::2], value.parts[1::2], strict=False):
        yield key.text, item
