"""The route table: every address the program answers, what it takes from the caller, and who may call it."""

import re
from typing import Literal

from msgspec import Struct

from durability.facts.model import Parameter
from durability.model import Step
from durability.program.entrypoints.authentication import Authentication
from durability.program.entrypoints.credentials import Verdict
from durability.program.entrypoints.model import EntryPoint
from durability.program.entrypoints.routers import Routers, library_bases
from durability.program.links.graph import FunctionKey
from durability.program.links.program import Program

Place = Literal["path", "query", "body", "form", "header", "cookie", "upload", "dependency", "request", "unknown"]

_NAMED = re.compile(r"\{(\w+)(?::[^{}]*)?\}|<(?:[^<>:]*:)?(\w+)>")
_FRAMEWORK_PLACES: dict[str, Place] = {
    "Depends": "dependency", "Security": "dependency", "Header": "header", "Cookie": "cookie", "Query": "query",
    "Path": "path", "Body": "body", "Form": "form", "File": "upload",
}  # fmt: skip
_SCALARS = frozenset({"str", "int", "float", "bool", "bytes", "uuid.UUID", "datetime.date", "datetime.datetime"})
_TYPED = ("fastapi.", "ninja.", "litestar.")
_CONVERTED = ("int:", "uuid:", "float:", "slug:")
_BODIES = frozenset({"POST", "PUT", "PATCH", "DELETE"})


class RouteParameter(Struct, frozen=True):
    """One parameter of a handler. `type` is its annotation as written; `validated`: the framework checks it first."""

    name: str
    place: Place
    type: str = ""
    validated: bool = False


class Route(Struct, frozen=True):
    """One address. `name` is that of the entry point, `METHOD /full/path`.

    `authentication` is "required" or "open" as far as all on the way is resolved, else "unknown".

    `shown_at` are the places that show it, the credentials check first; () for an open route. `path` is "" for a
    handler that nothing in sight gives an address (a serverless function); `place` is where it is registered.
    """

    name: str
    methods: tuple[str, ...]
    path: str
    handler: FunctionKey
    place: tuple[str, int]
    parameters: tuple[RouteParameter, ...] = ()
    authentication: Verdict = "unknown"
    shown_at: tuple[Step, ...] = ()


def route_table(program: Program, routers: Routers, entries: tuple[EntryPoint, ...]) -> tuple[Route, ...]:
    """The routes of a program, in order of handler and address."""
    authentication = Authentication(program, routers.bindings, routers, entries)
    found = []
    for entry in entries:
        if entry.role != "route" or entry.hook or not entry.methods:
            continue
        path, index = entry.registered
        function = program.function(entry.function)
        place = (
            (path, program.files[path].calls[index].span[0]) if index >= 0 else (entry.function[0], function.span[0])
        )
        verdict, steps = authentication.of(entry)
        parameters = _parameters(program, entry)
        found.append(Route(entry.name, entry.methods, entry.path, entry.function, place, parameters, verdict, steps))
    return tuple(found)


def _parameters(program: Program, entry: EntryPoint) -> tuple[RouteParameter, ...]:
    path = entry.function[0]
    function = program.function(entry.function)
    registered, index = entry.registered
    typed = index >= 0 and program.name(registered, index).startswith(_TYPED)
    in_path = {first or second for first, second in _NAMED.findall(entry.path)}
    found = []
    for number, item in enumerate(function.parameters):
        if (number == 0 and function.owner) or item.kind in ("star", "double-star"):
            continue
        found.append(_parameter(program, path, item, entry, typed, in_path))
    return tuple(found)


def _parameter(
    program: Program, path: str, item: Parameter, entry: EntryPoint, typed: bool, in_path: set[str]
) -> RouteParameter:
    marker = item.default.text.rsplit(".", 1)[-1] if item.default is not None and item.default.kind == "call" else ""
    symbol = program.resolve(item.ref, path) if item.ref else None
    meaning = {row.name: row.meaning for row in program.library.parameters if row.place == "annotation"}
    name = symbol.name if symbol is not None and symbol.kind == "library" else ""
    if item.name in in_path:
        converted = any(f"{kind}{item.name}" in entry.path for kind in _CONVERTED)
        return RouteParameter(item.name, "path", item.annotation, converted or (typed and bool(item.annotation)))
    if marker in _FRAMEWORK_PLACES:
        place = _FRAMEWORK_PLACES[marker]
        return RouteParameter(item.name, place, item.annotation, place != "dependency" and bool(item.annotation))
    if meaning.get(name) == "upload":
        return RouteParameter(item.name, "upload", item.annotation)
    if meaning.get(name) or (not item.annotation and item.name in ("request", "req", "websocket")):
        return RouteParameter(item.name, "request", item.annotation)
    if symbol is not None and symbol.kind == "class" and typed:
        models = {row.name for row in program.library.parameters if row.meaning == "model" and row.place == "base"}
        checked = not models.isdisjoint(library_bases(program, symbol))
        return RouteParameter(item.name, "body" if checked else "unknown", item.annotation, checked)
    if not typed:
        return RouteParameter(item.name, "unknown", item.annotation)
    if name in _SCALARS or not item.annotation or item.annotation.split("[")[0] in ("Optional", "Literal"):
        return RouteParameter(item.name, "query", item.annotation, bool(item.annotation))
    is_body = item.annotation.split("[")[0] in ("dict", "list", "Dict", "List") and _BODIES.intersection(entry.methods)
    return RouteParameter(item.name, "body" if is_body else "unknown", item.annotation)
