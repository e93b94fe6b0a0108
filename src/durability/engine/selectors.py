"""Where a rule looks: selectors are data; sharing one means sharing its enumeration."""

from collections.abc import Iterator
from fnmatch import fnmatchcase
from typing import Literal

from msgspec import Struct

from durability.program.context import Context
from durability.program.doing.fixed import switches_of
from durability.program.doing.settings import fields_of
from durability.program.sequences.gaps import gaps as gaps_of
from durability.program.sites import (
    CallSite,
    DistributionSite,
    EntrySite,
    FieldSite,
    FunctionSite,
    HandlerSite,
    ImpliedSite,
    LoopSite,
    ParameterSite,
    ProjectSite,
    SettingSite,
    Site,
    StandInSite,
    StateSite,
    SwitchSite,
    TextSite,
)

_OTHER = {"http": "llm"}
"""A client that asks a model is one for models only, though it speaks HTTP as well."""

_FACTORIES = frozenset({"boto3.client", "boto3.resource", "redis.from_url"})

SelectorKind = Literal[
    "calls",
    "handlers",
    "loops",
    "functions",
    "entries",
    "parameters",
    "texts",
    "distributions",
    "implied",
    "project",
    "states",
    "gaps",
    "claims",
    "lookups",
    "switches",
    "fixed_settings",
    "setting_fields",
    "checks",
    "tested_rows",
    "repeated",
    "filters",
    "filled_by_model",
    "stand_ins",
]


_OF_ENTRIES = ("entries", "gaps")
"""What is said of a way in is said of one that a class has of its framework; what that does inside is not for this
project, nor is what has nothing of it, such as Django's admin site."""


class Selector(Struct, frozen=True):
    """Which places are sites: a kind, and conditions that are joined after linking."""

    kind: SelectorKind
    effects: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()
    in_loop: bool | None = None
    in_async: bool | None = None
    reaches: tuple[str, ...] = ()
    makes: tuple[str, ...] = ()
    gives: str = ""
    then: tuple[str, ...] = ()

    def find(self, context: Context) -> Iterator[Site]:
        """Every site of this selector, in no particular order."""
        if self.roles and not context.reach.roles.intersection(self.roles):
            return
        for site in _FINDERS[self.kind](self, context):
            if site.function.supplied and (self.kind not in _OF_ENTRIES or not site.function.owner):
                continue
            if self.in_async is not None and site.in_async != self.in_async:
                continue
            if self.in_loop is not None and bool(site.loops) != self.in_loop:
                continue
            if self.roles and not site.reach.roles.intersection(self.roles):
                continue
            yield site


def calls(
    *,
    effect: str | tuple[str, ...] = (),
    name: str | tuple[str, ...] = (),
    reaches: str | tuple[str, ...] = (),
    makes: str | tuple[str, ...] = (),
    gives: str = "",
    roles: tuple[str, ...] = (),
    in_loop: bool | None = None,
    in_async: bool | None = None,
) -> Selector:
    """Calls by the effect of their library row (`db` stands for `db.query`, `db.write`, …) or by library name pattern.

    `reaches` adds calls of project functions that lead to such an effect, `makes` the construction of clients whose
    methods have it. `gives` adds calls that give "none" or "remote json", themselves or through
    what they call, that parse "model text", or that write a "state file".
    """
    return Selector(
        "calls", _tuple(effect), _tuple(name), roles, in_loop, in_async, _tuple(reaches), _tuple(makes), gives
    )


def handlers(*, roles: tuple[str, ...] = ()) -> Selector:
    """Exception handlers."""
    return Selector("handlers", roles=roles)


def loops(*, roles: tuple[str, ...] = (), in_async: bool | None = None) -> Selector:
    """`for` and `while` loops."""
    return Selector("loops", roles=roles, in_async=in_async)


def functions(*, roles: tuple[str, ...] = (), in_async: bool | None = None, gives: str = "") -> Selector:
    """Functions and methods, lambdas left out; with `gives="answer"` those whose result an entry point returns."""
    return Selector("functions", roles=roles, in_async=in_async, gives=gives)


def entry_points(*, roles: tuple[str, ...] = ()) -> Selector:
    """Entry points: what a framework, the operating system or a person starts."""
    return Selector("entries", roles=roles)


def parameters(*, roles: tuple[str, ...] = ("route",)) -> Selector:
    """Parameters of entry points with one of these roles."""
    return Selector("parameters", roles=roles)


def texts() -> Selector:
    """Literals that are an address, a path or a key shape, or are given to a secret-like name."""
    return Selector("texts")


def distributions() -> Selector:
    """Third-party distributions imported by first-party code, each once."""
    return Selector("distributions")


def implied() -> Selector:
    """Uses of something that needs a distribution which nobody imports, each once."""
    return Selector("implied")


def project() -> Selector:
    """The project as a whole: one site."""
    return Selector("project")


