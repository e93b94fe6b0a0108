"""Tables that classes declare: SQLAlchemy, SQLModel, Flask-SQLAlchemy, Django, Peewee."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from durability.facts.model import Assign, Call, Class, Value
from durability.program.links.link import Symbol
from durability.program.schema.model import Column, Table

if TYPE_CHECKING:
    from durability.program.context import Context

_MAKERS = frozenset({"Column", "mapped_column", "Field"})
_OTHER = frozenset({"relationship", "Relationship", "backref", "column_property", "association_proxy", "synonym",
                    "declared_attr", "ManyToManyField", "GenericForeignKey", "deferred", "Manager",
                    "as_manager"})  # fmt: skip
_OPTIONS = frozenset({"__table_args__", "unique_together", "constraints", "indexes", "index_together"})
_BASES = 20
"""Base classes that are followed from one model."""


def tables(context: "Context") -> Iterator[Table]:
    """Every class with columns of its own or of its bases, as a table."""
    own = {symbol: list(items) for symbol, items in bodies(context).items()}
    for symbol in sorted(own, key=lambda item: (item.path, item.name)):
        fact = context.program.linker.classes[symbol.path].get(symbol.name)
        if fact is not None and symbol.name.rpartition(".")[2] != "Meta":
            table = _table(context, symbol, fact, own)
            if table is not None:
                yield table


def bodies(context: "Context") -> dict[Symbol, list[Assign]]:
    """What the bodies of the project's classes give names to, by class."""
    found: dict[Symbol, list[Assign]] = {}
    program = context.program
    for path in sorted(program.files):
        if program.file_roles.get(path) != "first-party":
            continue
        facts = program.files[path]
        for item in facts.assigns:
            block = facts.blocks[item.block]
            if block.kind == "class" and item.target.kind == "name" and block.targets:
                found.setdefault(Symbol("class", block.targets[0], path), []).append(item)
    return found


def line_of(context: "Context", start: Symbol) -> tuple[list[Symbol], bool]:
    """A class and its bases of the project, and whether some base is out of sight."""
    program = context.program
    seen: list[Symbol] = []
    pending = [start]
    hidden = False
    while pending and len(seen) < _BASES:
        symbol = pending.pop(0)
        if symbol in seen:
            continue
        seen.append(symbol)
        fact = program.linker.classes[symbol.path].get(symbol.name)
        for base in fact.bases if fact is not None else ():
            made = program.resolve(base, symbol.path)
            if made.kind == "class":
                pending.append(made)
            hidden = hidden or (made.kind != "class" and "ixin" in base.rpartition(".")[2])
    return seen, hidden


def _table(context: "Context", symbol: Symbol, fact: Class, own: dict[Symbol, list[Assign]]) -> Table | None:
    line, readable = line_of(context, symbol)[0], not line_of(context, symbol)[1]
    columns: dict[str, Column] = {}
    keys: set[frozenset[str]] = set()
    indexes: set[tuple[str, ...]] = set()
    name = fact.name.lower()
    stored = False
    for item in [(base, each) for base in line for each in own.get(base, ())]:
        base, each = item
        target, value = each.target.text, each.value
        call = context.program.files[base.path].calls[value.call] if value is not None and value.call >= 0 else None
        if target == "__tablename__" and value is not None and base == symbol:
            name = value.text.lower()
        elif target in _OPTIONS:
            readable = _options(context, base.path, value, keys, indexes) and readable
        elif target not in columns:
            column = _column(target, value, call)
            if column is not None:
                columns[target] = column
                stored = stored or _is_storage(call)
    for base in line:
        meta = Symbol("class", f"{base.name}.Meta", base.path)
        for each in own.get(meta, ()):
            if each.target.text in _OPTIONS:
                readable = _options(context, base.path, each.value, keys, indexes) and readable
            if each.target.text == "db_table" and each.value is not None and base == symbol:
                name = each.value.text.lower()
        base_fact = context.program.linker.classes[base.path].get(base.name)
        readable = readable and (base_fact is None or "__table_args__" not in base_fact.methods)
    if not stored:
        return None
    primary = _primary(context, line, own)
    keys |= {frozenset({item.name}) for item in columns.values() if item.unique and item.name not in primary}
    keys |= {primary} if primary else {frozenset({"id"}), frozenset({"pk"})}
    return Table(
        name, symbol.path, fact.span[0], tuple(columns.values()), frozenset(keys), frozenset(indexes), symbol, readable
    )


