"""Whether an error from outside meets anything on its way to the user: a handler, a boundary of the application."""

from collections import deque
from collections.abc import Iterator
from functools import cached_property
from typing import TYPE_CHECKING

from durability.facts.model import Decorator
from durability.model import Step
from durability.program.entrypoints.model import EntryPoint
from durability.program.links.graph import Edge, FunctionKey
from durability.program.sites import CallSite

if TYPE_CHECKING:
    from durability.program.context import Context

_OUTSIDE = ("http", "llm", "db", "message", "charge", "refund")
_NARROW = frozenset(
    {"KeyError", "IndexError", "LookupError", "ValueError", "TypeError", "AttributeError", "JSONDecodeError",
     "ImportError", "ModuleNotFoundError", "UnicodeDecodeError", "FileNotFoundError", "ValidationError",
     "StopIteration", "DoesNotExist", "ObjectDoesNotExist", "IntegrityError", "NoResultFound", "CancelledError",
     "KeyboardInterrupt"}
)  # fmt: skip
"""Errors that say something about the data; a handler for these lets a failing service through."""

_REGISTERED = (
    "exception_handler", "add_exception_handler", "errorhandler", "app_errorhandler", "register_error_handler",
    "add_error_handler", "set_exception_handler", "on_error", "error_handler", "errors", "exception_view_config",
)  # fmt: skip
_NAMED = frozenset(
    {"on_error", "on_command_error", "on_app_command_error", "on_application_command_error", "cog_command_error",
     "cog_app_command_error", "process_exception", "handle_exception", "handle_uncaught_exception", "exception_handler",
     "custom_exception_handler", "handler500", "on_failure"}
)  # fmt: skip
_SETTINGS = frozenset({"handler500", "LOGGING", "ADMINS", "EXCEPTION_HANDLER"})
_TRACKERS = ("sentry_sdk.init", "rollbar.init", "bugsnag.configure", "newrelic.agent.initialize", "ddtrace.patch_all",
             "logfire.configure", "honeybadger.", "elasticapm.", "airbrake.")  # fmt: skip
_WRAPPING = frozenset({"dispatch", "__call__", "process_request", "wrapper"})


