"""Which entry points the tests reach: by calls, by requests of a test client, by commands and scripts that they run."""

import re
from collections import deque
from functools import cached_property
from typing import TYPE_CHECKING

from durability.facts.model import Call, Value
from durability.program.entrypoints.model import EntryPoint
from durability.program.entrypoints.routenames import RouteNames, asked_name
from durability.program.links.graph import FunctionKey

if TYPE_CHECKING:
    from durability.program.context import Context

_METHODS = frozenset({"get", "post", "put", "patch", "delete", "head", "options"})
_ANY_METHOD = {"request": 1, "open": 0, "websocket_connect": 0, "simulate_request": 1}
"""Other calls of test clients, with the position of the path."""

_PARAMETER = re.compile(r"\{[^{}]*\}|<[^<>]*>")
_UNKNOWN_PREFIX = "…"
_DEPTH = 4
_HOST = re.compile(r"^https?://[^/]+")
_NAMED = "\1"
"""Begins what stands for a path: the name of a route."""
_ANY = "\0"
"""Stands in a path for what a test puts in."""


class Tested:
    """What the tests of a program reach; found once."""

    def __init__(self, context: "Context") -> None:
        self._context = context

    @cached_property
    def files(self) -> tuple[str, ...]:
        """The test files."""
        program = self._context.program
        return tuple(path for path in sorted(program.files) if program.file_roles.get(path) == "test")

    def reaches(self, entry: EntryPoint) -> bool:
        """Whether some test runs an entry point."""
        if entry.function in self._called and entry.function[1]:
            return True
        if entry.role == "route":
            return any(self._asks(entry, method, path) for method, path in self._requests)
        return self._runs(entry)

    @cached_property
    def computed(self) -> bool:
        """Whether some test asks for an address that is put together at run time."""
        return any(path == _ANY for _, path in self._requests)

    @cached_property
    def any_route(self) -> bool:
        """Whether some test asks for an address of the program, over a client or the network."""
        routes = [entry for entry in self._context.entries if entry.role == "route" and not entry.hook]
        asked = [(method, path) for method, path in self._requests if path.strip(f"{_ANY}/")]
        return any(self._asks(entry, method, path) for entry in routes for method, path in asked)

    @cached_property
    def _called(self) -> frozenset[FunctionKey]:
        """The functions that run when the functions of the test files run."""
        program = self._context.program
        own = {(path, index) for path in self.files for index in range(len(program.files[path].functions))}
        seen = own | self._invoked
        queue = deque(sorted(seen))
        while queue:
            for edge in program.callees.get(queue.popleft(), ()):
                if edge.callee not in seen:
                    seen.add(edge.callee)
                    queue.append(edge.callee)
        return frozenset(seen)

    # Requests.

    @cached_property
    def _names(self) -> RouteNames:
        return RouteNames(self._context.program)

    @cached_property
    def _requests(self) -> frozenset[tuple[str, str]]:
        """Method ("" for any) and path of each request that a test makes."""
        found = set()
        for path in self.files:
            for call in self._context.program.files[path].calls:
                request = self._request(call, path)
                if request is not None:
                    found.add(request)
        return frozenset(found)

    def _request(self, call: Call, path: str) -> tuple[str, str] | None:
        last = call.target.rsplit(".", 1)[-1]
        if "." not in call.target or (last not in _METHODS and last not in _ANY_METHOD):
            return None
        positional = [item.value for item in call.arguments if item.keyword == ""]
        position = _ANY_METHOD.get(last, 0)
        named = next((item.value for item in call.arguments if item.keyword in ("url", "path")), None)
        value = named or (positional[position] if position < len(positional) else None)
        if value is None:
            return None
        name = asked_name(self._context.program, value, path, call.function)
        if name:
            return (self._method(call, last, positional), _NAMED + name)
        asked = self._address(value, path)
        if not asked.startswith(("/", _ANY)) or (asked == _ANY and value.kind == "text"):
            return None
        return (self._method(call, last, positional), asked)

    def _method(self, call: Call, last: str, positional: list[Value]) -> str:
        if last in _METHODS:
            return last.upper()
        named = next((item.value.text for item in call.arguments if item.keyword == "method"), "")
        if last in ("request", "simulate_request") and positional and positional[0].kind == "text":
            return positional[0].text.upper()
        return named.upper()

    def _address(self, value: Value, path: str, depth: int = 0) -> str:
        """The path of a request, with a mark for each part that is not written down."""
        if value.kind == "text":
            return _HOST.sub("", value.text).partition("?")[0]
        if value.kind == "format" and value.text != "%":
            return _HOST.sub("", "".join(self._address(part, path, depth) for part in value.parts)).partition("?")[0]
        if value.kind == "format" and value.parts:
            return re.sub(r"%[sd]", _ANY, self._address(value.parts[0], path))
        if value.kind == "name" and depth < _DEPTH:
            found = self._context.program.constant(value.text, path)
            known = found is not None and found[1].kind in ("text", "format")
            return self._address(found[1], found[0], depth + 1) if known and found is not None else _ANY
        return _ANY

    def _asks(self, entry: EntryPoint, method: str, asked: str) -> bool:
        if method and entry.methods and method not in entry.methods and "ANY" not in entry.methods:
            return False
        if asked.startswith(_NAMED):
            return self._names.is_called(entry, asked.removeprefix(_NAMED))
        asked = asked.rstrip("/") or "/"
        if self._pattern(entry.path).fullmatch(asked) is not None:
            return True
        if not asked.startswith(f"{_ANY}/") or len(asked) < len(_ANY) + 2:
            return False
        steps = entry.path.removeprefix(_UNKNOWN_PREFIX).split("/")  # the address begins with a setting's host
        ends = ("/" + "/".join(steps[number:]) for number in range(1, len(steps)))
        return any(self._pattern(end).fullmatch(asked.removeprefix(_ANY)) is not None for end in ends)

    def _pattern(self, path: str) -> re.Pattern[str]:
        """What a test asks for when it asks for a route."""
        if path not in self._patterns:
            open_start = path.startswith(_UNKNOWN_PREFIX)
            parts = _PARAMETER.split(path.lstrip(_UNKNOWN_PREFIX).rstrip("/") or "/")
            spelt = "[^/]+".join(self._spelt(part) for part in parts)
            self._patterns[path] = re.compile((".*" if open_start else "") + spelt)
        return self._patterns[path]

    @cached_property
    def _patterns(self) -> dict[str, re.Pattern[str]]:
        return {}

    def _spelt(self, part: str) -> str:
        """A constant part of a route, any piece of which a test may have put together."""
        pieces = part.split("/")
        return "/".join(f"(?:{re.escape(piece)}|{_ANY})" if piece else "" for piece in pieces)

    # Commands and scripts.

    def _runs(self, entry: EntryPoint) -> bool:
        path = entry.function[0]
        if entry.function in self._invoked or entry.plain_name in self._words:
            return True
        script = entry.function[1] == 0
        return script and any(
            word == path or path.endswith(f"/{word}") or word.endswith(f"/{path}") for word in self._scripts
        )

    @cached_property
    def _invoked(self) -> frozenset[FunctionKey]:
        """What tests hand to a runner, `CliRunner().invoke(command)`, or ask of it: `task.apply()`, `tool.invoke()`."""
        program = self._context.program
        found = set()
        for path in self.files:
            for call in program.files[path].calls:
                values = [item.value for item in call.arguments[:1] if call.target.endswith(".invoke")]
                values += [call.receiver] if call.receiver is not None else []
                for value in values:
                    key = program.key_of(program.value_symbol(value, path, call.function))
                    found.update([key] if key is not None else [])
        return frozenset(found)

    @cached_property
    def _texts(self) -> frozenset[str]:
        """Every constant text that a test passes to a call, those in lists included."""
        found = set()
        for path in self.files:
            for call in self._context.program.files[path].calls:
                pending = [item.value for item in call.arguments]
                while pending:
                    value = pending.pop()
                    if value.kind == "text":
                        found.add(value.text)
                    pending.extend(value.parts)
        return frozenset(found)

    @cached_property
    def _words(self) -> frozenset[str]:
        return frozenset(text for text in self._texts if re.fullmatch(r"[\w-]+", text))

    @cached_property
    def _scripts(self) -> frozenset[str]:
        return frozenset(text for text in self._texts if text.endswith(".py"))
