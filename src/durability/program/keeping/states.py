"""State of the process: every place of the program that grows, shrinks, caps, reads or rebinds it, in one index."""

from collections.abc import Iterator
from functools import cached_property
from typing import TYPE_CHECKING, Literal

from msgspec import Struct

from durability.facts.model import Assign, Call, Span, Value
from durability.program.keeping.held import StateKind, decorating, held
from durability.program.keeping.lasting import Lasting
from durability.program.keeping.statenames import APPLICATION, Ref, State, StateNames
from durability.program.links.graph import FunctionKey
from durability.program.links.program import Program
from durability.program.links.spelling import plain_name

if TYPE_CHECKING:
    from durability.program.context import Context

EventKind = Literal["grow", "shrink", "cap", "read", "rebind", "escape"]

_GROW = frozenset({"append", "add", "appendleft", "insert", "extend", "update", "setdefault"})
_SHRINK = frozenset({"pop", "popitem", "popleft", "clear", "remove", "discard", "difference_update"})
_KEYED_GROW = ("setdefault", "insert")


class Event(Struct, frozen=True):
    """Something that the program does to a state. `inner`: to what is kept in it under `outer`, not to it."""

    kind: EventKind
    function: FunctionKey
    block: int
    span: Span
    what: str
    key: Value | None = None
    value: Value | None = None
    inner: bool = False
    outer: Value | None = None
    augmented: bool = False


