"""Functions that answer an entry point, and those of them that only pretend to."""

import re
from collections import deque
from functools import cached_property
from typing import TYPE_CHECKING, Literal

from msgspec import Struct

from durability.facts.model import Exit, Parameter, Value
from durability.model import Step
from durability.program.entrypoints.entries import EntryPoint
from durability.program.flows.trail import Trail, in_order
from durability.program.links.graph import FunctionKey

if TYPE_CHECKING:
    from durability.program.context import Context

_ROLES = ("route", "tool", "bot")
_GIVEN_BY_FRAMEWORK = frozenset(
    {
        "self", "cls", "request", "req", "response", "ctx", "context", "update", "event", "db", "session", "args",
        "kwargs", "interaction", "message", "bot", "background_tasks", "websocket",
    }
)  # fmt: skip
_INJECTED = ("Depends", "Security", "Header", "Cookie")
_CONSTANT_BY_DESIGN = frozenset(
    {
        "health", "healthz", "healthcheck", "ping", "ready", "readyz", "live", "livez", "alive", "version", "webhook",
        "webhooks", "callback", "hook", "logout", "noop", "heartbeat", "status", "robots", "favicon", "known",
        "telemetry", "csp", "report", "options", "about", "root", "index", "help", "start", "beacon", "track",
    }
)  # fmt: skip
"""Words of paths and names whose answer is the same for everybody, or no more than a receipt."""

_WRAPPERS = frozenset(
    {"jsonify", "JSONResponse", "make_response", "Response", "ORJSONResponse", "HTMLResponse", "dict"}
)
_QUIET = ("log", "console", "sleep", "telemetry")
_ABSTRACT = ("abstractmethod", "overload", "group")
_OPEN_BASES = ("Protocol", "ABC")

Kind = Literal["", "stub", "mock"]


class Answering(Struct, frozen=True):
    """A function that gives the answer of an entry point, and the way from there to it."""

    entry: EntryPoint
    trail: Trail | None = None


class Placeholder(Struct, frozen=True):
    """What a function that answers is ("" when it is real), whom it answers, and the steps from there to it."""

    kind: Kind
    entry: str
    steps: tuple[Step, ...]


