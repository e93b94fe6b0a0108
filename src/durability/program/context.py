"""The program with its reach, effects and flow: what sites and rules are made on."""

from collections.abc import Callable, Iterable, Iterator
from functools import cached_property
from typing import TYPE_CHECKING, Literal

from durability.facts.model import Span, Value
from durability.knowledge.rows import Implied
from durability.model import Role, Step
from durability.program.doing.effects import Effects
from durability.program.doing.orm import Models
from durability.program.entrypoints.bindings import Bindings
from durability.program.entrypoints.entries import EntryPoint, routing_of
from durability.program.entrypoints.reach import Reachability
from durability.program.entrypoints.routes import Route, route_table
from durability.program.entrypoints.tested import Tested
from durability.program.failing.boundaries import Boundaries
from durability.program.failing.failures import Failures
from durability.program.failing.mistaken import MistakenFailures
from durability.program.failing.repeated import RepeatedEffects
from durability.program.failing.standins import StandIns
from durability.program.flows.caught import Caught
from durability.program.flows.filled import FilledByModel
from durability.program.flows.flow import Flow
from durability.program.flows.forwards import Forwards
from durability.program.flows.guards import Leaving
from durability.program.flows.model_text import ModelText
from durability.program.flows.nullness import Nullness
from durability.program.flows.placeholders import Placeholders
from durability.program.flows.remote_json import RemoteJson
from durability.program.flows.shapes import Shapes
from durability.program.flows.statements import asked_by
from durability.program.flows.trace import Trace
from durability.program.flows.uses import Uses
from durability.program.keeping.makers import Makers
from durability.program.keeping.state_files import StateFiles
from durability.program.keeping.states import States
from durability.program.keeping.transactions import Transactions
from durability.program.links.graph import FunctionKey
from durability.program.links.link import Symbol
from durability.program.links.packages import distributions, implied_uses
from durability.program.links.program import Program
from durability.program.links.spelling import plain_name
from durability.program.schema.filters import Filters
from durability.program.schema.guarded import GuardedInserts
from durability.program.schema.lookups import Lookups
from durability.program.schema.races import Races
from durability.program.schema.schema import Schema
from durability.program.schema.switches import Switches
from durability.program.sequences.sequence import Sequences
from durability.program.sites import CallSite, HandlerSite
from durability.program.trust.claims import Claims
from durability.program.trust.cookies import cookies_of
from durability.program.trust.ownership import Ownerships
from durability.program.trust.surfaces import Surfaces

if TYPE_CHECKING:
    from durability.sources.project import Manifests

_MAYBE = ("http", "llm", "db.query", "db.write", "db.fetch_all")
_COMMON = frozenset(
    {"get", "pop", "update", "add", "all", "count", "delete", "find", "insert", "set", "keys", "run", "call"}
)
_EXTERNAL_ROLES = ("route", "bot", "tool", "ui")


View = Literal["project", "released", "text"]
"""What is looked at: a project with its manifests and tests, an unpacked distribution without them, or one text."""


