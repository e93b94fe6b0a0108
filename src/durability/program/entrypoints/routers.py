"""Where routers hang: which object a route is registered on, and under which prefixes that object is mounted."""

from collections.abc import Iterable, Iterator
from functools import cached_property

from msgspec import Struct

from durability.facts.model import Call, Value
from durability.knowledge.rows import Entry
from durability.program.entrypoints.bindings import UNKNOWN_TEXT, Bindings
from durability.program.entrypoints.paths import joined
from durability.program.entrypoints.unmounted import unmounted
from durability.program.links.graph import FunctionKey
from durability.program.links.link import Symbol
from durability.program.links.program import Program

Node = tuple[str, str]
"""A router: its file, and "#" with the index of the call that makes it, or the name of a list of routes."""

URLS = "urlpatterns"
_UNDER = "app"
"""The argument of a router's constructor that says what it hangs under."""
_OVERRIDES = ("register_blueprint",)
_INCLUDES = ("django.urls.include", "django.conf.urls.include")
_MOST = 8
"""Addresses of one route that are told apart."""


class Mount(Struct, frozen=True):
    """One router hangs under another: `prefix` is what the call adds, `replaces` that it stands for the child's own."""

    parent: Node
    prefix: str = ""
    place: tuple[str, int] = ("", -1)
    replaces: bool = False


