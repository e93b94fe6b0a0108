"""What a rule sees of a place in the program: typed views over facts, with context already known."""

from collections.abc import Iterator
from fnmatch import fnmatchcase
from functools import cached_property
from typing import TYPE_CHECKING

from durability.facts.model import Argument, Block, Call, Exit, Function, Parameter, Span, Text, Value
from durability.knowledge.rows import Implied, Row
from durability.program.answers import NO, YES, Answer, unknown
from durability.program.program import FunctionKey, Program, plain_name
from durability.program.reach import Reach

if TYPE_CHECKING:
    from durability.program.ask import Context

NO_ROW = Row(name="", effect="none")
_LOOPS = ("for", "while", "comp")
_BROAD = frozenset({"Exception", "BaseException"})
_CACHES = frozenset(
    {"cache", "lru_cache", "cached", "cache_resource", "cached_property", "singleton", "experimental_singleton"}
)
_TRACING = frozenset(
    {"exception", "print_exc", "format_exc", "capture_exception", "print_exception", "format_exception"}
)
_LOGGING = ("log", "telemetry")


class Site:
    """A place where something could go wrong."""

    def __init__(self, context: "Context", key: FunctionKey, block: int, span: Span, operation: str) -> None:
        self.context = context
        self.key = key
        self.path = key[0]
        self.block = block
        self.span = span
        self.operation = operation

    @property
    def program(self) -> Program:
        """The program this place belongs to."""
        return self.context.program

    @property
    def function(self) -> Function:
        """The function around this place; the module body when there is none."""
        return self.program.function(self.key)

    @property
    def line(self) -> int:
        """The first line."""
        return self.span[0]

    @property
    def reach(self) -> Reach:
        """From which entry points, and in which role, this place is reached."""
        return self.context.reach.of(self.key)

    @property
    def in_async(self) -> bool:
        """Whether the function around this place is a coroutine."""
        return self.function.is_async

    @property
    def at_import(self) -> bool:
        """Whether this place runs when its module is imported."""
        return self.key[1] == 0 and not self.under_main_guard

    @cached_property
    def under_main_guard(self) -> bool:
        """Whether this place stands under `if __name__ == "__main__"`."""
        return any(
            block.kind == "if" and block.value is not None and "__name__" in {part.text for part in block.value.parts}
            for block in self.around()
        )

    def around(self) -> Iterator[Block]:
        """The blocks around this place, inside out, up to its function's own."""
        blocks = self.program.files[self.path].blocks
        for index in self.program.blocks_above(self.path, self.block):
            yield blocks[index]

    @cached_property
    def loops(self) -> tuple["Loop", ...]:
        """The loops around this place in its function, inside out; the iterable of a comprehension is outside it."""
        return tuple(Loop(self, block) for block in self.around() if block.kind in _LOOPS)

    @property
    def loop(self) -> "Loop | None":
        """The innermost loop around this place."""
        return self.loops[0] if self.loops else None

    @cached_property
    def handlers(self) -> tuple["HandlerSite", ...]:
        """The exception handlers that guard this place in its function, inside out."""
        blocks = self.program.files[self.path].blocks
        found = []
        for index in self.program.blocks_above(self.path, self.block):
            if blocks[index].kind == "try":
                found.extend(self.context.handlers_of(self.path, index))
        return tuple(found)

    def inside(self, *names: str) -> bool:
        """Whether this place stands in a `with` on a library call that one of the patterns names."""
        for block in self.around():
            if block.kind == "with" and block.value is not None:
                symbol = self.context.value_name(block.value, self.key)
                if any(fnmatchcase(symbol, name) for name in names):
                    return True
        return False

    def calls_here(self) -> list["CallSite"]:
        """All calls of the function around this place, in source order."""
        return [self.context.call(self.path, index) for index in self.program.calls_in(self.key)]

    def exits_here(self) -> list[Exit]:
        """All returns, raises, yields, breaks and assertions of the function around this place."""
        return self.program.exits_in(self.key)

    def within(self, block: int, outer: int) -> bool:
        """Whether a block is `outer` or inside it."""
        return outer in self.program.blocks_above(self.path, block)


