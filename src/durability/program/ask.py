"""Program evidence for rules: every question is a lookup in an index that is built once."""

import re
import sys
from collections.abc import Iterator
from fnmatch import fnmatchcase
from functools import cached_property
from typing import TYPE_CHECKING

from durability.facts.model import Span, Value
from durability.knowledge.names import normal
from durability.knowledge.rows import Implied, Row
from durability.knowledge.versions import admitted
from durability.model import Role, Step
from durability.program.answers import NO, YES, Answer, unknown
from durability.program.bodies import Body, body_of
from durability.program.effects import Effects, matches
from durability.program.entries import EntryPoint
from durability.program.flow import Flow, Leaf
from durability.program.modules import imported_paths
from durability.program.program import FunctionKey, Program, plain_name
from durability.program.reach import Reachability
from durability.program.sites import CallSite, FunctionSite, HandlerSite, LoopSite, Site

if TYPE_CHECKING:
    from durability.sources.project import Manifests

_MAYBE = ("http", "llm", "db.query", "db.write", "db.fetch_all")
_COMMON = frozenset(
    {"get", "pop", "update", "add", "all", "count", "delete", "find", "insert", "set", "keys", "run", "call"}
)
_EXTERNAL_ROLES = ("route", "bot", "tool", "ui")


class Context:
    """The program with its reach, effects and flow, and views that are made once."""

    def __init__(
        self, program: Program, entries: tuple[EntryPoint, ...], manifests: "Manifests", is_released: bool
    ) -> None:
        self.program = program
        self.is_released = is_released
        self.entries = entries
        self.manifests = manifests
        self.reach = Reachability(program, entries)
        self.effects = Effects(program)
        external = frozenset(entry.function for entry in entries if entry.role in _EXTERNAL_ROLES)
        self.flow = Flow(program, external)
        self._calls: dict[tuple[str, int], CallSite] = {}
        self._handlers: dict[str, dict[int, list[int]]] = {}
        self._makers: dict[tuple[str, int], tuple[CallSite, ...]] = {}

    def call(self, path: str, index: int) -> CallSite:
        """The view of one call."""
        key = (path, index)
        if key not in self._calls:
            self._calls[key] = CallSite(self, path, index)
        return self._calls[key]

    def judged_paths(self) -> list[str]:
        """The files in which sites are looked for: first-party code that is no test, migration or copy."""
        return [path for path in sorted(self.program.files) if self.program.file_roles.get(path) == "first-party"]

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
    def distributions(self) -> dict[str, tuple[str, Span, str, bool]]:
        """Third-party distributions that first-party code imports: first place, module, and whether all are guarded."""
        found: dict[str, tuple[str, Span, str, bool]] = {}
        for path in self.judged_paths():
            for item in self.program.files[path].imports:
                name = self._distribution(item.path, path)
                if name and (name not in found or (found[name][3] and not item.guarded)):
                    found[name] = (path, item.span, item.path, item.guarded)
        return found

    def _distribution(self, dotted: str, path: str) -> str:
        head = dotted.split(".", maxsplit=1)[0]
        modules = self.program.linker.modules
        if not head or head in sys.stdlib_module_names or head == "__future__":
            return ""
        if modules.find(head, path) or modules.find(dotted, path) or modules.is_namespace(head):
            return ""
        return self.program.library.distribution_of(dotted)

    def function_at(self, path: str, line: int) -> tuple[str, Role]:
        """The innermost function around a line, "" for the module body, and its role."""
        best = 0
        for index, function in enumerate(self.program.files[path].functions):
            if index and function.span[0] <= line <= function.span[2]:
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

    @cached_property
    def implied_uses(self) -> list[tuple[Implied, FunctionKey, Span]]:
        """The first use of each name that needs a distribution nobody imports."""
        found = []
        for row in self.program.library.implied:
            place = self._first_use(row)
            if place is not None:
                found.append((row, *place))
        return found

    def _first_use(self, row: Implied) -> tuple[FunctionKey, Span] | None:
        for call in self.calls_by_name.get(row.name, ()):
            if not row.pattern or _fits(row, call):
                return call.key, call.span
        return None if row.pattern else self._annotated(row.name)

    def _annotated(self, name: str) -> tuple[FunctionKey, Span] | None:
        last = name.rsplit(".", 1)[-1]
        for path in self.judged_paths():
            facts = self.program.files[path]
            for index, function in enumerate(facts.functions):
                for item in function.parameters:
                    if last in item.annotation and self._names_in_annotation(item.annotation, name, path):
                        return (path, index), function.span
            for assign in facts.assigns:
                if last in assign.annotation and self._names_in_annotation(assign.annotation, name, path):
                    return (path, assign.function), assign.span
        return None

    def _names_in_annotation(self, annotation: str, name: str, path: str) -> bool:
        for word in re.findall(r"[A-Za-z_][\w.]*", annotation):
            first, _, rest = word.partition(".")
            ref = self.program.files[path].bindings.get(first, "")
            if ref and self.program.resolve(f"{ref}.{rest}" if rest else ref, path).name == name:
                return True
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

    def makers(self, call: CallSite) -> tuple[CallSite, ...]:
        """The calls that made the object a method is called on: constructors and `with_options` in the chain."""
        key = (call.path, call.index)
        if key not in self._makers:
            self._makers[key] = ()
            found = self._made(call.receiver, call.key, 0) if call.receiver is not None else ()
            self._makers[key] = tuple(found)
        return self._makers[key]

    def _made(self, value: Value | None, key: FunctionKey, depth: int) -> tuple[CallSite, ...]:
        if value is None or depth > 10:
            return ()
        path = key[0]
        if value.kind == "call" and value.call >= 0:
            site = self.call(path, value.call)
            inner = self._made(value.parts[0], key, depth + 1) if value.parts else ()
            returned = self._made_by_project(site, depth)
            return (site, *inner, *returned)
        if value.kind == "attr":
            stored = self._stored(plain_name(value), key, depth)
            return stored or self._made(value.parts[0], key, depth + 1)
        return self._stored(value.text, key, depth) if value.kind == "name" else ()

    def _made_by_project(self, site: CallSite, depth: int) -> tuple[CallSite, ...]:
        target = self.program.key_of(site.symbol) if site.symbol.kind == "function" else None
        if target is None:
            return ()
        values = [item.value for item in self.program.exits_in(target) if item.kind in ("return", "yield")]
        return tuple(found for value in values for found in self._made(value, target, depth + 2))

    def _stored(self, name: str, key: FunctionKey, depth: int) -> tuple[CallSite, ...]:
        path, index = key
        if not name:
            return ()
        facts = self.program.files[path]
        bound = [item for item in self.program.assigns_to(path, name) if item.op == "=" and item.value is not None]
        own = [item for item in bound if item.function == index] or bound
        found = tuple(site for item in own for site in self._made(item.value, (path, item.function), depth + 1))
        if found:
            return found
        for block in facts.blocks:
            if block.kind == "with" and name in block.targets and block.function == index:
                return self._made(block.value, key, depth + 1)
        return self._imported(name, path, depth)

    def _imported(self, name: str, path: str, depth: int) -> tuple[CallSite, ...]:
        first, _, rest = name.partition(".")
        ref = next((item.path for item in self.program.files[path].imports if item.name == first), "")
        if not ref:
            return ()
        head, _, last = (f"{ref}.{rest}" if rest else ref).rpartition(".")
        modules = self.program.linker.modules
        file = modules.relative(head or ".", path) if ref.startswith(".") else modules.find(head, path)
        return self._stored(last, (file, 0), depth + 1) if file and file != path else ()


