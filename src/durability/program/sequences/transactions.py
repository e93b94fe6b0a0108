"""What is pending in a transaction, and where it stands: blocks, context managers and functions that commit."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from msgspec.structs import replace

from durability.program.links.graph import FunctionKey
from durability.program.sequences.events import Item, LastingEffect
from durability.program.sites import CallSite

if TYPE_CHECKING:
    from durability.program.context import Context

_PENDING = ("write", "record")
_COMMITTING = ("sqlite3.Connection", "psycopg2.", "psycopg.Connection")
"""Connections that commit when a `with` on them ends."""


class Pending:
    """Answers "when does what a function writes stand?"."""

    def __init__(self, context: "Context") -> None:
        self._context = context

    def settled(self, key: FunctionKey, items: list[Item]) -> list[Item]:
        """The items of a function with those that the ends of its transactions add; what waits for one is pending."""
        found = [*items, *self._ends(key, items)]
        found = [self._inside(key, item) for item in found]
        return list(self._as_one(key, found)) if self._is_one(key) else found

    def has_transaction(self, key: FunctionKey) -> bool:
        """Whether a `with` in a function makes what is written in it stand when it ends."""
        return bool(self._transactions(key))

    def _ends(self, key: FunctionKey, items: list[Item]) -> Iterator[Item]:
        """What is pending in a `with` on a transaction or connection stands when the block has ended."""
        for index in self._transactions(key):
            block = self._context.program.files[key[0]].blocks[index]
            inside = [item for item in items if self._is_in(key, item.block, index) and _is_pending(item)]
            events = [event for item in inside for event in item.events if event.kind in _PENDING]
            if events:
                end = (block.span[2], block.span[3], block.span[2], block.span[3])
                also = tuple(dict.fromkeys(event.place for event in events[:-1]))
                event = replace(events[-1], kind="record", also=also)
                yield Item(inside[-1].call, block.parent, end, (event,))

    def _is_one(self, key: FunctionKey) -> bool:
        """Whether a decorator runs a function as one transaction: `@transaction.atomic`."""
        symbols = (
            self._context.program.resolve(item.ref, key[0]) for item in self._context.program.function(key).decorators
        )
        rows = (self._context.program.row(symbol.name) for symbol in symbols if symbol.kind == "library")
        return any(row is not None and row.effect == "db.begin" for row in rows)

    def _as_one(self, key: FunctionKey, items: list[Item]) -> Iterator[Item]:
        """The items of a function that is one transaction: what it writes stands when it has come back."""
        pending: list[LastingEffect] = []
        for item in items:
            events = tuple(replace(event, kind="write") if event.kind == "record" else event for event in item.events)
            pending += [event for event in events if event.kind == "write"]
            yield replace(item, events=events)
        if pending:
            end = self._context.program.function(key).span[2:]
            also = tuple(dict.fromkeys(event.place for event in pending[:-1]))
            last = next(item for item in reversed(items) if _is_pending(item))
            block = self._context.program.function(key).block
            yield Item(last.call, block, (*end, *end), (replace(pending[-1], kind="record", also=also),))

    def _inside(self, key: FunctionKey, item: Item) -> Item:
        if not any(self._is_in(key, item.block, index) for index in self._transactions(key)):
            return item
        events = tuple(replace(event, kind="write") if self._waits(event) else event for event in item.events)
        return replace(item, events=events)

    def _waits(self, event: LastingEffect) -> bool:
        call = self._context.call(*event.place)
        return event.kind == "record" and not call.commits

    def _transactions(self, key: FunctionKey) -> list[int]:
        blocks = self._context.program.files[key[0]].blocks
        indices = self._context.program.blocks_in(key)
        return [index for index in indices if blocks[index].kind == "with" and self._commits(key, index)]

    def _commits(self, key: FunctionKey, index: int) -> bool:
        value = self._context.program.files[key[0]].blocks[index].value
        if value is None:
            return False
        if value.kind == "call" and value.call >= 0:
            call = self._context.call(key[0], value.call)
            edges = self._context.program.callees.get(key, ())
            entered = [edge.callee for edge in edges if edge.call == value.call]
            begins = call.library.effect == "db.begin" or call.makes.startswith(_COMMITTING)
            return begins or any(self.commits_at_end(callee) for callee in entered)
        name = self._context.value_name(value, key)
        return name.startswith(_COMMITTING)

    def is_entered(self, call: CallSite) -> bool:
        """Whether a call makes what a `with` enters."""
        blocks = self._context.program.files[call.path].blocks
        return any(
            blocks[index].kind == "with" and (value := blocks[index].value) is not None and value.call == call.index
            for index in self._context.program.blocks_in(call.key)
        )

    def commits_at_end(self, key: FunctionKey) -> bool:
        """Whether a context manager of the program commits when its block ends: after its `yield`, or in `__exit__`."""
        function = self._context.program.function(key)
        if function.is_generator:
            ends = [item.span for item in self._context.program.exits_in(key) if item.kind == "yield"]
        elif function.name in ("__exit__", "__aexit__"):
            ends = [function.span]
        else:
            return False
        return bool(ends) and any(
            self._context.call(key[0], index).commits
            for index in self._context.program.calls_in(key)
            if self._context.call(key[0], index).span[:2] >= ends[0][:2]
        )

    def _is_in(self, key: FunctionKey, block: int, outer: int) -> bool:
        return outer in self._context.program.blocks_above(key[0], block)


def _is_pending(item: Item) -> bool:
    return any(event.kind in _PENDING for event in item.events)
