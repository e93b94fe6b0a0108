"""The map of a project: entry points, what each touches, settings. It judges nothing."""

from collections.abc import Iterable, Mapping
from pathlib import Path

from msgspec import Struct

from durability.config import Config
from durability.engine.draft import Draft, draft_features
from durability.engine.leaves import lasting, leaves
from durability.engine.linking import link
from durability.engine.scan import Progress
from durability.engine.stakes import stakes_of
from durability.engine.workers import analyse_all
from durability.errors import UsageError
from durability.map_model import Access, Gap, MappedEntry, MappedHold, ProjectMap, Touch
from durability.model import Stake
from durability.program.context import Context
from durability.program.doing.holds import hold
from durability.program.doing.setrows import kept_rows
from durability.program.doing.settings import settings_of
from durability.program.doing.touches import EFFECTS, state_touches, touches
from durability.program.entrypoints.entries import EntryPoint
from durability.program.entrypoints.lanes import lanes_of
from durability.program.entrypoints.routes import Route
from durability.program.links.graph import FunctionKey
from durability.program.sequences.gaps import gaps as gaps_of
from durability.sources.files import discover
from durability.sources.project import read_manifests

_STANDING = ("record", "charge", "refund", "message", "enqueue", "remote", "delete")
_ORDER = ("money", "message", "model", "database", "service", "queue", "state", "file", "program")
"""What people would regret first."""


class Linked(Struct, frozen=True):
    """A project read and linked, without any judgement."""

    name: str
    context: Context

    def map(self) -> ProjectMap:
        """Its entry points, what each touches, and its settings."""
        return map_of(self.name, self.context)

    def draft(self) -> Draft:
        """Features that its routes and commands suggest."""
        return draft_features(self.context)


def linked(root: Path, config: Config, workers: int = 0, progress: Progress | None = None) -> Linked:
    """The project at `root`. Raises UsageError when there is no Python file to read."""
    discovery = discover(root, exclude=config.exclude)
    if not discovery.files:
        raise UsageError(f"no Python files at {root}: give the folder that holds the prototype")
    analysed = analyse_all(discovery.files, workers, progress)
    manifests = read_manifests(root, [*discovery.python_names, *discovery.manifests])
    facts = {item.path: item.facts for item in analysed if item.facts is not None}
    context = link(facts, {file.path: file.role for file in discovery.files}, manifests)
    return Linked(root.resolve().name or "project", context)


def map_of(name: str, context: Context) -> ProjectMap:
    """The map of a linked program."""
    by_entry: dict[str, list[Touch]] = {}
    at_start: list[Touch] = []
    for effect in EFFECTS:
        for call in context.stated.get(effect, ()):
            found = list(touches(context, call))
            for entry in call.reach.entries:
                by_entry.setdefault(entry, []).extend(found)
            if call.at_import and "import" in call.reach.roles:
                at_start.extend(found)
    for function, touch in (*state_touches(context), *kept_rows(context)):
        for entry in context.reach.of(function).entries:
            by_entry.setdefault(entry, []).append(touch)
    stakes, gaps, paths = stakes_of(context), _gaps(context), _paths(context)
    return ProjectMap(
        schema_version=1,
        project=name,
        entry_points=tuple(
            _entry(context, entry, by_entry.get(entry.name, ()), stakes, gaps, paths.get(entry.name, ()))
            for entry in context.entries
            if not entry.hook
        ),
        at_start=_distinct(at_start),
        settings=settings_of(context),
        calls=context.program.counts(),
    )


def _entry(
    context: Context,
    entry: EntryPoint,
    found: Iterable[Touch],
    stakes: Iterable[Stake],
    gaps: Mapping[str, list[Gap]],
    reached: Iterable[FunctionKey],
) -> MappedEntry:
    function = context.program.function(entry.function)
    line = function.span[0] if entry.function[1] else 1
    route = next((item for item in context.routes if item.name == entry.name and item.handler == entry.function), None)
    return MappedEntry(
        name=entry.name,
        role=entry.role,
        path=entry.function[0],
        line=line,
        function=function.qualname if entry.function[1] else "",
        access=_access(context, entry, route),
        touches=_distinct(found),
        stakes=tuple(stake.kind for stake in stakes if entry.name in stake.entry_points),
        leaves=leaves(context, entry),
        gaps=tuple(gaps.get(entry.name, ())),
        hold=_hold(context, entry),
        lanes=lanes_of(context, entry),
        calls=context.program.counts_in(reached),
    )


def _paths(context: Context) -> dict[str, list[FunctionKey]]:
    """The functions that each entry point leads to, by its name."""
    found: dict[str, list[FunctionKey]] = {}
    for key in context.program.functions():
        for entry in context.reach.of(key).entries:
            found.setdefault(entry, []).append(key)
    return found


def _access(context: Context, entry: EntryPoint, route: Route | None) -> Access:
    if route is None:
        return ""
    if (entry.function, entry.name) in context.surfaces.webhooks and route.authentication != "unknown":
        proven = route.authentication == "required" or context.claims.proofs.near(entry.function)[0] == "yes"
        return "signed" if proven else "open"
    return route.authentication


def _hold(context: Context, entry: EntryPoint) -> MappedHold | None:
    found = hold(context, entry.function)
    if found is None:
        return None
    last = found.trace[-1]
    return MappedHold(found.seconds, found.said, last.path, last.line)


def _gaps(context: Context) -> dict[str, list[Gap]]:
    """Between what of different kinds each entry point may stop, by its name."""
    found: dict[str, list[Gap]] = {}
    for site in gaps_of(context, _STANDING, _STANDING):
        if site.first.kind == site.then.kind:
            continue
        after, missing = lasting(context, site.first)[-1], lasting(context, site.then)[0]
        for entry in site.reach.entries:
            found.setdefault(entry, []).append(Gap(after, missing))
    return found


def _distinct(found: Iterable[Touch]) -> tuple[Touch, ...]:
    """Each thing once, at its first place; a thing without a name only where no named one of its kind is touched."""
    first: dict[tuple[str, str, str], Touch] = {}
    for touch in sorted(found, key=lambda item: (item.path, item.line)):
        first.setdefault((touch.kind, touch.how, touch.name), touch)
    named = {(touch.kind, touch.how) for touch in first.values() if touch.name}
    kept = [touch for touch in first.values() if touch.name or (touch.kind, touch.how) not in named]
    return tuple(sorted(kept, key=lambda item: (_ORDER.index(item.kind), item.name, item.how)))
