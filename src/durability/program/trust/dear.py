"""What nobody wants a stranger to do: spend money, write to people, change or delete what is stored."""

import re
from collections.abc import Iterator
from functools import cached_property
from typing import TYPE_CHECKING

from durability.model import Step
from durability.program.doing.effects import Table, spread, steps_along
from durability.program.doing.personal import personal_kind, personal_stores
from durability.program.doing.rowwork import deletes_rows, row_work, takes_back
from durability.program.doing.touches import touches
from durability.program.flows.results import names_in
from durability.program.flows.statements import query_texts
from durability.program.links.graph import Edge, FunctionKey
from durability.program.sites import CallSite
from durability.program.trust.shown import handed_out

if TYPE_CHECKING:
    from durability.program.context import Context

KINDS = {
    "charge": ("moves money", "move money"),
    "message": ("messages people", "message people"),
    "delete": ("deletes what is stored", "delete what is stored"),
    "personal": ("shows personal data", "show personal data"),
    "llm": ("pays for a model", "pay for a model"),
    "change": ("changes what is stored", "change what is stored"),
}
"""Worst first, each as one says it of one entry point and of several."""

_LOCAL = ("ollama.", "transformers.", "llama_cpp.", "sentence_transformers.", "gpt4all.", "vllm.", "mlx_lm.", "torch.")
"""Models that run on the machine of whoever runs the program."""

_SCHEMA = re.compile(r"^\s*(?:create|alter|drop)\s+(?:\w+\s+)?table\b", re.IGNORECASE)
_SETTING_UP = re.compile(
    r"_*(?:init|ensure|migrate|seed|bootstrap|create_(?:all_)?tables?|set_?up|install)(?:_|$)", re.I
)
_NO_REQUESTS = frozenset({"count_tokens", "get_num_tokens", "encode", "list", "retrieve"})
_CHANGING = re.compile(r"^\s*(?:insert|update|delete|replace|merge|upsert|truncate)\b", re.IGNORECASE)
_BUILT = re.compile(r"\.(?:insert|update|upsert|delete)\(\)")
"""A change that is put together call by call: `table("notes").insert(row).execute()`."""

_SELECTED = re.compile(r"^\s*select\s+(.*?)\s+from\b", re.IGNORECASE | re.DOTALL)
_COUNTED = re.compile(r"\b(?:count|sum|max|min|avg|exists)\s*\([^)]*\)")
_PASSING = re.compile(
    r"(?:^|[\W_])(?:sessions?|tokens?|otps?|nonces?|attempts?|cache|locks?|rate|visits?|clicks?|metrics?|analytics|logs?)"
    r"(?:$|[\W_])",
    re.IGNORECASE,
)
_CACHES = ("django.core.cache.", "redis.", "cachetools.", "diskcache.", "aiocache.", "pymemcache.")


