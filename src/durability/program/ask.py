"""Program evidence for rules: every question is a lookup in an index that is built once."""

from collections.abc import Iterator
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Literal

from durability.facts.model import Value
from durability.knowledge.names import normal
from durability.knowledge.rows import Row
from durability.knowledge.versions import admitted
from durability.model import Step
from durability.program.answers import NO, Answer, known, unknown
from durability.program.attempts import Attempts, attempts, retried_by
from durability.program.background import forgets, started_at
from durability.program.bodies import Body, body_of
from durability.program.bounds import Bound, bound_of
from durability.program.closing import is_closed
from durability.program.defaults import SharedValue, shared_values
from durability.program.destruction import destroys, unmeant
from durability.program.dropped import dropped
from durability.program.effects import matches
from durability.program.entries import EntryPoint
from durability.program.fanout import Fanout, fanout
from durability.program.flow import Leaf
from durability.program.growth import Relief, counter, growth, is_surely_new, relief, step
from durability.program.keyed import keyed_chain
from durability.program.late import loaded_late
from durability.program.lifetimes import made_again
from durability.program.listing import Listing, listing, takes_page
from durability.program.locks import locked
from durability.program.modules import imported_paths
from durability.program.orm import LazyLoad
from durability.program.polling import polls, rests
from durability.program.results import attributes_of, depends, names_in, passed_on
from durability.program.retries import after_tries, retries, waits
from durability.program.routes import Route
from durability.program.scans import scanned_list
from durability.program.sentinels import told_apart, used_blindly
from durability.program.serving import caught_while_serving
from durability.program.sharing import changes, is_settled, is_stored, origin, other_entries, readers, user_data
from durability.program.sites import CallSite, EntrySite, FunctionSite, LoopSite, Site, StateSite
from durability.program.sites.handler import HandlerSite
from durability.program.statements import query_texts
from durability.program.states import Event
from durability.program.values import ValueQuestions

if TYPE_CHECKING:
    from durability.sources.project import Manifests


