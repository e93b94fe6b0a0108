"""Where the program tests, sets or names a column: read once, by the name of the column."""

import re
from collections.abc import Iterator
from functools import cached_property
from typing import TYPE_CHECKING

from msgspec import Struct

from durability.facts.model import Call, FileFacts, Span, Value
from durability.program.links.graph import FunctionKey

if TYPE_CHECKING:
    from durability.program.context import Context

DYNAMIC = "\x00"
"""Stands for a value that is not written down."""
_ASKING = frozenset(
    {"filter", "filter_by", "get", "exclude", "where", "get_or_404", "get_object_or_404", "exists", "count", "Q",
     "order_by", "first_or_404", "get_or_none", "having", "and_", "or_", "not_"}
)  # fmt: skip
_READING = frozenset({"get", "getattr", "hasattr", "pop", "Column", "mapped_column", "Field", "index", "order_by"})
_SPREADING = frozenset({"values", "update", "model_copy", "sqlmodel_update", "create", "insert_one", "update_one"})
_UPDATE = re.compile(r"\bupdate\s+\S+\s+set\s+(?P<set>.+?)(?:\bwhere\b|$)", re.IGNORECASE | re.DOTALL)
_INSERT = re.compile(r"\b(?:insert|replace)\b.{0,12}?\binto\s+\S+\s*\((?P<names>[^)]*)\)", re.IGNORECASE | re.DOTALL)
_WHERE = re.compile(r"\bwhere\b(?P<where>.+)$", re.IGNORECASE | re.DOTALL)
_EQUAL = re.compile(r"(?P<name>\w+)\s*(?:=|!=|<>|\bis\b)\s*(?P<value>'[^']*'|\w+)?", re.IGNORECASE)
_SQL = re.compile(r"^\s*(?:select|update|insert|replace|delete|with)\b", re.IGNORECASE)
_TESTS = frozenset({"if", "while"})


class Tested(Struct, frozen=True):
    """A place whose outcome depends on a column."""

    function: FunctionKey
    block: int
    span: Span


