"""Bots that anybody can write to, and tools that are offered over the network: whom they serve."""

import re
from functools import cached_property
from typing import TYPE_CHECKING

from durability.facts.model import Value
from durability.model import Step
from durability.program.entrypoints.credentials import OPEN, Check
from durability.program.entrypoints.model import EntryPoint
from durability.program.links.graph import FunctionKey
from durability.program.links.spelling import plain_name

if TYPE_CHECKING:
    from durability.program.context import Context

_ANYBODY = frozenset({"telegram", "telebot", "aiogram", "pyrogram", "telethon"})
"""Messengers in which everybody finds everybody's bot; those of Slack and Discord live where they were invited."""

_ALLOWED = re.compile(
    r"allow|admin|owner|white_?list|authori[sz]ed|permitted|trusted|members?$|users?_?ids?$", re.IGNORECASE
)
_WHO = re.compile(
    r"(?:^|\.)(?:from_user|effective_user|effective_chat|chat|sender)\b|(?:user|chat|sender|tg)_?id", re.IGNORECASE
)
_FILTERS = ("filters.User", "filters.Chat", "filters.user", "filters.chat")
_NETWORK = frozenset({"sse", "http", "streamable-http"})
_MOUNTED = (".sse_app", ".http_app", ".streamable_http_app")
_PROOFS = frozenset({"auth", "token_verifier", "auth_server_provider"})
_DEEP = 2


class Listeners:
    """Which bots and tools serve strangers."""

    def __init__(self, context: "Context") -> None:
        self._context = context
        self._program = context.program

    def is_offered(self, entry: EntryPoint) -> bool:
        """Whether strangers can reach a handler of a bot or a tool."""
        if entry.role == "bot":
            heads = {item.path.split(".")[0] for item in self._program.files[entry.function[0]].imports}
            return bool(heads & _ANYBODY)
        return self._is_served(entry) and self._served is not None

    def checked(self, entry: EntryPoint) -> Check:
        """Whether a bot answers only those on a list, or tools ask for a token."""
        if entry.role == "bot":
            return self._listed(entry)
        for call in self._context.constructions("fastmcp.FastMCP"):
            given = {item.keyword for item in call.arguments if item.value.text != "None"}
            if given & _PROOFS:
                return "required", (Step(call.path, call.line, "its clients have to show a token"),)
        return ("unknown", ()) if self._served and not self._served.note.endswith("run()") else OPEN

    def _is_served(self, entry: EntryPoint) -> bool:
        path, index = entry.registered
        if index >= 0:
            return self._program.name(path, index).startswith("fastmcp.")
        decorators = self._program.function(entry.function).decorators
        return any(
            self._program.resolve(item.ref, entry.function[0]).name.startswith("fastmcp.") for item in decorators
        )

    @cached_property
    def _served(self) -> Step | None:
        """Where tools are offered over the network; None where only the program that starts them speaks to them."""
        for path in self._context.judged_paths():
            for index, call in enumerate(self._program.files[path].calls):
                name = self._program.name(path, index)
                if not name.startswith("fastmcp."):
                    continue
                if name.endswith(_MOUNTED):
                    return Step(path, call.span[0], f"{call.target}()")
                transport = self._context.call(path, index).argument("transport", 0) if name.endswith(".run") else None
                if transport is not None and transport.text in _NETWORK:
                    return Step(path, call.span[0], f"{call.target}()")
        return None

    def _listed(self, entry: EntryPoint) -> Check:
        path, index = entry.registered
        given = self._program.files[path].calls[index].arguments if index >= 0 else ()
        if any(name.endswith(_FILTERS) for item in given for name in _names(item.value)):
            return "required", (Step(path, self._program.files[path].calls[index].span[0], "only for those it names"),)
        wrapped = [item for item in self._program.function(entry.function).decorators if item.call != index]
        for key in self._near(entry.function):
            facts = self._program.files[key[0]]
            for number in self._program.blocks_in(key):
                block = facts.blocks[number]
                if block.kind == "if" and block.value is not None and _tests_who(block.value):
                    return "required", (Step(key[0], block.span[0], "tests who is writing"),)
        known = all(self._program.resolve(item.ref, entry.function[0]).kind == "library" for item in wrapped)
        return OPEN if known and not self._has_middleware else ("unknown", ())

    @cached_property
    def _has_middleware(self) -> bool:
        """Whether something of the project runs before the handlers."""
        return any(
            call.target.rsplit(".", 1)[-1] in ("middleware", "outer_middleware", "setup_middleware", "TypeHandler")
            for path in self._context.judged_paths()
            for call in self._program.files[path].calls
        )

    def _near(self, start: FunctionKey) -> list[FunctionKey]:
        found, level = [start], [start]
        for _ in range(_DEEP):
            further = {edge.callee for at in level for edge in self._program.callees.get(at, ()) if edge.callee[1] > 0}
            level = sorted(further.difference(found))
            found += level
        return found


def _tests_who(value: Value) -> bool:
    """Whether a test compares who is writing with a list, or asks a function whether they may."""
    said = _names(value)
    asked = any(part.kind == "call" for part in (value, *value.parts))
    return any(_ALLOWED.search(name) for name in said) and (asked or any(_WHO.search(name) for name in said))


def _names(value: Value) -> list[str]:
    """Every name in a value, and what it calls."""
    found, pending = [], [value]
    while pending:
        part = pending.pop()
        found.append(part.text if part.kind == "call" else plain_name(part))
        pending.extend(part.parts)
    return [name for name in found if name]
