"""The lasting effects of a function in the order in which they happen, with those of what it calls in their places."""

from collections.abc import Iterator
from functools import cached_property
from typing import TYPE_CHECKING

from msgspec.structs import replace

from durability.model import Step
from durability.program.flows.statements import query_texts
from durability.program.links.given import argument_for
from durability.program.links.graph import FunctionKey
from durability.program.sequences.events import JOINING, Item, LastingEffect, changes, kind_of, method_parameter
from durability.program.sequences.switches import switched_off
from durability.program.sequences.transactions import Pending
from durability.program.sites import CallSite

if TYPE_CHECKING:
    from durability.program.context import Context

_MOST = 40
"""Effects kept per function: enough for any handler that a person can follow."""

_STATEMENTS = ("db.query", "db.write")
_DEFINING = frozenset({"create", "alter", "drop", "pragma"})
_STARTING = ("spawn", "thread", "schedule")
_EFFECTS = (
    "charge", "refund", "message", "enqueue", "db.write", "db.query", "db.commit", "file.write", "file.open",
    "file.delete", "http", "spawn", "thread", "schedule",
)  # fmt: skip


class Sequences:
    """Answers "what does this leave behind, in which order?". Each function is looked at once."""

    def __init__(self, context: "Context") -> None:
        self._context = context
        self._known: dict[FunctionKey, tuple[Item, ...]] = {}
        self._without: dict[tuple[FunctionKey, frozenset[int]], tuple[Item, ...]] = {}
        self._pending = Pending(context)

    def of(self, key: FunctionKey) -> tuple[Item, ...]:
        """The items of a function in the order of their end; branches and loops are in their blocks."""
        if key not in self._known:
            self._walk(key)
        return self._known[key]

    def _walk(self, start: FunctionKey) -> None:
        """Depth first without recursion; a call that closes a cycle adds nothing that is not there already."""
        stack = [start]
        entered: set[FunctionKey] = set()
        while stack:
            key = stack[-1]
            if key in self._known:
                stack.pop()
                continue
            if key not in entered:
                entered.add(key)
                callees = {edge.callee for edge in self._context.program.callees.get(key, ()) if edge.call >= 0}
                stack += sorted(callee for callee in callees - entered if self._lasts(callee))
                continue
            stack.pop()
            self._known[key] = tuple(self._items(key))

    def _lasts(self, key: FunctionKey) -> bool:
        return key not in self._known and any(self._context.effects.reaches(key, effect) for effect in _EFFECTS)

    def _items(self, key: FunctionKey, without: frozenset[int] = frozenset()) -> Iterator[Item]:
        indices = [index for index in self._context.program.calls_in(key) if index not in without]
        found = [item for index in indices if (item := self._item(key, index)) is not None]
        over = self._over(key)
        found = [
            item for item in found if not self._only_defines(key, item, found) and not self._is_dead(key, item, over)
        ]
        found = self._pending.settled(key, found)
        left = _MOST
        for item in sorted(found, key=lambda item: (item.span[2:], item.span[:2])):
            if left > 0:
                yield item
            left -= len(item.events)

    def _item(self, key: FunctionKey, index: int) -> Item | None:
        call = self._context.call(key[0], index)
        own = self._own(call)
        inline: list[LastingEffect] = []
        later: list[LastingEffect] = []
        for edge in self._context.program.callees.get(key, ()):
            if edge.call != index or (edge.offloaded and self._is_elsewhere(call, edge.callee)):
                continue
            inside = call.database.index, call.database.path
            led = [event for event in self._led_to(call, edge.callee) if event.place[::-1] != inside]
            if self._says_what_stands(call, edge.callee):
                led = [event for event in led if not self._context.call(*event.place).commits]
            if self._is_later(call, edge.callee, offloaded=edge.offloaded):
                later += led
            else:
                inline += led
        if own is None and not inline and not later:
            return None
        if own is not None and call.library.calls_back and any(event.kind == own.kind for event in inline):
            own = None  # the method that it runs does it
        events = (*inline, own) if own is not None else tuple(inline)
        return Item(index, call.block, call.span, tuple(events[:_MOST]), tuple(later[:_MOST]))

    def _own(self, call: CallSite) -> LastingEffect | None:
        kind = kind_of(call, lambda: query_texts(self._context, call) or ())
        if kind is None:
            return None
        if kind == "write" and self._is_committed(call):
            kind = "record"
        step = Step(call.path, call.line, f"{call.shown}()")
        return LastingEffect(kind, call.key, call.index, call.line, call.shown, (step,), method_parameter(call))

    def _is_committed(self, call: CallSite) -> bool:
        """Whether the function that runs the statement it is given here also makes it stand."""
        forward = self._context.forwards.of(call.path, call.index)
        return forward is not None and any(
            self._pending.has_transaction(key)
            or any(self._context.call(key[0], index).commits for index in self._context.program.calls_in(key))
            for key in forward.through
        )

    def _says_what_stands(self, call: CallSite, callee: FunctionKey) -> bool:
        """Whether the commits in a function stand for something that is seen at its call: the statement that it is
        given, the block that it is entered for, or that it does nothing but commit.
        """
        if call.commits or (call.database is not call and query_texts(self._context, call)):
            return True
        return self._pending.is_entered(call) and self._pending.commits_at_end(callee)

    def _led_to(self, call: CallSite, callee: FunctionKey) -> list[LastingEffect]:
        step = Step(call.path, call.line, f"calls {call.shown}()")
        found = (event for item in self._called_like(call, callee) for event in item.events)
        return [
            replace(event, trace=(step, *event.trace), method=method)
            for event in found
            if (method := self._method(call, callee, event)) is not None
        ]

    def _called_like(self, call: CallSite, callee: FunctionKey) -> tuple[Item, ...]:
        """The items of a function without those that a constant of this call turns off; all of them in a cycle."""
        known = self._known.get(callee, ())
        off = switched_off(self._context, call, callee) if known else None
        if not off:
            return known
        place = (callee, off)
        if place not in self._without:
            self._without[place] = known
            self._without[place] = tuple(self._items(callee, off))
        return self._without[place]

    def _method(self, call: CallSite, callee: FunctionKey, event: LastingEffect) -> str | None:
        """The parameter that says how a remote call is made, seen from the caller; None when it only reads."""
        if not event.method:
            return ""
        value = argument_for(self._context.program.function(callee), event.method, call.fact)
        if value is not None and value.kind == "name":
            own = {parameter.name for parameter in call.function.parameters}
            return value.text if value.text in own else None
        return "" if value is not None and value.kind == "text" and changes(value.text) else None

    def _is_later(self, call: CallSite, callee: FunctionKey, *, offloaded: bool) -> bool:
        """Whether what a call leads to is only started by it: handed over, or a coroutine that nobody awaits here."""
        last = call.shown.rsplit(".", 1)[-1]
        if offloaded:
            return not call.awaited and last not in JOINING and self._starts(call)
        function = self._context.program.function(callee)
        if not function.is_async or call.awaited or function.is_generator:
            return False
        outer = self._given_to(call)
        if outer is not None and (outer.awaited or outer.shown.rsplit(".", 1)[-1] in JOINING):
            return False
        return call.used == "dropped" or not self._is_gathered(call)

    def _is_elsewhere(self, call: CallSite, callee: FunctionKey) -> bool:
        """Whether what is handed over never runs in this function's time: a job in a queue, a registered handler."""
        return call.library.effect == "enqueue" or (callee in self._registered and not self._starts(call))

    @cached_property
    def _registered(self) -> frozenset[FunctionKey]:
        return frozenset(entry.function for entry in self._context.entries if entry.role not in ("cli", "script"))

    def _is_gathered(self, call: CallSite) -> bool:
        """Whether a coroutine is kept in a list or a name, and its function waits for several such at once later."""
        later = (other for other in call.calls_here() if other.span[:2] > call.span[:2])
        return any(other.awaited and other.shown.rsplit(".", 1)[-1] in JOINING for other in later)

    def _starts(self, call: CallSite) -> bool:
        """Whether a call starts what it is given: a thread, a task, a job, or a helper around one of them."""
        target = self._context.program.key_of(call.symbol)
        if target is None:
            return call.library.effect in _STARTING
        return any(self._context.effects.reaches(target, effect) for effect in _STARTING)

    def _given_to(self, call: CallSite) -> CallSite | None:
        for other in call.calls_here():
            if any(item.value.kind == "call" and item.value.call == call.index for item in other.arguments):
                return other
        return None

    def _only_defines(self, key: FunctionKey, item: Item, items: list[Item]) -> bool:
        """Whether a call commits nothing but definitions of tables: at every start they are there already."""
        call = self._context.call(key[0], item.call)
        if not call.commits:
            return False
        before = [other for other in items if other.span[2:] <= item.span[:2]]
        if any(event.kind == "write" for other in before for event in other.events):
            return False
        calls = (self._context.call(key[0], index) for index in self._context.program.calls_in(key))
        earlier = [other for other in calls if other.span[2:] <= item.span[:2] and other.library.effect in _STATEMENTS]
        texts = [query_texts(self._context, other) for other in earlier]
        verbs = {text.split(None, 1)[0].lower() for group in texts for text in group or ("?",) if text.strip()}
        return "create" in verbs and verbs <= _DEFINING

    def _over(self, key: FunctionKey) -> list[tuple[int, tuple[int, int]]]:
        """Blocks that are left for good in a `try`, however it ends, with the place behind it: nothing runs there."""
        blocks = self._context.program.files[key[0]].blocks
        found = []
        for index in self._context.program.blocks_in(key):
            handlers = (
                [item.index for item in self._context.handlers_of(key[0], index)] if blocks[index].kind == "try" else []
            )
            if handlers and all(self._context.leaving.ends(key[0], item) for item in (index, *handlers)):
                found.append((blocks[index].parent, max(blocks[item].span[2:] for item in (index, *handlers))))
        return found

    def _is_dead(self, key: FunctionKey, item: Item, over: list[tuple[int, tuple[int, int]]]) -> bool:
        above = list(self._context.program.blocks_above(key[0], item.block)) if over else []
        in_finally = any(self._context.program.files[key[0]].blocks[index].kind == "finally" for index in above)
        return not in_finally and any(block in above and item.span[:2] > end for block, end in over)