class DearEffects:
    """Which functions lead to an effect of each kind, with the shortest chain; one pass per kind."""

    def __init__(self, context: "Context") -> None:
        self._context = context
        self._tables: dict[str, Table] = {}

    def chain(self, key: FunctionKey, kind: str) -> tuple[Step, ...]:
        """The shortest chain of calls from a function to an effect of a kind; () when there is none."""
        if kind not in self._tables:
            starts = sorted((call.key, call.index) for call in self._operations(kind))
            self._tables[kind] = spread(self._context.program, starts, self._is_meant)
        return steps_along(self._context.program, self._tables[kind], key)

    def _is_meant(self, edge: Edge) -> bool:
        """Whether a call is no set-up, which fills tables once, whoever comes first."""
        return not _SETTING_UP.match(self._context.program.function(edge.callee).name)

    def _operations(self, kind: str) -> Iterator[CallSite]:
        known = self._context.stated
        if kind == "charge":
            yield from (call for call in known.get("charge", ()) if not call.offers)
            yield from known.get("refund", ())
        elif kind == "llm":
            yield from (call for call in known.get("llm", ()) if _is_paid(call))
        elif kind == "personal":
            yield from self._personal_reads()
        elif kind == "message":
            yield from (call for call in known.get("message", ()) if "bot" not in call.reach.roles)
        else:
            yield from (call for call in self._writes if _deletes(self._context, call) == (kind == "delete"))
            if kind == "change":
                yield from (call for call in known.get("db.commit", ()) if _sets_field(call))

    def _personal_reads(self) -> Iterator[CallSite]:
        """Calls that read whole rows, or what is personal in them, from tables that hold personal data."""
        tables = self._personal_tables()
        for effect in ("db.query", "db.fetch_all", "db.fetch_one"):
            for call in self._context.stated.get(effect, ()) if tables else ():
                words = {word for touch in touches(self._context, call) for word in tables.get(touch.name, ())}
                texts = query_texts(self._context, call) or ()
                if words and _shows(texts, words):
                    yield call
                elif words and not texts:
                    yield from handed_out(self._context, call)

    def _personal_tables(self) -> dict[str, set[str]]:
        """The tables in which something personal is stored, or whose columns say so, with its names."""
        tables: dict[str, set[str]] = {}
        for store in personal_stores(self._context):
            # What a salary or an account belongs to is often an offer or a firm.
            for touch in touches(self._context, store.call) if store.kind != "financial" else ():
                if touch.kind == "database" and touch.name:
                    tables.setdefault(touch.name, set()).add(store.word)
        for model, table in self._context.schema.by_model.items():
            words = {item.name for item in table.columns if personal_kind(item.name) in ("personal", "health")}
            if words:
                tables.setdefault(model.name, set()).update(words)
        return tables

    @cached_property
    def _writes(self) -> tuple[CallSite, ...]:
        """Calls that change rows which people would miss; what a function that makes tables writes is set-up."""
        found, making = [], set()
        for effect in ("db.write", "db.query"):
            for call in self._context.stated.get(effect, ()):
                texts = query_texts(self._context, call) or ()
                if call.name.endswith(".executescript") or any(_SCHEMA.match(text) for text in texts):
                    making.add(call.key)
                elif effect == "db.query" and not _changes(self._context, call, texts):
                    continue
                elif not call.name.startswith(_CACHES) and not _is_passing(self._context, call, texts):
                    found.append(call)
        return tuple(call for call in found if call.key not in making and not takes_back(self._context, call))


def _changes(context: "Context", call: CallSite, texts: tuple[str, ...]) -> bool:
    """Whether a call that runs a statement changes rows, by its text or by the calls that put it together."""
    if texts:
        return any(map(_CHANGING.match, texts))
    return _BUILT.search(call.shown) is not None or row_work(context, call) != "reads"


def _shows(texts: tuple[str, ...], words: set[str]) -> bool:
    """Whether a statement asks for whole rows, or for one of some columns."""
    for text in texts:
        asked = _SELECTED.match(text)
        columns = _COUNTED.sub("", asked[1].lower()) if asked is not None else ""
        if "*" in columns or any(word in columns for word in words):
            return True
    return False


def _is_paid(call: CallSite) -> bool:
    return not call.name.startswith(_LOCAL) and call.name.rsplit(".", 1)[-1] not in _NO_REQUESTS


def _deletes(context: "Context", call: CallSite) -> bool:
    return deletes_rows(context, call) or ".delete()" in call.shown


def _is_passing(context: "Context", call: CallSite, texts: tuple[str, ...]) -> bool:
    """Whether what is written is no record of anybody: a counter, a log line, a token, a visit.

    The table says it; what rows are looked for by is no matter. Only where it is not in sight do other names count.
    """
    tables = [touch.name for touch in touches(context, call) if touch.kind == "database" and touch.how != "reads"]
    names = [name for name in tables if name] or [" ".join(text.split()[:3]) for text in texts]
    if not names:
        values = [item.value for item in call.arguments[:1] if item.value.kind != "dict"]
        values += [call.receiver] if call.receiver is not None else []
        names = [name for value in values for name in names_in(value)]
        names = [name for name in names if name.rsplit(".", 1)[-1] not in ("session", "db_session")]
    return any(_PASSING.search(name) for name in names)


def _sets_field(call: CallSite) -> bool:
    """Whether the function of a commit gives an attribute of an object that it got a new value: a change of a row."""
    facts = call.program.files[call.path]
    own = (item for item in facts.assigns if item.function == call.key[1] and item.target.kind == "attr")
    return any(
        item.target.parts[0].kind == "name" and item.target.parts[0].text not in ("self", "cls", "conn", "cursor")
        for item in own
    )