def states(*, roles: tuple[str, ...] = ()) -> Selector:
    """What lives as long as the process: module names, class attributes, attributes of lasting objects; by identity."""
    return Selector("states", roles=roles)


def gaps(*, first: str | tuple[str, ...], then: str | tuple[str, ...], roles: tuple[str, ...] = ()) -> Selector:
    """Pairs of lasting effects in the order in which they happen, each first one with the next that follows it.

    The kinds are those of `durability.program.sequences`: write, record, charge, refund, message, enqueue, remote,
    file, delete, start.
    """
    return Selector("gaps", effects=_tuple(first), then=_tuple(then), roles=roles)


def lookups(*, roles: tuple[str, ...] = ()) -> Selector:
    """Lookups of a row whose empty result lets the same function put that row in."""
    return Selector("lookups", roles=roles)


def switches(*, roles: tuple[str, ...] = ()) -> Selector:
    """Columns that are on or off from the start and are tested; each at its first test."""
    return Selector("switches", roles=roles)


def fixed_settings() -> Selector:
    """Switches of Django in the settings module that a server is started with: DEBUG, ALLOWED_HOSTS."""
    return Selector("fixed_settings")


def setting_fields() -> Selector:
    """Fields of classes that are filled from the environment, with and without a default."""
    return Selector("setting_fields")


def claims() -> Selector:
    """Places where a session or token is handed out, a header or cookie says who it is, or a signed token is read."""
    return Selector("claims")


def checks(*, roles: tuple[str, ...] = ()) -> Selector:
    """Handlers of checks against the outside on whose result something final hangs."""
    return Selector("checks", roles=roles)


def tested_rows(*, roles: tuple[str, ...] = ()) -> Selector:
    """Lookups of a row that is tested and then changed in the same columns."""
    return Selector("tested_rows", roles=roles)


def repeated(*, roles: tuple[str, ...] = ()) -> Selector:
    """Calls inside of what is tried again, that charge, refund or change something elsewhere."""
    return Selector("repeated", roles=roles)


def filters(*, roles: tuple[str, ...] = ()) -> Selector:
    """Queries that look for rows by equal columns of a table that grows with use."""
    return Selector("filters", roles=roles)


def stand_ins() -> Selector:
    """Places where a live entry point may get made-up data or an idle object for the real thing."""
    return Selector("stand_ins")


def filled_by_model(*, roles: tuple[str, ...] = ()) -> Selector:
    """Calls that store a record or move money with values that a model wrote as data."""
    return Selector("filled_by_model", roles=roles)


def _tuple(value: str | tuple[str, ...]) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else value


def _calls(selector: Selector, context: Context) -> Iterator[Site]:
    seen: set[tuple[str, int]] = set()
    for site in _matching_calls(selector, context):
        key = (site.path, site.index)
        if key not in seen:
            seen.add(key)
            yield site


def _matching_calls(selector: Selector, context: Context) -> Iterator[CallSite]:
    for effect in selector.effects:
        for key, group in context.calls_by_effect.items():
            if key == effect or key.startswith(effect + "."):
                yield from group
    for name, group in context.calls_by_name.items() if selector.names else ():
        if any(fnmatchcase(name, pattern) for pattern in selector.names):
            yield from group
    for effect in selector.makes:
        kinds = context.program.clients(effect) - context.program.clients(_OTHER.get(effect, ""))
        for made in ("constructs", "db.connect"):
            yield from (
                site
                for site in context.calls_by_effect.get(made, ())
                if _is_client(site, kinds) and _speaks(site, effect)
            )
    if selector.gives:
        yield from context.origins(selector.gives)
    if selector.reaches:
        yield from _reaching_calls(selector.reaches, context)


def _speaks(site: CallSite, effect: str) -> bool:
    """Whether a client of a cloud is one for models: `boto3.client("bedrock-runtime")` is, `"s3"` is not."""
    if effect != "llm" or not site.name.startswith("boto3."):
        return True
    service = site.argument("service_name", 0)
    return service is not None and service.text.startswith(("bedrock", "sagemaker"))


def _is_client(site: CallSite, kinds: frozenset[str]) -> bool:
    row = site.library
    last = site.name.rsplit(".", 1)[-1]
    if last == "Credentials" or (not last[:1].isupper() and site.name not in _FACTORIES):
        return False
    owner = site.program.row(site.name.rpartition(".")[0])
    if owner is not None and owner.effect == "constructs":
        return False
    return not kinds.isdisjoint({row.returns or site.name, *row.parents, *row.awaitable_parents})


def _reaching_calls(effects: tuple[str, ...], context: Context) -> Iterator[CallSite]:
    program = context.program
    for path in context.judged_paths():
        for index, symbol in enumerate(program.symbols[path]):
            target = program.key_of(symbol) if symbol.kind in ("function", "class") else None
            if target is not None and any(context.effects.reaches(target, effect) for effect in effects):
                yield context.call(path, index)