class Placeholders:
    """The functions that answer entry points: followed through results that are returned as they come."""

    def __init__(self, context: "Context") -> None:
        self._context = context
        self._program = context.program

    @cached_property
    def answering(self) -> dict[FunctionKey, Answering]:
        """Entry points that somebody asks, and functions whose result they return, shortest way first.

        What only listens (signals, error handlers) owes nobody an answer.
        """
        found: dict[FunctionKey, Answering] = {}
        for entry in self._context.entries:
            is_asked = entry.role != "route" or entry.path or self._program.function(entry.function).owner
            if entry.role in _ROLES and is_asked and not entry.spawned and entry.function[1]:
                found.setdefault(entry.function, Answering(entry))
        queue = deque(sorted(found))
        while queue:
            key = queue.popleft()
            for call, callee in self._returned(key):
                if callee not in found:
                    fact = self._program.files[key[0]].calls[call]
                    step = Step(key[0], fact.span[0], f"answers with {fact.target}()")
                    found[callee] = Answering(found[key].entry, Trail(step, found[key].trail))
                    queue.append(callee)
        return found

    def _returned(self, key: FunctionKey) -> list[tuple[int, FunctionKey]]:
        """The project functions whose result a function returns, itself or inside a literal."""
        values = [
            item.value for item in self._program.exits_in(key) if item.kind == "return" and item.value is not None
        ]
        bound = {
            item.target.text: item.value
            for item in self._program.assigns_in(key)
            if item.target.kind == "name" and item.value is not None and item.value.kind == "call"
        }
        found = []
        while values:
            value = values.pop()
            if value.kind == "name" and value.text in bound:
                values.append(bound.pop(value.text))
            elif value.kind == "call" and value.call >= 0:
                symbol = self._program.symbol(key[0], value.call)
                target = self._program.key_of(symbol) if symbol.kind == "function" else None
                if target is not None:
                    found.append((value.call, target))
                elif value.text.rsplit(".", 1)[-1] in _WRAPPERS:
                    call = self._program.files[key[0]].calls[value.call]
                    values.extend(item.value for item in call.arguments)
            elif value.kind in ("dict", "list", "tuple", "if", "or"):
                values.extend(value.parts)
        return sorted(found)

    def of(self, key: FunctionKey) -> Placeholder | None:
        """What a function that answers is; None when a constant answer is meant."""
        kind, answering = self.kind(key), self.answering[key]
        steps = in_order(answering.trail) if kind else ()
        return None if kind is None else Placeholder(kind, answering.entry.name, steps)

    def kind(self, key: FunctionKey) -> Kind | None:
        """What a function that answers is: real (""), a stub or a mock; None when a constant answer is meant."""
        function, answering = self._program.function(key), self.answering[key]
        if self._is_open(key) or any(item.ref.rsplit(".", 1)[-1] in _ABSTRACT for item in function.decorators):
            return None
        named = f"{answering.entry.path} {function.name}" if not answering.trail else function.name
        if _CONSTANT_BY_DESIGN.intersection(re.split(r"[^a-z0-9]+", named.lower())):
            return None
        exits = self._program.exits_in(key)
        if self._is_stub(key, exits):
            return "stub"
        if not self._inputs(key, answering):
            return None if self._gives_constant(key, exits) else ""
        return "mock" if self._gives_constant(key, exits) and self._ignores_inputs(key) else ""

    def _is_open(self, key: FunctionKey) -> bool:
        """Whether others stand in for it: a method of an abstract class, or of one that has subclasses or bases."""
        function = self._program.function(key)
        if not function.owner:
            return False
        facts = self._program.files[key[0]]
        item = next((item for item in facts.classes if item.qualname == function.owner), None)
        return item is None or bool(item.bases) or (key[0], function.owner) in self._subclassed

    @cached_property
    def _subclassed(self) -> frozenset[tuple[str, str]]:
        symbols = (
            self._program.resolve(base, path)
            for path in sorted(self._program.files)
            for item in self._program.files[path].classes
            for base in item.bases
        )
        return frozenset((symbol.path, symbol.name) for symbol in symbols if symbol.kind == "class")

    def _is_stub(self, key: FunctionKey, exits: list[Exit]) -> bool:
        """Whether the body does nothing but say that it is not there yet."""
        if self._program.assigns_in(key) or len(self._program.blocks_in(key)) > 1:
            return False
        calls = [self._program.files[key[0]].calls[index] for index in self._program.calls_in(key)]
        if any(item.kind == "raise" for item in exits):
            raised = all(item.kind == "raise" and _names_missing(item.value) for item in exits)
            return raised and all(call.target == "NotImplementedError" for call in calls)
        decorated = any(call for call in self._program.function(key).decorators)
        return not calls and not exits and decorated and self.answering[key].entry.role != "bot"

    def _gives_constant(self, key: FunctionKey, exits: list[Exit]) -> bool:
        """Whether each call gets the same literal, and nothing else is done."""
        returned = [item.value for item in exits]
        if len(returned) != 1 or exits[0].kind != "return" or returned[0] is None:
            return False
        if self._program.assigns_in(key) or self._program.functions_in(key):
            return False
        wrapped = [] if returned[0].kind != "call" else [returned[0].call]
        return self._is_data(key, returned[0]) and all(
            index in wrapped or self._is_quiet(key, index) for index in self._program.calls_in(key)
        )

    def _is_quiet(self, key: FunctionKey, index: int) -> bool:
        call = self._program.files[key[0]].calls[index]
        if any(item.call == index for item in self._program.function(key).decorators):
            return True
        row = self._program.row(self._program.name(key[0], index))
        return (row is not None and row.effect in _QUIET) or call.target == "print"

    def _is_data(self, key: FunctionKey, value: Value) -> bool:
        """Whether a literal says something: rows, fields or a number, rather than yes, no or nothing."""
        if value.kind == "call" and value.call >= 0 and value.text.rsplit(".", 1)[-1] in _WRAPPERS:
            given = self._program.files[key[0]].calls[value.call].arguments
            return bool(given) and all(_is_literal(item.value) for item in given)
        if value.kind == "tuple" and len(value.parts) == 2 and value.parts[1].text.isdigit():
            return self._is_data(key, value.parts[0])
        if value.kind in ("list", "dict", "tuple"):
            return bool(value.parts) and _is_literal(value)
        return value.kind == "const" and value.text not in ("True", "False", "None", "...")

    def _inputs(self, key: FunctionKey, answering: Answering) -> list[Parameter]:
        """What whoever asks can vary."""
        function = self._program.function(key)
        found = [item for item in function.parameters if _is_input(item)]
        if answering.trail:
            return [item for item in found if item.default is None]
        return found

    def _ignores_inputs(self, key: FunctionKey) -> bool:
        names = {item.name for item in self._program.function(key).parameters} | {"request"}
        return not any(self._context.uses.of(key, name) for name in names - {"self", "cls"})


def _is_input(item: Parameter) -> bool:
    if item.name in _GIVEN_BY_FRAMEWORK or item.name.startswith("_") or item.kind in ("star", "double-star"):
        return False
    default = item.default
    return default is None or default.kind != "call" or default.text.rsplit(".", 1)[-1] not in _INJECTED


def _is_literal(value: Value) -> bool:
    if value.kind in ("list", "dict", "tuple", "set"):
        return all(_is_literal(part) for part in value.parts)
    return value.kind in ("const", "text")


def _names_missing(value: Value | None) -> bool:
    return value is not None and value.text == "NotImplementedError"
