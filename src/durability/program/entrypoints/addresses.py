"""Under which method and address a registration puts its handler."""

from durability.facts.model import Call, Value
from durability.knowledge.rows import Entry
from durability.program.entrypoints.bindings import UNKNOWN_TEXT
from durability.program.entrypoints.handlers import VERBS
from durability.program.entrypoints.paths import plain_address
from durability.program.entrypoints.routers import Routers, argument
from durability.program.links.given import argument_for
from durability.program.links.graph import Edge, FunctionKey
from durability.program.links.program import Program

_WEBSOCKET = "WEBSOCKET"
_ANSWERING_ALL = ("view", "require_http_methods")
"""Registrations that limit nothing where the methods they name are not in sight."""
_NAME = "route_name"
"""The argument by which Pyramid names a route whose address `add_route` gives."""


class Addresses:
    """Reads methods and whole addresses off registering calls."""

    def __init__(self, program: Program, routers: Routers) -> None:
        self._program = program
        self._routers = routers

    def of(self, row: Entry, place: tuple[str, int], edge: Edge | None = None) -> tuple[str, ...]:
        """The whole addresses of a registration; ("",) for one that has none.

        `edge` is the call of the helper around it, where the helper is given what it registers.
        """
        path, index = place
        if index < 0 or not (row.path_argument or row.path_position is not None):
            return ("",)
        call = self._program.files[path].calls[index]
        value = self._written(call, row)
        own = self._routers.bindings.text(*self._given(value, (path, call.function), edge)) if value is not None else ""
        if row.path_argument == _NAME:
            own = self._routers.named.get(own or "") if value is not None else ""
        if value is None and not any(self._routers.addresses(path, index, "")):
            return ("",)
        if row.role != "route" or (row.methods == (_WEBSOCKET,) and not (own or "").startswith("/")):
            return (own or "",)
        text = UNKNOWN_TEXT if own is None else own
        if row.name.startswith("rest_framework.") and text:
            text = text.rstrip("/") + "/"
        return tuple(plain_address(item) for item in self._routers.addresses(path, index, text))

    def whole(self, row: Entry, place: tuple[str, int], address: str) -> str:
        """An address as its router writes it: with a slash at its end, unless it is told to leave that out."""
        if not row.name.startswith("rest_framework.") or place[1] < 0:
            return address
        for path, name in self._routers.owners(*place):
            made = self._program.files[path].calls[int(name[1:])] if name.startswith("#") else None
            closing = argument(made, "trailing_slash", 0) if made is not None else None
            if closing is not None and closing.text == "False":
                return address.rstrip("/")
        return address

    def methods(self, row: Entry, name: str, place: tuple[str, int], edge: Edge | None = None) -> tuple[str, ...]:
        """The HTTP methods of a registration; () where there are none."""
        last = name.rsplit(".", 1)[-1].removeprefix("add_").lower()
        if row.methods == ("from-name",) and (last in VERBS or last == "websocket"):
            return (last.upper(),)
        if row.methods not in (("from-name",), ("argument",)):
            return row.methods
        if last in ("websocket_route", "api_websocket_route", "websocketroute"):
            return (_WEBSOCKET,)
        call = self._program.files[place[0]].calls[place[1]] if place[1] >= 0 else None
        return self._listed(call, place, edge) or (("ANY",) if last in _ANSWERING_ALL else ("GET",))

    def _given(self, value: Value, key: FunctionKey, edge: Edge | None) -> tuple[Value, FunctionKey]:
        """What a helper's parameter stands for at one of its calls; anything else as it is."""
        if edge is None or value.kind != "name":
            return value, key
        call = self._program.files[edge.caller[0]].calls[edge.call]
        given = argument_for(self._program.function(edge.callee), value.text, call)
        return (given, edge.caller) if given is not None else (value, key)

    def _listed(self, call: Call | None, place: tuple[str, int], edge: Edge | None) -> tuple[str, ...]:
        if call is None:
            return ()
        for item in call.arguments:
            if item.keyword not in ("methods", "method", ""):
                continue
            given = self._given(item.value, (place[0], call.function), edge)
            for value, _ in self._routers.bindings.ends(*given):
                written = value.parts if value.kind in ("list", "tuple", "set") else (value,)
                parts = [self._given(part, (place[0], call.function), edge)[0] for part in written]
                verbs = tuple(part.text.upper() for part in parts if part.kind == "text" and part.text.lower() in VERBS)
                if verbs:
                    return verbs
        return ()

    def _written(self, call: Call, row: Entry) -> Value | None:
        value = argument(call, row.path_argument, row.path_position)
        if value is not None and value.kind == "text" and value.text.lower() in VERBS:
            value = argument(call, row.path_argument, (row.path_position or 0) + 1)
        return value


def title_of(row: Entry, methods: tuple[str, ...], what: str) -> str:
    """What a person calls the entry point."""
    return f"{'/'.join(methods) or 'ANY'} {what}" if row.role == "route" else what