class States:
    """The states of a program and what is done to them."""

    def __init__(self, context: "Context") -> None:
        self._context = context
        self._program: Program = context.program
        self.names = StateNames(self._program)

    @cached_property
    def lasting(self) -> Lasting:
        """Which classes have an object that lives as long as the process."""
        return Lasting(self._context)

    @cached_property
    def decorators(self) -> frozenset[FunctionKey]:
        """The functions that run where something is decorated: once, when its module is imported."""
        return decorating(self._program)

    @cached_property
    def all(self) -> tuple[State, ...]:
        """Every state of first-party code, in order of place."""
        judged = set(self._context.judged_paths())
        scripts = self._context.rerun_scripts
        found = []
        for state in self.names.definitions:
            path, _ = self.place(state)
            rerun = not state.owner and path in scripts
            if path in judged and not rerun and self._lives(state):
                found.append(state)
        return tuple(sorted(found))

    def _lives(self, state: State) -> bool:
        if state.owner in ("", APPLICATION):
            return True
        return self.in_class_body(state) or self.lasting.has(state.path, state.owner)

    def in_class_body(self, state: State) -> bool:
        """Whether a class attribute is bound in the body of its class: one for all its objects."""
        return bool(state.owner) and state.owner != APPLICATION and self.names.definitions[state][0].function == 0

    def place(self, state: State) -> tuple[str, Assign]:
        """The file and the binding where a state is defined: the first in its module or class body."""
        items = self.names.definitions[state]
        paths = self.names.places[state]
        index = next((number for number, item in enumerate(items) if item.function == 0), 0)
        return paths[index], items[index]

    def kind(self, state: State) -> StateKind:
        """What a state holds, by the values it is bound to."""
        kinds = {
            held(self._program, item.value, path)
            for item, path in zip(self.names.definitions[state], self.names.places[state], strict=True)
            if item.value is not None and item.op == "="
        }
        order: tuple[StateKind, ...] = ("capped", "container", "object", "thing", "scalar")
        return next((kind for kind in order if kind in kinds), "thing")

    def events(self, state: State) -> tuple[Event, ...]:
        """Everything that the program does to a state, in order of file and place."""
        return tuple(self._events.get(state, ()))

    @cached_property
    def _events(self) -> dict[State, list[Event]]:
        found: dict[State, list[Event]] = {}
        for path in self._context.judged_paths():
            facts = self._program.files[path]
            pairs = [pair for item in facts.assigns for pair in self._assigned(path, item)]
            for index, call in enumerate(facts.calls):
                pairs.extend(self._called(path, index, call))
            pairs.extend(self._read(path))
            for state, event in sorted(pairs, key=lambda pair: (pair[1].span, pair[0], pair[1].kind)):
                found.setdefault(state, []).append(event)
        return found

    def _assigned(self, path: str, item: Assign) -> Iterator[tuple[State, Event]]:
        key = (path, item.function)
        target = item.target
        if target.kind == "item":
            for ref in self.names.of(target.parts[0], key):
                kind = self._item_kind(ref, item, key)
                value = None if kind == "shrink" else item.value
                what = f"{_written(target.parts[0])}[…]"
                at = None if item.op == "del" else target.parts[1]
                yield (
                    ref.state,
                    Event(
                        kind,
                        key,
                        item.block,
                        item.span,
                        what,
                        at,
                        value,
                        ref.inner,
                        ref.key,
                        _adds(item),
                    ),
                )
            return
        if self._initial(path, item):
            return
        shared = target.kind == "attr" or target.text in self._program.function(key).globals
        for ref in self.names.of(target, key) if shared else ():
            if ref.inner:
                continue
            kind = self._rebound(ref, item, key)
            yield (
                ref.state,
                Event(
                    kind,
                    key,
                    item.block,
                    item.span,
                    plain_name(target),
                    None,
                    item.value,
                    augmented=_adds(item),
                ),
            )

    def _initial(self, path: str, item: Assign) -> bool:
        """Whether a binding makes the state: in the module or class body, or in a constructor."""
        function = self._program.function((path, item.function))
        return item.function == 0 or (
            function.name in ("__init__", "__new__", "__post_init__") and bool(function.owner)
        )

    def _item_kind(self, ref: Ref, item: Assign, key: FunctionKey) -> EventKind:
        if item.op == "del" or item.target.parts[1].kind == "slice":
            return "shrink"
        return "cap" if item.value is not None and self._trims(ref, item.value, key) else "grow"

    def _trims(self, ref: Ref, value: Value, key: FunctionKey) -> bool:
        """Whether a value is a part of what the state holds already: a slice or a filtered copy."""
        if value.kind == "name" and key[1]:
            bound = self.names.locals_of(key).get(value.text, [])
            return any(item.kind in ("item", "comp") and self._trims(ref, item, key) for item in bound)
        sliced = value.kind == "item" and value.parts[1].kind == "slice"
        filtered = value.kind == "comp"
        if not sliced and not filtered:
            return False
        sources = value.parts[:1] if sliced else value.parts
        return any(other.state == ref.state for part in _names(sources) for other in self.names.of(part, key))

    def _rebound(self, ref: Ref, item: Assign, key: FunctionKey) -> EventKind:
        if self.kind(ref.state) not in ("container", "capped"):
            return "rebind"
        if _adds(item):
            return "grow"
        value = item.value
        if (
            value is not None
            and value.kind == "op"
            and any(other.state == ref.state for part in value.parts for other in self.names.of(part, key))
        ):
            return "grow"
        return "shrink"

    def _called(self, path: str, index: int, call: Call) -> Iterator[tuple[State, Event]]:
        key = (path, call.function)
        method = call.target.rsplit(".", 1)[-1]
        values = [item.value for item in call.arguments]
        first = values[0] if values else None
        if call.receiver is not None and (method in _GROW or method in _SHRINK):
            kind: EventKind = "grow" if method in _GROW else "shrink"
            for ref in self.names.of(call.receiver, key):
                keyed = method == "setdefault"
                given = values[1] if method in _KEYED_GROW and len(values) > 1 else first
                at = first if keyed or method in ("add", "update") else None
                yield ref.state, Event(kind, key, call.block, call.span, _shown(call), at, given, ref.inner, ref.key)
        symbol = self._program.symbol(path, index)
        if symbol.kind in ("unknown", "parameter") and symbol.name != "?":
            for value in values:
                for ref in self.names.of(value, key) if value.kind in ("name", "attr") else ():
                    if not ref.inner:
                        yield ref.state, Event("escape", key, call.block, call.span, _shown(call))
        if symbol.kind == "library" and symbol.name in ("heapq.heappush", "heapq.heappop") and first is not None:
            heap: EventKind = "grow" if symbol.name.endswith("push") else "shrink"
            for ref in self.names.of(first, key):
                yield ref.state, Event(heap, key, call.block, call.span, _shown(call), None, None, ref.inner)

    def _read(self, path: str) -> Iterator[tuple[State, Event]]:
        known = self._known_names | self._aliases(path)
        for value, function, block, span in self._standing(path):
            key = (path, function)
            for part in _names((value,)):
                for ref in self.names.of(part, key) if part.text in known else ():
                    yield ref.state, Event("read", key, block, span, plain_name(part), None, None, ref.inner, ref.key)
        for number, item in enumerate(self._program.files[path].blocks):
            if item.value is not None and item.kind in ("if", "while"):
                for part in self._measured(item.value, path):
                    for ref in self.names.of(part, (path, item.function)):
                        key = (path, item.function)
                        yield ref.state, Event("cap", key, number, item.span, "len()", None, None, ref.inner, ref.key)

    def _measured(self, value: Value, path: str) -> Iterator[Value]:
        """What a test takes the length of."""
        pending = [value]
        while pending:
            at = pending.pop()
            if at.kind == "call" and at.text == "len" and at.call >= 0:
                yield from (item.value for item in self._program.files[path].calls[at.call].arguments)
            pending.extend(at.parts)

    @cached_property
    def _known_names(self) -> frozenset[str]:
        return frozenset(state.name for state in self.all)

    def _aliases(self, path: str) -> frozenset[str]:
        """Names that an import of the file gives to something else."""
        return frozenset(
            item.name for item in self._program.files[path].imports if item.path.rsplit(".", 1)[-1] in self._known_names
        )

    def _standing(self, path: str) -> Iterator[tuple[Value, int, int, Span]]:
        facts = self._program.files[path]
        for call in facts.calls:
            method = call.target.rsplit(".", 1)[-1]
            taken = method in _SHRINK or (method in _GROW and call.used == "dropped")
            if call.receiver is not None and not taken:
                yield call.receiver, call.function, call.block, call.span
            for argument in call.arguments:
                yield argument.value, call.function, call.block, call.span
        for item in facts.assigns:
            if item.value is not None:
                yield item.value, item.function, item.block, item.span
        for left in facts.exits:
            if left.value is not None:
                yield left.value, left.function, left.block, left.span
        for number, block in enumerate(facts.blocks):
            if block.value is not None and block.kind not in ("function", "class", "handler"):
                yield block.value, block.function, number, block.span


def _written(value: Value) -> str:
    return plain_name(value) or (f"{_written(value.parts[0])}[…]" if value.kind == "item" else "…")


def _shown(call: Call) -> str:
    return f"{call.target.replace('[]', '[…]')}()"


def _adds(item: Assign) -> bool:
    return item.op not in ("=", "del")


def _names(values: tuple[Value, ...]) -> Iterator[Value]:
    """The names and attributes in values, each as long as it is written; calls are looked at for themselves."""
    pending = list(values)
    while pending:
        value = pending.pop()
        if value.kind in ("name", "attr"):
            yield value
        if value.kind not in ("name", "call"):
            pending.extend(value.parts)