class ColumnUses:
    """Tests, values and plain mentions of every name that might be a column."""

    def __init__(self, context: "Context") -> None:
        self._context = context
        self._tests: dict[str, list[Tested]] = {}
        self._set: dict[str, set[str]] = {}
        self._named: set[str] = set()
        self._spread = False

    def tests(self, name: str) -> list[Tested]:
        """Where a branch or a query depends on it."""
        return self._read._tests.get(name, [])

    def values(self, name: str) -> set[str]:
        """The constants it is set to, in lower case, with DYNAMIC among them for a value that is computed."""
        return self._read._set.get(name, set())

    def is_out_of_sight(self, name: str) -> bool:
        """Whether something may set it that does not name it: attributes by name, forms, unpacked dictionaries."""
        return self._read._spread or name in self._read._named

    @cached_property
    def _read(self) -> "ColumnUses":
        program = self._context.program
        for path in sorted(program.files):
            if program.file_roles.get(path) != "test":
                self._file(path, program.files[path])
        return self

    def _file(self, path: str, facts: FileFacts) -> None:
        for item in facts.assigns:
            self._assigned(item.target, item.value, in_class=facts.blocks[item.block].kind == "class")
            self._shown(item.value)
        for call in facts.calls:
            self._call(path, call)
        for index, block in enumerate(facts.blocks):
            if block.kind in _TESTS and block.value is not None:
                for name in _names(block.value, facts):
                    self._tests.setdefault(name, []).append(Tested((path, block.function), index, block.span))
            if block.value is not None and block.kind in ("for", "comp"):
                self._shown(block.value)
        for leave in facts.exits:
            self._shown(leave.value)

    def _assigned(self, target: Value, value: Value | None, *, in_class: bool) -> None:
        if target.kind == "attr":
            self._put(target.text, value)
        elif target.kind == "item" and len(target.parts) > 1 and target.parts[1].kind == "text":
            self._put(target.parts[1].text, value)
        elif target.kind == "name" and in_class and (value is None or value.kind != "call"):
            self._named.add(target.text)
        for part in target.parts if target.kind in ("tuple", "list") else ():
            self._assigned(part, None, in_class=in_class)

    def _put(self, name: str, value: Value | None) -> None:
        is_written = value is not None and value.kind in ("const", "text")
        self._set.setdefault(name, set()).add(value.text.lower() if value is not None and is_written else DYNAMIC)

    def _call(self, path: str, call: Call) -> None:
        last = call.target.rpartition(".")[2]
        here = Tested((path, call.function), call.block, call.span)
        values = [item.value for item in call.arguments if item.keyword == ""]
        if last == "setattr" and len(values) == 3 and values[1].kind != "text":
            self._spread = True
        elif last == "setattr" and len(values) == 3:
            self._put(values[1].text, values[2])
        if any(item.keyword == "**" for item in call.arguments) and self._takes_columns(path, call, last):
            self._spread = True
        for item in call.arguments:
            if item.keyword and last in _ASKING:
                self._tests.setdefault(item.keyword.partition("__")[0], []).append(here)
            elif item.keyword:
                self._put(item.keyword, item.value)
            elif last in _ASKING:
                for name in _names(item.value, self._context.program.files[path]):
                    self._tests.setdefault(name, []).append(here)
            if last not in _READING:
                self._shown(item.value)
        if values and values[0].kind in ("text", "format"):
            self._statement(values[0], here)

    def _takes_columns(self, path: str, call: Call, last: str) -> bool:
        if last in _SPREADING:
            return True
        return self._context.program.resolve(call.ref, path) in self._context.schema.by_model

    def _statement(self, value: Value, here: Tested) -> None:
        text = "".join(part.text if part.kind == "text" else "?" for part in value.parts) or value.text
        if not _SQL.match(text):
            return
        for found in _UPDATE.finditer(text):
            for each in _EQUAL.finditer(found["set"]):
                given = (each["value"] or "").strip("'").lower()
                is_written = given in ("true", "false") or not given.isidentifier()
                self._set.setdefault(each["name"].lower(), set()).add(given if given and is_written else DYNAMIC)
        for found in _INSERT.finditer(text):
            for name in re.findall(r"\w+", found["names"]):
                self._set.setdefault(name.lower(), set()).add(DYNAMIC)
        where = _WHERE.search(text)
        for name in re.findall(r"\w+", where["where"]) if where is not None else ():
            self._tests.setdefault(name.lower(), []).append(here)

    def _shown(self, value: Value | None) -> None:
        """Names in plain texts, and in dictionaries that are made of something else than the same column."""
        pending = [value] if value is not None else []
        while pending:
            item = pending.pop()
            if item.kind == "text" and item.text.isidentifier():
                self._named.add(item.text)
            if item.kind == "dict":
                keys = dict(zip(item.parts[::2], item.parts[1::2], strict=False))
                for key, given in keys.items():
                    if key.kind == "text" and given.text != key.text:
                        self._put(key.text, given)
                pending.extend(item.parts[1::2])
            elif item.kind not in ("item", "compare"):
                pending.extend(item.parts)


def _names(value: Value, facts: FileFacts) -> Iterator[str]:
    """The attributes and items that a test reads."""
    pending = [value]
    while pending:
        item = pending.pop()
        if item.kind == "attr":
            yield item.text
        elif item.kind == "item" and len(item.parts) > 1 and item.parts[1].kind == "text":
            yield item.parts[1].text
        elif item.kind == "call" and item.call >= 0:
            given = facts.calls[item.call].arguments
            if item.text.rpartition(".")[2] in ("get", "getattr") and given:
                yield from (each.value.text for each in given[:2] if each.value.kind == "text")
            continue
        pending.extend(item.parts)
