"""Program evidence for rules: every question is a lookup in an index that is built once."""

from collections.abc import Iterator
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from durability.facts.model import Value
from durability.knowledge.names import normal
from durability.knowledge.rows import Row
from durability.knowledge.versions import admitted
from durability.model import Step
from durability.program.answers import NO, Answer, unknown
from durability.program.entrypoints.entries import EntryPoint
from durability.program.entrypoints.routes import Route
from durability.program.flows.bodies import Body, body_of
from durability.program.flows.declared import is_model
from durability.program.flows.flow import Leaf
from durability.program.flows.results import attributes_of, depends, names_in, passed_on, tested_keys
from durability.program.links.late import loaded_late
from durability.program.links.modules import imported_paths
from durability.program.questions.doing import DoingQuestions
from durability.program.questions.failing import FailureQuestions
from durability.program.questions.keeping import KeepingQuestions
from durability.program.questions.lasting import LastingQuestions
from durability.program.questions.stored import StoredQuestions
from durability.program.questions.trusting import TrustQuestions
from durability.program.questions.values import ValueQuestions
from durability.program.sites import CallSite, EntrySite, FunctionSite, Site

if TYPE_CHECKING:
    from durability.sources.project import Manifests


class Ask(
    FailureQuestions,
    KeepingQuestions,
    DoingQuestions,
    LastingQuestions,
    StoredQuestions,
    TrustQuestions,
    ValueQuestions,
):
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

    def attributes_of(self, call: CallSite) -> frozenset[str]:
        """The attributes and methods used on the result of a call, in its chain or through the names it is bound to."""
        return attributes_of(self._context, call)

    def tested_keys(self, call: CallSite) -> frozenset[str]:
        """The keys of a JSON answer that its function tests, or whose test it gives back."""
        return tested_keys(self._context, call)

    def passed_on(self, call: CallSite) -> bool:
        """Whether the result of a call is handed to a project function, which may test it."""
        return passed_on(self._context, call)

    def body(self, site: FunctionSite) -> Body:
        """How a function that serves a route takes the body of its request."""
        return body_of(self._context.program, self._context.entries, site)

    def takes_model(self, site: Site) -> bool:
        """Whether the function around a place is handed its request as an object of a declared class."""
        program = self._context.program
        refs = (item.ref for item in site.function.parameters if item.ref)
        symbols = (program.resolve(ref, site.path) for ref in refs)
        return any(symbol.kind == "class" and is_model(program, symbol) for symbol in symbols)

    def is_tested(self, site: EntrySite) -> bool:
        """Whether some test runs an entry point."""
        return self._context.tested.reaches(site.entry)

    def is_asked_by_tests(self) -> bool:
        """Whether some test asks for an address of the program, over a client or the network."""
        return self._context.tested.any_route

    def has_computed_requests(self) -> bool:
        """Whether some test asks for an address that is put together at run time."""
        return self._context.tested.computed

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

    def distributions_of(self, module: str) -> tuple[str, ...]:
        """Every distribution that brings an import, in normal form."""
        return tuple(normal(name) for name in self._context.program.library.distributions_of(module))

    def comes_along(self, distribution: str) -> bool:
        """Whether something that a manifest names always brings a distribution along."""
        library = self._context.program.library
        named = {*self.manifests.versions, *(f"{name}[{extra}]" for name, extra in self._extras)}
        return any(normal(distribution) in library.brought_by(name) for name in named)

    @property
    def _extras(self) -> set[tuple[str, str]]:
        """The distributions that a manifest names with an extra."""
        return {(normal(item.name), normal(extra)) for item in self.manifests.dependencies for extra in item.extras}

    def declares(self, names: tuple[str, ...]) -> bool:
        """Whether a manifest names one of these distributions, or one that brings it (`fastapi[standard]`)."""
        declared = self.manifests.versions
        if any(normal(name) in declared or self.comes_along(name) for name in names if "[" not in name):
            return True
        asked = (name.rstrip("]").partition("[") for name in names)
        return any((normal(head), normal(extra)) in self._extras for head, _, extra in asked if extra)

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
