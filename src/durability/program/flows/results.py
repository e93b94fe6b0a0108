"""What becomes of a result, and what a call depends on, inside one function."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from durability.facts.model import Value
from durability.program.links.spelling import plain_name
from durability.program.sites import CallSite

if TYPE_CHECKING:
    from durability.program.context import Context

_TESTING = ("if", "else", "while")
_CHOOSING = ("compare", "not", "and", "or", "if")


def attributes_of(context: "Context", call: CallSite) -> frozenset[str]:
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
    return frozenset(found | _attributes_in_values(context, call))


def _attributes_in_values(context: "Context", call: CallSite) -> set[str]:
    program, (path, index) = context.program, call.key
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


def tested_keys(context: "Context", call: CallSite) -> frozenset[str]:
    """The keys of a JSON answer that its function tests, or whose test it gives back."""
    names = set(call.into)
    parsed = [other for other in call.calls_here() if other.shown.endswith(".json") and _is_of(other, call, names)]
    bodies = {name for other in parsed for name in other.into}
    indices = {other.index for other in parsed}
    blocks = context.program.files[call.path].blocks
    tests = [blocks[index].value for index in context.program.blocks_in(call.key) if blocks[index].kind in _TESTING]
    exits = [(item.kind, item.value) for item in call.exits_here() if item.value is not None]
    tests += [value for kind, value in exits if kind == "assert" or (kind == "return" and value.kind in _CHOOSING)]
    return frozenset(key for test in tests if test is not None for key in _keys(context, test, call, bodies, indices))


def _is_of(other: CallSite, call: CallSite, names: set[str]) -> bool:
    receiver = other.receiver
    if receiver is None:
        return False
    return plain_name(receiver) in names or (receiver.kind == "call" and receiver.call == call.index)


def _keys(context: "Context", value: Value, site: CallSite, bodies: set[str], indices: set[int]) -> Iterator[str]:
    """The constant keys that an expression reads of one of these tables, or looks for in them."""
    base: Value | None = None
    key: Value | None = None
    if value.kind == "item":
        base, key = value.parts
    elif value.kind == "compare" and value.text in ("In", "NotIn"):
        key, base = value.parts
    elif value.kind == "call" and value.call >= 0 and value.text.endswith(".get"):
        read = context.call(site.path, value.call)
        base, key = read.receiver, read.argument("", 0)
    if base is None or key is None or key.kind != "text":
        pass
    elif plain_name(base) in bodies or (base.kind == "call" and base.call in indices):
        yield key.text
    for part in value.parts:
        yield from _keys(context, part, site, bodies, indices)


def passed_on(context: "Context", call: CallSite) -> bool:
    """Whether the result of a call is handed to a project function, which may test it."""
    names = set(call.into)
    for other in call.calls_here():
        bare = {item.value.text for item in other.arguments if item.value.kind == "name"}
        if names & bare and other.symbol.kind != "library":
            return True
    return False


def depends(context: "Context", call: CallSite, names: tuple[str, ...]) -> bool:
    """Whether an argument or the receiver of a call is made from one of these names of its function."""
    values = [item.value for item in call.arguments]
    if call.receiver is not None:
        values.append(call.receiver)
    wanted = frozenset(names)
    return any(made_from(context, value, call, wanted) for value in values)


def made_from(context: "Context", value: Value, site: CallSite, names: frozenset[str]) -> bool:
    """Whether a value at a place is made from one of these names of the function, through its other names and calls."""
    seen: set[str] = set()
    called: set[int] = set()
    pending = [value]
    while pending:
        item = pending.pop()
        if item.kind == "call" and item.call >= 0 and item.call not in called:
            called.add(item.call)
            pending.extend(given.value for given in context.call(site.path, item.call).arguments)
        name = plain_name(item)
        if name in names or name.partition(".")[0] in names:
            return True
        if name and name not in seen:
            seen.add(name)
            pending.extend(_bound(context, name, site))
        pending.extend(item.parts)
    return False


def _bound(context: "Context", name: str, site: CallSite) -> Iterator[Value]:
    """What a name was given in the function before a place."""
    for item in context.program.assigns_to(site.path, name):
        if item.function == site.key[1] and item.value is not None and item.span[0] <= site.line:
            yield item.value


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
