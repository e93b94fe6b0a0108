"""Whether people learn that something stands in for the real thing: by the answer, on the screen, or at the start."""

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
_SCREENS = ("streamlit.", "flask.flash", "django.contrib.messages", "gradio.", "chainlit.", "nicegui.")
_DRAWING = frozenset({"render_template", "TemplateResponse", "render", "jsonify"})
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
        return call.shown.rpartition(".")[2] in _TELLING and call.name.startswith(_SCREENS)

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
        """The settings without which some place raises or ends the program."""
        found: set[str] = set()
        program = self._context.program
        for path in self._context.judged_paths():
            for index, block in enumerate(program.files[path].blocks):
                if block.kind != "if" or not self._stops(path, index, block.function):
                    continue
                choice = self._choosing.why(path, index)
                if choice is not None and not choice.asked and choice.source.kind == "setting":
                    found.add(choice.source.name)
        return frozenset(found)

    def _stops(self, path: str, index: int, function: int) -> bool:
        """Whether a block ends the start of the program: at import or in what a start calls."""
        key = (path, function)
        if function and not {"import", "startup"} & self._context.reach.of(key).roles:
            return False
        raises = any(item.kind == "raise" and item.block == index for item in self._context.program.exits_in(key))
        calls = (self._context.call(path, number) for number in self._context.program.calls_in(key))
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
