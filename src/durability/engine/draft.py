"""A draft of the product's features, from the routes and commands of a project, for a person to edit."""

import re
from collections.abc import Callable, Iterable

from msgspec import Struct

from durability.config import Feature
from durability.engine.features import first_word, match_features, used_entries
from durability.program.context import Context
from durability.program.entrypoints.model import EntryPoint

_WORDS = re.compile(r"[_\-./]+|(?<=[a-z])(?=[A-Z])")
_START = "Start page"
_MOST = 30
"""A person edits a list of this length; more groups are joined by their file."""


class Draft(Struct, frozen=True):
    """The drafted features, and how many entry points they cover."""

    features: tuple[Feature, ...]
    entry_points: int


def draft_features(context: Context) -> Draft:
    """Entry points grouped into features that a person might name: by first word of the address, command or file."""
    entries = used_entries(context)
    groups = _grouped(entries, _topic)
    if len(groups) > _MOST:
        groups = _grouped(entries, _file)
    features = tuple(Feature(name=name, entry=_patterns(group, context)) for name, group in sorted(groups.items()))
    built = tuple(
        feature for feature, own in zip(features, match_features(features, context).entries, strict=True) if own
    )
    return Draft(built, len({entry.name for entry in entries}))


def _grouped(entries: Iterable[EntryPoint], topic: Callable[[EntryPoint], str]) -> dict[str, list[EntryPoint]]:
    groups: dict[str, list[EntryPoint]] = {}
    for entry in entries:
        groups.setdefault(topic(entry), []).append(entry)
    return groups


def _topic(entry: EntryPoint) -> str:
    if entry.role == "route":
        return _title(first_word(entry.path)) or (_START if entry.path.strip("/") == "" else _file(entry))
    if entry.function[1] == 0:
        return _file(entry)
    return _title(entry.plain_name.rsplit(".", 1)[-1].split()[-1]) or _file(entry)


def _file(entry: EntryPoint) -> str:
    parts = entry.function[0].removesuffix(".py").split("/")
    name = parts[-1] if parts[-1] not in ("__init__", "__main__", "main", "app", "views", "routes") else parts[-2:][0]
    return _title(name) or "Program"


def _title(text: str) -> str:
    words = [word for word in _WORDS.split(text) if word.isalnum()]
    return " ".join(words).capitalize()


def _patterns(group: list[EntryPoint], context: Context) -> tuple[str, ...]:
    """How the entry points of a group are written; a function stands for what has no address or name of its own."""
    found = []
    for entry in group:
        if entry.role == "route" and not entry.path.startswith("/"):
            module = entry.function[0].removesuffix(".py").removesuffix("/__init__").replace("/", ".")
            found.append(f"{module}:{context.program.function(entry.function).qualname}")
        else:
            found += (
                [f"{method} {entry.path}" for method in entry.methods] if entry.path and entry.methods else [entry.name]
            )
    return tuple(sorted(set(found)))