class Routers:
    """All routers of the first-party files and how they hang together."""

    def __init__(self, program: Program, bindings: Bindings) -> None:
        self.program = program
        self.bindings = bindings
        self.made: dict[Node, str] = {}
        self.hanging: set[Node] = set()
        self.mounts: dict[Node, list[Mount]] = {}
        self._inside: dict[tuple[str, int], Node] = {}
        self._paths: dict[Node, tuple[str, ...]] = {}
        self.named: dict[str, str] = {}
        mounting: list[tuple[str, int, Entry]] = []
        for path in sorted(program.files):
            if program.file_roles.get(path) != "first-party":
                continue
            for index, call in enumerate(program.files[path].calls):
                if call.target.endswith(".add_route"):
                    texts = [item.value.text for item in call.arguments[:2] if item.value.kind == "text"]
                    self.named.update([(texts[0], texts[1])] if len(texts) == 2 else [])
                for row in self._rows(path, index):
                    if row.kind == "router":
                        self.made[path, f"#{index}"] = self._prefix(call, row, (path, call.function)) or ""
                        self.hanging.update([(path, f"#{index}")] if row.hangs and not call.function else [])
                    if row.kind in ("mount", "router"):
                        mounting.append((path, index, row))
            self._lists(path)
        for path, index, row in mounting:
            self._mark_nested(path, index, row)
        for path, index, row in mounting:
            self._mount(path, index, row)

    def owners(self, path: str, index: int) -> tuple[Node, ...]:
        """The routers or lists that a registering call belongs to."""
        call = self.program.files[path].calls[index]
        if (path, index) in self._inside:
            return (self._inside[path, index],)
        name = self.program.name(path, index)
        if name.startswith("django."):
            return ((path, URLS),)
        receiver = call.receiver
        if receiver is None:
            return ()
        if (
            receiver.kind == "attr"
            and receiver.text in ("router", "cli")
            and not self.origins(receiver, (path, call.function))
        ):
            receiver = receiver.parts[0]
        return self.origins(receiver, (path, call.function))

    @cached_property
    def _unmounted(self) -> frozenset[Node]:
        return unmounted(self)

    def is_served(self, path: str, index: int) -> bool:
        """Whether what a call registers answers somewhere, as far as is known: not on a router that hangs nowhere."""
        owners = self.owners(path, index) if index >= 0 and self._unmounted else ()
        return not owners or not self._unmounted.issuperset(owners)

    def addresses(self, path: str, index: int, own: str) -> tuple[str, ...]:
        """The whole addresses of a route that a call registers under its own path."""
        owners = self.owners(path, index)
        prefixes = sorted({prefix for owner in owners for prefix in self.prefixes(owner)}) or [""]
        return tuple(joined(prefix, own) for prefix in prefixes)

    def prefixes(self, node: Node) -> tuple[str, ...]:
        """The prefixes under which a router is served, with its own; one for each way it is mounted."""
        waiting, begun = [node], set[Node]()
        while waiting:
            at = waiting[-1]
            begun.add(at)
            parents = [item.parent for item in self.mounts.get(at, ()) if item.parent not in begun]
            if at in self._paths or not parents:
                self._paths.setdefault(at, tuple(dict.fromkeys(self._served(at)))[:_MOST])
                waiting.pop()
            else:
                waiting.extend(parents)
        return self._paths[node]

    def _served(self, node: Node) -> Iterator[str]:
        own = self.made.get(node, "")
        mounts = [item for item in self.mounts.get(node, ()) if item.parent in self._paths]
        for item in mounts:
            for prefix in self._paths[item.parent]:
                yield joined(prefix, joined(item.prefix, "" if item.replaces else own))
        if not mounts:
            yield own

    def above(self, node: Node) -> Iterator[tuple[Node, Mount | None]]:
        """A router and all it hangs under, with the mount on the way; each router once."""
        pending: list[tuple[Node, Mount | None]] = [(node, None)]
        seen = {node}
        while pending:
            at, mount = pending.pop(0)
            yield at, mount
            for item in self.mounts.get(at, ()):
                if item.parent not in seen:
                    seen.add(item.parent)
                    pending.append((item.parent, item))

    def origins(self, value: Value, key: FunctionKey) -> tuple[Node, ...]:
        """The routers that a value stands for: where they are made, or the list of routes."""
        found: dict[Node, None] = {}
        pending: list[tuple[Value, FunctionKey, int]] = [(value, key, 0)]
        while pending and len(found) < _MOST:
            at, where, depth = pending.pop(0)
            if depth > _MOST:
                continue
            if (at.kind == "attr" and at.text == "urls") or (at.kind == "call" and at.text.endswith(".get_urls")):
                pending.extend((part, where, depth + 1) for part in at.parts)
            for item, place in self.bindings.ends(at, where):
                if item.kind == "call" and item.text.endswith(".get_urls") and item is not at:
                    pending.append((item, place, depth + 1))
                elif item.kind == "call" and item.call >= 0:
                    for node in self._made_by(item, place):
                        found.setdefault(node)
                    pending.extend((part, inner, depth + 1) for part, inner in self._returned(item, place))
                elif item.kind in ("list", "tuple"):
                    found.update(dict.fromkeys(self._listed(item, place)))
        return tuple(found)

    def _made_by(self, item: Value, place: FunctionKey) -> Iterator[Node]:
        node = (place[0], f"#{item.call}")
        if node in self.made:
            yield node
        elif self.program.name(place[0], item.call) in _INCLUDES:
            yield from self._included(place[0], item.call)

    def _returned(self, item: Value, place: FunctionKey) -> Iterator[tuple[Value, FunctionKey]]:
        symbol = self.program.symbol(place[0], item.call)
        key = self.program.key_of(symbol) if symbol.kind == "function" else None
        for leaving in self.program.exits_in(key) if key is not None else ():
            if leaving.kind in ("return", "yield") and leaving.value is not None and key is not None:
                yield leaving.value, key

    def _listed(self, item: Value, place: FunctionKey) -> Iterator[Node]:
        for part in nested_calls(item):
            node = self._inside.get((place[0], part))
            if node is not None:
                yield node
                return

    def _included(self, path: str, index: int) -> Iterator[Node]:
        call = self.program.files[path].calls[index]
        value = call.arguments[0].value if call.arguments else None
        if value is not None and value.kind == "tuple" and value.parts:
            value = value.parts[0]
        if value is None:
            return
        if value.kind == "text":
            module = self.program.resolve(value.text, path)
            if module.kind == "module":
                yield (module.path, URLS)
        elif value.kind in ("list", "tuple"):
            yield (path, f"#{index}")
        else:
            module = self.program.value_symbol(value, path, call.function)
            if module.kind == "module":
                yield (module.path, URLS)
            else:
                yield from self.origins(value, (path, call.function))

    def _rows(self, path: str, index: int) -> Iterable[Entry]:
        symbol = self.program.symbol(path, index)
        names = library_bases(self.program, symbol) if symbol.kind == "class" else (self.program.name(path, index),)
        for name in names:
            for row in self.program.library.entry(name) if name else ():
                if symbol.kind != "class" or row.kind == "router":
                    yield row

    def _prefix(self, call: Call, row: Entry, key: FunctionKey) -> str | None:
        """The prefix that a call writes; None when it writes none."""
        value = argument(call, row.path_argument, row.path_position)
        if value is None or (value.kind == "const" and value.text == "None"):
            return None
        text = self.bindings.text(value, key)
        return UNKNOWN_TEXT if text is None else text

    def _lists(self, path: str) -> None:
        """Mark which list of routes the calls of a module-level list belong to."""
        for item in self.program.assigns_in((path, 0)):
            if item.target.kind == "name" and item.value is not None and item.value.kind in ("list", "tuple", "op"):
                for index in nested_calls(item.value):
                    self._inside[path, index] = (path, item.target.text)
            if item.target.kind == "name" and item.target.text == URLS and item.value is not None:
                self._routers_in(path, item.value)

    def _routers_in(self, path: str, value: Value) -> None:
        """`urlpatterns = [...] + router.urls`: the router hangs in the list."""
        pending = [value]
        while pending:
            part = pending.pop()
            if part.kind == "attr" and part.text == "urls":
                for child in self.origins(part.parts[0], (path, 0)):
                    self.mounts.setdefault(child, []).append(Mount((path, URLS)))
            elif part.kind in ("op", "list", "star"):
                pending.extend(part.parts)

    def _mark_nested(self, path: str, index: int, row: Entry) -> None:
        """Routes written inside the call that mounts them belong to that call."""
        call = self.program.files[path].calls[index]
        value = argument(call, row.handler_argument, row.handler_position)
        if value is None:
            return
        holder = index
        if value.kind == "call" and self.program.name(path, value.call) in _INCLUDES:
            holder = value.call
            arguments = self.program.files[path].calls[holder].arguments
            value = arguments[0].value if arguments else value
        if value.kind in ("list", "tuple"):
            for nested in nested_calls(value):
                self._inside[path, nested] = (path, f"#{holder}")

    def _mount(self, path: str, index: int, row: Entry) -> None:
        call = self.program.files[path].calls[index]
        key = (path, call.function)
        value = argument(call, row.handler_argument, row.handler_position)
        if value is None:
            return
        node = (path, f"#{index}")
        if row.kind == "router" and row.handler_argument == _UNDER:
            for parent in self.origins(value, key):
                self.mounts.setdefault(node, []).append(Mount(parent))
            return
        parents = (node,) if row.kind == "router" else self.owners(path, index)
        written = self._prefix(call, row, key) if row.kind == "mount" else None
        replaces = call.target.rsplit(".", 1)[-1] in _OVERRIDES and written is not None
        children = self.origins(value, key) if value.kind not in ("list", "tuple") else ()
        if value.kind in ("list", "tuple"):
            children = tuple(dict.fromkeys(self._listed(value, key)))
        for child in children:
            for parent in parents or ((path, ""),):
                if child != parent:
                    self.mounts.setdefault(child, []).append(Mount(parent, written or "", (path, index), replaces))


def library_bases(program: Program, symbol: Symbol) -> Iterator[str]:
    """The library classes that a project class is made from, through its project bases."""
    pending, seen = [symbol], {symbol}
    while pending:
        at = pending.pop(0)
        item = program.linker.classes[at.path].get(at.name)
        for base in item.bases if item is not None else ():
            parent = program.resolve(base, at.path)
            if parent.kind == "library":
                yield parent.name
            elif parent.kind == "class" and parent not in seen:
                seen.add(parent)
                pending.append(parent)


def argument(call: Call, name: str, position: int | None) -> Value | None:
    """An argument by keyword or position."""
    for item in call.arguments:
        if name and item.keyword == name:
            return item.value
    positional = [item.value for item in call.arguments if item.keyword == ""]
    return positional[position] if position is not None and position < len(positional) else None


def nested_calls(value: Value) -> Iterator[int]:
    """The calls written directly in a list of routes, through operators and nested lists."""
    pending = [value]
    while pending:
        part = pending.pop(0)
        if part.kind == "call" and part.call >= 0:
            yield part.call
        elif part.kind in ("list", "tuple", "op", "star", "set", "if", "or"):
            pending.extend(part.parts)
