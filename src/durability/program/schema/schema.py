"""The tables of a program by name and by class, from SQL texts, model classes and migrations."""

from collections.abc import Iterator
from functools import cached_property
from typing import TYPE_CHECKING

from msgspec.structs import replace

from durability.facts.model import Assign, Call, Value
from durability.program.links.link import Symbol
from durability.program.schema.classes import bodies, line_of, tables
from durability.program.schema.ddl import HOLE, Definition, definitions
from durability.program.schema.documents import collections
from durability.program.schema.model import Column, Table

if TYPE_CHECKING:
    from durability.program.context import Context

_WORDS = ("create table", "create unique", "create index", "alter table")


class Schema:
    """What is known of the stored data; each part is read once."""

    def __init__(self, context: "Context") -> None:
        self._context = context

    @cached_property
    def by_name(self) -> dict[str, Table]:
        """Tables by their name in lower case."""
        found: dict[str, Table] = {table.name: table for table in self._classes}
        for path, line, item in self._definitions():
            before = found.get(item.table)
            if before is None and not item.creates:
                continue
            before = before or Table(item.table, path, line)
            found[item.table] = _joined(before, item)
        return found

    @cached_property
    def by_model(self) -> dict[Symbol, Table]:
        """Tables by the class that stands for them."""
        return {table.model: self.by_name.get(table.name, table) for table in self._classes if table.model is not None}

    def field_names(self, symbol: Symbol) -> tuple[str, ...]:
        """The fields that a class and its bases of the project declare, by columns or by annotations."""
        found: dict[str, None] = {}
        for each in line_of(self._context, symbol)[0]:
            found.update(dict.fromkeys(self._fields.get(each, ())))
        return tuple(found)

    def given_in(self, symbol: Symbol, name: str) -> Value | None:
        """What the body of a class gives to a name."""
        return next((item.value for item in self._bodies.get(symbol, ()) if item.target.text == name), None)

    @cached_property
    def _bodies(self) -> dict[Symbol, list[Assign]]:
        return bodies(self._context)

    @cached_property
    def _fields(self) -> dict[Symbol, tuple[str, ...]]:
        return {
            symbol: tuple(item.target.text for item in items if not item.target.text.startswith("_"))
            for symbol, items in self._bodies.items()
        }

    def collection(self, name: str, path: str, line: int) -> Table:
        """A collection of documents; where no index is made for any in sight, one that nothing declares."""
        found = self._collections.get(name)
        return found or Table(name, path, line, is_open=True, declared=False)

    @cached_property
    def _collections(self) -> dict[str, Table]:
        return collections(self._context)

    @cached_property
    def has_open_definitions(self) -> bool:
        """Whether any table may have more keys than are in sight: some definition names its table at run time, or
        stands in a file of SQL that could not be read.
        """
        return any(item.path.endswith(".sql") for item in self._context.manifests.problems) or any(
            HOLE in text and ("unique" in text.lower()) and "on " + HOLE in text.lower() for _, _, text in self._texts
        )

    @cached_property
    def _classes(self) -> list[Table]:
        return list(tables(self._context))

    @cached_property
    def _texts(self) -> list[tuple[str, int, str]]:
        return list(_definition_texts(self._context))

    def _definitions(self) -> Iterator[tuple[str, int, Definition]]:
        added = []
        for path, text in self._context.manifests.definitions.items():
            for item in definitions(text):
                if item.creates:
                    yield path, item.line, item
                else:
                    added.append((path, item.line, item))
        for path, line, text in self._texts:
            for item in definitions(text):
                if item.creates:
                    yield path, line, item
                else:
                    added.append((path, line, item))
        yield from added
        yield from _migrations(self._context)


def _joined(table: Table, item: Definition) -> Table:
    columns = {column.name: column for column in item.columns} | {column.name: column for column in table.columns}
    return replace(
        table,
        columns=tuple(columns.values()),
        keys=table.keys | item.keys,
        indexes=table.indexes | item.indexes,
        readable=table.readable and item.readable,
    )


def _definition_texts(context: "Context") -> Iterator[tuple[str, int, str]]:
    program = context.program
    for path in sorted(program.files):
        if program.file_roles.get(path) not in ("first-party", "migration"):
            continue
        facts = program.files[path]
        placed = [(call.span[0], item.value) for call in facts.calls for item in call.arguments]
        placed += [(item.span[0], item.value) for item in facts.assigns if item.value is not None]
        placed += [(item.span[0], item.value) for item in facts.exits if item.value is not None]
        placed += [(block.span[0], block.value) for block in facts.blocks if block.kind == "for" and block.value]
        for line, value in placed:
            for text in _texts(value):
                low = " ".join(text.lower().split())
                if any(word in low for word in _WORDS):
                    yield path, line, text


def _texts(value: Value) -> Iterator[str]:
    pending = [value]
    while pending:
        item = pending.pop()
        if item.kind == "text":
            yield item.text
        elif item.kind == "format":
            yield "".join(part.text if part.kind == "text" else HOLE for part in item.parts)
        else:
            pending.extend(item.parts)


def _migrations(context: "Context") -> Iterator[tuple[str, int, Definition]]:
    """What alembic migrations add: tables, unique constraints and indexes."""
    program = context.program
    for path in sorted(program.files):
        for call in program.files[path].calls:
            name = call.target.rpartition(".")
            if name[0] not in ("op", "batch_op") or program.file_roles.get(path) not in ("first-party", "migration"):
                continue
            item = _operation(context, path, name[2], call)
            if item is not None and item.table:
                yield path, call.span[0], item


def _operation(context: "Context", path: str, verb: str, call: Call) -> Definition | None:
    given = [item.value for item in call.arguments if item.keyword == ""]
    unique = any(item.keyword == "unique" and item.value.text == "True" for item in call.arguments)
    if verb in ("create_unique_constraint", "create_index") and len(given) > 2 and given[1].kind == "text":
        names = tuple(part.text for part in given[2].parts)
        is_key = unique or verb == "create_unique_constraint"
        return Definition(given[1].text.lower(), keys=frozenset({frozenset(names)} if is_key else ()))
    if verb == "create_table" and given and given[0].kind == "text":
        return _created(context, path, given)
    return None


def _created(context: "Context", path: str, given: list[Value]) -> Definition:
    columns: list[Column] = []
    keys: set[frozenset[str]] = set()
    facts = context.program.files[path]
    for value in given[1:]:
        if value.kind != "call" or value.call < 0:
            continue
        inner = facts.calls[value.call]
        last = inner.target.rpartition(".")[2]
        texts = [item.value.text for item in inner.arguments if item.keyword == "" and item.value.kind == "text"]
        flags = {item.keyword for item in inner.arguments if item.value.text == "True"}
        if last == "Column" and texts:
            columns.append(Column(texts[0], unique=bool(flags & {"unique", "primary_key"})))
        elif last in ("UniqueConstraint", "PrimaryKeyConstraint") and texts:
            keys.add(frozenset(texts))
    keys |= {frozenset({item.name}) for item in columns if item.unique}
    return Definition(given[0].text.lower(), tuple(columns), frozenset(keys), creates=True)
