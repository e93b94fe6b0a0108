"""Whose rows a handler reads or changes: whether it looks at who is asking before it touches the one it was given."""

import re
from collections.abc import Iterator
from functools import cached_property
from typing import TYPE_CHECKING, Literal

from msgspec import Struct

from durability.model import Step
from durability.program.doing.touches import touches
from durability.program.entrypoints.routes import Route
from durability.program.links.given import argument_for
from durability.program.links.graph import FunctionKey
from durability.program.sites import CallSite
from durability.program.trust.mentions import arguments_with, chosen_names, mentioned, tests_with, user_names

if TYPE_CHECKING:
    from durability.program.context import Context

_FEW = re.compile(r"admin|staff|superuser|moderator|operator|internal", re.IGNORECASE)
_GATES = re.compile(r"role|permission|scope", re.IGNORECASE)
_MANY = re.compile(
    r"^(?:\w+[_\W])?(?:users?|customers?|clients?|(?:job_?)?seekers?|students?|patients?|members?|candidates?|applicants?|buyers?"
    r"|sellers?|vendors?|guests?|tenants?|viewers?|subscribers?|guardians?|parents?|employers?|freelancers?|players?)$",
    re.IGNORECASE,
)
"""Roles that ordinary people have, each with rows of their own."""
_ID = re.compile(r"(?:^|_)(?:id|pk|uuid|guid|key|slug)$|Id$|^[a-z]{1,3}id$")
_LOGGING = re.compile(
    r"(?:^|\.)(?:logger|logging|log|print|audit\w*|capture\w*)\b|(?:^|_)log(?:_|$)|audit", re.IGNORECASE
)
_USERS = re.compile(r"^(?:auth_?)?(?:user|account|profile|customer|member)s?$", re.IGNORECASE)
_DEEP = 4
_READING = frozenset({"GET", "HEAD", "OPTIONS"})


class Ownership(Struct, frozen=True):
    """What a handler does about the owner of a row that it is given the identifier of.

    `compared`: whether it looks at who is asking on the way. `shown_at`: where rows of the same `table` belong to
    somebody, and where this one is touched.
    """

    parameter: str
    table: str
    compared: Literal["yes", "no", "unknown"]
    shown_at: tuple[Step, ...]


class Ownerships:
    """Answers for each route; which tables have owners is found once."""

    def __init__(self, context: "Context") -> None:
        self._context = context
        self._program = context.program

    def of(self, route: Route) -> Ownership | None:
        """What a handler does about the owner; None where it touches no such row, or rows have no owner."""
        ids = [item.name for item in route.parameters if item.place == "path" and _ID.search(item.name)]
        if not ids or route.authentication != "required" or self._is_for_few(route):
            return None
        reading = _READING.issuperset(route.methods)
        for call, table, name in self._touched(route.handler, ids[-1]):
            owner = self._owned.get((table, "filter")) or (None if reading else self._owned.get((table, "made")))
            if owner is not None and not _USERS.match(table):
                last = Step(call.path, call.line, f"{call.shown}() takes the one that {name} names")
                return Ownership(ids[-1], table, self._compares(route, ids[-1]), (owner, last))
        return None

    def _is_for_few(self, route: Route) -> bool:
        """Whether only those may call it who look after everybody's rows: a role that ordinary people have is none."""
        path, index = route.handler
        function = self._program.files[path].functions[index]
        said = [function.name, route.path]
        gates, roles = [item.ref for item in function.decorators], list[str]()
        for item in function.decorators:
            roles += self._texts(path, item.call)
        for parameter in function.parameters:
            gates += [parameter.name, parameter.default.text if parameter.default is not None else ""]
            if parameter.default is not None and parameter.default.call >= 0:
                for given in self._program.files[path].calls[parameter.default.call].arguments:
                    gates.append(given.value.text)
                    roles += self._texts(path, given.value.call)
        if any(_FEW.search(word) for word in (*said, *gates)):
            return True
        return any(_GATES.search(word) for word in (*said, *gates)) and not any(_MANY.match(role) for role in roles)

    def _texts(self, path: str, call: int) -> list[str]:
        """What a call is given: texts, and the last names of what is named."""
        given = self._program.files[path].calls[call].arguments if call >= 0 else ()
        values = [part for item in given for part in (item.value, *item.value.parts)]
        return [value.text for value in values if value.kind in ("text", "attr", "name")]

    def _touched(self, key: FunctionKey, name: str) -> Iterator[tuple[CallSite, str, str]]:
        """The calls that ask about, or change, a row by a name of a function, there or where the name is handed to."""
        level, seen = [(key, name)], {(key, name)}
        for _ in range(_DEEP):
            further: list[tuple[FunctionKey, str]] = []
            for at, known in level:
                for call in arguments_with(self._context, at, frozenset({known})):
                    for table in self._tables(call):
                        yield call, table, known
                    further += self._handed(call, known)
            level = [item for item in further if item not in seen]
            seen.update(level)

    def _handed(self, call: CallSite, name: str) -> Iterator[tuple[FunctionKey, str]]:
        target = self._program.key_of(call.symbol)
        if target is None:
            return
        for item in self._program.function(target).parameters:
            fact = self._program.files[call.path].calls[call.index]
            given = argument_for(self._program.function(target), item.name, fact)
            if given is not None and given.kind == "name" and given.text == name:
                yield target, item.name

    def _tables(self, call: CallSite) -> list[str]:
        if call.database.library.effect.startswith("db."):
            return [touch.name for touch in touches(self._context, call) if touch.kind == "database" and touch.name]
        return []

    @cached_property
    def _owned(self) -> dict[tuple[str, str], Step]:
        """The tables whose rows are looked for, or made, by who is asking; with the first place for each."""
        found: dict[tuple[str, str], Step] = {}
        for path in self._context.judged_paths():
            for index in range(1, len(self._program.files[path].functions)):
                key = (path, index)
                names = user_names(self._context, key)
                for call in arguments_with(self._context, key, names) if names else ():
                    symbol = call.symbol
                    if symbol.kind == "class" and self._program.linker.classes[symbol.path][symbol.name].bases:
                        found.setdefault((symbol.name, "made"), _owner(call, symbol.name))
                    for table in self._tables(call):
                        kind = "made" if call.database.library.effect == "db.write" else "filter"
                        found.setdefault((table, kind), _owner(call, table))
        return found

    def _compares(self, route: Route, identifier: str) -> Literal["yes", "no", "unknown"]:
        level, seen, doubtful = [route.handler], {route.handler}, False
        chosen = chosen_names(self._context, route.handler)
        for _ in range(_DEEP):
            for key in level:
                names = user_names(self._context, key) - chosen
                if tests_with(self._context, key, names):
                    return "yes"
                for call in arguments_with(self._context, key, names):
                    if _LOGGING.search(call.shown):
                        continue
                    if call.database.library.effect.startswith("db.") or mentioned(self._context, call, {identifier}):
                        return "yes"
                    doubtful = True
            beyond = {edge.callee for at in level for edge in self._program.callees.get(at, ()) if edge.callee[1] > 0}
            level = sorted(beyond - seen)
            seen.update(level)
        return "unknown" if doubtful else "no"


def _owner(call: CallSite, table: str) -> Step:
    return Step(call.path, call.line, f"rows of {table} belong to somebody: {call.shown}() is given who is asking")
