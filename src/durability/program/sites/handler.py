"""An exception handler as rules see it: what it catches, what it guards, what it does."""

from functools import cached_property
from typing import TYPE_CHECKING

from durability.facts.model import Block, Exit, Value
from durability.program.links.spelling import plain_name
from durability.program.sites.call import CallSite
from durability.program.sites.place import Site

if TYPE_CHECKING:
    from durability.program.context import Context

_BROAD = frozenset({"Exception", "BaseException"})
_TRACING = frozenset(
    {
        "exception",
        "print_exc",
        "format_exc",
        "capture_exception",
        "print_exception",
        "format_exception",
        "printTraceback",
    }
)
_HANDS_ON = frozenset({"set_exception", "errback", "failVerification", "handleError", "handle_error"})
_ENDS = frozenset({"exit", "_exit", "quit", "abort"})
_SHOWS = frozenset({"print", "echo", "secho", "error", "critical", "warning"})
_LOGGING = ("log", "telemetry")


class HandlerSite(Site):
    """An exception handler."""

    def __init__(self, context: "Context", path: str, index: int) -> None:
        self.index = index
        self.fact: Block = context.program.files[path].blocks[index]
        types = ",".join(self.fact.refs) or "everything"
        super().__init__(context, (path, self.fact.function), index, self.fact.span, f"except {types}")

    @property
    def guarded_block(self) -> int:
        """The index of the `try` block it belongs to."""
        return int(self.fact.value.text) if self.fact.value is not None else -1

    @property
    def types(self) -> tuple[str, ...]:
        """The exception types it names; () for a bare `except`."""
        return self.fact.refs

    @property
    def broad(self) -> bool:
        """Whether it catches every error: bare, Exception or BaseException."""
        return not self.types or any(name in _BROAD for name in self.types)

    @cached_property
    def calls(self) -> tuple[CallSite, ...]:
        """The calls in its body."""
        return tuple(call for call in self.calls_here() if self.within(call.block, self.index))

    @cached_property
    def guarded_calls(self) -> tuple[CallSite, ...]:
        """The calls in the `try` body it guards."""
        return tuple(call for call in self.calls_here() if self.within(call.block, self.guarded_block))

    @property
    def guarded_statements(self) -> int:
        """How many statements it guards."""
        return self.program.files[self.path].blocks[self.guarded_block].statements

    @cached_property
    def exits(self) -> tuple[Exit, ...]:
        """The returns, raises, breaks and continues in its body."""
        return tuple(item for item in self.exits_here() if self.within(item.block, self.index))

    @property
    def reraises(self) -> bool:
        """Whether some path of its body raises."""
        return any(item.kind == "raise" for item in self.exits)

    @property
    def always_raises(self) -> bool:
        """Whether its body's own level raises."""
        return any(item.kind == "raise" and item.block == self.index for item in self.exits)

    @property
    def always_leaves(self) -> bool:
        """Whether its body raises, returns or breaks on every path, as far as one `if` with its `else` goes."""
        blocks = self.program.files[self.path].blocks
        leaving = [item for item in self.exits if item.kind in ("raise", "return", "break")]
        if any(item.block == self.index for item in leaving):
            return True
        kinds = {blocks[item.block].kind for item in leaving if blocks[item.block].parent == self.index}
        return {"if", "else"} <= kinds

    @property
    def hides_cause(self) -> bool:
        """Whether it raises another error and cuts the chain to the first one with `from None`."""
        raised = [item for item in self.exits if item.kind == "raise" and item.value is not None]
        return any(item.cause is not None and item.cause.text == "None" for item in raised)

    @property
    def keeps_trace(self) -> bool:
        """Whether it writes down the trace of the error."""
        for call in self.calls:
            last = call.shown.rsplit(".", 1)[-1]
            given = call.argument("exc_info")
            if last in _TRACING or (given is not None and given.text not in ("False", "None")):
                return True
        return False

    @property
    def ends_process(self) -> bool:
        """Whether it stops the program: `sys.exit(1)`, `exit()`."""
        return any(call.shown.rsplit(".", 1)[-1] in _ENDS for call in self.calls)

    @property
    def hands_on(self) -> bool:
        """Whether it gives the error to whoever waits for the result, or keeps it to raise it later.

        A call that is handed the error does (`self.fail(str(error))`), logging apart; so does one beside a trace.
        """
        dropped = [call for call in self.calls if call.used == "dropped" and not _is_log(call)]
        if any(call.shown.rsplit(".", 1)[-1] in _HANDS_ON for call in dropped) or (dropped and self.keeps_trace):
            return True
        if not self.name:
            return False
        if any(self._carries(item.value) for call in dropped for item in call.arguments):
            return True
        own = (item for item in self.program.assigns_in(self.key) if self.within(item.block, self.index))
        kept = {plain_name(item.target) for item in own if item.value is not None and item.value.text == self.name}
        later = (item for item in self.exits_here() if item.kind == "raise")
        return any(_names(item.value) & kept or _names(item.cause) & kept for item in later)

    @property
    def tries_another(self) -> bool:
        """Whether it calls what the `try` called once more, with something else: the second failure travels."""
        if self.guarded_statements > 2:
            return False
        tried = {call.shown for call in self.guarded_calls}
        return any(call.shown in tried and not _is_log(call) for call in self.calls)

    @property
    def gives_back_input(self) -> bool:
        """Whether it only returns what the function was given: the caller has what it had before."""
        names = {item.name for item in self.function.parameters}
        return bool(self.returned) and all(
            value is not None and value.kind == "name" and value.text in names for value in self.returned
        )

    @property
    def tells_caller(self) -> bool:
        """Whether its answer carries the error: it returns or yields it, or puts it into what the function returns."""
        own = [item.value for item in self.exits if item.kind in ("return", "yield")]
        if self.name and any(self._carries(value) for value in own):
            return True
        filled = {
            _base(item.target)
            for item in self.program.assigns_in(self.key)
            if self.within(item.block, self.index) and self.name and self._carries(item.value)
        }
        given = (item.value for item in self.exits_here() if item.kind in ("return", "yield"))
        return any(self._uses(value, filled) for value in given)

    def _carries(self, value: Value | None) -> bool:
        return self._uses(value, {self.name})

    def _uses(self, value: Value | None, names: set[str]) -> bool:
        if value is None or not names:
            return False
        if value.kind == "name":
            return value.text in names
        if value.kind == "call" and value.call >= 0:
            call = self.context.call(self.path, value.call)
            return any(self._uses(item.value, names) for item in call.arguments)
        return any(self._uses(part, names) for part in value.parts)

    @property
    def tells_person(self) -> bool:
        """Whether it says that something failed to the person who runs this at a terminal."""
        if not self.for_person:
            return False
        return self.keeps_trace or any(call.shown.rsplit(".", 1)[-1] in _SHOWS for call in self.calls)

    @property
    def answers_failure(self) -> bool:
        """Whether it answers a client with a status of 400 or above."""
        return any(self._is_failure(value) for value in self.returned if value is not None)

    def _is_failure(self, value: Value) -> bool:
        if value.kind == "tuple":
            return any(_is_failure_status(part) for part in value.parts[1:])
        if value.kind != "call" or value.call < 0:
            return False
        call = self.context.call(self.path, value.call)
        given = (call.argument(keyword) for keyword in ("status_code", "status"))
        return any(status is not None and _is_failure_status(status) for status in given)

    @property
    def only_loads(self) -> bool:
        """Whether it guards no call at all, or imports and settings of what they bring: an optional part."""
        imports = self.program.files[self.path].imports
        if not self.guarded_calls:
            return True
        names = {item.name for item in imports if self.within(item.block, self.guarded_block)}
        own = {*names, "sys", "os"}
        return bool(names) and all(
            "." in call.shown and call.shown.partition(".")[0] in own and call.library.effect == "none"
            for call in self.guarded_calls
        )

    @property
    def answers(self) -> tuple[Value | None, ...]:
        """What its body returns, or raises anew; the error itself that goes on is no answer."""
        again = Value("name", self.name)
        return tuple(
            item.value for item in self.exits if item.kind == "return" or (item.kind == "raise" and item.value != again)
        )

    @property
    def raised_answers(self) -> tuple[Value, ...]:
        """What its body raises as an answer to a client (`HTTPException(...)`, `abort(...)`)."""
        raised = (item.value for item in self.exits if item.kind == "raise" and item.value is not None)
        return tuple(value for value in raised if value.kind == "call" and "HTTP" in value.text)

    @property
    def logs(self) -> bool:
        """Whether it writes a log record or reports to telemetry; printing is not logging."""
        return any(call.library.effect in _LOGGING for call in self.calls)

    @property
    def returned(self) -> tuple[Value | None, ...]:
        """The values its body returns."""
        return tuple(item.value for item in self.exits if item.kind == "return")

    @property
    def name(self) -> str:
        """The name the error is bound to, or ""."""
        return self.fact.targets[0] if self.fact.targets else ""

    @cached_property
    def empty(self) -> bool:
        """Whether it does nothing: only pass, `...`, continue or a comment."""
        assigned = any(self.within(item.block, self.index) for item in self.program.assigns_in(self.key))
        leaves = any(item.kind != "continue" for item in self.exits)
        return not self.calls and not leaves and not assigned


def _names(value: Value | None) -> set[str]:
    """Every name in an expression; of a call, only what is called on."""
    if value is None:
        return set()
    found = {value.text} if value.kind in ("name", "call") else set()
    return found.union(*(_names(part) for part in value.parts))


def _is_log(call: CallSite) -> bool:
    """Whether a call only writes down: logging, printing, warning, whatever the logger is called."""
    name = call.shown.lower()
    return "log" in name or "warn" in name or "trace" in name or name == "print" or call.library.effect in _LOGGING


def _base(target: Value) -> str:
    """The name that is assigned to, or whose item is."""
    return _base(target.parts[0]) if target.kind in ("item", "attr") and target.parts else target.text


def _is_failure_status(value: Value) -> bool:
    """Whether a value is an HTTP status of 400 or above, as a number or a named constant (`HTTP_500_…`)."""
    if value.kind == "const":
        return value.text.isdigit() and 400 <= int(value.text) <= 599
    return value.kind == "attr" and value.text.startswith(("HTTP_4", "HTTP_5", "INTERNAL_SERVER", "BAD_", "SERVICE_"))