class Loop:
    """A loop around a place."""

    def __init__(self, site: Site, block: Block) -> None:
        self._site = site
        self.block = block
        self.kind = block.kind
        self.targets = block.targets
        self.iterable = block.value

    @property
    def index(self) -> int:
        """The index of the loop's block."""
        return self._site.program.files[self._site.path].blocks.index(self.block)

    @cached_property
    def constant_size(self) -> int | None:
        """How often it runs when that is written down: a literal collection or `range(3)`; None otherwise."""
        value = self.iterable
        if value is None or self.kind == "while":
            return None
        if value.kind in ("list", "tuple", "set", "dict"):
            starred = any(part.kind == "star" for part in value.parts)
            return None if starred or not value.text.isdigit() else int(value.text)
        if value.kind == "call" and value.text == "range":
            arguments = self._site.program.files[self._site.path].calls[value.call].arguments
            numbers = [item.value.text for item in arguments]
            if numbers and all(item.value.kind == "const" and item.value.text.isdigit() for item in arguments[:2]):
                return int(numbers[1]) - int(numbers[0]) if len(numbers) > 1 else int(numbers[0])
        return None

    @property
    def endless(self) -> bool:
        """Whether it is a `while True`."""
        return self.kind == "while" and self.iterable is not None and self.iterable.text in ("True", "1")


class Setting:
    """What an argument is set to, at the call, on the client it is called on, or by the library's default."""

    def __init__(self, value: Value | None, default: object, obstacle: str, resolved: str) -> None:
        self.given = value
        self._default = default
        self._obstacle = obstacle
        self._resolved = resolved

    @property
    def never(self) -> Answer:
        """Whether there is no limit at all."""
        if self.given is not None:
            return YES if self.given.text == "None" or self._resolved == "None" else NO
        if self._obstacle:
            return unknown("passed through")
        if self._default == "never":
            return YES
        return unknown("version") if self._default == "unknown" else NO

    @property
    def seconds(self) -> float | None:
        """The limit in seconds when it is written down or the library's default."""
        if self.given is not None:
            try:
                return float(self.given.text) if self.given.kind == "const" else None
            except ValueError:
                return None
        return self._default if isinstance(self._default, float) else None


class CallSite(Site):
    """A call."""

    def __init__(self, context: "Context", path: str, index: int) -> None:
        fact = context.program.files[path].calls[index]
        self.index = index
        self.fact: Call = fact
        super().__init__(context, (path, fact.function), fact.block, fact.span, "")
        self.symbol = context.program.symbol(path, index)
        self.operation = self.symbol.name or fact.target

    @property
    def name(self) -> str:
        """The canonical library name; "" when the callee is not of a library."""
        return self.symbol.name if self.symbol.kind == "library" else ""

    @property
    def shown(self) -> str:
        """The callee as written."""
        return self.fact.target

    @cached_property
    def library(self) -> Row:
        """What the library tables say; a row without effect when they say nothing."""
        return self.program.row(self.name) or NO_ROW

    @property
    def loops(self) -> tuple[Loop, ...]:
        """The loops around the call; a call that is a loop's iterable is not in that loop."""
        found = [Loop(self, block) for block in self.around() if block.kind in _LOOPS]
        return tuple(loop for loop in found if not self._is_iterable(loop))

    def _is_iterable(self, loop: Loop) -> bool:
        value = loop.iterable
        return loop.kind != "while" and value is not None and value.kind == "call" and value.call == self.index

    @property
    def awaited(self) -> bool:
        """Whether it is awaited on the spot."""
        return self.fact.awaited

    @property
    def has_unpacked(self) -> bool:
        """Whether arguments are passed through by `*` or `**`."""
        return any(item.keyword in ("*", "**") for item in self.fact.arguments)

    @property
    def arguments(self) -> tuple[Argument, ...]:
        """The arguments in source order."""
        return self.fact.arguments

    def argument(self, keyword: str = "", position: int | None = None) -> Value | None:
        """An argument by keyword or else by position (0-based, unpacked ones end the count)."""
        for item in self.fact.arguments:
            if keyword and item.keyword == keyword:
                return item.value
        if position is None:
            return None
        positional = []
        for item in self.fact.arguments:
            if item.keyword == "*":
                break
            if item.keyword == "":
                positional.append(item.value)
        return positional[position] if position < len(positional) else None

    def value(self, keyword: str, default: object = None) -> Setting:
        """What a setting of this call is: its own argument, one of a client in the chain, or `default`."""
        row = self.library
        keywords = row.timeout_arguments if keyword == "timeout" and row.name else (keyword,)
        position = row.timeout_position if keyword == "timeout" else None
        for index, name in enumerate(keywords):
            given = self.argument(name, position if index == 0 else None)
            if given is not None:
                return Setting(given, default, "", self.context.constant_name(given, self.key))
        if any(item.keyword == "**" for item in self.fact.arguments):
            return Setting(None, default, "passed through", "")
        if row.timeout_receiver or self.fact.receiver is not None:
            return self._from_receiver(keyword, keywords, default)
        return Setting(None, default, "", "")

    def _from_receiver(self, keyword: str, keywords: tuple[str, ...], default: object) -> Setting:
        for maker in self.context.makers(self):
            names = maker.library.timeout_arguments if keyword == "timeout" else keywords
            for name in {*names, *keywords}:
                given = maker.argument(name)
                if given is not None:
                    return Setting(given, default, "", self.context.constant_name(given, maker.key))
            if any(item.keyword == "**" for item in maker.fact.arguments):
                return Setting(None, default, "passed through", "")
        return Setting(None, default, "", "")

    def function_reads_size(self) -> bool:
        """Whether the function looks at the declared size of what it receives."""
        receiver = plain_name(self.fact.receiver) if self.fact.receiver is not None else ""
        if receiver and f"{receiver}.size" in self.function.reads:
            return True
        texts = (item.value.text.lower() for call in self.calls_here() for item in call.arguments)
        return any(text == "content-length" for text in texts) or any(
            read.endswith(".content_length") for read in self.function.reads
        )

    @property
    def only_formatted(self) -> bool:
        """Whether its result is only turned into text on the spot."""
        return any(
            other.receiver is not None
            and other.receiver.kind == "call"
            and other.receiver.call == self.index
            and other.shown.rsplit(".", 1)[-1] in ("strftime", "ctime")
            for other in self.calls_here()
        )

    @property
    def used(self) -> str:
        """What becomes of the result: dropped, bound, returned, passed or other."""
        return self.fact.used

    @property
    def into(self) -> tuple[str, ...]:
        """The names the result is bound to."""
        return self.fact.into

    @cached_property
    def kept(self) -> bool:
        """Whether the result outlives the call: cached by a decorator, or stored in a global, an object or the app."""
        if any(name.rsplit(".", 1)[-1] in _CACHES for name in self._decorator_names()):
            return True
        return any("." in name or name in self.function.globals for name in self.fact.into)

    def _decorator_names(self) -> list[str]:
        found = []
        for decorator in self.function.decorators:
            symbol = self.program.resolve(decorator.ref, self.path)
            found.append(symbol.name)
        return found

    @property
    def receiver(self) -> Value | None:
        """The value before the last dot."""
        return self.fact.receiver


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
    def answers(self) -> tuple[Value | None, ...]:
        """What its body returns or raises."""
        return tuple(item.value for item in self.exits if item.kind in ("return", "raise"))

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
        assigned = any(self.within(item.block, self.index) for item in self._assigns())
        leaves = any(item.kind != "continue" for item in self.exits)
        return not self.calls and not leaves and not assigned

    def _assigns(self) -> Iterator["AssignView"]:
        for item in self.program.files[self.path].assigns:
            if item.function == self.key[1]:
                yield AssignView(plain_name(item.target), item.block, item.value)


