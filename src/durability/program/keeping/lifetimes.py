"""How long what a call makes lives: once for the process, or again for each request."""

from collections import deque
from collections.abc import Iterator
from typing import TYPE_CHECKING

from durability.facts.model import Value
from durability.model import Step
from durability.program.flows.results import names_in
from durability.program.links.spelling import plain_name
from durability.program.sites import CallSite

if TYPE_CHECKING:
    from durability.program.context import Context

_ASKED = frozenset({"route", "bot", "ui", "tool", "worker"})

_Place = tuple[str, int]
"""A call: path of its file and its index there."""


def made_again(context: "Context", call: CallSite) -> tuple[Step, ...] | None:
    """The chain by which a call runs again for each request; None when it runs once and its result is kept.

    What is kept in an object lives as long as that object: it is followed to where the object is made. A result that
    is kept in a module, an application or a cache, or made only when it is not there yet, is made once.
    """
    came: dict[_Place, _Place | None] = {(call.path, call.index): None}
    queue = deque([call])
    while queue:
        site = queue.popleft()
        if _is_cached(context, site):
            continue
        holders = list(_makers(context, site) if _in_object(site) else _callers(context, site))
        if not _in_object(site) and _starts_here(context, site):
            return _chain(context, came, site)
        for holder in holders:
            place = (holder.path, holder.index)
            if place not in came:
                came[place] = (site.path, site.index)
                queue.append(holder)
    return None


def _chain(context: "Context", came: dict[_Place, _Place | None], site: CallSite) -> tuple[Step, ...]:
    steps = []
    at: _Place | None = (site.path, site.index)
    while at is not None:
        call = context.call(*at)
        steps.append(Step(call.path, call.line, f"{call.shown}()"))
        at = came[at]
    return tuple(steps)


def _starts_here(context: "Context", site: CallSite) -> bool:
    """Whether a request starts the function around a call: a handler, or a page that runs at each click."""
    roles = {entry.role for entry in context.entries if entry.function == site.key}
    return bool(roles & ({"ui"} if site.key[1] == 0 else _ASKED))


def _callers(context: "Context", site: CallSite) -> Iterator[CallSite]:
    for edge in context.program.callers.get(site.key, ()):
        if edge.call >= 0:
            yield context.call(edge.caller[0], edge.call)


def _makers(context: "Context", site: CallSite) -> Iterator[CallSite]:
    """The calls that make objects of the class around a call."""
    program = context.program
    made = program.linker.functions[site.path].get(f"{site.function.owner}.__init__")
    if made is not None:
        yield from (item for item in _callers(context, _At(site, made[0])) if item.symbol.kind == "class")
        return
    for path in context.judged_paths():
        for index, symbol in enumerate(program.symbols[path]):
            if symbol.kind == "class" and symbol.path == site.path and symbol.name == site.function.owner:
                yield context.call(path, index)


class _At(CallSite):
    """A call looked at as if it stood in another function of its file."""

    def __init__(self, site: CallSite, function: int) -> None:
        super().__init__(site.context, site.path, site.index)
        self.key = (site.path, function)


def _in_object(site: CallSite) -> bool:
    """Whether the result is kept in the object whose method this is, or this only prepares the object."""
    if not site.function.owner or not site.function.parameters:
        return False
    own = site.function.parameters[0].name
    return site.function.name == "__init__" or any(name.startswith(f"{own}.") for name in _kept_under(site))


def _is_cached(context: "Context", site: CallSite) -> bool:
    """Whether the process keeps the result, or makes it only when it is not there yet."""
    if site.kept and not _in_object(site):
        return True
    names = [name for name in _kept_under(site) if name in site.function.globals or "." in name]
    if names and not _in_object(site):
        return True
    if site.key[1] == 0 and not _starts_here(context, site):
        return True
    return _tested(site)


def _kept_under(site: CallSite) -> set[str]:
    """The names that get the result, or what was made from it, in the function around a call."""
    found = set(site.into)
    for item in site.program.assigns_in(site.key):
        if item.value is not None and found.intersection(names_in(item.value)):
            found.add(plain_name(item.target) or plain_name(item.target.parts[0] if item.target.parts else item.target))
    return found


def _tested(site: CallSite) -> bool:
    """Whether the place that keeps the result was looked at first: `if model is None`, `if key not in cache`."""
    blocks = site.program.files[site.path].blocks
    above = set(site.program.blocks_above(site.path, site.block))
    leaving = {item.block for item in site.exits_here() if item.kind == "return" and item.span[0] < site.line}
    tests = (blocks[index] for index in site.program.blocks_in(site.key) if index in above or index in leaving)
    kept = _kept_under(site)
    if kept <= _own_names(site):
        return False  # `if db is None: db = connect()` of a parameter: the next call tests anew
    return any(block.kind in ("if", "else") and block.value is not None and _asks(block.value, kept) for block in tests)


def _own_names(site: CallSite) -> set[str]:
    """The names that live no longer than one call of the function around a call."""
    assigned = (item.target for item in site.program.assigns_in(site.key))
    bound = {target.text for target in assigned if target.kind == "name"}
    return (bound | {item.name for item in site.function.parameters}) - set(site.function.globals)


def _asks(test: Value, kept: set[str]) -> bool:
    if test.kind == "compare" and test.text not in ("Is", "IsNot", "In", "NotIn"):
        return False
    if test.kind in ("not", "and", "or"):
        return any(_asks(part, kept) for part in test.parts)
    return any(plain_name(part) in kept for part in (test, *test.parts))
