"""What a name stands for: the values it is bound to, through loops over literals, imports and class attributes."""

from collections.abc import Iterator

from durability.facts.model import Block, Value
from durability.program.links.graph import FunctionKey
from durability.program.links.program import Program
from durability.program.links.spelling import plain_name

UNKNOWN_TEXT = "…"
"""Stands for the part of an address that is not known."""
_DEPTH = 12
_MOST = 32
"""Bindings of one name that are followed."""

_SHAPED = ("format", "rstrip", "strip")
"""Methods of a text that give it with its ends cut or its gaps filled."""

Bound = tuple[Value, FunctionKey]
"""A value and the function in which it is written."""


class Bindings:
    """Follows names to the values they are bound to; answers are kept."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self._known: dict[tuple[FunctionKey, str], tuple[Bound, ...]] = {}
        self._asked: set[tuple[FunctionKey, str]] = set()
        self._looped: dict[str, dict[str, list[Block]]] = {}

    def of(self, value: Value, key: FunctionKey) -> tuple[Bound, ...]:
        """The values that a name or attribute is bound to, one step back; () when none is in sight."""
        name = plain_name(value)
        if not name:
            return ()
        if (key, name) not in self._known:
            self._known[key, name] = ()
            self._known[key, name] = tuple(self._found(name, key))[:_MOST]
        return self._known[key, name]

    def ends(self, value: Value, key: FunctionKey) -> tuple[Bound, ...]:
        """The values at the end of all bindings: calls, literals, and names that nothing binds."""
        found: list[Bound] = []
        pending = [(value, key, 0)]
        while pending and len(found) < _MOST:
            at, where, depth = pending.pop(0)
            further = self.of(at, where) if depth < _DEPTH else ()
            if not further:
                found.append((at, where))
            pending.extend((item, place, depth + 1) for item, place in further)
        return tuple(found)

    def text(self, value: Value | None, key: FunctionKey, depth: int = 0) -> str | None:
        """The text of a value; None when it is not known. Unknown parts of a formatted text become "…"."""
        if value is None or depth > _DEPTH:
            return None
        if value.kind == "text":
            return value.text
        if value.kind == "format" or (value.kind == "op" and value.text == "Add"):
            pieces = [self.text(part, key, depth + 1) for part in value.parts]
            return "".join(UNKNOWN_TEXT if piece is None else piece for piece in pieces)
        if value.kind in ("or", "if"):
            parts = value.parts[1:] if value.kind == "if" else value.parts
            return next((text for part in parts if (text := self.text(part, key, depth + 1))), None)
        if value.kind == "call" and value.text.rsplit(".", 1)[-1] in _SHAPED and value.parts:
            return self.text(value.parts[0], key, depth + 1)
        if value.kind == "call" and value.call >= 0:
            return self.text(self._default(value, key), key, depth + 1)
        return self._bound_text(value, key, depth)

    def _bound_text(self, value: Value, key: FunctionKey, depth: int) -> str | None:
        """The one text that a name is bound to; None for several, and for a name that is made from itself."""
        asked = (key, plain_name(value))
        if asked in self._asked:
            return None
        self._asked.add(asked)
        texts = {self.text(item, place, depth + 1) for item, place in self.of(value, key)}
        self._asked.discard(asked)
        return texts.pop() if len(texts) == 1 else None

    def _default(self, value: Value, key: FunctionKey) -> Value | None:
        """What `os.getenv("NAME", default)` or `Field(default)` gives where nothing else is set."""
        call = self.program.files[key[0]].calls[value.call]
        row = self.program.row(self.program.name(key[0], value.call))
        named = next((item.value for item in call.arguments if item.keyword == "default"), None)
        positional = [item.value for item in call.arguments if item.keyword == ""]
        place = 0 if call.target.rsplit(".", 1)[-1] == "Field" else 1
        if place and (row is None or row.effect != "env.read"):
            return named
        return named or (positional[place] if len(positional) > place else None)

    def _found(self, name: str, key: FunctionKey) -> Iterator[Bound]:
        base, _, last = name.rpartition(".")
        if not base:
            yield from self._named(name, key)
        elif base in ("self", "cls"):
            yield from self._stored(name, key[0])
            if not self.program.assigns_to(key[0], name):
                yield from self._attribute(base, last, key)
        else:
            yield from self._attribute(base, last, key)

    def _named(self, name: str, key: FunctionKey) -> Iterator[Bound]:
        path, at = key
        functions = self.program.files[path].functions
        while at >= 0:
            found = list(self._bound_in(name, (path, at)))
            if found:
                yield from found
                return
            at = functions[at].parent
        for item in self.program.files[path].imports:
            if item.name == name and item.function in (0, key[1]):
                yield from self._imported(item.path, path)
                return

    def _bound_in(self, name: str, key: FunctionKey) -> Iterator[Bound]:
        path, at = key
        blocks = self.program.files[path].blocks
        for item in self.program.assigns_to(path, name):
            in_class = blocks[item.block].kind == "class"
            if item.function == at and item.op == "=" and item.value is not None and not in_class:
                yield item.value, key
        for block in self._loops(path).get(name, ()):
            if block.function == at:
                for element in self._elements(block, key):
                    yield from _picked(element, block.targets, name, key)

    def _elements(self, block: Block, key: FunctionKey) -> Iterator[Value]:
        source = block.value
        if source is None:
            return
        for value in (source, *(item for item, place in self.of(source, key) if place == key)):
            if value.kind in ("list", "tuple", "set"):
                yield from value.parts

    def _loops(self, path: str) -> dict[str, list[Block]]:
        if path not in self._looped:
            grouped: dict[str, list[Block]] = {}
            for block in self.program.files[path].blocks:
                for name in block.targets if block.kind == "for" else ():
                    grouped.setdefault(name, []).append(block)
            self._looped[path] = grouped
        return self._looped[path]

    def _imported(self, ref: str, path: str) -> Iterator[Bound]:
        head, dot, last = ref.rpartition(".")
        module = self.program.resolve(head if head.strip(".") else head + dot, path)
        if module.kind == "module" and (module.path != path or self.program.resolve(ref, path).kind != "module"):
            yield from self.of(Value("name", last), (module.path, 0))

    def _attribute(self, base: str, last: str, key: FunctionKey) -> Iterator[Bound]:
        symbol = self.program.value_symbol(_named_value(base), key[0], key[1])
        if symbol.kind == "module":
            yield from self.of(Value("name", last), (symbol.path, 0))
        elif symbol.kind == "class":
            blocks = self.program.files[symbol.path].blocks
            for item in self.program.assigns_to(symbol.path, last):
                block = blocks[item.block]
                if block.kind == "class" and symbol.name.rsplit(".", 1)[-1] in block.targets and item.value is not None:
                    yield item.value, (symbol.path, item.function)
            yield from self._stored(f"self.{last}", symbol.path)

    def _stored(self, name: str, path: str) -> Iterator[Bound]:
        for item in self.program.assigns_to(path, name):
            if item.value is not None and item.op == "=":
                yield item.value, (path, item.function)


def _picked(element: Value, targets: tuple[str, ...], name: str, key: FunctionKey) -> Iterator[Bound]:
    if len(targets) == 1:
        yield element, key
    elif element.kind in ("tuple", "list") and len(element.parts) == len(targets):
        yield element.parts[targets.index(name)], key


def _named_value(name: str) -> Value:
    first, *rest = name.split(".")
    value = Value("name", first)
    for part in rest:
        value = Value("attr", part, (value,))
    return value
