"""Where an answer of success covers a failure that a handler took: down the calls whose result nobody looks at."""

import re
from collections import deque
from functools import cached_property
from typing import TYPE_CHECKING

from durability.facts.model import Call, Exit, Value
from durability.model import Step
from durability.program.links.graph import FunctionKey
from durability.program.sites.handler import HandlerSite

if TYPE_CHECKING:
    from durability.program.context import Context

_ROLES = ("route", "worker")
_KEYS = frozenset({"status", "ok", "success", "saved", "deleted", "message", "result"})
_WORDS = frozenset({"ok", "success", "saved", "deleted", "created", "updated", "sent", "done", "paid", "True"})
_SAYS = re.compile(
    r"\b(?:success(?:ful(?:ly)?)?|sent|saved|stored|created|updated|deleted|paid|booked|submitted)\b", re.IGNORECASE
)
_DENIES = re.compile(
    r"\b(?:not?|fail\w*|error|unable|un\w*ful(?:ly)?|could|couldn't|never|without|if|will|already)\b", re.IGNORECASE
)
_LONGEST = 80
"""Characters of a sentence that says one thing."""

_MADE_BY = ("jsonify", "make_response")
_SHOWN = frozenset({"streamlit.success", "streamlit.balloons"})
"""Calls that tell a person at a page that it worked."""


class Failures:
    """Answers "who is told that it worked?". One breadth-first pass from the entry points, shortest chain kept."""

    def __init__(self, context: "Context") -> None:
        self._context = context

    def told_success(self, handler: HandlerSite) -> tuple[Step, ...]:
        """The chain from an entry point that answers success to a handler that takes the failure; () when none."""
        own = [value for value in handler.returned if value is not None and self._says(value, handler.path)]
        entry = handler.key in self._answering
        if entry and own:
            return (Step(handler.path, handler.line, "the handler answers success"),)
        if entry and not handler.exits:
            after = self._success_after(handler.key, handler.guarded_block, handler.line)
            if after is not None:
                return (Step(handler.path, after.span[0], "answers success all the same"),)
        return self._chains.get(handler.key, ()) if not entry else ()

    @cached_property
    def _answering(self) -> dict[FunctionKey, list[Exit]]:
        program = self._context.program
        keys = sorted({entry.function for entry in self._context.entries if entry.role in _ROLES})
        found = {key: [item for item in program.files[key[0]].exits if item.function == key[1]] for key in keys}
        told = {
            key: good
            for key, exits in found.items()
            if (good := [item for item in exits if item.kind == "return" and self._says(item.value, key[0])])
        }
        for call in (call for name in sorted(_SHOWN) for call in self._context.calls_by_name.get(name, ())):
            if "ui" in call.reach.roles:
                shown = Exit("return", None, None, call.key[1], call.block, call.span)
                told.setdefault(call.key, []).append(shown)
        return told

    def _says(self, value: Value | None, path: str) -> bool:
        """Whether an answer says that it worked, itself or in what it is made of: `JSONResponse({"ok": True})`."""
        if value is not None and value.kind == "tuple" and value.parts:
            return self._says(value.parts[0], path) and all(part.text[:1] not in "45" for part in value.parts[1:])
        if value is None or value.kind != "call" or value.call < 0:
            return says_success(value)
        call = self._context.call(path, value.call)
        last = call.shown.rpartition(".")[2]
        if not (last[:1].isupper() or last in _MADE_BY):
            return False
        statuses = [item.value.text for item in call.arguments if item.keyword in ("status_code", "status")]
        if any(text[:1] in ("4", "5") or text.startswith(("HTTP_4", "HTTP_5")) for text in statuses):
            return False
        named = [(item.keyword, item.value) for item in call.arguments if item.keyword in _KEYS]
        return _pairs_say(named) or any(
            item.value.kind == "dict" and says_success(item.value)
            for item in call.arguments
            if item.keyword in ("", "content", "data")
        )

    def _success_after(self, key: FunctionKey, block: int, line: int) -> Exit | None:
        """The first answer of success that is always reached from a place, as far as blocks tell."""
        around = set(self._context.program.blocks_above(key[0], block)) - {block}
        later = (item for item in self._answering[key] if item.span[0] > line)
        return next((item for item in later if item.block in around or item.block < 0), None)

    @cached_property
    def _chains(self) -> dict[FunctionKey, tuple[Step, ...]]:
        program = self._context.program
        chains: dict[FunctionKey, tuple[Step, ...]] = {}
        queue: deque[FunctionKey] = deque(self._answering)
        while queue:
            key = queue.popleft()
            for edge in program.callees.get(key, ()):
                if edge.call < 0 or edge.offloaded or edge.callee in chains or edge.callee in self._answering:
                    continue
                call = program.files[key[0]].calls[edge.call]
                if call.used != "dropped" and not self._is_forgotten(key, call):
                    continue
                if key in self._answering and not self._covered(key, call.block, call.span[0]):
                    continue
                name = program.function(edge.callee).qualname
                step = Step(key[0], call.span[0], f"calls {name}() and does not look at its result")
                chains[edge.callee] = (*chains.get(key, ()), step)
                queue.append(edge.callee)
        return chains

    def _is_forgotten(self, key: FunctionKey, call: Call) -> bool:
        """Whether the result of a call gets a name that nobody reads."""
        local = call.used == "bound" and call.into and all("." not in name for name in call.into)
        return bool(local) and key[1] > 0 and not any(self._context.uses.of(key, name) for name in call.into)

    def _covered(self, key: FunctionKey, block: int, line: int) -> bool:
        later = (item for item in self._answering[key] if item.span[0] > line)
        around = {block, -1, *self._context.program.blocks_above(key[0], block)}
        return any(item.block in around for item in later)


def says_success(value: Value | None) -> bool:
    """Whether an answer says in so many words that it worked: `{"status": "ok"}`, `{"success": True}`, "saved"."""
    if value is None:
        return False
    if value.kind == "text":
        return _is_good(value)
    if value.kind != "dict":
        return False
    return _pairs_say([(key.text, item) for key, item in zip(value.parts[::2], value.parts[1::2], strict=False)])


def _pairs_say(pairs: list[tuple[str, Value]]) -> bool:
    if any(name in _KEYS and item.text == "False" for name, item in pairs):
        return False
    return any(name in _KEYS and _is_good(item) for name, item in pairs)


def _is_good(value: Value) -> bool:
    """Whether a value is a word or a short sentence of success."""
    if value.kind not in ("text", "const"):
        return False
    text = value.text.strip(" .!")
    if text in _WORDS or text.lower() in _WORDS:
        return True
    return len(text) <= _LONGEST and bool(_SAYS.search(text)) and not _DENIES.search(text)
