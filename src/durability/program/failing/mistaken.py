"""Failures that are read as "no": a check that could not be made comes back empty, and something final follows."""

import re
from collections.abc import Iterator
from functools import cached_property
from typing import TYPE_CHECKING, Literal

from msgspec import Struct
from msgspec.structs import replace

from durability.facts.model import Span, Value
from durability.model import Step
from durability.program.doing.effects import matches
from durability.program.flows.branches import holds, runs
from durability.program.flows.statements import query_texts
from durability.program.links.graph import FunctionKey
from durability.program.links.spelling import plain_name
from durability.program.sequences.events import LastingEffect
from durability.program.sites import CallSite, HandlerSite

if TYPE_CHECKING:
    from durability.program.context import Context

_OUTSIDE = ("http", "db", "llm", "process", "cache")
_ANY = frozenset({"None", "False", "0", "[]"})
_HOPS = 3
"""How many functions hand an empty result on."""
_COLLECTING = frozenset({"append", "add", "extend", "update", "setdefault"})
_FINAL = frozenset({"charge", "refund", "message"})
_DOING = re.compile(
    r"(?:\b|_)(?:delete|remove|cancel|terminate|release|revoke|destroy|purge|order|pay|charge|refund|transfer|send|"
    r"notify|book|submit)(?:\b|_)",
    re.IGNORECASE,
)
_ENDED = re.compile(
    r"cancell?ed|expired|deleted|released|closed|inactive|disabled|revoked|refunded|lost|abandoned|removed"
)
_STATUS = re.compile(r"(?:^|_)(?:status|state)$")
_TEMPORARY = re.compile(r"te?mp", re.IGNORECASE)
_BY_TEXT = ("delete", "drop", "truncate")


class Empty(Struct, frozen=True):
    """A result that is empty after an error: `call` or `names` of the function `key`, from `start` on.

    `values` are the constants that it may be; none where the error travels and nobody sees an empty result.
    """

    key: FunctionKey
    names: frozenset[str]
    call: int
    start: tuple[int, int]
    values: frozenset[str]
    trace: tuple[Step, ...]


class Act(Struct, frozen=True):
    """Something that cannot be taken back, at a place of a function; `call` is -1 for what is only written down."""

    call: int
    block: int
    span: Span
    shown: str
    trace: tuple[Step, ...]


class Mistaken(Struct, frozen=True):
    """What hangs on a check: `outcome` is "acts" where the empty result lets it happen, "waits" where it does not."""

    outcome: Literal["acts", "waits"]
    what: str
    trace: tuple[Step, ...]


