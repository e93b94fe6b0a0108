"""Pairs of lasting effects, and what stands between them when the second never happens."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from durability.program.flows.constants import leading_text
from durability.program.links.graph import FunctionKey
from durability.program.sequences.events import Item, LastingEffect, remote_verb
from durability.program.sequences.order import follows
from durability.program.sites import CallSite, GapSite

if TYPE_CHECKING:
    from durability.program.context import Context

_UNDOING = (
    "refund", "cancel", "void", "reverse", "revert", "undo", "rollback", "roll_back", "compensate", "release", "delete",
    "remove", "destroy", "restore", "abort",
)  # fmt: skip
_KEYS = (
    "idempotency_key", "idempotencykey", "idempotency-key", "client_order_id", "clientorderid", "request_id",
    "x-request-id", "idempotency", "dedupe", "deduplication_id", "transaction_id", "merchant_reference",
)  # fmt: skip
_ACTS = (
    "create", "place", "cancel", "book", "reserve", "charge", "pay", "refund", "transfer", "submit", "publish",
    "upload", "delete", "remove", "update", "order", "buy", "sell", "register", "provision",
)  # fmt: skip
_MADE = frozenset(
    {"charges", "payments", "orders", "shipments", "transfers", "refunds", "bookings", "reservations", "invoices",
     "subscriptions", "payouts", "tickets", "messages", "emails", "notifications", "deliveries", "purchases", "trades",
     "appointments", "contracts", "withdrawals", "parcels", "labels"}
)  # fmt: skip
"""Things that a second POST makes twice, as REST interfaces name their collections."""

_SCREENS = ("discord.", "telegram.", "aiogram.", "telebot.", "streamlit.", "gradio.")
"""What is changed there is what people see, and the next change mends it."""

_HARMLESS = (
    "upload",
    "put_",
    "update",
    "upsert",
    "patch",
    "copy",
    "write",
    "append",
    "add",
    "send",
    "publish",
    "insert",
)
_FAR = 8
"""How many callers up one looks for what happened before."""


def gaps(context: "Context", first: tuple[str, ...], then: tuple[str, ...]) -> Iterator[GapSite]:
    """Each effect of the first kinds with the next of the other kinds, in the innermost function that has both."""
    for path in context.judged_paths():
        for index in range(len(context.program.files[path].functions)):
            yield from _of(context, (path, index), first, then)


def _of(context: "Context", key: FunctionKey, first: tuple[str, ...], then: tuple[str, ...]) -> Iterator[GapSite]:
    items = context.sequences.of(key)
    for number, item in enumerate(items):
        effect = _last(item, first, then)
        if effect is None:
            continue
        for later in items[number + 1 :]:
            other = next((event for event in later.events if event.kind in then and not event.method), None)
            if other is not None and other.place != effect.place and follows(context, key, item, later):
                yield GapSite(context, key, (item, effect), (later, other))
                break


def _last(item: Item, first: tuple[str, ...], then: tuple[str, ...]) -> LastingEffect | None:
    """The last effect of one call that nothing of the other kinds follows within the call itself."""
    found = None
    for event in item.events:
        if event.kind in first and not event.method:
            found = event
        elif event.kind in then:
            found = None
    return found


def before(context: "Context", key: FunctionKey, call: int) -> list[LastingEffect]:
    """What has happened when a function comes to one of its calls: its own effects, and those of its callers."""
    found: list[LastingEffect] = []
    seen = {key}
    level = [(key, call)]
    for _ in range(_FAR):
        above: list[tuple[FunctionKey, int]] = []
        for function, index in level:
            found += _in_function(context, function, index)
            for edge in context.program.callers.get(function, ()):
                if edge.call >= 0 and edge.caller not in seen:
                    seen.add(edge.caller)
                    above.append((edge.caller, edge.call))
        level = above
    return found


def _in_function(context: "Context", key: FunctionKey, call: int) -> list[LastingEffect]:
    items = context.sequences.of(key)
    site = context.call(key[0], call)
    here = Item(call, site.block, site.span, ())
    return [event for item in items if follows(context, key, item, here) for event in item.events]


def undone(context: "Context", gap: GapSite) -> bool:
    """Whether the handler of a failure of the second effect takes the first one back."""
    for handler in gap.then_call.handlers:
        for call in handler.calls:
            last = call.shown.rsplit(".", 1)[-1].lower()
            if call.effect == "refund" or last.startswith(_UNDOING):
                return True
            item = next((item for item in context.sequences.of(gap.key) if item.call == call.index), None)
            if item is not None and any(event.kind == "refund" for event in item.events):
                return True
    return False


def records_failure(context: "Context", gap: GapSite) -> bool:
    """Whether the handler of a failure of the second effect writes down that it failed."""
    items = {item.call: item for item in context.sequences.of(gap.key)}
    calls = [call.index for handler in gap.then_call.handlers for call in handler.calls]
    events = (event for index in calls if index in items for event in items[index].events)
    return any(event.kind in ("record", "write", "enqueue", "file") for event in events)


def is_repeatable(context: "Context", effect: LastingEffect) -> bool:
    """Whether an effect can be asked for again without happening twice: a key says that it is the same one."""
    call = context.call(*effect.place)
    return call.library.idempotent or _has_key(call)


def surely_changes(context: "Context", effect: LastingEffect) -> bool:
    """Whether a remote effect is a change: money, a method that is no POST, or a name that says what it does.

    A POST is often a question with a long text (GraphQL, search, a token), so alone it says nothing.
    """
    if effect.kind != "remote":
        return True
    call = context.call(*effect.place)
    last = remote_verb(call)
    if call.name.startswith(_SCREENS):
        return False
    if last == "post":
        return _acts(context.program.function(effect.key).name) or _makes_one(context, call)
    return last != "request" or any(_acts(step.note.rsplit(".", 1)[-1]) for step in effect.trace[:-1])


def leaves_harm(context: "Context", effect: LastingEffect) -> bool:
    """Whether it matters that an effect stands alone: an uploaded file, or what nobody has paid for yet, does not."""
    call = context.call(*effect.place)
    return effect.kind != "remote" or not (remote_verb(call).startswith(_HARMLESS) or call.offers)


def _makes_one(context: "Context", call: CallSite) -> bool:
    """Whether the address of a POST is a collection of things that exist once made: `…/v1/shipments`."""
    text = leading_text(context, call.argument("url", 0), call.key)
    whole = call.argument("url", 0)
    if whole is not None and whole.kind == "format" and whole.parts and whole.parts[-1].kind == "text":
        text = whole.parts[-1].text
    return text.partition("?")[0].rstrip("/").rpartition("/")[2].lower() in _MADE


def _acts(name: str) -> bool:
    return name.lstrip("_").startswith(_ACTS)


def _has_key(call: CallSite) -> bool:
    for item in call.arguments:
        if item.keyword.lower() in _KEYS:
            return True
        texts = [part.text.lower() for part in item.value.parts if part.kind == "text"]
        if item.value.kind == "dict" and any(text in _KEYS for text in texts):
            return True
    return False