class Boundaries:
    """Where errors leave the program, and what the whole application does with them; found once."""

    def __init__(self, context: "Context") -> None:
        self._context = context

    @cached_property
    def of_application(self) -> Step | None:
        """What takes every error of the application: an error tracker, a registered handler, middleware, a setting."""
        context = self._context
        for name in sorted(context.calls_by_name):
            if name.startswith(_TRACKERS) or name.rsplit(".", 1)[-1] in _REGISTERED:
                call = context.calls_by_name[name][0]
                return Step(call.path, call.line, f"{call.shown}()")
        return next(self._definitions(), None)

    @cached_property
    def has_tracker(self) -> bool:
        """Whether an error tracker is set up."""
        return any(name.startswith(_TRACKERS) for name in self._context.calls_by_name)

    @cached_property
    def is_hidden(self) -> bool:
        """Whether the settings that say what becomes of errors are not in sight: Django's, for a part of a project."""
        program = self._context.program
        imports = (item.path for path in self._context.judged_paths() for item in program.files[path].imports)
        if not any(name.split(".")[0] == "django" for name in imports):
            return False
        return not any(
            item.function == 0 and item.target.text in ("ROOT_URLCONF", "INSTALLED_APPS")
            for path in program.files
            for item in program.files[path].assigns
        )

    def _definitions(self) -> Iterator[Step]:
        context = self._context
        for path in context.judged_paths():
            facts = context.program.files[path]
            for index, function in enumerate(facts.functions):
                if self._is_boundary((path, index)):
                    yield Step(path, function.span[0], f"{function.qualname}()")
            for item in facts.assigns:
                if item.function == 0 and item.target.text in _SETTINGS:
                    yield Step(path, item.span[0], item.target.text)
            for call in facts.calls:
                if any(given.keyword == "exception_handlers" for given in call.arguments):
                    yield Step(path, call.span[0], f"{call.target}()")

    def _is_boundary(self, key: FunctionKey) -> bool:
        function = self._context.program.function(key)
        if function.name in _NAMED:
            return True
        if any(self._registers(key[0], decorator) for decorator in function.decorators):
            return True
        around = any("middleware" in decorator.ref.lower() for decorator in function.decorators)
        owner = "middleware" in function.owner.lower() and function.name in _WRAPPING
        return (around or owner) and self._has_broad_handler(key)

    def _registers(self, path: str, decorator: Decorator) -> bool:
        """`@app.errorhandler(500)`, or a view for errors: `@view_config(context=Exception)`."""
        if decorator.ref.removesuffix("()").rsplit(".", 1)[-1] in _REGISTERED:
            return True
        given = self._context.program.files[path].calls[decorator.call].arguments if decorator.call >= 0 else ()
        return any(item.keyword == "context" and item.value.text.endswith(("Exception", "Error")) for item in given)

    def _has_broad_handler(self, key: FunctionKey) -> bool:
        blocks = self._context.program.files[key[0]].blocks
        return any(
            blocks[index].kind == "try" and self._takes(key[0], index) for index in self._context.program.blocks_in(key)
        )

    def _takes(self, path: str, guarded: int) -> bool:
        """Whether a handler of a `try` takes the failure of a service and does not just let it go on."""
        for handler in self._context.handlers_of(path, guarded):
            narrow = handler.types and all(name.rsplit(".", 1)[-1] in _NARROW for name in handler.types)
            again = (item for item in handler.exits if item.kind == "raise" and item.value is None)
            if not narrow and not any(item.block == handler.index for item in again):
                return True
        return False

    def guarded(self, path: str, block: int) -> bool:
        """Whether a place stands in a `try` that takes the failure of a service."""
        blocks = self._context.program.files[path].blocks
        above = self._context.program.blocks_above(path, block)
        return any(blocks[index].kind == "try" and self._takes(path, index) for index in above)

    def _wrapped(self, key: FunctionKey) -> bool:
        """Whether a decorator of the project runs the function inside a `try`."""
        program = self._context.program
        for decorator in program.function(key).decorators:
            wrapper = program.key_of(program.resolve(decorator.ref, key[0]))
            if wrapper is not None:
                inner = [
                    (wrapper[0], index)
                    for index, item in enumerate(program.files[wrapper[0]].functions)
                    if item.parent == wrapper[1]
                ]
                if any(self._has_broad_handler(item) for item in inner):
                    return True
        return False

    @cached_property
    def _open(self) -> dict[FunctionKey, tuple[int, Edge | None]]:
        """The functions that let an error from outside through, each with the call it comes from."""
        context = self._context
        found: dict[FunctionKey, tuple[int, Edge | None]] = {}
        queue: deque[FunctionKey] = deque()
        for call in self._operations():
            if call.key not in found and not self.guarded(call.path, call.block) and not self._wrapped(call.key):
                found[call.key] = (call.index, None)
                queue.append(call.key)
        while queue:
            callee = queue.popleft()
            for edge in context.program.callers.get(callee, ()):
                if edge.caller in found or edge.offloaded or edge.call < 0:
                    continue
                call_fact = context.program.files[edge.caller[0]].calls[edge.call]
                if not self.guarded(edge.caller[0], call_fact.block) and not self._wrapped(edge.caller):
                    found[edge.caller] = (edge.call, edge)
                    queue.append(edge.caller)
        return found

    def _operations(self) -> list[CallSite]:
        groups = self._context.calls_by_effect
        names = sorted(name for name in groups if name.split(".")[0] in _OUTSIDE)
        return [call for name in names for call in groups[name] if call.library.round_trip]

    @cached_property
    def _reaching(self) -> frozenset[FunctionKey]:
        """The functions that lead to an operation on the outside at all."""
        seen = {call.key for call in self._operations()}
        queue = deque(sorted(seen))
        while queue:
            for edge in self._context.program.callers.get(queue.popleft(), ()):
                if edge.caller not in seen and not edge.offloaded:
                    seen.add(edge.caller)
                    queue.append(edge.caller)
        return frozenset(seen)

    def depends(self, entry: EntryPoint) -> bool:
        """Whether an entry point asks anything outside."""
        return entry.function in self._reaching

    def escape(self, entry: EntryPoint) -> tuple[Step, ...]:
        """The shortest chain to an operation whose error nothing takes on the way to the user; () when none does."""
        steps: list[Step] = []
        at: FunctionKey | None = entry.function
        while at is not None and at in self._open:
            index, edge = self._open[at]
            call = self._context.program.files[at[0]].calls[index]
            callee = f"calls {self._context.program.function(edge.callee).name}()" if edge else f"{call.target}()"
            steps.append(Step(at[0], call.span[0], callee))
            at = edge.callee if edge else None
        return tuple(steps)