class AssignView:
    """A binding as rules see it."""

    def __init__(self, target: str, block: int, value: Value | None) -> None:
        self.target = target
        self.block = block
        self.value = value


class LoopSite(Site):
    """A `for` or `while` loop."""

    def __init__(self, context: "Context", path: str, index: int) -> None:
        self.index = index
        self.fact: Block = context.program.files[path].blocks[index]
        super().__init__(context, (path, self.fact.function), index, self.fact.span, self.fact.kind)
        self.view = Loop(self, self.fact)

    @cached_property
    def calls(self) -> tuple[CallSite, ...]:
        """The calls in its body (and its test)."""
        return tuple(call for call in self.calls_here() if self.within(call.block, self.index))

    @cached_property
    def handlers_inside(self) -> tuple[HandlerSite, ...]:
        """The handlers in its body."""
        blocks = self.program.files[self.path].blocks
        return tuple(
            HandlerSite(self.context, self.path, number)
            for number, block in enumerate(blocks)
            if block.kind == "handler" and block.function == self.key[1] and self.within(number, self.index)
        )

    @cached_property
    def exits(self) -> tuple[Exit, ...]:
        """The returns, raises, breaks and continues in its body."""
        return tuple(item for item in self.exits_here() if self.within(item.block, self.index))

    @property
    def gives_up(self) -> bool:
        """Whether some test in the loop compares something and then leaves it by raise, return or break."""
        blocks = self.program.files[self.path].blocks
        return any(
            item.kind in ("raise", "return", "break") and self._is_tested(blocks, item.block) for item in self.exits
        )

    def _is_tested(self, blocks: tuple[Block, ...], block: int) -> bool:
        for index in self.program.blocks_above(self.path, block):
            if index == self.index:
                return False
            test = blocks[index].value if blocks[index].kind == "if" else None
            if test is not None and _compares(test):
                return True
        return False


