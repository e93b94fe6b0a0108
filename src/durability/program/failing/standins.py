"""Names that get made-up data or an idle object instead of the real thing, when a setting is missing or it fails."""

import re
from collections.abc import Iterator
from functools import cached_property
from typing import TYPE_CHECKING

from msgspec import Struct

from durability.facts.literals import is_secret_name
from durability.facts.model import Exit, Span, Value
from durability.model import Step
from durability.program.doing.effects import matches
from durability.program.failing.choosing import Choice, Choosing, Source
from durability.program.failing.pretending import Pretending, claims_done, compares, invented_number, is_empty, passes
from durability.program.failing.telling import ASKED, REFUSED, Telling
from durability.program.links.graph import FunctionKey
from durability.program.links.spelling import plain_name
from durability.program.sites import CallSite, HandlerSite

if TYPE_CHECKING:
    from durability.program.context import Context

_OUTSIDE = ("charge", "refund", "message", "llm", "http", "db", "enqueue")
_ASKING = ("llm", "http", "db.query")
_SENDING = ("charge", "refund", "message")
_LIVE = frozenset({"route", "bot", "worker", "tool", "ui"})
_STARTING = frozenset({"import", "startup"})
_PARSING = frozenset(
    {"ValueError", "KeyError", "IndexError", "TypeError", "AttributeError", "JSONDecodeError", "UnicodeDecodeError",
     "StopIteration", "DoesNotExist", "NoResultFound", "ObjectDoesNotExist", "FileNotFoundError", "ValidationError"}
)  # fmt: skip
_CHECK = re.compile(r"verif|valid|auth|check|signature|secret|token|password", re.IGNORECASE)
_JUDGES = re.compile(r"verif|valid|ground|moderat|safe|authentic|signature|complian|fraud|plagiari|toxic", re.I)
_COUNTS = re.compile(r"limit|rate|quota|cache", re.IGNORECASE)
_SOMEBODY = re.compile(r"^(?:to|to_.*|.*e?mail.*|recipients?|phone.*|.*user.*|customer.*|.*_number|chat_id|receiver)$")
_CACHE = re.compile(r"cache|tracer|metric|telemetry|logg", re.IGNORECASE)
_MEMORY = frozenset({":memory:", "sqlite://", "sqlite:///:memory:", "sqlite+aiosqlite:///:memory:"})


class StandIn(Struct, frozen=True):
    """A place where something else takes the part of the real thing; `told` says how people learn of it, else ""."""

    key: FunctionKey
    block: int
    span: Span
    what: str
    source: Source
    told: str
    trace: tuple[Step, ...]


