"""The session of a framework: what it keeps of who asks. Dicts and sessions of a database are called the same."""

import re
from collections.abc import Iterator

from durability.facts.model import Value
from durability.program.links.graph import FunctionKey
from durability.program.links.program import Program
from durability.program.links.spelling import plain_name

_OF_LIBRARY = frozenset({"flask.session", "quart.session", "flask.globals.session", "cherrypy.session"})
_OF_REQUEST = re.compile(
    r"^(?:self\.)?(?:\w*req\w*|websocket|ws|conn|connection|info\.context)\.session$", re.IGNORECASE
)
_GETTERS = re.compile(r"^(?:aiohttp_session\.(?:get|new)_session|pyramid\.session\.\w+)$")


def is_session(program: Program, key: FunctionKey, value: Value) -> bool:
    """Whether a name or attribute, as it is written in a function, is the framework's session."""
    name = plain_name(value)
    if not name:
        return False
    if _OF_REQUEST.match(name):
        return True
    symbol = program.value_symbol(value, *key)
    if symbol.kind == "library":
        return symbol.name in _OF_LIBRARY
    if "." in name or symbol.kind != "unknown":
        return False
    return any(_gives_session(program, key, bound) for bound in _bound(program, key, name))


def is_session_named(program: Program, key: FunctionKey, name: str) -> bool:
    """The same for a dotted name."""
    first, *rest = name.split(".")
    value = Value("name", first)
    for part in rest:
        value = Value("attr", part, (value,))
    return is_session(program, key, value)


def _bound(program: Program, key: FunctionKey, name: str) -> Iterator[Value]:
    path, at = key
    while at >= 0:
        found = [
            item.value for item in program.assigns_to(path, name) if item.function == at and item.value is not None
        ]
        if found or at == 0:
            yield from found
            return
        at = max(program.files[path].functions[at].parent, 0)


def _gives_session(program: Program, key: FunctionKey, value: Value) -> bool:
    if value.kind == "call" and value.call >= 0:
        return _GETTERS.match(program.name(key[0], value.call)) is not None
    return _OF_REQUEST.match(plain_name(value)) is not None
