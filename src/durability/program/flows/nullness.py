"""Results that may be None: library rows, functions that return one of them or None, and the places that need more."""

import re
from collections.abc import Iterator
from functools import cached_property
from typing import TYPE_CHECKING

from msgspec import Struct

from durability.facts.model import Value
from durability.model import Step
from durability.program.flows.empty_returns import EmptyReturns
from durability.program.flows.guards import Subject
from durability.program.flows.handed import Origin, Place, spread
from durability.program.flows.results import names_in
from durability.program.flows.statements import query_texts
from durability.program.flows.uses import Around, Use
from durability.program.links.given import argument_for
from durability.program.links.graph import FunctionKey
from durability.program.links.spelling import plain_name
from durability.program.sites import CallSite

if TYPE_CHECKING:
    from durability.program.context import Context

_MAPPINGS = frozenset({"get", "getenv"})
"""They give their second argument where the key is unknown."""

_LOOKUPS = frozenset(
    {
        "fetchone", "first", "one_or_none", "scalar_one_or_none", "find_one", "find_one_and_update",
        "find_one_and_delete", "find_one_and_replace", "get_or_none", "fetchrow", "fetchval", "fetch_one", "fetch_val",
        "select_one", "match", "search", "fullmatch", "hget", "which", "get_channel", "get_guild", "get_user",
        "get_member", "get_role", "get_blob", "basic_get", "imread", "geocode", "get", "getenv", "find", "find_next",
        "find_parent", "find_next_sibling", "last",
    }
)  # fmt: skip
_BY_KEY = ("sqlalchemy.", "sqlmodel.", "flask_sqlalchemy.", "redis.", "beanie.", "arango.", "pymemcache.", "tinydb.")
_NEEDS_VALUE = frozenset(
    {"int", "float", "len", "dict", "tuple", "sum", "sorted", "json.loads", "datetime.datetime.fromisoformat"}
)
_CONFIGURED = frozenset({"get_channel", "get_guild", "get_role", "get_member", "get_user", "which"})
"""Asked for by a constant they give what the one who set the program up has there."""

_STATEMENTS = ("db.query", "db.write", "db.fetch_one", "db.fetch_all")
_KEPT = ("flask.session.", "starlette.requests.Request.session.")
"""What a session holds was put there by the program, at login."""

_ORDERED = frozenset({"LessThan", "GreaterThan", "LessThanEqual", "GreaterThanEqual"})
_THROUGH = frozenset({"if", "or", "and"})


class Need(Struct, frozen=True):
    """A use that None cannot stand: what is done, on which line, and whether something guards it."""

    done: str
    line: int
    guarded: bool
    steps: tuple[Step, ...] = ()


