"""What works for and against the growth of a state: data-driven growth in served code, and what takes away again."""

from typing import TYPE_CHECKING, Literal

from durability.facts.model import Value
from durability.model import Step
from durability.program.answers import Answer, unknown
from durability.program.flows.flow import parameter_of
from durability.program.keeping.statenames import State
from durability.program.links.spelling import plain_name
from durability.program.sites.state import StateSite

if TYPE_CHECKING:
    from durability.program.context import Context
    from durability.program.keeping.states import Event

Relief = Literal["works", "inside", "elsewhere", "command", "escapes", "none"]
"""What takes away again: the same operation or a janitor, only inside the entries, another operation, a command."""

SERVING = frozenset({"route", "bot", "worker", "tool", "ui"})
_COMMANDS = ("DELETE", "delete", "clear", "reset", "logout", "flush", "purge", "forget", "remove", "restart", "close")
_JANITORS = frozenset({"worker", "startup"})


def growth(context: "Context", site: StateSite) -> "tuple[Event, ...]":
    """Where served code puts more into a state with each request or item: not under names written in the program."""
    return tuple(
        event
        for event in site.events("grow")
        if context.reach.of(event.function).roles & SERVING
        and event.function[1]
        and event.function not in context.states.decorators
        and _by_data(context, site, event)
    )


def _by_data(context: "Context", site: StateSite, event: "Event") -> bool:
    if event.key is None:
        return not (event.inner and event.what.endswith("update()"))
    if site.is_constant(event.key, event) or _is_listed(context, event.key, event):
        return False
    return not event.what.endswith("update()") or event.key.kind != "dict" or not _constant_keys(event.key)


def _constant_keys(value: Value) -> bool:
    return all(part.kind in ("text", "const") for part in value.parts[::2])


def _is_listed(context: "Context", key: Value, event: "Event") -> bool:
    """Whether a key is one of few: its type lists the values, or it is looked for in a written table first."""
    function = context.program.function(event.function)
    parameter = parameter_of(function, key.text) if key.kind == "name" else None
    if parameter is not None:
        if parameter.annotation.startswith(("Literal[", "typing.Literal[", "bool")):
            return True
        symbol = context.program.resolve(parameter.ref, event.function[0]) if parameter.ref else None
        if symbol is not None and symbol.kind == "class" and context.program.linker.is_enum(symbol):
            return True
    return key.kind == "name" and (_asked_first(context, key, event) or _over_table(context, key, event))


def _over_table(context: "Context", key: Value, event: "Event") -> bool:
    """Whether a key runs over what some state holds already."""
    path, _ = event.function
    for index in context.program.blocks_above(path, event.block):
        block = context.program.files[path].blocks[index]
        if block.kind == "for" and key.text in block.targets and block.value is not None:
            refs = context.states.names.of(block.value, event.function)
            return bool(refs) and not any(grows for ref in refs for grows in _grown_while_served(context, ref.state))
    return False


def _grown_while_served(context: "Context", state: State) -> list["Event"]:
    events = context.states.events(state)
    return [event for event in events if event.kind == "grow" and event.function[1] and event.key is None]


def is_surely_new(context: "Context", site: StateSite, event: "Event") -> bool:
    """Whether what is added is known to be new each time or chosen outside, rather than one of few."""
    if event.key is None:
        return True
    leaves = context.flow.leaves(event.key, event.function)
    return any(leaf.kind in ("external", "cleaned") for leaf in leaves)


def _asked_first(context: "Context", key: Value, event: "Event") -> bool:
    """Whether the key is known to stand in some table: under `if key in TABLE`, or after `if key not in …: raise`."""
    path, _ = event.function
    blocks = context.program.files[path].blocks
    above = set(context.program.blocks_above(path, event.block))
    leaving = {item.block for item in context.program.exits_in(event.function) if item.kind in ("raise", "return")}
    for index in context.program.blocks_in(event.function):
        test = blocks[index].value if blocks[index].kind == "if" else None
        if test is None or blocks[index].span[0] > event.span[0]:
            continue
        inside = index in above
        if (inside and _asks(test, "In", key)) or (index in leaving and not inside and _asks(test, "NotIn", key)):
            return True
    return False


def _asks(test: Value, operator: str, key: Value) -> bool:
    if test.kind == "compare":
        return test.text == operator and test.parts[0] == key
    return test.kind in ("and", "or") and any(_asks(part, operator, key) for part in test.parts)


def relief(context: "Context", site: StateSite) -> "tuple[Relief, Event | None]":
    """What takes away again from a state that grows, the best there is, and where."""
    grown = growth(context, site)
    entries = {name for event in grown for name in context.reach.of(event.function).entries}
    own = {event.function for event in grown}
    best: tuple[Relief, Event | None] = ("none", None)
    order: tuple[Relief, ...] = ("works", "inside", "elsewhere", "escapes", "command", "none")
    for event in site.events("shrink", "cap", "escape"):
        found = _relief(context, event, entries, own)
        if order.index(found) < order.index(best[0]):
            best = (found, event)
    if best[0] == "inside" and not any(_keyed(site, event) for event in grown):
        return "works", best[1]
    return best


def _keyed(site: StateSite, event: "Event") -> bool:
    """Whether the number of entries grows, rather than what one entry holds."""
    return not event.inner or (event.outer is not None and not site.is_constant(event.outer, event))


def _relief(context: "Context", event: "Event", entries: set[str], own: set[tuple[str, int]]) -> Relief:
    if event.kind == "escape":
        return "escapes"
    if not event.function[1]:
        return "none"
    reach = context.reach.of(event.function)
    shared = event.function in own or bool(entries.intersection(reach.entries))
    if shared or reach.roles & _JANITORS:
        trims = event.inner or (event.kind == "cap" and event.key is not None)
        return "inside" if trims else "works"
    if reach.role == "unreached":
        return "escapes" if context.program.callers.get(event.function) else "none"
    told = (*reach.entries, context.program.function(event.function).name)
    return "command" if any(word in name for name in told for word in _COMMANDS) else "elsewhere"


def counter(context: "Context", site: StateSite, kind: str) -> Answer:
    """Whether the program does something of a kind to a state; what escapes to an unresolved call may have it done."""
    found = site.events(kind)
    if found:
        return Answer("yes", trace=(step(site, found[0]),))
    if site.events("escape"):
        return unknown("escapes")
    count = len(context.judged_paths())
    return Answer("no", scope=f"no {kind} in {count} module{'s' if count != 1 else ''}")


def step(site: StateSite, event: "Event") -> Step:
    """An event as a step of evidence."""
    verbs = {"grow": "adds to", "shrink": "takes from", "cap": "limits", "read": "reads", "rebind": "rebinds"}
    return Step(event.function[0], event.span[0], f"{verbs.get(event.kind, 'hands on')} {site.name}")


def is_locked(context: "Context", event: "Event") -> bool:
    """Whether an event stands inside `with` on a lock."""
    path, _ = event.function
    for index in context.program.blocks_above(path, event.block):
        block = context.program.files[path].blocks[index]
        if block.kind != "with" or block.value is None:
            continue
        name = context.value_name(block.value, event.function)
        row = context.program.row(name)
        last = (name or plain_name(block.value)).rsplit(".", 1)[-1].lower()
        if (row is not None and row.effect == "lock") or "lock" in last or "semaphore" in last:
            return True
    return False