class MistakenFailures:
    """Every handler of a failed check on whose result something final hangs."""

    def __init__(self, context: "Context") -> None:
        self._context = context

    @cached_property
    def all(self) -> dict[tuple[str, int], Mistaken]:
        """By the file and the block of the handler."""
        found: dict[tuple[str, int], Mistaken] = {}
        for path in self._context.judged_paths():
            for index, block in enumerate(self._context.program.files[path].blocks):
                if block.kind != "handler":
                    continue
                handler = HandlerSite(self._context, path, index)
                verdicts = [item for empty in self._results(handler) for item in self._hanging(empty)]
                worst = min(verdicts, key=lambda item: (item.outcome, len(item.trace)), default=None)
                if worst is not None:
                    found[path, index] = worst
        return found

    # What is empty after an error.

    def _results(self, handler: HandlerSite) -> Iterator[Empty]:
        if not any(self._asks(call) for call in handler.guarded_calls):
            return
        own = Step(handler.path, handler.line, "the check could not be made")
        returned = {text for value in handler.returned if (text := _empty(value)) is not None}
        if returned:
            yield from self._at_callers(handler.key, frozenset(returned), (own,))
        if handler.always_raises:
            yield from self._at_callers(handler.key, frozenset(), (own,))
            yield from (replace(empty, values=frozenset()) for empty in self._left_behind(handler, own))
        elif not handler.always_leaves:
            yield from self._left_behind(handler, own)

    def _asks(self, call: CallSite) -> bool:
        target = self._context.program.key_of(call.symbol)
        for effect in _OUTSIDE:
            if matches(call.library, effect) or (target is not None and self._context.effects.reaches(target, effect)):
                return True
        return False

    def _left_behind(self, handler: HandlerSite, own: Step) -> Iterator[Empty]:
        """Names that the handler leaves empty, or without what the check would have added."""
        program = self._context.program
        start = handler.fact.span[2:]
        tried = handler.guarded_block
        assigned = program.assigns_in(handler.key)
        within = {
            item.target.text for item in assigned if item.target.kind == "name" and handler.within(item.block, tried)
        }
        skips = any(item.kind == "continue" for item in handler.exits)
        for item in assigned:
            text = _empty(item.value)
            if text is None or item.target.kind != "name" or item.target.text not in within or skips:
                continue
            before = item.span[:2] < handler.program.files[handler.path].blocks[tried].span[:2]
            if handler.within(item.block, handler.index) or before:
                yield Empty(handler.key, frozenset({item.target.text}), -1, start, frozenset({text}), (own,))
        collected = {
            plain_name(call.receiver)
            for call in handler.guarded_calls
            if call.receiver is not None and call.shown.rpartition(".")[2] in _COLLECTING
        }
        collected |= {
            item.target.parts[0].text
            for item in assigned
            if item.target.kind == "item" and handler.within(item.block, tried)
        }
        made = {item.target.text for item in assigned if item.target.kind == "name" and _empty(item.value) == "[]"}
        names = frozenset(collected & made)
        if names:
            yield Empty(handler.key, names, -1, start, frozenset({"[]"}), (own,))
        given = [item.value for item in program.exits_in(handler.key) if item.kind == "return"]
        if any(value is not None and value.kind == "name" and value.text in names for value in given):
            yield from self._at_callers(handler.key, frozenset({"[]"}), (own,))

    def _at_callers(self, key: FunctionKey, values: frozenset[str], trace: tuple[Step, ...]) -> Iterator[Empty]:
        """The result of a function at each place that calls it, and of functions that hand it on."""
        pending = [(key, trace)]
        seen = {key}
        for _ in range(_HOPS):
            further = []
            for callee, steps in pending:
                for edge in self._context.program.callers.get(callee, ()):
                    if edge.call < 0 or edge.offloaded:
                        continue
                    call = self._context.call(edge.caller[0], edge.call)
                    way = (*steps, Step(call.path, call.line, f"{call.shown}() gives nothing"))
                    yield Empty(call.key, frozenset(call.into), call.index, call.span[2:], values, way)
                    if call.used == "returned" and edge.caller not in seen:
                        seen.add(edge.caller)
                        further.append((edge.caller, way))
            pending = further

    # What hangs on it.

    def _hanging(self, empty: Empty) -> Iterator[Mistaken]:
        for act in self._acts(empty.key):
            if act.span[2:] <= empty.start:
                continue
            outcome = self._outcome(empty, act)
            if outcome is not None:
                yield Mistaken(outcome if empty.values else "waits", act.shown, (*empty.trace, *act.trace))

    def _acts(self, key: FunctionKey) -> Iterator[Act]:
        """What a function does that cannot be taken back, and the ends that it writes down for something."""
        items = self._context.sequences.of(key)
        for item in items:
            for event in item.events:
                if self._is_final(event):
                    yield Act(item.call, item.block, item.span, event.shown, event.trace)
        if any(event.kind in ("write", "record") for item in items for event in item.events):
            for assign in self._context.program.assigns_in(key):
                value = assign.value
                ends = assign.target.kind == "attr" and _STATUS.search(assign.target.text) and value is not None
                if ends and value is not None and _ENDED.fullmatch(value.text.lower()):
                    said = f"sets {assign.target.text} to {value.text}"
                    step = Step(key[0], assign.span[0], said)
                    yield Act(-1, assign.block, assign.span, said, (step,))

    def _outcome(self, empty: Empty, act: Act) -> Literal["acts", "waits"] | None:
        """Whether something happens when the result is empty; None when it does not hang on the result."""
        path = empty.key[0]
        blocks = self._context.program.files[path].blocks
        for index in self._context.program.blocks_in(empty.key):
            block = blocks[index]
            if block.kind != "if" or block.value is None or block.span[2:] < empty.start:
                continue
            truth = holds(self._context, block.value, empty.key, empty.names, empty.call, empty.values or _ANY)
            way = runs(self._context, path, index, act.block, act.span)
            if truth is not None and way is not None:
                return "acts" if truth is way else "waits"
        return "acts" if self._in_difference(empty, act) else None

    def _in_difference(self, empty: Empty, act: Act) -> bool:
        """Whether something happens for everything that the result does not hold: `for x in known - found`."""
        missing = {
            assign.target.text
            for assign in self._context.program.assigns_in(empty.key)
            if assign.target.kind == "name" and assign.value is not None and self._leaves_out(assign.value, empty)
        }
        blocks = self._context.program.files[empty.key[0]].blocks
        for index in self._context.program.blocks_above(empty.key[0], act.block):
            value = blocks[index].value
            is_loop = blocks[index].kind == "for" and value is not None
            if is_loop and value is not None and (self._leaves_out(value, empty) or plain_name(value) in missing):
                return True
        if act.call < 0:
            return False
        call = self._context.call(empty.key[0], act.call)
        return any(plain_name(argument.value) in missing for argument in call.arguments)

    def _leaves_out(self, value: Value, empty: Empty) -> bool:
        if value.kind == "op" and value.text == "Subtract":
            return self._is_result(value.parts[1], empty)
        if value.kind == "call" and value.call >= 0:
            call = self._context.call(empty.key[0], value.call)
            given = [item.value for item in call.arguments]
            if call.shown.rpartition(".")[2] == "difference":
                return any(self._is_result(item, empty) for item in given)
            return call.shown in ("list", "set", "sorted") and any(self._leaves_out(item, empty) for item in given)
        if value.kind == "comp":
            return any(
                part.kind == "compare" and part.text == "NotIn" and self._is_result(part.parts[1], empty)
                for part in value.parts
            )
        return False

    def _is_result(self, value: Value, empty: Empty) -> bool:
        if value.kind == "call" and value.call >= 0:
            call = self._context.call(empty.key[0], value.call)
            inner = call.shown in ("set", "list", "frozenset") and call.arguments
            return value.call == empty.call or bool(inner and self._is_result(call.arguments[0].value, empty))
        return value.kind == "name" and value.text in empty.names

    def _is_final(self, event: LastingEffect) -> bool:
        call = self._context.call(*event.place)
        if event.kind == "delete":
            cleans_up = any(block.kind == "finally" for block in call.around())
            return not cleans_up and not _TEMPORARY.search(f"{call.shown} {call.function.name}")
        if event.kind in _FINAL:
            return True
        last = call.shown.rpartition(".")[2].lower()
        if event.kind == "remote":
            return any(_DOING.search(f"{step.note} {call.function.name}") for step in event.trace)
        if event.kind not in ("write", "record"):
            return False
        texts = [text.lstrip().lower() for text in query_texts(self._context, call) or ()]
        ends = any(text.startswith("update") and _ENDED.search(text) for text in texts)
        return ends or last.startswith(_BY_TEXT) or any(text.startswith(_BY_TEXT) for text in texts)


def _empty(value: Value | None) -> str | None:
    """The constant that stands for an empty value; None for a value that is not empty."""
    if value is None:
        return None
    if value.kind in ("list", "dict", "tuple", "set"):
        return "[]" if not value.parts else None
    if value.kind == "call":
        return "[]" if value.text in ("set", "list", "dict") and not value.parts else None
    if value.kind == "const" and value.text in ("None", "False", "0"):
        return value.text
    return "[]" if value.kind == "text" and not value.text else None
