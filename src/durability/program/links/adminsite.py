"""Django's admin site: which models are registered with it, and where it is given an address."""

from collections.abc import Iterator, Mapping

from durability.facts.model import Call, FileFacts, Value
from durability.program.links.link import Linker, Symbol
from durability.program.links.spelling import plain_name

ADMIN = "admin_site"
"""The name of the function that stands for the site, in the file that gives it an address."""

_LIBRARY = "django.contrib."
_URLS = ".admin.site.urls"
_REGISTERS = (".admin.site.register", ".admin.register")


def is_admin(name: str) -> bool:
    """Whether a library name is that of the routes of the admin site."""
    return name.startswith(_LIBRARY) and name.endswith(_URLS)


def mounts(facts: FileFacts) -> Call | None:
    """The call of a file that gives the admin site an address."""
    for call in facts.calls:
        if any(is_admin(_ref(facts, item.value)) for item in call.arguments):
            return call
    return None


def registered(linker: Linker, files: Mapping[str, FileFacts], roles: Mapping[str, str]) -> tuple[Symbol, ...]:
    """The models of the project that staff may look at and change in the admin site."""
    found = {
        symbol
        for path, facts in files.items()
        if roles.get(path) == "first-party"
        for call in facts.calls
        if call.ref.startswith(_LIBRARY) and call.ref.endswith(_REGISTERS)
        for value in _models(call)
        if (symbol := linker.resolve(_ref(facts, value), path)).kind == "class"
    }
    return tuple(sorted(found, key=lambda symbol: (symbol.path, symbol.name)))


def _models(call: Call) -> Iterator[Value]:
    """The models that a call registers: as a decorator all it is given, else the first argument, or a list there."""
    given = [item.value for item in call.arguments if item.keyword == ""]
    for value in given if not call.ref.endswith(_REGISTERS[0]) else given[:1]:
        yield from value.parts if value.kind in ("list", "tuple") else (value,)


def _ref(facts: FileFacts, value: Value) -> str:
    """What a dotted name at the top of a file refers to; "" where it is no such name."""
    first, dot, rest = plain_name(value).partition(".")
    return f"{facts.bindings[first]}{dot}{rest}" if first in facts.bindings else ""