class Ask(ValueQuestions):
    """What a rule may ask about the whole program."""

    @property
    def manifests(self) -> "Manifests":
        """Declared dependencies, lock files, containers, CI and migrations of the project."""
        return self._context.manifests

    @property
    def entries(self) -> tuple[EntryPoint, ...]:
        """Every entry point."""
        return self._context.entries

    @property
    def routes(self) -> tuple[Route, ...]:
        """Every route with its whole address, parameters and whether it demands credentials."""
        return self._context.routes

    def route_of(self, site: Site) -> Route | None:
        """The route that the function around a place answers (the first, where it has several addresses)."""
        return self._context.routes_by_handler.get(site.key)

    def is_entry(self, site: Site) -> bool:
        """Whether the function around a place is an entry point itself."""
        return any(entry.function == site.key for entry in self.entries)

    def scope(self) -> str:
        """What an absence claim was searched in."""
        count = len(self._context.judged_paths())
        return f"searched {count} module{'s' if count != 1 else ''}"

    def effect(self, call: CallSite, effect: str, *, keyed_by: tuple[str, ...] = ()) -> Answer:
        """Whether a call has an effect, itself or through project functions; the shortest chain is the trace.

        With `keyed_by`, only when an argument (or the receiver) depends on one of these names of the same function.
        """
        steps = self._chain(call, effect)
        if not steps:
            return unknown("unresolved") if call.symbol.kind in ("unknown", "parameter") else NO
        if keyed_by and not self.depends(call, keyed_by):
            return NO
        return Answer("yes", trace=steps)

    def has_effect(self, call: CallSite, effect: str) -> bool:
        """Whether a call has an effect, itself or through project functions, as far as names are resolved."""
        if matches(call.library, effect):
            return True
        target = self._context.program.key_of(call.symbol)
        return target is not None and self._context.effects.reaches(target, effect)

    def attributes_of(self, call: CallSite) -> frozenset[str]:
        """The attributes and methods used on the result of a call, in its chain or through the names it is bound to."""
        return attributes_of(self._context, call)

    def passed_on(self, call: CallSite) -> bool:
        """Whether the result of a call is handed to a project function, which may test it."""
        return passed_on(self._context, call)

    def body(self, site: FunctionSite) -> Body:
        """How a function that serves a route takes the body of its request."""
        return body_of(self._context.program, self._context.entries, site)

    def blocks(self, call: CallSite, effects: tuple[str, ...]) -> Answer:
        """Whether a call holds its thread with one of these effects, itself or through helpers that do the work now.

        Helpers hand work over when they give it to another thread, or make a coroutine without awaiting it.
        """
        target = self._context.program.key_of(call.symbol)
        if target is None:
            return known(call.library.blocking and any(matches(call.library, effect) for effect in effects))
        found = [self._context.effects.chain(target, effect, blocking=True) for effect in effects]
        steps = min((chain for chain in found if chain), key=len, default=())
        return Answer("yes", trace=(Step(call.path, call.line, f"calls {call.shown}()"), *steps)) if steps else NO

    def is_project(self, call: CallSite) -> bool:
        """Whether a call runs a function of the project."""
        return self._context.program.key_of(call.symbol) is not None

    def calls_coroutine(self, call: CallSite) -> bool:
        """Whether a call runs a coroutine of the project."""
        target = self._context.program.key_of(call.symbol)
        return target is not None and self._context.program.function(target).is_async

    def makes_coroutine(self, call: CallSite) -> bool:
        """Whether a call only makes a coroutine, of the project or a library, that runs when it is awaited."""
        return self.calls_coroutine(call) or call.library.async_

    def in_retry(self, call: CallSite) -> bool:
        """Whether a call stands in a loop that repeats it until it works."""
        return any(
            retries(self._context, LoopSite(self._context, call.path, index))
            for index in self._context.program.blocks_above(call.path, call.block)
            if self._context.program.files[call.path].blocks[index].kind in ("for", "while")
        )

    def stops_early(self, call: CallSite) -> bool:
        """Whether the innermost loop around a call is left by `return` or `break` on some path: it looks for one."""
        blocks = self._context.program.files[call.path].blocks
        above = self._context.program.blocks_above(call.path, call.block)
        index = next((item for item in above if blocks[item].kind in ("for", "while")), None)
        if index is None:
            return False
        exits = LoopSite(self._context, call.path, index).exits
        return any(item.kind in ("return", "break") and item.span[0] > call.line for item in exits)

    def depends_on_others(self, site: EntrySite) -> bool:
        """Whether an entry point asks another service, a model or a database."""
        return self._context.boundaries.depends(site.entry)

    def escape(self, site: EntrySite) -> tuple[Step, ...]:
        """The shortest chain to an operation whose error nothing takes on the way to the user; () when none does."""
        return self._context.boundaries.escape(site.entry)

    def forgets(self, site: EntrySite) -> bool:
        """Whether background work is started by something that drops its errors, and nobody waits for its result."""
        return forgets(self._context, site.entry)

    def started_at(self, site: EntrySite) -> tuple[Step, ...]:
        """Where background work is started."""
        return started_at(self._context, site.entry)

    def told_success(self, handler: HandlerSite) -> tuple[Step, ...]:
        """The chain from an entry point that answers success to a handler that takes a failure; () when none."""
        return self._context.failures.told_success(handler)

    def is_tested(self, site: EntrySite) -> bool:
        """Whether some test runs an entry point."""
        return self._context.tested.reaches(site.entry)

    def has_computed_requests(self) -> bool:
        """Whether some test asks for an address that is put together at run time."""
        return self._context.tested.computed

    def settings_unseen(self) -> bool:
        """Whether the settings that say what becomes of errors are not in sight."""
        return self._context.boundaries.is_hidden

    def is_closed(self, call: CallSite) -> Answer:
        """Whether what a call makes is closed, kept for later or given to somebody who may close it."""
        return is_closed(self._context, call)

    def after_tries(self, loop: LoopSite) -> str:
        """What happens when all tries of a retry have failed and nobody is told; "" when somebody is."""
        return after_tries(self._context, loop)

    def bound(self, call: CallSite) -> Bound:
        """How much a call that fetches all rows can bring."""
        return bound_of(self._context, call)

    def listing(self, site: EntrySite) -> Listing:
        """What a GET route reads that answers with a collection."""
        return listing(self._context, site.entry)

    def takes_page(self, site: EntrySite) -> bool:
        """Whether the caller of a list route can ask for a part of it."""
        return takes_page(self._context, site.entry)

    def lazy_load(self, loop: LoopSite) -> LazyLoad | None:
        """The relation that a loop reads of each stored object; None when it reads none."""
        return self._context.models.lazy_load(loop)

    def told_apart(self, handler: HandlerSite) -> bool:
        """Whether every caller of a function that hides its errors tests for the empty value and then leaves."""
        return told_apart(self._context, handler)

    def used_blindly(self, handler: HandlerSite) -> tuple[Step, ...]:
        """The first caller that takes the empty value of a hidden error for an answer; () when none is known."""
        return used_blindly(self._context, handler)

    def reads_file(self, call: CallSite) -> bool:
        """Whether a call reads a file."""
        return self._context.state_files.is_read(call)

    def reads_whole(self, call: CallSite) -> bool:
        """Whether a file is taken all at once."""
        return self._context.state_files.is_whole(call)

    def appended_to(self, call: CallSite) -> Step | None:
        """Where the program adds to the file that a call reads; None when nothing in sight does."""
        return self._context.state_files.appender(call)

    def has_tracker(self) -> bool:
        """Whether an error tracker is set up."""
        return self._context.boundaries.has_tracker

    def caught_while_serving(self) -> Literal["traced", "untraced", "none"]:
        """Whether errors of operations on the outside are caught while people are served, and some trace is kept."""
        return caught_while_serving(self._context)

    def boundary(self) -> Step | None:
        """What takes every error of the application; None when nothing does."""
        return self._context.boundaries.of_application

    def keyed_chain(self, call: CallSite, names: tuple[str, ...], effects: tuple[str, ...]) -> tuple[Step, ...]:
        """The shortest chain from a call to an operation that is asked about the items `names`; () when none is."""
        return keyed_chain(self._context, call, names, effects)

    def _chain(self, call: CallSite, effect: str) -> tuple[Step, ...]:
        if matches(call.library, effect):
            return (Step(call.path, call.line, f"{call.shown}()"),)
        target = self._context.program.key_of(call.symbol)
        if target is None:
            return ()
        rest = self._context.effects.chain(target, effect)
        return (Step(call.path, call.line, f"calls {call.shown}()"), *rest) if rest else ()

    def depends(self, call: CallSite, names: tuple[str, ...]) -> bool:
        """Whether an argument or the receiver of a call is made from one of these names of its function."""
        return depends(self._context, call, names)

    def calls(self, *, effect: str = "", name: str = "") -> list[CallSite]:
        """Calls anywhere in first-party code with an effect, or whose library name matches a pattern."""
        if effect:
            groups = self._context.calls_by_effect
            return [
                site for key in sorted(groups) if key == effect or key.startswith(effect + ".") for site in groups[key]
            ]
        groups = self._context.calls_by_name
        return [site for key in sorted(groups) if fnmatchcase(key, name) for site in groups[key]]

    def query_texts(self, call: CallSite) -> tuple[str, ...] | None:
        """The texts of the statement whose result a call fetches, as far as they are constant.

        () when no statement is in sight (an object-relational query), None when its text is not known.
        """
        return query_texts(self._context, call)

    def distributions_of(self, module: str) -> tuple[str, ...]:
        """Every distribution that brings an import, in normal form."""
        return tuple(normal(name) for name in self._context.program.library.distributions_of(module))

    def declares(self, names: tuple[str, ...]) -> bool:
        """Whether a manifest names one of these distributions, or one that brings it (`fastapi[standard]`)."""
        declared = self.manifests.versions
        if any(normal(name.split("[")[0]) in declared for name in names if "[" not in name):
            return True
        extras = {f"{item.name}[{extra}]" for item in self.manifests.dependencies for extra in item.extras}
        return any(name in extras for name in names)

    def admits(self, distribution: str, specifier: str) -> bool:
        """Whether the project's version of a distribution, or the newest where none is written, is in a range."""
        if not specifier:
            return True
        wanted = self.manifests.versions.get(normal(distribution), "")
        return bool(admitted((Row(name=distribution, effect="none", versions=specifier),), wanted))

    def runs_on_import(self, site: Site) -> bool:
        """Whether a module body runs because another module, or a server, imports it; not as a script of its own."""
        roles = site.reach.roles
        served = any(
            entry.function[0] == site.path and entry.role in ("route", "bot", "worker") for entry in self.entries
        )
        return ("import" in roles and "ui" not in roles) and (served or self._context.program.is_imported(site.path))

    def tested_modules(self) -> frozenset[str]:
        """The first-party files that some test imports, directly or not."""
        program = self._context.program
        tests = [path for path, role in program.file_roles.items() if role == "test" and path in program.files]
        seen: set[str] = set()
        pending = list(tests)
        while pending:
            path = pending.pop()
            for item in program.files[path].imports:
                for target in imported_paths(program.linker.modules, item.path, path):
                    if target not in seen:
                        seen.add(target)
                        pending.append(target)
        return frozenset(path for path in seen if program.file_roles.get(path) == "first-party")

    def loaded_late(self, site: FunctionSite) -> tuple[str, ...]:
        """The third-party packages that a function imports and no module of the project loads when it starts."""
        return loaded_late(self._context, site)

    def has_setting(self, key: str) -> bool:
        """Whether first-party code sets a configuration key (`app.config["KEY"] = …`, or a keyword or name KEY)."""
        for path in self._context.judged_paths():
            for item in self._context.program.files[path].assigns:
                target = item.target
                named = target.text if target.kind in ("name", "attr") else ""
                keyed = target.parts[1].text if target.kind == "item" and len(target.parts) == 2 else ""
                if key in (named, keyed):
                    return True
        return any(item.keyword == key for site in self.calls(name="*.config.update") for item in site.arguments)

    def locked(self, call: CallSite) -> bool:
        """Whether the object a call makes is only used inside `with` on a lock, wherever its name is used."""
        return locked(self._context, call)

    def retries(self, loop: LoopSite) -> bool:
        """Whether a loop repeats one remote call until it works: it leaves on success and goes on after an error."""
        return retries(self._context, loop)

    def waits(self, loop: LoopSite) -> str:
        """How a loop waits between rounds: "growing", "constant" or "not"."""
        return waits(self._context, loop)

    def scanned_list(self, loop: LoopSite) -> tuple[str, int] | None:
        """The list that a loop searches in each round, and the line; None when it searches none that grows."""
        return scanned_list(self._context, loop)

    def attempts(self, call: CallSite) -> Attempts:
        """The most tries that one call makes by itself, or in the first operation behind it that tries again."""
        return attempts(self._context, call)

    def retried_by(self, site: FunctionSite) -> str:
        """The library whose decorator repeats a function, or ""."""
        return retried_by(self._context, site.key)

    def made_again(self, call: CallSite) -> tuple[Step, ...] | None:
        """The chain by which what a call makes is made again for each request; None when it is made once and kept."""
        return made_again(self._context, call)

    def destroys(self, call: CallSite) -> str:
        """What a call deletes: "everything", "some" of what is stored, or "" when it is no deletion."""
        return destroys(self._context, call)

    def unmeant(self, call: CallSite) -> tuple[Step, ...] | None:
        """The chain by which a call runs although nobody said that it should; None when a test is on every way."""
        return unmeant(self._context, call)

    def polls(self, loop: LoopSite) -> bool:
        """Whether a `while` loop does nothing but ask again until it may go on."""
        return polls(self._context, loop)

    def rests(self, loop: LoopSite) -> bool:
        """Whether each round of a loop waits for something: a pause, a blocking call, or the event loop."""
        return rests(self._context, loop)

    def shared_values(self, site: FunctionSite) -> tuple[SharedValue, ...]:
        """The values that a function shares between its calls or its class's objects, and changes or freezes."""
        return shared_values(self._context, site.key)

    def way(self, site: Site) -> tuple[Step, ...]:
        """The shortest chain of calls from an entry point to a place, the place last."""
        steps = self._context.reach.way(site.key)
        last = f"{site.shown}()" if isinstance(site, CallSite) else site.operation
        return (*steps, Step(site.path, site.line, last)) if steps else ()

    def dropped(self, call: CallSite) -> tuple[CallSite, ...]:
        """The calls whose result nothing keeps: this one, or those of functions that return it; () when it is kept."""
        return dropped(self._context, call)

    def fanout(self, call: CallSite) -> Fanout:
        """Whether a call starts one thing, few, a bounded number, or one per item of a collection from outside."""
        return fanout(self._context, call)

    def counter(self, state: StateSite, kind: str) -> Answer:
        """Whether the program does something of a kind (shrink, cap, grow, read, rebind) to a state anywhere."""
        return counter(self._context, state, kind)

    def growth(self, state: StateSite) -> tuple[Event, ...]:
        """Where served code puts more into a state with each request, message or item."""
        return growth(self._context, state)

    def is_surely_new(self, state: StateSite, event: Event) -> bool:
        """Whether what is added is new each time or chosen outside, as far as values are followed."""
        return is_surely_new(self._context, state, event)

    def relief(self, state: StateSite) -> tuple[Relief, Event | None]:
        """What takes away again from a state that grows, and where."""
        return relief(self._context, state)

    def step(self, state: StateSite, event: Event) -> Step:
        """Something done to a state, as a step of evidence."""
        return step(state, event)

    def changes(self, state: StateSite) -> tuple[Event, ...]:
        """Where what users ask for gives a shared name another value."""
        return changes(self._context, state)

    def is_settled(self, event: Event) -> bool:
        """Whether a change cannot mix users up: made once under a test that asks for it, or inside a lock."""
        return is_settled(self._context, event)

    def origin(self, state: StateSite, event: Event) -> str:
        """What a shared name is given: "itself", "outside", "constant" or "unknown"."""
        return origin(self._context, state, event)

    def readers(self, state: StateSite, written: tuple[Event, ...]) -> tuple[Event, ...]:
        """Where other functions read for somebody who asks what these wrote."""
        return readers(self._context, state, frozenset(event.function for event in written))

    def user_data(self, state: StateSite) -> tuple[Event, ...]:
        """Where a request that sends something leaves it in a state."""
        return user_data(self._context, state)

    def is_stored(self, event: Event) -> bool:
        """Whether the request that does something to a state also writes to a database, file or queue."""
        return is_stored(self._context, event)

    def other_entries(self, state: StateSite, written: tuple[Event, ...]) -> tuple[Event, ...]:
        """Where another entry point reads what these wrote."""
        return other_entries(self._context, state, written)

    def callers(self, site: Site) -> list[CallSite]:
        """The calls of the function around a place."""
        edges = self._context.program.callers.get(site.key, ())
        return [self._context.call(edge.caller[0], edge.call) for edge in edges if edge.call >= 0]

    def makers(self, call: CallSite) -> tuple[CallSite, ...]:
        """The calls that made the object this method is called on, nearest first."""
        return self._context.makers(call)

    def leaves(self, value: Value, site: Site) -> frozenset[Leaf]:
        """Where a value that stands at a place starts."""
        return self._context.flow.leaves(value, site.key)

    def outside(self, value: Value, site: Site) -> Answer:
        """Whether a value is made from what somebody outside the program chose; cleaned values are not."""
        leaves = self.leaves(value, site)
        external = sorted(
            (leaf for leaf in leaves if leaf.kind == "external"), key=lambda leaf: (leaf.path, leaf.line, leaf.name)
        )
        if external:
            first = external[0]
            steps = (Step(first.path, first.line, f"{first.name} comes from outside"),) if first.line else ()
            return Answer("yes", trace=(*steps, Step(site.path, site.line, "and is used here")))
        if any(leaf.kind in ("unknown", "parameter") for leaf in leaves):
            return unknown("unresolved")
        return NO

    def uses(self, names: tuple[str, ...], site: Site) -> Iterator[CallSite]:
        """Calls in the function of a place that are made on, or given, one of these names."""
        wanted = set(names)
        for call in site.calls_here():
            values = [item.value for item in call.arguments]
            if call.receiver is not None:
                values.append(call.receiver)
            if any(wanted.intersection(names_in(value)) for value in values):
                yield call