class Nullness:
    """May-be-None results of the whole program: one pass over calls that give one, callers follow."""

    def __init__(self, context: "Context") -> None:
        self._context = context
        self._empty = EmptyReturns(context)
        self._given: dict[tuple[FunctionKey, str], Need | None] = {}

    @cached_property
    def origins(self) -> dict[Place, Origin]:
        """Every call of the program whose result may be None, by file and index."""
        starts = {
            (site.path, site.index): Origin(f"{site.shown}() gives None where there is nothing")
            for site in self._lookups()
        }
        starts |= {place: origin for start in sorted(starts) for place, origin in self._shaped(start)}
        return spread(self._context, starts, self._empty.plain(), self._returned, "may return None")

    def _shaped(self, start: Place) -> Iterator[tuple[Place, Origin]]:
        """The calls of functions that give a result back in another shape, and None where it is None."""
        site = self._context.call(*start)
        subject = Subject(self._context, site.key, site.index)
        for use in subject.uses():
            around = use.around
            if around is None or around.value.kind != "call" or around.value.call < 0 or not around.position:
                continue
            made = self._context.call(site.path, around.value.call)
            back = self._context.shapes.given_back(made)
            stays = back == use.value and self._context.shapes.stays_none(made) and not subject.guarded(use)
            if stays and not self.always_has_row(site):
                yield (made.path, made.index), Origin(f"{made.shown}() gives None where there is nothing")

    def _lookups(self) -> list[CallSite]:
        return [
            site
            for name, group in sorted(self._context.calls_by_name.items())
            if name.rsplit(".", 1)[-1] in _LOOKUPS
            for site in group
            if site.library.may_be_none and not self._always_gives(site)
        ]

    def _always_gives(self, site: CallSite) -> bool:
        last = site.name.rsplit(".", 1)[-1]
        if last in _MAPPINGS and not site.name.startswith(_BY_KEY):
            return len(site.arguments) != 1 or site.name.startswith(_KEPT)
        return last in _CONFIGURED and any(_is_fixed(item.value) for item in site.arguments)

    def _returned(self, key: FunctionKey, call: int) -> int:
        """The line on which a function returns the result of a call as it is, or None for it; 0 when it does not."""
        subject = Subject(self._context, key, call)
        for use in subject.uses():
            if use.root == "return" and _is_bare(use.around) and not subject.guarded(use):
                return use.span[0]
        return self._empty.handed_on(key, call)

    def needs(self, site: CallSite) -> tuple[Need, ...]:
        """The uses of a call's result that None cannot stand, in source order."""
        subject = Subject(self._context, site.key, site.index)
        found = []
        for use in subject.uses():
            done = self._done(use, site.key)
            if done:
                found.append(Need(done, use.span[0], subject.guarded(use)))
            else:
                found.extend(self._through(use, site.key, subject.guarded(use)))
        return tuple(found)

    def _done(self, use: Use, key: FunctionKey) -> str:
        """What a use does that None cannot stand; "" when it can."""
        if use.around is None:
            return "looped over" if use.root == "for" else ""
        value, position = use.around.value, use.around.position
        if value.kind == "attr" or (value.kind == "call" and position == 0):
            return f"asked for .{value.text.rsplit('.', 1)[-1]}"
        if value.kind == "item" and position == 0:
            return "subscripted"
        if value.kind == "op":
            return "used in arithmetic"
        if value.kind == "compare" and value.text in _ORDERED:
            return "compared by size"
        if value.kind == "call" and value.call >= 0 and position == 1:
            program = self._context.program
            argument = program.files[key[0]].calls[value.call].arguments[0]
            needs = program.name(key[0], value.call) in _NEEDS_VALUE and not argument.keyword
            return f"given to {value.text}()" if needs else ""
        return ""

    def _through(self, use: Use, key: FunctionKey, guarded: bool) -> Iterator[Need]:
        """The need of the function that a use hands the value to."""
        program, around = self._context.program, use.around
        if around is None or around.value.kind != "call" or around.value.call < 0 or not around.position:
            return
        symbol, call = program.symbol(key[0], around.value.call), program.files[key[0]].calls[around.value.call]
        target = program.key_of(symbol) if symbol.kind == "function" else None
        if target is None:
            return
        given, function = call.arguments[around.position - 1].value, program.function(target)
        name = next((item.name for item in function.parameters if argument_for(function, item.name, call) is given), "")
        need = self._needed(target, name) if name else None
        if need is not None:
            step = Step(target[0], need.line, f"there it is {need.done}")
            yield Need(f"given to {call.target}(), where it is {need.done}", use.span[0], guarded, (step,))

    def _needed(self, key: FunctionKey, name: str) -> Need | None:
        """The first thing that a function does to a parameter, whatever else it is given, that None cannot stand."""
        place = (key, name)
        if place not in self._given:
            subject = Subject(self._context, key, parameter=name)
            found = ((use, self._done(use, key)) for use in subject.uses() if self._always_runs(key, use))
            needs = (Need(done, use.span[0], guarded=False) for use, done in found if done and not subject.guarded(use))
            self._given[place] = next(needs, None)
        return self._given[place]

    def _always_runs(self, key: FunctionKey, use: Use) -> bool:
        blocks = self._context.program.files[key[0]].blocks
        above = self._context.program.blocks_above(key[0], use.block)
        return not use.guards and all(blocks[index].kind in ("function", "with", "try") for index in above)

    def always_has_row(self, site: CallSite) -> bool:
        """Whether the statement that a call fetches from gives a row whatever the data: a count, a new row."""
        texts = query_texts(self._context, site)
        return any(_gives_a_row(text) for text in texts or ()) or self._key_is_known(site) or self._is_member(site)

    def _is_member(self, site: CallSite) -> bool:
        """Whether the function asks with `in` whether the table has this key."""
        table = plain_name(site.fact.receiver) if site.fact.receiver is not None else ""
        blocks = self._context.program.files[site.path].blocks
        tests = (blocks[index].value for index in self._context.program.blocks_in(site.key))
        keys = [item.value for item in site.arguments[:1]]
        return bool(table and keys) and any(test is not None and _asks_for(keys[0], test, table) for test in tests)

    def _key_is_known(self, site: CallSite) -> bool:
        """Whether an earlier statement of the function wrote or looked up the same key: the row is there."""
        queries = [
            item
            for item in site.calls_here()
            if item.index <= site.index and item.arguments and item.database.library.effect in _STATEMENTS
        ]
        if not queries:
            return False
        asked = frozenset(name for item in queries[-1].arguments for name in names_in(item.value))
        made = [item.value for item in queries[-1].arguments] + list(self._bound(asked, site))
        if any("lastrowid" in _written(value) for value in made):
            return True
        return bool(asked) and any(
            asked <= {name for item in other.arguments for name in names_in(item.value)} for other in queries[:-1]
        )

    def _bound(self, names: frozenset[str], site: CallSite) -> Iterator[Value]:
        """What names of the function stand for."""
        for name in sorted(names):
            for item in self._context.program.assigns_to(site.path, name):
                if item.function == site.key[1] and item.value is not None:
                    yield item.value


