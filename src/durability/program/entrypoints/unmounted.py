"""Routers that the program makes and serves nowhere, although all that it mounts is in sight."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from durability.facts.model import FileFacts, Value
from durability.program.links.graph import FunctionKey
from durability.program.links.spelling import plain_name

if TYPE_CHECKING:
    from durability.program.entrypoints.routers import Node, Routers

_MOUNTING = ("include_router", "register_blueprint")
_DYNAMIC = frozenset(
    {"importlib.import_module", "__import__", "pkgutil.iter_modules", "pkgutil.walk_packages",
     "werkzeug.utils.import_string", "werkzeug.utils.find_modules"}
)  # fmt: skip
"""Calls by which a program finds routers that no file names."""


def unmounted(routers: "Routers") -> frozenset["Node"]:
    """The routers of module bodies that hang nowhere; none where a mount cannot be followed or nothing is mounted."""
    loose = {node for node in routers.hanging if node not in routers.mounts}
    if not loose or loose == routers.hanging or not _all_in_sight(routers):
        return frozenset()
    found = loose - set(_mentioned(routers, loose))
    while True:
        below = {
            node
            for node in routers.hanging - found
            if node in routers.mounts and all(item.parent in found for item in routers.mounts[node])
        }
        if not below:
            return frozenset(found)
        found |= below


def _all_in_sight(routers: "Routers") -> bool:
    """Whether every call that mounts something says which router it is."""
    program = routers.program
    for path in _paths(routers):
        for index, call in enumerate(program.files[path].calls):
            given = [item for item in call.arguments if item.keyword in ("", "router", "blueprint")]
            if call.target.rpartition(".")[2] in _MOUNTING and not (
                given and _is_known(routers, given[0].value, (path, call.function))
            ):
                return False
            if program.name(path, index) in _DYNAMIC:
                return False
    return True


def _is_known(routers: "Routers", value: Value, key: FunctionKey) -> bool:
    """Whether it is known which routers a value is: those of the program, or one that a library makes."""
    ends = routers.bindings.ends(value, key)
    return all(routers.origins(item, place) or _is_of_library(routers, item, place) for item, place in ends)


def _is_of_library(routers: "Routers", value: Value, key: FunctionKey) -> bool:
    return value.kind == "call" and value.call >= 0 and "." in routers.program.name(key[0], value.call)


def _paths(routers: "Routers") -> list[str]:
    program = routers.program
    return [path for path in sorted(program.files) if program.file_roles.get(path) != "test"]


def _mentioned(routers: "Routers", loose: set["Node"]) -> Iterator["Node"]:
    """The routers that are handed on, kept or returned somewhere, for who knows what."""
    program = routers.program
    names = {name for path, at in loose for name in program.files[path].calls[int(at[1:])].into}
    for path in _paths(routers):
        facts = program.files[path]
        known = names | {item.name for item in facts.imports if item.path.rpartition(".")[2] in names}
        for value, function in _values(facts):
            for part in value.walk():
                if part.kind in ("name", "attr") and part.text in known and plain_name(part):
                    yield from (node for node in routers.origins(part, (path, function)) if node in loose)


def _values(facts: FileFacts) -> Iterator[tuple[Value, int]]:
    """The values of a file, without what methods are called on, and the function of each."""
    for call in facts.calls:
        yield from ((item.value, call.function) for item in call.arguments)
    for assign in facts.assigns:
        if assign.value is not None:
            yield assign.value, assign.function
    for leaving in facts.exits:
        if leaving.value is not None:
            yield leaving.value, leaving.function
    for block in facts.blocks:
        if block.value is not None:
            yield block.value, block.function
    for function in facts.functions:
        yield from ((item.default, function.parent) for item in function.parameters if item.default is not None)
