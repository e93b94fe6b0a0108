"""What a record says: words by which a status, a marker or a time claims that something has been done."""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from durability.facts.model import Value
from durability.program.flows.statements import acting, query_texts
from durability.program.sequences.events import LastingEffect

if TYPE_CHECKING:
    from durability.program.context import Context

_ANY = (
    "done",
    "processed",
    "completed",
    "complete",
    "finished",
    "published",
    "submitted",
    "synced",
    "exported",
    "posted",
)
DONE: dict[str, tuple[str, ...]] = {
    "message": (
        "sent",
        "notified",
        "emailed",
        "delivered",
        "mailed",
        "alerted",
        "informed",
        "reminded",
        "invited",
        "welcomed",
        "contacted",
        "messaged",
        "texted",
        *_ANY,
    ),
    "charge": ("paid", "charged", "purchased", "booked", "captured", "settled", "executed", "filled", "ordered", *_ANY),
    "refund": ("refunded", "cancelled", "canceled", "released", "reversed", *_ANY),
    "enqueue": ("queued", "enqueued", "sent", *_ANY),
    "remote": ("sent", "created", "uploaded", "booked", "ordered", "cancelled", "canceled", "synchronized", *_ANY),
}
"""By the kind of effect, the words with which a record says that it has happened."""

_SET = re.compile(r"\b(\w+)\s*=\s*(?:'([^']*)'|\"([^\"]*)\"|(\w+))", re.IGNORECASE)
_TRUE = frozenset({"true", "1", "now", "current_timestamp", "datetime"})


def says_done(context: "Context", record: LastingEffect, kind: str) -> str:
    """The word with which a record claims that an effect of `kind` has happened; "" when it claims nothing."""
    words = DONE.get(kind, ())
    return next((word for claim in _claims(context, record) for word in words if _is_claim(claim, word)), "")


def _is_claim(claim: tuple[str, str], word: str) -> bool:
    name, value = (part.lower() for part in claim)
    if value == word:
        return True
    return value in _TRUE and (name == word or name.endswith((f"_{word}", f"{word}_at")) or name == f"is_{word}")


def _claims(context: "Context", record: LastingEffect) -> Iterator[tuple[str, str]]:
    """Names and what is written under them, as far as the code shows, until the record stands."""
    program = context.program
    for item in program.assigns_in(record.key):
        if item.span[0] <= record.line and item.target.kind in ("attr", "item") and item.value is not None:
            name = item.target.text if item.target.kind == "attr" else item.target.parts[1].text
            yield name, _value(item.value)
    for index in program.calls_in(record.key):
        call = context.call(record.key[0], index)
        if call.line > record.line or not call.database.library.effect.startswith("db."):
            continue
        for text in query_texts(context, call) or ():
            if text.lstrip().lower().startswith(("update", "insert", "replace")):
                for match in _SET.finditer(text):
                    yield match[1], match[2] or match[3] or match[4]
        for argument in acting(context, call).arguments:
            yield argument.keyword, _value(argument.value)
            yield from _pairs(argument.value)


def _pairs(value: Value) -> Iterator[tuple[str, str]]:
    if value.kind == "dict":
        for key, item in zip(value.parts[::2], value.parts[1::2], strict=False):
            yield key.text, _value(item)
            yield from _pairs(item)


def _value(value: Value) -> str:
    """How a value reads: a literal as it is, a time of the clock as "now"."""
    if value.kind == "call":
        return "now" if value.text.endswith(("now", "utcnow", "time")) else ""
    if value.kind == "attr":
        return value.text  # `Status.SENT`
    return value.text if value.kind in ("text", "const") else ""