class Ask:
    """What a rule may ask about the whole program."""

    def __init__(self, context: Context) -> None:
        self._context = context

    @property
    def manifests(self) -> "Manifests":
        """Declared dependencies, lock files, containers, CI and migrations of the project."""
        return self._context.manifests

    @property
    def entries(self) -> tuple[EntryPoint, ...]:
        """Every entry point."""
        return self._context.entries

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
        found = set()
        for other in call.calls_here():
            receiver = other.receiver
            chained = receiver is not None and receiver.kind == "call" and receiver.call == call.index
            if chained or (receiver is not None and plain_name(receiver) in call.into):
                found.add(other.shown.rsplit(".", 1)[-1])
        for name in call.into:
            reads = call.function.reads
            found.update(read[len(name) + 1 :].split(".")[0] for read in reads if read.startswith(f"{name}."))
        return frozenset(found | self._attributes_in_values(call))

    def _attributes_in_values(self, call: CallSite) -> set[str]:
        program, (path, index) = self._context.program, call.key
        facts = program.files[path]
        values = [item.value for item in program.exits_in(call.key) if item.value is not None]
        values += [item.value for item in facts.assigns if item.function == index and item.value is not None]
        found = set()
        while values:
            value = values.pop()
            if value.kind == "attr" and value.parts[0].kind == "call" and value.parts[0].call == call.index:
                found.add(value.text)
            values.extend(value.parts)
        return found

    def passed_on(self, call: CallSite) -> bool:
        """Whether the result of a call is handed to a project function, which may test it."""
        names = set(call.into)
        for other in call.calls_here():
            bare = {item.value.text for item in other.arguments if item.value.kind == "name"}
            if names & bare and other.symbol.kind != "library":
                return True
        return False

    def body(self, site: FunctionSite) -> Body:
        """How a function that serves a route takes the body of its request."""
        return body_of(self._context.program, self._context.entries, site)

    def blocks(self, call: CallSite) -> Answer:
        """Whether a call holds its thread, itself or through project functions that do not hand the work over."""
        target = self._context.program.key_of(call.symbol)
        if target is None:
            return YES if call.library.blocking else NO
        for effect in _BLOCKING_EFFECTS:
            steps = self._context.effects.chain(target, effect, blocking=True)
            if steps:
                return Answer("yes", trace=(Step(call.path, call.line, f"calls {call.shown}()"), *steps))
        return NO

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
        wanted = set(names)
        values = [item.value for item in call.arguments]
        if call.receiver is not None:
            values.append(call.receiver)
        seen: set[str] = set()
        pending = [name for value in values for name in names_in(value)]
        while pending:
            name = pending.pop()
            if name in wanted:
                return True
            if name in seen:
                continue
            seen.add(name)
            for item in self._context.program.assigns_to(call.path, name):
                if item.function == call.key[1] and item.value is not None and item.span[0] <= call.line:
                    pending.extend(names_in(item.value))
        return False

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
        maker = next((item for item in _query_calls(self._context, call)), None)
        if maker is None:
            return ()
        row = maker.library
        value = maker.argument(row.sql_argument, row.sql_position)
        if value is None:
            return ()
        texts = tuple(self._texts(value, maker, 0))
        return texts or None

    def _texts(self, value: Value, site: CallSite, depth: int) -> Iterator[str]:
        if value.kind == "text":
            yield value.text
        elif value.kind == "name" and depth < 6:
            bound = self._context.program.assigns_to(site.path, value.text)
            own = [item for item in bound if item.function == site.key[1]] or bound
            for item in own:
                if item.value is not None:
                    yield from self._texts(item.value, site, depth + 1)
        elif value.kind == "call" and value.call >= 0:
            call = self._context.call(site.path, value.call)
            for part in (*([call.receiver] if call.receiver else []), *(item.value for item in call.arguments[:1])):
                yield from self._texts(part, site, depth + 1)
        else:
            for part in value.parts:
                yield from self._texts(part, site, depth + 1)

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
        names = [name for name in call.into if name]
        if not names:
            return False
        uses = []
        for path in self._context.judged_paths():
            for index, fact in enumerate(self._context.program.files[path].calls):
                if any(fact.target.startswith(f"{name}.") for name in names) and call.index != index:
                    uses.append(self._context.call(path, index))
        return bool(uses) and all(self._under_lock(use) for use in uses)

    def _under_lock(self, site: CallSite) -> bool:
        for block in site.around():
            if block.kind == "with" and block.value is not None:
                name = self._context.value_name(block.value, site.key)
                row = self._context.program.row(name)
                if (row is not None and row.effect == "lock") or name.rsplit(".", 1)[-1] in _LOCKS:
                    return True
        return False

    def retries(self, loop: LoopSite) -> bool:
        """Whether a loop repeats one remote call until it works: it leaves on success and goes on after an error."""
        if loop.view.kind == "for" and not _is_counted(loop):
            return False
        for handler in loop.handlers_inside:
            if handler.always_raises or any(
                item.block == handler.index and item.kind in ("return", "break") for item in handler.exits
            ):
                continue
            tried = handler.guarded_block
            remote = any(self._is_remote(call) for call in handler.guarded_calls)
            leaves = any(
                item.kind in ("return", "break") and self._follows(loop, item.block, tried) for item in loop.exits
            )
            if remote and leaves:
                return True
        return False

    def _follows(self, loop: LoopSite, block: int, tried: int) -> bool:
        above = set(self._context.program.blocks_above(loop.path, block))
        if tried in above:
            return True
        blocks = self._context.program.files[loop.path].blocks
        in_handler = any(blocks[index].kind == "handler" for index in above if index > loop.index)
        return not in_handler and loop.index in above

    def _is_remote(self, call: CallSite) -> bool:
        if call.library.effect.split(".")[0] in _REMOTE:
            return True
        target = self._context.program.key_of(call.symbol)
        return target is not None and any(self._context.effects.reaches(target, effect) for effect in _REMOTE)

    def waits(self, loop: LoopSite) -> str:
        """How a loop waits between rounds: "growing", "constant" or "not"."""
        found = "not"
        for call in loop.calls:
            if call.library.effect != "sleep":
                continue
            value = call.argument("", 0)
            if value is None:
                continue
            if value.kind == "const" or (value.kind in ("name", "attr") and not self._grows(value, loop)):
                found = "constant" if found == "not" else found
            else:
                return "growing"
        return found

    def _grows(self, value: Value, loop: LoopSite) -> bool:
        name = plain_name(value)
        if name in loop.view.targets:
            return True
        bound = self._context.program.assigns_to(loop.path, name)
        inside = [item for item in bound if item.function == loop.key[1] and loop.within(item.block, loop.index)]
        return any(item.op != "=" or (item.value is not None and item.value.kind != "const") for item in inside)

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


