"""Which calls made an object: constructors, factories and `with_options` in the chain."""

from typing import TYPE_CHECKING

from durability.facts.model import Value
from durability.program.links.graph import FunctionKey
from durability.program.links.spelling import plain_name
from durability.program.sites import CallSite

if TYPE_CHECKING:
    from durability.program.context import Context


class Makers:
    """Traces the object that a method is called on back to the calls that made it; answers are kept."""

    def __init__(self, context: "Context") -> None:
        self._context = context
        self._known: dict[tuple[str, int], tuple[CallSite, ...]] = {}
        self._seen: set[tuple[FunctionKey, str]] = set()

    def of(self, call: CallSite) -> tuple[CallSite, ...]:
        """The calls that made the object a method is called on: constructors and `with_options` in the chain."""
        key = (call.path, call.index)
        if key not in self._known:
            self._seen.clear()
            found = self._made(call.receiver, call.key, 0) if call.receiver is not None else ()
            self._known[key] = tuple(found)
        return self._known[key]

    def _made(self, value: Value | None, key: FunctionKey, depth: int) -> tuple[CallSite, ...]:
        if value is None or depth > 10:
            return ()
        path = key[0]
        if value.kind == "call" and value.call >= 0:
            site = self._context.call(path, value.call)
            inner = self._made(value.parts[0], key, depth + 1) if value.parts else ()
            returned = self._made_by_project(site, depth)
            return (site, *inner, *returned)
        if value.kind == "attr":
            stored = self._stored(plain_name(value), key, depth)
            return stored or self._made(value.parts[0], key, depth + 1)
        return self._stored(value.text, key, depth) if value.kind == "name" else ()

    def _made_by_project(self, site: CallSite, depth: int) -> tuple[CallSite, ...]:
        target = self._context.program.key_of(site.symbol) if site.symbol.kind == "function" else None
        if target is None:
            return ()
        values = [item.value for item in self._context.program.exits_in(target) if item.kind in ("return", "yield")]
        return tuple(found for value in values for found in self._made(value, target, depth + 2))

    def _stored(self, name: str, key: FunctionKey, depth: int) -> tuple[CallSite, ...]:
        path, index = key
        if not name or (key, name) in self._seen:
            return ()
        self._seen.add((key, name))
        facts = self._context.program.files[path]
        bound = [
            item for item in self._context.program.assigns_to(path, name) if item.op == "=" and item.value is not None
        ]
        own = [item for item in bound if item.function == index] or bound
        found = tuple(site for item in own for site in self._made(item.value, (path, item.function), depth + 1))
        if found:
            return found
        for number in self._context.program.blocks_in(key):
            block = facts.blocks[number]
            if block.kind == "with" and name in block.targets:
                return self._made(block.value, key, depth + 1)
        return self._imported(name, path, depth)

    def _imported(self, name: str, path: str, depth: int) -> tuple[CallSite, ...]:
        found = self._context.program.home(name, path)
        return self._stored(found[1], (found[0], 0), depth + 1) if found is not None else ()