def _asks_for(key: Value, test: Value, table: str) -> bool:
    if test.kind == "compare" and test.text in ("In", "NotIn"):
        return test.parts[0] == key and plain_name(test.parts[-1]) == table
    return any(_asks_for(key, part, table) for part in test.parts)


def _is_fixed(value: Value) -> bool:
    return value.kind in ("const", "text") or plain_name(value).split(".")[0][:1].isupper()


def _written(value: Value) -> str:
    return " ".join([value.text, *(_written(part) for part in value.parts)])


def _is_bare(around: Around | None) -> bool:
    """Whether a value is what is returned, at most behind a condition."""
    while around is not None:
        if around.value.kind != "if" or around.position == 0:
            return False
        around = around.outer
    return True


_SET_UP = re.compile(r" where id ?= ?\d+(?: limit 1)?;?$")
"""Asks for the row that was put there when the program was set up."""

_AGGREGATES = re.compile(
    r"\b(?:count|sum|max|min|avg|total|group_concat|string_agg|array_agg|json_agg|bool_or|bool_and|every)\s*\((?!.*\bover\s*\()"
)


def _gives_a_row(text: str) -> bool:
    words = " ".join(text.lower().split())
    if words.startswith(("insert", "pragma", "show", "replace")) or "returning" in words:
        return True
    if not words.startswith("select"):
        return False
    if _SET_UP.search(words):
        return True
    chosen, found, rest = _without_inner(words).partition(" from ")
    return not found or (bool(_AGGREGATES.search(chosen)) and "group by" not in rest)


def _without_inner(words: str) -> str:
    """A statement without the statements that stand in it, in parentheses."""
    kept: list[str] = []
    opened: list[bool] = []
    for index, sign in enumerate(words):
        if sign == "(":
            opened.append(words[index + 1 :].lstrip().startswith(("select ", "with ")))
        if not any(opened):
            kept.append(sign)
        if sign == ")" and opened:
            opened.pop()
    return "".join(kept)
