"""Where a function speaks of certain names: in tests, and in what it gives to calls."""

import re
from collections.abc import Iterator, Set
from typing import TYPE_CHECKING

from durability.facts.model import Call, Value
from durability.program.entrypoints.sessions import is_session
from durability.program.links.given import argument_for
from durability.program.links.graph import FunctionKey
from durability.program.links.spelling import plain_name
from durability.program.sites import CallSite

if TYPE_CHECKING:
    from durability.program.context import Context
    from durability.program.links.program import Program

CURRENT = frozenset({"current_user", "flask_login.current_user", "g.user", "request.user", "self.request.user"})
"""Names under which frameworks keep who is asking."""

_GETTERS = re.compile(
    r"current_|get_jwt_identity|get_\w*user|authenticat|logged_in|whoami|identity|principal|verify_\w*token|decode_\w*token",
    re.IGNORECASE,
)
_RIGHTS = re.compile(r"own(?:s|er|ed)?(?:_|$)|access|permi|belong|allowed|authori[sz]|can_|member", re.IGNORECASE)
_WHO = re.compile(r"user|uid|email|account|\bid\b", re.IGNORECASE)
_OWNERS = re.compile(
    r"^(?:current_)?(?:user|owner|account|tenant|customer|author|student|teacher)(?:_?id)?$", re.IGNORECASE
)
_STORES = re.compile(
    r"\b(?:db|database|conn\w*|engine|repo\w*|settings|config|client|service|cache|redis)\b|[Ss]ession", re.I
)
_GIVEN = ("Depends", "Security")
_MOST = 60
_DEEP = 2
"""Calls up that are asked what they give."""


def user_names(context: "Context", key: FunctionKey, depth: int = _DEEP) -> frozenset[str]:
    """The names of a function that stand for who is asking: dependencies, what a session says, parameters so called.

    What the address or the query says is only what somebody asks for, whatever its name; and so are the parameters
    that callers give it on to.
    """
    program = context.program
    chosen = chosen_names(context, key)
    found = set(CURRENT)
    for item in program.function(key).parameters:
        if item.default is not None and item.default.text.rsplit(".", 1)[-1] in _GIVEN:
            who = not _STORES.search(f"{item.name} {item.annotation}")
        else:
            who = _OWNERS.match(item.name) is not None and item.name not in chosen
            who = who and _is_handed_user(context, key, item.name, depth)
        if who:
            found.add(item.name)
    for _ in range(2):
        for bound in program.assigns_in(key):
            name = plain_name(bound.target)
            if name and bound.value is not None and _is_made_of(context, key, bound.value, found):
                found.add(name)
    return frozenset(found)


def chosen_names(context: "Context", key: FunctionKey) -> frozenset[str]:
    """The parameters of a handler that the address or the query gives: whoever calls chooses them."""
    route = context.routes_by_handler.get(key)
    parameters = route.parameters if route is not None else ()
    return frozenset(item.name for item in parameters if item.place in ("path", "query"))


def _is_handed_user(context: "Context", key: FunctionKey, name: str, depth: int) -> bool:
    """Whether callers may give a parameter who is asking: some do, or nobody in sight gives anything."""
    program = context.program
    edges = [edge for edge in program.callers.get(key, ()) if edge.call >= 0 and not edge.offloaded]
    if not depth or not edges:
        return True
    for edge in edges:
        path = edge.caller[0]
        given = argument_for(program.function(key), name, program.files[path].calls[edge.call])
        if given is None or _is_made_of(context, edge.caller, given, user_names(context, edge.caller, depth - 1)):
            return True
    return False


def _is_made_of(context: "Context", key: FunctionKey, value: Value, names: Set[str]) -> bool:
    """Whether a value is who is asking, belongs to them, or is what the database has of theirs."""
    for part in value.walk():
        if _says_who(context.program, key, part) or plain_name(part) in names:
            return True
        if part.kind == "call" and part.call >= 0:
            inner = context.call(key[0], part.call)
            passes = inner.database.library.effect.startswith("db.query") or part.text in ("str", "int", "uuid.UUID")
            if passes and mentioned(context, inner, names):
                return True
    return False


def arguments_with(context: "Context", key: FunctionKey, names: Set[str]) -> Iterator[CallSite]:
    """The calls of a function that are given one of some names, in the call itself or in the chain that it ends."""
    for index in context.program.calls_in(key):
        call = context.call(key[0], index)
        if mentioned(context, call, names):
            yield call


def mentioned(context: "Context", call: CallSite, names: Set[str]) -> bool:
    """Whether a call, or one in the chain it is made on, is given one of some names."""
    calls = context.program.files[call.path].calls
    pending, left = list(_given(call, calls)), _MOST
    while pending and left:
        left -= 1
        value = pending.pop()
        if plain_name(value) in names or (names >= CURRENT and _says_who(context.program, call.key, value)):
            return True
        pending.extend(value.parts)
        if value.kind == "call" and value.call >= 0:
            pending.extend(item.value for item in calls[value.call].arguments)
    return False


def _given(call: CallSite, calls: tuple[Call, ...]) -> Iterator[Value]:
    """The arguments of a call and of the calls in the chain that it ends: `query(A).filter(A.id == key).first()`."""
    yield from (item.value for item in call.arguments)
    chained = call.receiver
    while chained is not None and chained.kind == "call" and chained.call >= 0:
        inner = calls[chained.call]
        yield from (item.value for item in inner.arguments)
        chained = inner.receiver


def tests_with(context: "Context", key: FunctionKey, names: Set[str]) -> bool:
    """Whether a function tests one of some names, compares it with something, or calls what is named for rights."""
    program = context.program
    facts = program.files[key[0]]
    blocks = [facts.blocks[index] for index in program.blocks_in(key)]
    tested = [block.value for block in blocks if block.kind in ("if", "while", "comp")]
    values = [item.value for item in program.assigns_in(key)] + [item.value for item in program.exits_in(key)]
    compared = [part for value in values if value is not None for part in value.walk() if part.kind == "compare"]
    if any(_RIGHTS.search(facts.calls[index].target.rsplit(".", 1)[-1]) for index in program.calls_in(key)):
        return True
    said = (part for value in (*tested, *compared) if value is not None for part in value.walk())
    return any(plain_name(part) in names or _says_who(program, key, part) for part in said)


def _says_who(program: "Program", key: FunctionKey, value: Value) -> bool:
    """Whether a value is what a session, or a function for it, says of who is asking."""
    if value.kind == "item" and len(value.parts) == 2:
        return _WHO.search(value.parts[1].text) is not None and is_session(program, key, value.parts[0])
    if value.kind == "call" and value.text.endswith("session.get") and value.call >= 0:
        call = program.files[key[0]].calls[value.call]
        named = any(item.value.kind == "text" and _WHO.search(item.value.text) for item in call.arguments[:1])
        return named and call.receiver is not None and is_session(program, key, call.receiver)
    return value.kind == "call" and _GETTERS.search(value.text) is not None