def _query_calls(context: Context, call: CallSite) -> Iterator[CallSite]:
    """The calls that ran the statement whose rows a call fetches: in its chain, or before it on the same cursor."""
    own = call.library
    if own.sql_argument or own.sql_position is not None:
        yield call
    for maker in context.makers(call):
        if maker.library.sql_position is not None or maker.library.sql_argument:
            yield maker
    receiver = plain_name(call.receiver) if call.receiver is not None else ""
    before = [item for item in call.calls_here() if item.index < call.index and item.receiver is not None]
    for item in reversed(before):
        same = item.receiver is not None and plain_name(item.receiver) == receiver
        if receiver and same and (item.library.sql_position is not None or item.library.sql_argument):
            yield item


def _is_counted(loop: LoopSite) -> bool:
    iterable = loop.view.iterable
    if iterable is None or iterable.kind != "call":
        return False
    return iterable.text in ("range", "count", "itertools.count") or "retr" in iterable.text.lower()


def _fits(row: Implied, call: CallSite) -> bool:
    value = call.argument(row.argument, row.position)
    return value is not None and any(
        part.kind == "text" and re.search(row.pattern, part.text) for part in (value, *value.parts)
    )


_LOCKS = frozenset({"Lock", "RLock", "Semaphore", "BoundedSemaphore", "Condition"})
_REMOTE = ("http", "llm", "db", "message", "charge")
_BLOCKING_EFFECTS = ("http", "llm", "db", "sleep", "process", "message", "charge", "blocking", "model.load")


def names_in(value: Value) -> Iterator[str]:
    """Every plain name that a value is made from."""
    pending = [value]
    while pending:
        item = pending.pop()
        if item.kind == "name":
            yield item.text
        elif item.kind == "attr":
            name = plain_name(item)
            if name.startswith("self."):
                yield name
        pending.extend(item.parts)