class StandIns:
    """Every stand-in that a live entry point can use."""

    def __init__(self, context: "Context") -> None:
        self._context = context
        self.choosing = Choosing(context)
        self._pretending = Pretending(context)
        self.telling = Telling(context, self.choosing)

    @cached_property
    def all(self) -> tuple[StandIn, ...]:
        """By file and place."""
        found: dict[tuple[str, Span], StandIn] = {}
        for path in self._context.judged_paths():
            for index in range(len(self._context.program.files[path].functions)):
                key = (path, index)
                if self._live(key):
                    for item in (
                        *self._branches(key),
                        *self._fall_through(key),
                        *self._ternaries(key),
                        *self._in_memory(key),
                    ):
                        # What fails at the start is often made good for on purpose; what is not set is forgotten.
                        if item.source.kind == "setting" or not self._only_starts(key):
                            found.setdefault((path, item.span), item)
        return tuple(found[place] for place in sorted(found))

    @cached_property
    def by_setting(self) -> dict[str, StandIn]:
        """The first stand-in for each setting whose absence leads to one."""
        found: dict[str, StandIn] = {}
        for item in self.all:
            if item.source.kind == "setting" and item.told not in (ASKED, REFUSED):
                found.setdefault(item.source.name, item)
        return found

    def _live(self, key: FunctionKey) -> bool:
        if _LIVE & self._context.reach.of(key).roles or self._only_starts(key):
            return True
        if key[1] or not _LIVE & self._context.reach.roles:
            return False
        shared = "import" in self._context.reach.of(key).roles and self._context.program.is_imported(key[0])
        return shared or key[0] in self._live_files

    def _only_starts(self, key: FunctionKey) -> bool:
        """Whether a function runs when a live program starts, and not for those who use it."""
        roles = self._context.reach.of(key).roles
        return bool(key[1] and _STARTING & roles and not _LIVE & roles and _LIVE & self._context.reach.roles)

    @cached_property
    def _live_files(self) -> frozenset[str]:
        program = self._context.program
        return frozenset(
            path
            for path in self._context.judged_paths()
            if any(_LIVE & self._context.reach.of((path, i)).roles for i in range(len(program.files[path].functions)))
        )

    # Branches.

    def _branches(self, key: FunctionKey) -> Iterator[StandIn]:
        program = self._context.program
        for index in program.blocks_in(key):
            kind = program.files[key[0]].blocks[index].kind
            if kind not in ("if", "else", "handler") or not self._may_fail(key[0], index):
                continue
            choice = self.choosing.why(key[0], index)
            if choice is None:
                continue
            for leaving in program.exits_in(key):
                if leaving.kind == "return" and leaving.block == index:
                    yield from self._returned(key, index, leaving, choice)
            for item in program.assigns_in(key):
                name = plain_name(item.target)
                if item.block != index or item.value is None or not name or _CACHE.search(name):
                    continue
                what = self._pretending.what(item.value, key, made=True)
                if not what and kind == "handler" and invented_number(item.value, name):
                    what = "a made-up number"
                way = self._given_elsewhere(key, index, name) if what else ()
                if what and way:
                    yield self._found(key, index, item.span, what, choice, item.value, way)

    def _fall_through(self, key: FunctionKey) -> Iterator[StandIn]:
        """`if URL: return Real(URL)`, and below it `return InMemory()`."""
        program = self._context.program
        for index in program.blocks_in(key):
            block = program.files[key[0]].blocks[index]
            if block.kind != "if" or block.value is None or not self._context.leaving.ends(key[0], index):
                continue
            choice = self.choosing.test(block.value, key, held=False)
            for leaving in program.exits_in(key) if choice is not None else ():
                follows = leaving.block == block.parent and leaving.span[:2] >= block.span[2:]
                if choice is None or leaving.kind != "return" or not follows or leaving.value is None:
                    continue
                what = self._pretending.what(leaving.value, key, made=True)
                real = [call for call in self._calls(key) if index in program.blocks_above(key[0], call.block)]
                way = self._way_of(real, _OUTSIDE) if what else ()
                if way and not _CACHE.search(program.function(key).qualname):
                    yield self._found(key, leaving.block, leaving.span, what, choice, leaving.value, way)

    def _calls(self, key: FunctionKey) -> list[CallSite]:
        return [self._context.call(key[0], number) for number in self._context.program.calls_in(key)]

    def _may_fail(self, path: str, index: int) -> bool:
        """Whether a handler takes failures of the outside, and not of data alone; true for other blocks."""
        block = self._context.program.files[path].blocks[index]
        if block.kind != "handler":
            return True
        return not block.refs or not all(self._is_plain(name, path) for name in block.refs)

    def _is_plain(self, name: str, path: str) -> bool:
        """Whether an error says something about the data, or is the project's own, with a meaning of its own."""
        return name.rpartition(".")[2] in _PARSING or self._context.program.resolve(name, path).kind == "class"

    def _returned(self, key: FunctionKey, index: int, leaving: Exit, choice: Choice) -> Iterator[StandIn]:
        facts = self._context.program.files[key[0]]
        what = self._pretending.what(leaving.value, key, made=False) if leaving.value is not None else ""
        effects: tuple[str, ...] = _OUTSIDE
        if not what and choice.source.kind == "setting":
            yield from self._passed(key, index, leaving, choice)
        name = facts.functions[key[1]].name
        if not what and facts.blocks[index].kind == "handler":
            if invented_number(leaving.value, name):
                what = "a made-up number"
            elif _JUDGES.search(name) and not _COUNTS.search(name) and passes(leaving.value):
                what, effects = "a check that lets everything pass", _ASKING
        if not what and _is_credential(choice.source) and is_empty(leaving.value):
            what, effects = "an empty answer", _ASKING
        if not what and choice.source.kind == "setting" and claims_done(leaving.value):
            what, effects = "nothing", _SENDING
        if not what and choice.source.kind == "setting" and self._keeps_quiet(key, leaving):
            what, effects = "nothing", _SENDING
        others = [
            item
            for item in self._context.program.exits_in(key)
            if item.kind == "return" and item.block != index and (item.value is not None) and item.value.kind != "const"
        ]
        if not what or (not others and what != "nothing") or _CACHE.search(facts.functions[key[1]].qualname):
            return
        way = self._way_of(self._real_calls(key, index), effects)
        if way:
            yield self._found(key, index, leaving.span, what, choice, leaving.value, way)

    def _keeps_quiet(self, key: FunctionKey, leaving: Exit) -> bool:
        """Whether a function that writes to somebody it is told just ends, so that its callers cannot know."""
        if leaving.value is not None and leaving.value.text != "None":
            return False
        returned = (item.value for item in self._context.program.exits_in(key) if item.kind == "return")
        if any(value is not None and value.text != "None" for value in returned):
            return False
        return any(_SOMEBODY.search(item.name) for item in self._context.program.function(key).parameters)

    def _passed(self, key: FunctionKey, index: int, leaving: Exit, choice: Choice) -> Iterator[StandIn]:
        """A check of who asks that lets everybody pass."""
        answers_yes = claims_done(leaving.value)
        if not _CHECK.search(self._context.program.function(key).name):
            return
        for item in self._context.program.exits_in(key):
            refuses = (
                item.kind == "raise" and (answers_yes or leaving.value is None) and self._compared_above(key, item)
            )
            ends = item.kind == "return" and answers_yes and item.value is not None and compares(item.value)
            if item.span > leaving.span and (refuses or ends):
                step = Step(key[0], item.span[0], "compares what was sent with the secret")
                yield self._found(key, index, leaving.span, "a check that lets everybody pass", choice, None, (step,))
                return

    def _compared_above(self, key: FunctionKey, leaving: Exit) -> bool:
        """Whether an exit hangs on a comparison."""
        value = self._context.program.files[key[0]].blocks[leaving.block].value
        if value is None:
            return False
        parts = value.parts if value.kind in ("or", "and", "not") else (value,)
        return any(compares(part) or (part.kind == "not" and compares(part.parts[0])) for part in parts)

    def _real_calls(self, key: FunctionKey, index: int) -> list[CallSite]:
        """The calls that run where a branch does not: what a handler guards, or what stands outside the branch."""
        program = self._context.program
        block = program.files[key[0]].blocks[index]
        if block.kind == "handler":
            return list(HandlerSite(self._context, key[0], index).guarded_calls)
        calls = [self._context.call(key[0], number) for number in program.calls_in(key)]
        end = block.span[2:]
        start = block.span[:2]
        if block.kind == "else":
            return [call for call in calls if call.span[:2] < start and self._in_twin(call, index)]
        return [call for call in calls if call.span[:2] > end]

    def _in_twin(self, call: CallSite, index: int) -> bool:
        blocks = self._context.program.files[call.path].blocks
        return any(
            blocks[above].kind == "if"
            and blocks[above].parent == blocks[index].parent
            and blocks[above].value == blocks[index].value
            for above in self._context.program.blocks_above(call.path, call.block)
        )

    def _given_elsewhere(self, key: FunctionKey, index: int, name: str) -> tuple[Step, ...]:
        """The way to the effect of what else a name is given in the same function."""
        program = self._context.program
        for item in program.assigns_in(key):
            if plain_name(item.target) != name or index in program.blocks_above(key[0], item.block):
                continue
            if item.value is not None and item.value.kind in ("call", "name", "attr"):
                way = self._way_of_value(item.value, key)
                if way:
                    return way
        if program.files[key[0]].blocks[index].kind == "handler":
            handler = HandlerSite(self._context, key[0], index)
            tried = (item for item in program.assigns_in(key) if plain_name(item.target) == name)
            if any(handler.within(item.block, handler.guarded_block) for item in tried):
                return self._way_of(list(handler.guarded_calls), _OUTSIDE)
        for imported in program.files[key[0]].imports:
            if imported.name == name and imported.function == key[1] and imported.guarded:
                symbol = program.resolve(imported.path, key[0])
                target = program.key_of(symbol)
                way = self._way_into(target, _OUTSIDE) if target else ()
                if symbol.kind == "class":
                    way = way or self._pretending.way_of_class(symbol, _OUTSIDE)
                if way:
                    return (Step(key[0], imported.span[0], f"imports {name}"), *way)
        return ()

    def _ternaries(self, key: FunctionKey) -> Iterator[StandIn]:
        """`Real() if KEY else Fake()`."""
        program = self._context.program
        values = [(item.value, item.span, item.block) for item in program.assigns_in(key)]
        values += [(item.value, item.span, item.block) for item in program.exits_in(key) if item.kind == "return"]
        for value, span, block in values:
            if value is None or value.kind != "if" or len(value.parts) != 3:
                continue
            for held, fake, real in ((True, value.parts[1], value.parts[2]), (False, value.parts[2], value.parts[1])):
                choice = self.choosing.test(value.parts[0], key, held=held)
                what = self._pretending.what(fake, key, made=True) if choice is not None else ""
                way = self._way_of_value(real, key) if what else ()
                if choice is not None and what and way:
                    yield self._found(key, block, span, what, choice, fake, way)

    def _in_memory(self, key: FunctionKey) -> Iterator[StandIn]:
        """`os.getenv("DATABASE_URL", "sqlite://")`: a data store that is gone when the process ends."""
        for number in self._context.program.calls_in(key):
            call = self._context.call(key[0], number)
            default = call.argument("default", 1) if call.library.effect == "env.read" else None
            name = call.argument("key", 0)
            if default is not None and default.text in _MEMORY and name is not None and name.kind == "text":
                choice = Choice(Source("setting", name.text), asked=False)
                step = Step(call.path, call.line, f"{name.text} says where the data is kept")
                yield self._found(key, call.block, call.span, "a store in memory", choice, default, (step,))

    # What is real.

    def _way_of(self, calls: list[CallSite], effects: tuple[str, ...]) -> tuple[Step, ...]:
        for call in calls:
            way = self._way_of_call(call, effects)
            if way:
                return way
        return ()

    def _way_of_value(self, value: Value, key: FunctionKey) -> tuple[Step, ...]:
        if value.kind == "call" and value.call >= 0:
            call = self._context.call(key[0], value.call)
            own = self._way_of_call(call, _OUTSIDE)
            return own or (self._way_of_value(call.receiver, key) if call.receiver is not None else ())
        symbol = self._context.program.value_symbol(value, key[0], key[1])
        if symbol.kind == "class":
            return self._pretending.way_of_class(symbol, _OUTSIDE)
        return ()

    def _way_of_call(self, call: CallSite, effects: tuple[str, ...]) -> tuple[Step, ...]:
        own = Step(call.path, call.line, f"{call.shown}()")
        if any(matches(call.library, effect) for effect in effects) or self._pretending.is_client(call, effects):
            return (own,)
        way = self._way_into(self._context.program.key_of(call.symbol), effects)
        if not way and call.symbol.kind == "class":
            way = self._pretending.way_of_class(call.symbol, effects)
        return (Step(call.path, call.line, f"calls {call.shown}()"), *way) if way else ()

    def _way_into(self, target: FunctionKey | None, effects: tuple[str, ...]) -> tuple[Step, ...]:
        if target is None:
            return ()
        return next((way for effect in effects if (way := self._context.effects.chain(target, effect))), ())

    def _found(
        self,
        key: FunctionKey,
        block: int,
        span: Span,
        what: str,
        choice: Choice,
        value: Value | None,
        way: tuple[Step, ...],
    ) -> StandIn:
        told = ASKED if choice.asked else self.telling.told(key, block, value, choice.source)
        step = Step(key[0], span[0], f"{what} instead")
        return StandIn(key, block, span, what, choice.source, told, (*way, step))


def _is_credential(source: Source) -> bool:
    """Whether a setting is what another service asks for: without it that service cannot be used at all."""
    return source.kind == "setting" and (is_secret_name(source.name) or source.name.endswith("_KEY"))
