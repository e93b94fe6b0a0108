"""Functions that run the statement they are given, or use the table: their callers say what the database does."""

from collections import deque
from functools import cached_property
from typing import TYPE_CHECKING, Literal

from msgspec import Struct
from msgspec.structs import replace

from durability.facts.model import Call, Value
from durability.program.links.given import argument_for
from durability.program.links.graph import Edge, FunctionKey
from durability.program.links.spelling import plain_name
from durability.program.sites import CallSite

if TYPE_CHECKING:
    from durability.program.context import Context

Place = tuple[str, int]
"""A call: its file and its index there."""

What = Literal["statement", "table"]
Gives = Literal["", "one", "many"]
_ONE = frozenset({"fetchone", "fetchrow", "fetchval", "fetch_one", "first", "scalar", "one_or_none",
                  "scalar_one_or_none"})  # fmt: skip
_MANY = frozenset({"fetchall", "fetchmany", "fetch", "fetch_all", "all", "scalars", "mappings"})
_NAMING = frozenset({"table", "from_", "Table", "collection"})
"""Methods that choose a table by its name."""

_COLLECTIONS = ("pymongo.", "motor.")
_DEPTH = 4


class Forward(Struct, frozen=True):
    """A function that hands what is in a parameter on to a database call: the statement, or the name of the table.

    `call` is that database call, `through` the functions on the way to it, this one first; `gives` says whether the
    function returns one of the rows that were found, or all of them.
    """

    parameter: str
    what: What
    call: Place
    through: tuple[FunctionKey, ...]
    gives: Gives


