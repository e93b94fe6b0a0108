"""Whether people learn that something stands in for the real thing: by the answer, on the screen, or at the start."""

from collections.abc import Iterator
from functools import cached_property
from typing import TYPE_CHECKING

from durability.facts.model import Value
from durability.program.failing.choosing import Choosing, Source
from durability.program.failing.pretending import tells
from durability.program.links.graph import FunctionKey
from durability.program.links.spelling import plain_name
from durability.program.sites import CallSite, HandlerSite

if TYPE_CHECKING:
    from durability.program.context import Context

_LIVE = frozenset({"route", "bot", "worker", "tool", "ui"})
_TELLING = frozenset({"warning", "error", "info", "toast", "exception", "flash", "warn"})
_DRAWING = frozenset({"render_template", "TemplateResponse", "render", "jsonify"})
_SOMETIMES = frozenset({"if", "else", "for", "while", "handler", "case", "comp"})
_ENDS = frozenset({"sys.exit", "exit", "quit"})

ASKED = "somebody asked for it"
REFUSED = "it refuses to start"


class Telling:
    """Answers who learns of a stand-in."""

    def __init__(self, context: "Context", choosing: Choosing) -> None:
        self._context = context
        self._choosing = choosing

    def told(self, key: FunctionKey, block: int, value: Value | None, source: Source) -> str:
        """How people learn that a branch gives something else than the real thing; "" when they do not."""
        program = self._context.program
        if value is not None and tells(value, self._context, key):
            return "the answer says so"
        if (
            program.files[key[0]].blocks[block].kind == "handler"
            and HandlerSite(self._context, key[0], block).tells_caller
        ):
            return "the answer carries the error"
        for number in program.calls_in(key):
            call = self._context.call(key[0], number)
            if call.block == block and (self._shows(call) or self._shows_inside(call)):
                return "the user reads it"
        if any(item.kind == "raise" and item.block == block for item in program.exits_in(key)):
            return "it raises"
        flags = {
            plain_name(item.target).rpartition(".")[2]
            for item in program.assigns_in(key)
            if item.block == block and item.value is not None and item.value.kind in ("const", "text")
            if item.value is not value  # what stands in says nothing of itself
        }
        if flags & self._shown_names:
            return "a flag in the answer says so"
        return REFUSED if source.kind == "setting" and source.name in self.refused else ""

    def _shows_inside(self, call: CallSite) -> bool:
        target = self._context.program.key_of(call.symbol)
        if target is None:
            return False
        inner = (self._context.call(target[0], number) for number in self._context.program.calls_in(target))
        return any(self._shows(item) for item in inner)

    def _shows(self, call: CallSite) -> bool:
        return call.shown.rpartition(".")[2] in _TELLING and call.on_screen

    @cached_property
    def _shown_names(self) -> frozenset[str]:
        """The names that answers of live entry points carry, and what is given to a screen."""
        found: set[str] = set()
        for path in self._context.judged_paths():
            found |= self._answered(path) | self._drawn(path)
        return frozenset(found)

    def _answered(self, path: str) -> set[str]:
        found: set[str] = set()
        for item in self._context.program.files[path].exits:
            live = item.kind == "return" and _LIVE & self._context.reach.of((path, item.function)).roles
            if live and item.value is not None:
                found |= _mentioned(item.value)
        return found

    def _drawn(self, path: str) -> set[str]:
        found: set[str] = set()
        for number, call in enumerate(self._context.program.files[path].calls):
            if call.target.rpartition(".")[2] in _DRAWING or self._shows(self._context.call(path, number)):
                found.update(argument.keyword for argument in call.arguments)
                found.update(name for argument in call.arguments for name in _mentioned(argument.value))
        return found

    @cached_property
    def refused(self) -> frozenset[str]:
        """The settings without which the program ends or raises while it starts."""
        return frozenset(
            name
            for key in self._at_start
            for index in self._context.program.blocks_in(key)
            if not self._sometimes(key, index)
            for name in self._stopped(key, index)
        )

    @cached_property
    def raised(self) -> frozenset[str]:
        """The settings without which some place raises or ends the program, at the start or when it is needed."""
        program = self._context.program
        return frozenset(
            name
            for path in self._context.judged_paths()
            for index, block in enumerate(program.files[path].blocks)
            for name in self._stopped((path, block.function), index)
        )

    def _stopped(self, key: FunctionKey, index: int) -> Iterator[str]:
        """The settings without which a block runs that raises or ends the program."""
        block = self._context.program.files[key[0]].blocks[index]
        if block.kind != "if" or block.value is None or not self._stops(key, index):
            return
        for test in block.value.parts if block.value.kind == "or" else (block.value,):
            choice = self._choosing.test(test, key, held=True)
            if choice is not None and not choice.asked and choice.source.kind == "setting":
                yield choice.source.name

    @cached_property
    def _at_start(self) -> list[FunctionKey]:
        """The functions that run whenever the program starts: module bodies, start-up, and what these always call."""
        program = self._context.program
        pending = [(path, 0) for path in self._context.judged_paths()]
        pending += [entry.function for entry in self._context.entries if entry.role == "startup"]
        seen = set(pending)
        for key in pending:
            for edge in program.callees.get(key, ()):
                if edge.call < 0 or edge.offloaded or edge.callee in seen or edge.callee[0] not in self._context.judged:
                    continue
                if self._always(self._context.call(key[0], edge.call)):
                    seen.add(edge.callee)
                    pending.append(edge.callee)
        return pending

    def _always(self, call: CallSite) -> bool:
        """Whether a call runs on every way through its function, or whenever its file is started."""
        if call.under_main_guard:
            return len([block for block in call.around() if block.kind == "if"]) == 1
        return all(block.kind in ("function", "with", "try") for block in call.around())

    def _sometimes(self, key: FunctionKey, index: int) -> bool:
        """Whether a block stands inside of something that need not run."""
        blocks = self._context.program.files[key[0]].blocks
        above = self._context.program.blocks_above(key[0], blocks[index].parent)
        return any(blocks[item].kind in _SOMETIMES for item in above)

    def _stops(self, key: FunctionKey, index: int) -> bool:
        program = self._context.program
        calls = (self._context.call(key[0], number) for number in program.calls_in(key))
        raises = any(item.kind == "raise" and item.block == index for item in program.exits_in(key))
        return raises or any(call.block == index and call.shown in _ENDS for call in calls)


def _mentioned(value: Value) -> set[str]:
    found: set[str] = set()
    pending = [value]
    while pending:
        item = pending.pop()
        if item.kind in ("name", "attr"):
            found.add(item.text)
        pending.extend(item.parts)
    return found
