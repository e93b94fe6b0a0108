"""State that requests share: who changes it, who reads it, and whether it is user data that a restart takes."""

from typing import TYPE_CHECKING

from durability.facts.model import Value
from durability.program.keeping.growth import is_locked
from durability.program.keeping.statenames import APPLICATION
from durability.program.links.spelling import plain_name
from durability.program.sites.state import StateSite

if TYPE_CHECKING:
    from durability.program.context import Context
    from durability.program.keeping.states import Event
    from durability.program.links.graph import FunctionKey

_ASKED = frozenset({"route", "bot", "tool", "ui"})
_WRITING = frozenset({"POST", "PUT", "PATCH", "WEBSOCKET"})
_LASTING_EFFECTS = ("db", "file.write", "file.open", "enqueue")
_NOT_DATA = ("cache", "memo", "lock", "limit", "bucket", "socket", "metric", "pool", "subscriber", "nonce", "registry")
"""Names of what is made again, or means nothing after a restart."""

_LIVE = (
    "WebSocket",
    "Request",
    "Queue",
    "Task",
    "Lock",
    "Event",
    "Thread",
    "Future",
    "Client",
    "Session",
    "Connection",
)


def changes(context: "Context", site: StateSite) -> "tuple[Event, ...]":
    """Where what users ask for gives a shared name another value: rebound, or written under a name of the program."""
    shared = site.state.owner in ("", APPLICATION) or site.in_class_body
    if not shared or site.kind == "capped":
        return ()
    return tuple(event for event in site.events("rebind", "grow", "shrink") if _is_change(context, site, event))


def _is_change(context: "Context", site: StateSite, event: "Event") -> bool:
    if not event.function[1] or not context.reach.of(event.function).roles & _ASKED:
        return False
    if site.in_class_body and event.what.split(".")[-2:-1] not in (["cls"], [site.state.owner.rsplit(".", 1)[-1]]):
        return False
    if event.kind == "rebind":
        return True
    return (
        event.kind == "grow"
        and not event.inner
        and event.key is not None
        and event.key.kind == "text"
        and event.what.endswith("[…]")
    )


def is_settled(context: "Context", event: "Event") -> bool:
    """Whether a change cannot mix users up: made once under a test that asks for it, or inside a lock."""
    return is_locked(context, event) or _made_once(context, event)


def _made_once(context: "Context", event: "Event") -> bool:
    name = event.what.removesuffix("[…]")
    blocks = context.program.files[event.function[0]].blocks
    tests = (blocks[index].value for index in context.program.blocks_in(event.function) if blocks[index].kind == "if")
    return any(test is not None and _tests_set(test, name) for test in tests)


def _tests_set(test: Value, name: str) -> bool:
    """Whether a test asks if a name is set: `x`, `not x`, `x is None`, `x is not None`, `"k" not in x`."""
    if test.kind in ("name", "attr"):
        return plain_name(test) == name
    if test.kind == "compare":
        return (test.text in ("Is", "IsNot") and plain_name(test.parts[0]) == name) or (
            test.text in ("In", "NotIn") and plain_name(test.parts[1]) == name
        )
    return test.kind in ("not", "and", "or") and any(_tests_set(part, name) for part in test.parts)


def origin(context: "Context", site: StateSite, event: "Event") -> str:
    """What a shared name is given: "itself" (it counts), "outside", "constant", or "unknown"."""
    if event.value is None:
        return "constant"
    if event.augmented or _mentions(event.value, event.what):
        return "itself"
    kinds = {leaf.kind for leaf in context.flow.leaves(event.value, event.function)}
    if "external" in kinds:
        return "outside"
    return "constant" if kinds <= {"constant"} else "unknown"


def _mentions(value: Value, name: str) -> bool:
    return plain_name(value) == name or any(_mentions(part, name) for part in value.parts)


def readers(context: "Context", site: StateSite, writers: "frozenset[FunctionKey]") -> "tuple[Event, ...]":
    """Where functions that do not write a state read it for somebody who asks."""
    return tuple(
        event
        for event in site.events("read")
        if event.function not in writers
        and event.function[1]
        and context.reach.of(event.function).roles & (_ASKED | {"worker"})
    )


def user_data(context: "Context", site: StateSite) -> "tuple[Event, ...]":
    """Where a request that sends something leaves it in a state and nowhere else."""
    name = site.state.name.lower()
    if site.kind != "container" or any(word in name for word in _NOT_DATA):
        return ()
    return tuple(event for event in site.events("grow") if _keeps_data(context, event))


def _keeps_data(context: "Context", event: "Event") -> bool:
    reach = context.reach.of(event.function)
    sent = any(entry.split(" ")[0].split("/")[0] in _WRITING for entry in reach.entries) or "bot" in reach.roles
    if not event.function[1] or not sent or event.value is None:
        return False
    values = [event.value, *_given(context, event.value, event.function)]
    leaves = (leaf for value in values for leaf in context.flow.leaves(value, event.function))
    return any(leaf.kind == "external" and not _is_live(context, leaf.path, leaf.line, leaf.name) for leaf in leaves)


def _given(context: "Context", value: Value, key: "FunctionKey") -> list[Value]:
    """What an object of a project class is made from, when the value is one."""
    bound = context.states.names.locals_of(key).get(value.text, []) if value.kind == "name" and key[1] else [value]
    found: list[Value] = []
    for made in bound:
        if made.kind == "call" and made.call >= 0 and context.program.symbol(key[0], made.call).kind == "class":
            found.extend(item.value for item in context.program.files[key[0]].calls[made.call].arguments)
    return found


def _is_live(context: "Context", path: str, line: int, name: str) -> bool:
    """Whether what comes from outside is a connection or a task, not data."""
    functions = context.program.files[path].functions if path in context.program.files else ()
    for function in functions:
        if function.span[0] == line:
            found = next((item for item in function.parameters if item.name == name), None)
            return found is not None and any(word in found.annotation for word in _LIVE)
    return False


def is_stored(context: "Context", event: "Event") -> bool:
    """Whether the request that leaves data in memory also writes to a database, file or queue on its way."""
    names = set(context.reach.of(event.function).entries)
    starts = [entry.function for entry in context.entries if entry.name in names]
    return any(context.effects.reaches(key, effect) for key in (event.function, *starts) for effect in _LASTING_EFFECTS)


def other_entries(context: "Context", site: StateSite, written: "tuple[Event, ...]") -> "tuple[Event, ...]":
    """Where another entry point reads what these wrote."""
    entries = {name for event in written for name in context.reach.of(event.function).entries}
    own = frozenset(event.function for event in written)
    found = readers(context, site, own)
    return tuple(event for event in found if set(context.reach.of(event.function).entries) - entries)