def _compares(value: Value) -> bool:
    if value.kind == "compare":
        return any(operator in value.text for operator in ("Less", "Greater", "Equal"))
    return any(_compares(part) for part in value.parts)


class FunctionSite(Site):
    """A function."""

    def __init__(self, context: "Context", key: FunctionKey) -> None:
        fact = context.program.function(key)
        super().__init__(context, key, fact.block, fact.span, f"def {fact.qualname}")

    @property
    def broadly_guarded_statements(self) -> int:
        """How many of its statements stand in a `try` whose handler catches everything and never raises."""
        blocks = self.program.files[self.path].blocks
        broad = {
            int(block.value.text)
            for index, block in enumerate(blocks)
            if block.kind == "handler" and block.function == self.key[1] and block.value is not None
            for handler in (HandlerSite(self.context, self.path, index),)
            if handler.broad and not handler.reraises
        }
        outer = [index for index in broad if not self._inside_any(index, broad)]
        return sum(blocks[index].statements for index in outer)

    def _inside_any(self, index: int, others: set[int]) -> bool:
        parent = self.program.files[self.path].blocks[index].parent
        return any(above in others for above in self.program.blocks_above(self.path, parent))

    @property
    def hidden_imports(self) -> tuple[str, ...]:
        """What it imports inside, unless in a `try` or for types only."""
        imports = self.program.files[self.path].imports
        return tuple(item.path for item in imports if item.function == self.key[1] and not item.guarded)

    @property
    def rebinds_once(self) -> bool:
        """Whether every `global` name it binds is bound under a test that it is not set yet."""
        facts = self.program.files[self.path]
        for name in self.function.globals:
            for item in self.program.assigns_to(self.path, name):
                if item.function == self.key[1] and not self._tests_unset(facts.blocks, item.block, name):
                    return False
        return True

    def _tests_unset(self, blocks: tuple[Block, ...], block: int, name: str) -> bool:
        for index in self.program.blocks_above(self.path, block):
            test = blocks[index].value if blocks[index].kind == "if" else None
            if test is None:
                continue
            if test.kind == "not" and plain_name(test.parts[0]) == name:
                return True
            if test.kind == "compare" and test.text == "Is" and plain_name(test.parts[0]) == name:
                return True
        return False


class ParameterSite(Site):
    """A parameter of an entry point."""

    def __init__(self, context: "Context", key: FunctionKey, parameter: Parameter) -> None:
        fact = context.program.function(key)
        super().__init__(context, key, fact.block, fact.span, f"parameter {parameter.name}")
        self.parameter = parameter


class TextSite(Site):
    """A literal that is an address, a path, a key shape, or given to a secret-like name."""

    def __init__(self, context: "Context", path: str, fact: Text) -> None:
        super().__init__(context, (path, fact.function), fact.block, fact.span, f"text {fact.bound}")
        self.fact = fact
        self.text = fact.text
        self.bound = fact.bound
        self.where = fact.where

    @property
    def call(self) -> CallSite | None:
        """The call it is an argument of."""
        return self.context.call(self.path, self.fact.call) if self.fact.call >= 0 else None

    @property
    def stands_alone(self) -> bool:
        """Whether it is a documentation string or some other text that is given to nothing."""
        return self.where == "other" and self.fact.call < 0 and not self.context.is_used(self.path, self.text)

    @property
    def is_setting_default(self) -> bool:
        """Whether it is the default of a field of a class that is read from the environment."""
        return self.where == "assign" and self.context.in_settings_class(self.path, self.block)

    @property
    def is_route(self) -> bool:
        """Whether it is the path of a route."""
        call = self.call
        return call is not None and bool(self.program.library.entry(call.name))


class DistributionSite(Site):
    """A third-party distribution that first-party code imports, at its first import."""

    def __init__(self, context: "Context", path: str, span: Span, name: str, module: str, guarded: str) -> None:
        super().__init__(context, (path, 0), 0, span, f"import {module}")
        self.distribution = name
        self.module = module
        self.guarded = guarded == "guarded"


class ImpliedSite(Site):
    """A use of something that needs a distribution which nobody imports; the first such use."""

    def __init__(self, context: "Context", key: FunctionKey, span: Span, row: Implied) -> None:
        super().__init__(context, key, 0, span, f"needs {row.needs[0]} for {row.name}")
        self.row = row


class ProjectSite(Site):
    """The project as a whole; shown at its manifest or first entry point."""

    def __init__(self, context: "Context", path: str) -> None:
        super().__init__(context, (path, 0), 0, (1, 1, 1, 1), "project")
