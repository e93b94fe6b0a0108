"""Object-relational models: which attributes load another row when they are read, and loops that read them."""

from functools import cached_property
from typing import TYPE_CHECKING

from msgspec import Struct

from durability.facts.model import Value
from durability.model import Step
from durability.program.links.graph import FunctionKey
from durability.program.links.link import Symbol
from durability.program.links.spelling import plain_name
from durability.program.sites import LoopSite

if TYPE_CHECKING:
    from durability.program.context import Context

_RELATIONS = ("relationship", "ForeignKey", "OneToOneField", "ForeignKeyField", "ManyToManyField")
_BY_COLUMN = ("sqlalchemy.",)
"""Where `ForeignKey` only names a column; the attribute that loads is made by `relationship`."""

_EAGER = frozenset(
    {"joinedload", "selectinload", "subqueryload", "contains_eager", "immediateload", "select_related",
     "prefetch_related", "options", "prefetch", "with_only_columns", "values", "values_list"}
)  # fmt: skip
_AT_ONCE = frozenset({"selectin", "joined", "subquery", "immediate", "False"})
_QUERIES = frozenset({"query", "objects", "scalars", "select", "execute"})
_DEPTH = 5


class LazyLoad(Struct, frozen=True):
    """A loop over stored objects that reads a relation of each: loaded at once with the query, or one by one."""

    attribute: str
    eager: bool
    trace: tuple[Step, ...]


class Models:
    """The models of a program with the attributes that load other rows; found once."""

    def __init__(self, context: "Context") -> None:
        self._context = context

    @cached_property
    def relations(self) -> dict[Symbol, dict[str, bool]]:
        """Each model's relations, and whether they are loaded together with the object."""
        program = self._context.program
        found: dict[Symbol, dict[str, bool]] = {}
        for path in self._context.judged_paths():
            facts = program.files[path]
            for item in facts.assigns:
                block = facts.blocks[item.block]
                value = item.value
                if block.kind != "class" or value is None or value.kind != "call" or item.target.kind != "name":
                    continue
                name = program.name(path, value.call)
                if value.text.rsplit(".", 1)[-1] not in _RELATIONS or (
                    name.startswith(_BY_COLUMN) and not name.endswith("relationship")
                ):
                    continue
                given = facts.calls[value.call].arguments
                lazy = next((argument.value.text for argument in given if argument.keyword == "lazy"), "")
                model = Symbol("class", block.targets[0], path)
                found.setdefault(model, {})[item.target.text] = lazy in _AT_ONCE
        return found

    def lazy_load(self, loop: LoopSite) -> LazyLoad | None:
        """The relation that a loop reads of each stored object; None when it reads none."""
        if loop.view.kind == "while" or loop.view.iterable is None or len(loop.view.targets) != 1:
            return None
        if not self.relations:
            return None
        query = self._query(loop.view.iterable, loop.key, 0)
        if query is None:
            return None
        model, eager, trace = query
        target = loop.view.targets[0]
        read = {name.split(".")[1] for name in self._reads(loop) if name.startswith(f"{target}.")}
        for attribute, at_once in sorted(self.relations.get(model, {}).items()):
            if attribute in read:
                step = Step(loop.path, loop.line, f"reads {target}.{attribute} of each")
                return LazyLoad(attribute, eager or at_once, (*trace, step))
        return None

    def _reads(self, loop: LoopSite) -> set[str]:
        """The dotted names that the function of a loop reads, those its calls are made on included."""
        found = set(loop.function.reads)
        for call in loop.calls:
            found.add(call.shown.replace("()", "").replace("[]", ""))
            for item in call.arguments:
                found.update(_dotted(item.value))
        return found

    def _query(self, value: Value, key: FunctionKey, depth: int) -> tuple[Symbol, bool, tuple[Step, ...]] | None:
        """The model that a value holds objects of, whether its relations come along, and where it is asked for."""
        if depth > _DEPTH:
            return None
        if value.kind == "call" and value.call >= 0:
            return self._called(value, key, depth)
        name = plain_name(value)
        bound = [
            item.value for item in self._context.program.assigns_in(key) if name and plain_name(item.target) == name
        ]
        return self._query(bound[-1], key, depth + 1) if bound and bound[-1] is not None else None

    def _called(self, value: Value, key: FunctionKey, depth: int) -> tuple[Symbol, bool, tuple[Step, ...]] | None:
        program = self._context.program
        call = self._context.call(key[0], value.call)
        target = program.key_of(call.symbol) if call.symbol.kind == "function" else None
        if target is not None:
            for item in program.exits_in(target):
                found = self._query(item.value, target, depth + 1) if item.kind == "return" and item.value else None
                if found is not None:
                    return (*found[:2], (*found[2], Step(call.path, call.line, f"{call.shown}() gives them")))
            return None
        steps = set(call.shown.replace("()", "").replace("[]", "").split("."))
        if not steps & _QUERIES:
            found = self._query(value.parts[0], key, depth + 1) if value.parts else None
            return (found[0], found[1] or bool(steps & _EAGER), found[2]) if found is not None else None
        model, eager = self._model(value, key)
        return (model, eager, (Step(call.path, call.line, f"{call.shown}()"),)) if model is not None else None

    def _model(self, value: Value, key: FunctionKey) -> tuple[Symbol | None, bool]:
        """The model that a chain of query calls names, and whether some call of it loads relations too."""
        program = self._context.program
        model: Symbol | None = None
        eager = False
        pending, seen = [value], set[str]()
        while pending:
            item = pending.pop()
            if item.kind == "call" and item.call >= 0:
                eager = eager or item.text.rsplit(".", 1)[-1] in _EAGER
                pending.extend(given.value for given in program.files[key[0]].calls[item.call].arguments)
            elif item.kind == "name" and item.text not in seen:
                seen.add(item.text)
                symbol = program.value_symbol(item, key[0], key[1])
                if symbol in self.relations:
                    model = model or symbol
                else:
                    bound = [b.value for b in program.assigns_in(key) if plain_name(b.target) == item.text]
                    pending.extend(v for v in bound if v is not None and v is not value and v.kind == "call")
            pending.extend(item.parts)
        return model, eager


def _dotted(value: Value) -> list[str]:
    found = []
    pending = [value]
    while pending:
        item = pending.pop()
        name = plain_name(item)
        if name:
            found.append(name)
        else:
            pending.extend(item.parts)
    return found