def _handlers(selector: Selector, context: Context) -> Iterator[Site]:
    for path in context.judged_paths():
        for index, block in enumerate(context.program.files[path].blocks):
            if block.kind == "handler":
                yield HandlerSite(context, path, index)


def _loops(selector: Selector, context: Context) -> Iterator[Site]:
    for path in context.judged_paths():
        for index, block in enumerate(context.program.files[path].blocks):
            if block.kind in ("for", "while"):
                yield LoopSite(context, path, index)


def _functions(selector: Selector, context: Context) -> Iterator[Site]:
    for path in context.judged_paths():
        for index, function in enumerate(context.program.files[path].functions):
            if selector.gives == "answer" and (path, index) not in context.placeholders.answering:
                continue
            if index and not function.name.startswith("<"):
                yield FunctionSite(context, (path, index))


def _entries(selector: Selector, context: Context) -> Iterator[Site]:
    for entry in context.entries:
        if not selector.roles or entry.role in selector.roles:
            yield EntrySite(context, entry)


def _parameters(selector: Selector, context: Context) -> Iterator[Site]:
    for entry in context.entries:
        if entry.role in selector.roles and context.program.file_roles.get(entry.function[0]) == "first-party":
            for parameter in context.program.function(entry.function).parameters:
                if parameter.name not in ("self", "cls"):
                    yield ParameterSite(context, entry.function, parameter)


def _texts(selector: Selector, context: Context) -> Iterator[Site]:
    for path in context.judged_paths():
        for fact in context.program.files[path].literals:
            yield TextSite(context, path, fact)


def _distributions(selector: Selector, context: Context) -> Iterator[Site]:
    yield from (
        DistributionSite(context, path, span, name, module, "guarded" if guarded else "")
        for name, (path, span, module, guarded) in sorted(context.distributions.items())
        if context.view == "project"
    )


def _implied(selector: Selector, context: Context) -> Iterator[Site]:
    yield from (ImpliedSite(context, key, span, row) for row, key, span in context.implied_uses)


def _states(selector: Selector, context: Context) -> Iterator[Site]:
    yield from (StateSite(context, state) for state in context.states.all)


def _gaps(selector: Selector, context: Context) -> Iterator[Site]:
    yield from gaps_of(context, selector.effects, selector.then)


def _lookups(selector: Selector, context: Context) -> Iterator[Site]:
    yield from (context.call(path, index) for path, index in context.guarded_inserts.all)


def _switches(selector: Selector, context: Context) -> Iterator[Site]:
    yield from (SwitchSite(context, item) for item in context.switches.all)


def _fixed_settings(selector: Selector, context: Context) -> Iterator[Site]:
    yield from (SettingSite(context, path, item, state) for path, item, state in switches_of(context))


def _setting_fields(selector: Selector, context: Context) -> Iterator[Site]:
    yield from (FieldSite(context, field) for field in fields_of(context))


def _claims(selector: Selector, context: Context) -> Iterator[Site]:
    yield from context.claims.all


def _checks(selector: Selector, context: Context) -> Iterator[Site]:
    yield from (HandlerSite(context, path, index) for path, index in context.mistaken.all)


def _tested_rows(selector: Selector, context: Context) -> Iterator[Site]:
    yield from (context.call(path, index) for path, index in context.races.all)


def _repeated(selector: Selector, context: Context) -> Iterator[Site]:
    yield from (context.call(path, index) for path, index in context.repeated.all)


def _filters(selector: Selector, context: Context) -> Iterator[Site]:
    yield from (context.call(path, index) for path, index in context.filters.all)


def _stand_ins(selector: Selector, context: Context) -> Iterator[Site]:
    yield from (StandInSite(context, item) for item in context.stand_ins.all)


def _filled_by_model(selector: Selector, context: Context) -> Iterator[Site]:
    yield from (context.call(path, index) for path, index in context.filled.all)


def _project(selector: Selector, context: Context) -> Iterator[Site]:
    paths = context.judged_paths()
    if paths and context.view == "project":
        functions = ((entry.function[0], context.program.function(entry.function)) for entry in context.entries)
        own = (path for path, function in functions if function.owner or not function.supplied)
        first = min(own, default=paths[0])
        yield ProjectSite(context, first)


_FINDERS = {
    "calls": _calls,
    "handlers": _handlers,
    "loops": _loops,
    "functions": _functions,
    "entries": _entries,
    "parameters": _parameters,
    "texts": _texts,
    "distributions": _distributions,
    "implied": _implied,
    "project": _project,
    "states": _states,
    "gaps": _gaps,
    "claims": _claims,
    "fixed_settings": _fixed_settings,
    "setting_fields": _setting_fields,
    "lookups": _lookups,
    "switches": _switches,
    "checks": _checks,
    "tested_rows": _tested_rows,
    "repeated": _repeated,
    "filters": _filters,
    "filled_by_model": _filled_by_model,
    "stand_ins": _stand_ins,
}