class Forwards:
    """Answers "which database call does this call come down to?". All functions are looked at once."""

    def __init__(self, context: "Context") -> None:
        self._context = context

    def of(self, path: str, index: int) -> Forward | None:
        """The function that a call hands a statement to; None when it hands none over."""
        return self._by_call.get((path, index))

    def given(self, path: str, index: int, what: What) -> Value | None:
        """The statement, or the name of the table, that a call hands over, as written there."""
        forward = self._by_call.get((path, index))
        return self._given(forward, (path, index)) if forward is not None and forward.what == what else None

    @cached_property
    def unsaid(self) -> frozenset[Place]:
        """Database calls, and calls on the way to them, whose statement is said by the callers of their function."""
        entered = {entry.function for entry in self._context.entries}
        return frozenset(
            place
            for key, (_, places) in self._by_function.items()
            if key not in entered and any(edge.call >= 0 for edge in self._context.program.callers.get(key, ()))
            for place in places
        )

    @cached_property
    def _by_call(self) -> dict[Place, Forward]:
        found: dict[Place, Forward] = {}
        for key, (forward, _) in self._by_function.items():
            for edge in self._context.program.callers.get(key, ()):
                if edge.call >= 0 and self._hands_over(edge):
                    found.setdefault((edge.caller[0], edge.call), forward)
        return found

    @cached_property
    def _by_function(self) -> dict[FunctionKey, tuple[Forward, list[Place]]]:
        """Each forwarding function with its calls that run, or hand on, the statement it is given."""
        found: dict[FunctionKey, tuple[Forward, list[Place]]] = {}
        for path in self._context.judged_paths():
            for index, call in enumerate(self._context.program.files[path].calls):
                site = self._context.call(path, index)
                if not call.function or not site.library.effect.startswith("db."):
                    continue
                what, value = self._said(site)
                self._add(found, (path, call.function), value, ((path, index), ()), what)
        queue = deque(found)
        while queue:
            key = queue.popleft()
            forward, _ = found[key]
            for edge in self._context.program.callers.get(key, ()):
                if edge.call >= 0 and edge.caller[1] and edge.caller not in forward.through and self._hands_over(edge):
                    value = self._given(forward, (edge.caller[0], edge.call))
                    inner = ((edge.caller[0], edge.call), forward.through)
                    if self._add(found, edge.caller, value, inner, forward.what, forward):
                        queue.append(edge.caller)
        return found

    def _said(self, call: CallSite) -> tuple[What, Value | None]:
        """What a database call is told: the statement that it runs, else the name of its table."""
        row = call.library
        if row.sql_position is not None or row.sql_argument:
            return "statement", call.argument(row.sql_argument, row.sql_position)
        return "table", table_argument(self._context, call)

    def _add(
        self,
        found: dict[FunctionKey, tuple[Forward, list[Place]]],
        key: FunctionKey,
        value: Value | None,
        inner: tuple[Place, tuple[FunctionKey, ...]],
        what: What,
        beyond: Forward | None = None,
    ) -> bool:
        """Note that a function hands a value on, when that is one of its parameters; whether that is news."""
        place, through = inner
        name = self._parameter(key, value, 0) if value is not None else ""
        if not name:
            return False
        if key in found:
            if found[key][0].parameter == name and place not in found[key][1]:
                found[key][1].append(place)
            return False
        gives = self._gives(key) or (beyond.gives if beyond is not None and self._returns(key, place[1]) else "")
        call = beyond.call if beyond is not None else place
        found[key] = Forward(name, what, call, (key, *through), gives), [place]
        return True

    def _parameter(self, key: FunctionKey, value: Value, depth: int) -> str:
        """The parameter that a statement is, whatever is done to its text on the way; "" when it is none."""
        if depth > _DEPTH:
            return ""
        if value.kind == "name":
            return self._named(key, value.text, depth)
        if value.kind == "call" and value.call >= 0:
            call = self._context.program.files[key[0]].calls[value.call]
            given = [item.value for item in call.arguments[:1] if item.keyword in ("", "text", "statement")]
            method = call.receiver is not None and call.receiver.kind in ("name", "call")
            parts = [call.receiver, *given] if method and call.receiver is not None else given
            return next((name for part in parts if (name := self._parameter(key, part, depth + 1))), "")
        if value.kind == "format" and value.parts:
            return self._parameter(key, value.parts[0], depth + 1)
        return ""

    def _named(self, key: FunctionKey, name: str, depth: int) -> str:
        function = self._context.program.function(key)
        own = function.parameters[1:] if function.owner and function.parameters else function.parameters
        if any(item.name == name for item in (*own, *function.parameters[:1]) if item.name not in ("self", "cls")):
            return name
        bound = [
            item.value
            for item in self._context.program.assigns_in(key)
            if item.target.kind == "name" and item.target.text == name and item.value is not None
        ]
        return self._parameter(key, bound[0], depth + 1) if len(bound) == 1 else ""

    def _gives(self, key: FunctionKey) -> Gives:
        """Whether a function returns what a fetching call gave it."""
        program = self._context.program
        returned = [item.value for item in program.exits_in(key) if item.kind == "return" and item.value is not None]
        calls = program.files[key[0]].calls
        fetching = [index for index in program.calls_in(key) if calls[index].target.rpartition(".")[2] in _ONE | _MANY]
        for index in fetching:
            call = calls[index]
            if any(_made_of(value, index, set(call.into)) for value in returned):
                return "one" if call.target.rpartition(".")[2] in _ONE else "many"
        return ""

    def _returns(self, key: FunctionKey, call: int) -> bool:
        program = self._context.program
        into = set(program.files[key[0]].calls[call].into)
        return any(
            item.kind == "return" and item.value is not None and _made_of(item.value, call, into)
            for item in program.exits_in(key)
        )

    def _hands_over(self, edge: Edge) -> bool:
        """Whether a call gives the function its arguments: not one that only registers it."""
        if not edge.offloaded:
            return True
        call = self._context.program.files[edge.caller[0]].calls[edge.call]
        return self._shifted(call, edge.callee) is not None

    def _given(self, forward: Forward, place: Place) -> Value | None:
        key = forward.through[0]
        call = self._context.program.files[place[0]].calls[place[1]]
        if self._context.program.key_of(self._context.program.symbol(*place)) != key:
            shifted = self._shifted(call, key)
            if shifted is not None:
                call = shifted
        return argument_for(self._context.program.function(key), forward.parameter, call)

    def _shifted(self, call: Call, key: FunctionKey) -> Call | None:
        """The call as the function sees it that another one runs: `to_thread(run, "SELECT 1")` is `run("SELECT 1")`."""
        name = self._context.program.function(key).name
        for position, item in enumerate(call.arguments):
            if item.keyword == "" and plain_name(item.value).rpartition(".")[2] == name:
                return replace(call, arguments=call.arguments[position + 1 :])
        return None


def table_argument(context: "Context", call: CallSite) -> Value | None:
    """What names the table of a call: `name` in `client.table(name).insert(row).execute()`, `db[name].find_one()`."""
    for maker in context.makers(call):
        if maker.shown.rpartition(".")[2] in _NAMING:
            named = (maker.argument(keyword) for keyword in ("name", "table_name", "collection_path"))
            return next((value for value in named if value is not None), None) or maker.argument("", 0)
    receiver = call.receiver
    is_item = receiver is not None and receiver.kind == "item" and len(receiver.parts) == 2
    return receiver.parts[1] if receiver is not None and is_item and call.name.startswith(_COLLECTIONS) else None


def _made_of(value: Value, call: int, names: set[str]) -> bool:
    """Whether a value is what a call gave, or is made from it: a row as a dict, a list of such."""
    if value.kind == "call" and value.call == call:
        return True
    if value.kind == "name" and value.text in names:
        return True
    return any(_made_of(part, call, names) for part in value.parts)