class Context:
    """The program with its reach, effects and flow, and views that are made once."""

    def __init__(self, program: Program, entries: tuple[EntryPoint, ...], manifests: "Manifests", view: "View") -> None:
        self.program = program
        self.view = view
        self.entries = entries
        self.manifests = manifests
        self.reach = Reachability(program, entries, view == "released")
        self.effects = Effects(program)
        external = (entry for entry in reversed(entries) if entry.role in _EXTERNAL_ROLES)
        outside = {entry.function: entry for entry in external}
        self.flow = Flow(program, outside)
        self.trace = Trace(self, self.flow, outside)
        self._calls: dict[tuple[str, int], CallSite] = {}
        self.forwards = Forwards(self)
        self._handlers: dict[str, dict[int, list[int]]] = {}
        self._makers = Makers(self)
        self.states = States(self)
        self.uses = Uses(program)
        self.leaving = Leaving(program)
        self.sequences = Sequences(self)
        self.schema = Schema(self)
        self.shapes = Shapes(self)
        self.lookups = Lookups(self)
        self.guarded_inserts = GuardedInserts(self)
        self.filled = FilledByModel(self)
        self.filters = Filters(self)
        self.races = Races(self)
        self.switches = Switches(self)
        self.repeated = RepeatedEffects(self)
        self.mistaken = MistakenFailures(self)
        self.stand_ins = StandIns(self)

    def call(self, path: str, index: int) -> CallSite:
        """The view of one call."""
        key = (path, index)
        if key not in self._calls:
            self._calls[key] = CallSite(self, path, index)
        return self._calls[key]

    def is_command(self, path: str) -> bool:
        """Whether a file's entry points are all started from a terminal."""
        roles = {entry.role for entry in self.entries if entry.function[0] == path}
        return bool(roles) and roles <= {"cli", "script"}

    def judged_paths(self) -> list[str]:
        """The files in which sites are looked for: first-party code that is no test, migration or copy."""
        return [path for path in sorted(self.program.files) if self.program.file_roles.get(path) == "first-party"]

    @cached_property
    def rerun_scripts(self) -> frozenset[str]:
        """The files that a framework runs from top to bottom for each interaction: their names live no longer."""
        return frozenset(item.function[0] for item in self.entries if item.role == "ui" and not item.function[1])

    @cached_property
    def bindings(self) -> Bindings:
        """What names stand for."""
        return Bindings(self.program)

    @cached_property
    def routes(self) -> tuple[Route, ...]:
        """The route table."""
        return route_table(self.program, routing_of(self.program), self.entries)

    @cached_property
    def routes_by_handler(self) -> dict[FunctionKey, Route]:
        """The first route of each handler."""
        return {route.handler: route for route in reversed(self.routes)}

    @cached_property
    def calls_by_name(self) -> dict[str, list[CallSite]]:
        """Calls of first-party code by canonical library name."""
        found: dict[str, list[CallSite]] = {}
        for path in self.judged_paths():
            for index, symbol in enumerate(self.program.symbols[path]):
                if symbol.kind == "library":
                    found.setdefault(symbol.name, []).append(self.call(path, index))
        return found

    @cached_property
    def calls_by_effect(self) -> dict[str, list[CallSite]]:
        """Calls of first-party code by the effect of their row."""
        found: dict[str, list[CallSite]] = {}
        for name in sorted(self.calls_by_name):
            row = self.program.row(name)
            if row is not None:
                found.setdefault(row.effect, []).extend(self.calls_by_name[name])
        return found

    @cached_property
    def stated(self) -> dict[str, list[CallSite]]:
        """Calls by the effect of their row, like `calls_by_effect`; a database call that is handed its statement stands
        where that statement is written, at the calls of the function around it, and a web request under what it means.
        """
        unsaid = self.forwards.unsaid
        found: dict[str, list[CallSite]] = {}
        for effect, calls in self.calls_by_effect.items():
            for call in calls:
                if not (effect.startswith("db.") and self._is_unsaid(call)):
                    found.setdefault(call.effect, []).append(call)
        for path in self.judged_paths():
            for index in range(len(self.program.files[path].calls)):
                call = self.call(path, index)
                if call.database is not call and (path, index) not in unsaid:
                    found.setdefault(call.database.library.effect, []).append(call)
        return found

    def _is_unsaid(self, call: CallSite) -> bool:
        asking = asked_by(self, call) or call
        return (asking.path, asking.index) in self.forwards.unsaid

    def constructions(self, kind: str) -> tuple[CallSite, ...]:
        """The calls of first-party code that make an object of a library type."""
        return tuple(site for site in self.calls_by_effect.get("constructs", ()) if site.makes == kind)

    @cached_property
    def boundaries(self) -> Boundaries:
        """What takes errors from outside on their way to the user."""
        return Boundaries(self)

    @cached_property
    def models(self) -> Models:
        """The object-relational models with their relations."""
        return Models(self)

    @cached_property
    def tested(self) -> Tested:
        """What the tests reach."""
        return Tested(self)

    @cached_property
    def classes_made(self) -> frozenset[Symbol]:
        """The project classes that some function makes objects of, and their direct bases; import makes one only."""
        program = self.program
        made = {
            symbol
            for path in self.judged_paths()
            for index, symbol in enumerate(program.symbols[path])
            if symbol.kind == "class" and program.files[path].calls[index].function
        }
        bases = {
            program.resolve(base, symbol.path)
            for symbol in made
            if (item := program.linker.classes[symbol.path].get(symbol.name)) is not None
            for base in item.bases
        }
        return frozenset(made | bases)

    def function_at(self, path: str, line: int) -> tuple[str, Role]:
        """The innermost function around a line, "" for the module body, and its role."""
        best = 0
        for index, function in enumerate(self.program.files[path].functions):
            if index and not function.supplied and function.span[0] <= line <= function.span[2]:
                best = index
        name = self.program.files[path].functions[best].qualname if best else ""
        return name, self.reach.of((path, best)).role

    def is_used(self, path: str, text: str) -> bool:
        """Whether a text is returned, bound or compared somewhere in a file, rather than standing alone."""
        facts = self.program.files[path]
        values = [item.value for item in facts.assigns if item.value is not None]
        values += [item.value for item in facts.exits if item.value is not None]
        values += [item.value for item in facts.blocks if item.value is not None]
        while values:
            value = values.pop()
            if value.kind == "text" and value.text == text:
                return True
            values.extend(value.parts)
        return False

    def in_settings_class(self, path: str, block: int) -> bool:
        """Whether a block stands in a class whose fields are read from the environment."""
        facts = self.program.files[path]
        for index in self.program.blocks_above(path, block):
            if facts.blocks[index].kind == "class":
                name = facts.blocks[index].targets[0]
                bases = next((item.bases for item in facts.classes if item.qualname == name), ())
                return any(base.rsplit(".", 1)[-1] == "BaseSettings" for base in bases)
        return False

    def maybe_sites(self) -> int:
        """Calls on receivers of unknown type whose method name is that of a remote, database or model call."""
        names = {name.rsplit(".", 1)[-1] for effect in _MAYBE for name in self.program.library.names_with(effect)}
        return sum(
            1
            for path in self.judged_paths()
            for index, symbol in enumerate(self.program.symbols[path])
            if symbol.kind in ("unknown", "parameter")
            and self.program.files[path].calls[index].target.rsplit(".", 1)[-1] in names - _COMMON
        )

    def handlers_of(self, path: str, guarded: int) -> list[HandlerSite]:
        """The handlers of a `try` block, in source order."""
        if path not in self._handlers:
            grouped: dict[int, list[int]] = {}
            for index, block in enumerate(self.program.files[path].blocks):
                if block.kind == "handler" and block.value is not None:
                    grouped.setdefault(int(block.value.text), []).append(index)
            self._handlers[path] = grouped
        return [HandlerSite(self, path, index) for index in self._handlers[path].get(guarded, [])]

    def value_name(self, value: Value, key: FunctionKey) -> str:
        """The library name of a value: of the callee for a call, else of the name itself."""
        if value.kind == "call" and value.call >= 0:
            return self.program.name(key[0], value.call)
        symbol = self.program.value_symbol(value, key[0], key[1])
        return symbol.name if symbol.kind == "library" else plain_name(value)

    def constant_name(self, value: Value, key: FunctionKey) -> str:
        """ "None" when a name stands for None everywhere it is bound; else ""."""
        leaves = self.flow.leaves(value, key) if value.kind == "name" else frozenset()
        return "None" if leaves and all(leaf.kind == "constant" and leaf.name == "None" for leaf in leaves) else ""

    @cached_property
    def distributions(self) -> dict[str, tuple[str, Span, str, bool]]:
        """Third-party distributions that first-party code imports: first place, module, and whether all are guarded."""
        return distributions(self)

    @cached_property
    def implied_uses(self) -> list[tuple[Implied, FunctionKey, Span]]:
        """The first use of each name that needs a distribution nobody imports."""
        return implied_uses(self)

    @cached_property
    def surfaces(self) -> Surfaces:
        """What strangers can reach."""
        return Surfaces(self)

    @cached_property
    def cookies(self) -> Step | None:
        """Where first-party code first sets or reads what a browser sends along by itself."""
        return cookies_of(self)

    @cached_property
    def ownerships(self) -> Ownerships:
        """Whose rows handlers touch."""
        return Ownerships(self)

    @cached_property
    def claims(self) -> Claims:
        """Where the program takes somebody's word for who they are."""
        return Claims(self)

    @cached_property
    def nullness(self) -> Nullness:
        """Which results may be None."""
        return Nullness(self)

    @cached_property
    def remote_json(self) -> RemoteJson:
        """The JSON of remote answers."""
        return RemoteJson(self)

    @cached_property
    def model_text(self) -> ModelText:
        """The places that parse what a model wrote."""
        return ModelText(self)

    @cached_property
    def transactions(self) -> Transactions:
        """What becomes of transactions that fail."""
        return Transactions(self)

    @cached_property
    def state_files(self) -> StateFiles:
        """The writes of files that the program reads as well."""
        return StateFiles(self)

    @cached_property
    def placeholders(self) -> Placeholders:
        """The functions that answer entry points."""
        return Placeholders(self)

    @cached_property
    def failures(self) -> Failures:
        """Which failures are answered with success."""
        return Failures(self)

    @cached_property
    def caught(self) -> Caught:
        """Which errors meet a handler."""
        return Caught(self)

    def origins(self, gives: str) -> Iterator[CallSite]:
        """The calls of first-party code that give something a rule is about ("none", "remote json"),
        parse "model text", or write a "state file".
        """
        sources: dict[str, Callable[[], Iterable[tuple[str, int]]]] = {
            "none": lambda: self.nullness.origins,
            "remote json": lambda: self.remote_json.origins,
            "state file": lambda: self.state_files.origins,
            "model text": lambda: self.model_text.origins,
        }
        yield from (self.call(*place) for place in sorted(sources[gives]()) if place[0] in self.judged)

    @cached_property
    def judged(self) -> frozenset[str]:
        """The files in which sites are looked for."""
        return frozenset(self.judged_paths())

    def makers(self, call: CallSite) -> tuple[CallSite, ...]:
        """The calls that made the object a method is called on: constructors and `with_options` in the chain."""
        return self._makers.of(call)
