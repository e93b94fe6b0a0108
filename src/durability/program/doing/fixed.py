"""Switches of Django that are fixed in the settings module that a server runs: DEBUG, ALLOWED_HOSTS."""

import re
from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Literal

from durability.facts.model import Assign, Import
from durability.program.links.spelling import plain_name

if TYPE_CHECKING:
    from durability.program.context import Context

SWITCHES = ("DEBUG", "ALLOWED_HOSTS")
_SERVED_BY = frozenset({"wsgi", "asgi"})
_MODULE = "DJANGO_SETTINGS_MODULE"
_AT_HOME = re.compile(r"(?:^|_)(?:\w*dev\w*|\w*local\w*|tests?|testing|ci|demo|sample|example)(?:$|_)", re.IGNORECASE)
"""Settings that a server is not started with, whatever stands where none are chosen."""

Open = Literal["open", "closed", "decided elsewhere"]
"""What a switch is in the code: as only a demo may have it, as a server has it, or not a constant of the code."""


def switches_of(context: "Context") -> Iterator[tuple[str, Assign, Open]]:
    """The file, the binding and the state of each switch in the settings modules that a server is started with."""
    served = sorted({path for named in _named(context) for path in _files(context, named)})
    for name in SWITCHES:
        seen: set[tuple[str, int]] = set()
        for path in served:
            found = _last(context, path, name, frozenset())
            if found is not None and (found[0], found[1].span[0]) not in seen:
                seen.add((found[0], found[1].span[0]))
                yield *found, _state(context, *found)


def _named(context: "Context") -> Iterator[tuple[str, str]]:
    """What the files that servers import name as the settings, each with the file that names it."""
    for path in context.judged_paths():
        if PurePosixPath(path).stem in _SERVED_BY:
            for call in context.program.files[path].calls:
                texts = [item.value.text for item in call.arguments if item.value.kind == "text"]
                if len(texts) == 2 and texts[0] == _MODULE:
                    yield path, texts[1]


def _files(context: "Context", named: tuple[str, str]) -> list[str]:
    importer, module = named
    found = context.program.linker.modules.find(module, importer)
    at_home = _AT_HOME.search(module.rsplit(".", 1)[-1])
    return [found] if found is not None and found in context.judged and not at_home else []


def _last(context: "Context", path: str, name: str, seen: frozenset[str]) -> tuple[str, Assign] | None:
    """The binding of a module's name that stands when the module has run; None where that cannot be said."""
    facts = context.program.files[path]
    own = [item for item in context.program.assigns_to(path, name) if item.function == 0]
    stars = sorted((item for item in facts.imports if item.name == "*"), key=lambda item: item.span[0], reverse=True)
    last = own[-1].span[0] if own else 0
    for star in stars:
        if own and star.span[0] < last:
            break
        further = _imported(context, star, path)
        if further is None or further in seen or star.guarded:
            return None
        found = _last(context, further, name, seen | {path})
        if found is not None:
            return found
    return (path, own[-1]) if own else None


def _imported(context: "Context", star: Import, path: str) -> str | None:
    modules = context.program.linker.modules
    find = modules.relative if star.path.startswith(".") else modules.find
    found = find(star.path, path)
    return found if found in context.judged else None


def _rebound(context: "Context", path: str, name: str) -> bool:
    """Whether other settings, which a server may be started with as well, take all of these and bind the name anew."""
    return any(
        _imported(context, star, other) == path
        for other in context.judged_paths()
        if context.program.assigns_to(other, name) and not _AT_HOME.search(PurePosixPath(other).stem)
        for star in context.program.files[other].imports
        if star.name == "*"
    )


def _state(context: "Context", path: str, item: Assign) -> Open:
    value = item.value
    blocks = context.program.files[path].blocks
    above = context.program.blocks_above(path, item.block)
    if value is None or item.op != "=" or any(blocks[number].kind != "function" for number in above):
        return "decided elsewhere"
    if _rebound(context, path, plain_name(item.target)):
        return "decided elsewhere"
    if value.text == "True" or (value.kind in ("list", "tuple") and [part.text for part in value.parts] == ["*"]):
        return "open"
    constant = value.kind == "const" or all(part.kind == "text" for part in value.parts)
    return "closed" if constant and value.kind in ("const", "list", "tuple") else "decided elsewhere"