def _is_storage(call: Call | None) -> bool:
    if call is None:
        return False
    last = call.target.rpartition(".")[2]
    if last == "Field":
        return _true(call, "primary_key")
    return (
        last in ("Column", "mapped_column") or (last.endswith("Field") and _looks_django(call)) or last == "ForeignKey"
    )


def _looks_django(call: Call) -> bool:
    return call.ref.startswith(("django.", "peewee.")) or call.target.startswith(("models.", "pw.", "peewee."))


def _primary(context: "Context", line: list[Symbol], own: dict[Symbol, list[Assign]]) -> frozenset[str]:
    found = set()
    for base in line:
        calls = context.program.files[base.path].calls
        for each in own.get(base, ()):
            if each.value is not None and each.value.call >= 0 and _true(calls[each.value.call], "primary_key"):
                found.add(each.target.text)
    return frozenset(found)


def _true(call: Call, keyword: str) -> bool:
    return any(item.keyword == keyword and item.value.text == "True" for item in call.arguments)


def _column(name: str, value: Value | None, call: Call | None) -> Column | None:
    if name.startswith("__") or (value is not None and value.kind not in ("call", "const", "text")):
        return None
    if call is None:
        return Column(name, default=value.text if value is not None else "")
    last = call.target.rpartition(".")[2]
    if last in _OTHER:
        return None
    known = last in _MAKERS or last.endswith("Field") or last in ("ForeignKey", "OneToOneField")
    given = {item.keyword: item.value for item in call.arguments if item.keyword}
    flags = [given[key].text in ("True", "False", "None") for key in ("unique", "primary_key") if key in given]
    default = given.get("default")
    return Column(
        name,
        unique=_true(call, "unique") or _true(call, "primary_key") or last == "OneToOneField",
        indexed=_true(call, "index") or _true(call, "db_index") or last == "ForeignKey",
        default=default.text if default is not None and default.kind in ("const", "text") else "",
        flag=default is not None and default.text in ("True", "False"),
        readable=known and all(flags) and "**" not in given and "sa_column" not in given,
    )


def _options(
    context: "Context", path: str, value: Value | None, keys: set[frozenset[str]], indexes: set[tuple[str, ...]]
) -> bool:
    """Add the keys that a table's options name; false when some of them cannot be read."""
    if value is None or value.kind not in ("tuple", "list", "set", "dict"):
        return False
    if value.kind == "dict":
        return True
    texts = [part.text for part in value.parts if part.kind == "text"]
    if texts and len(texts) == len(value.parts):
        keys.add(frozenset(texts))
        return True
    return all([_option(context, path, part, keys, indexes) for part in value.parts])


def _option(
    context: "Context", path: str, part: Value, keys: set[frozenset[str]], indexes: set[tuple[str, ...]]
) -> bool:
    if part.kind in ("tuple", "list"):
        return _options(context, path, part, keys, indexes)
    if part.kind == "dict":
        return True
    if part.kind != "call" or part.call < 0:
        return False
    call = context.program.files[path].calls[part.call]
    last = call.target.rpartition(".")[2]
    if last not in ("UniqueConstraint", "Index", "PrimaryKeyConstraint"):
        return last in ("ForeignKeyConstraint", "CheckConstraint")
    listed = next((item.value for item in call.arguments if item.keyword == "fields"), None)
    values = [item.value for item in call.arguments if item.keyword == ""] if listed is None else list(listed.parts)
    names = tuple(item.text for item in values[1 if last == "Index" and listed is None else 0 :] if item.kind != "call")
    conditioned = any(item.keyword in ("condition", "postgresql_where", "sqlite_where") for item in call.arguments)
    if last == "Index" and not _true(call, "unique"):
        indexes.add(names)
        return True
    if names and not conditioned:
        keys.add(frozenset(names))
    return bool(names) and not conditioned
