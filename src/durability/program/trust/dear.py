"""What nobody wants a stranger to do: spend money, write to people, change or delete what is stored."""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from durability.model import Step
from durability.program.doing.effects import Table, spread, steps_along
from durability.program.flows.results import names_in
from durability.program.flows.statements import query_texts
from durability.program.links.graph import Edge, FunctionKey
from durability.program.sites import CallSite

if TYPE_CHECKING:
    from durability.program.context import Context

KINDS = {
    "charge": ("moves money", "move money"),
    "message": ("messages people", "message people"),
    "delete": ("deletes what is stored", "delete what is stored"),
    "llm": ("pays for a model", "pay for a model"),
    "change": ("changes what is stored", "change what is stored"),
}
"""Worst first, each as one says it of one entry point and of several."""

_LOCAL = ("ollama.", "transformers.", "llama_cpp.", "sentence_transformers.", "gpt4all.", "vllm.", "mlx_lm.", "torch.")
"""Models that run on the machine of whoever runs the program."""

_NO_REQUESTS = frozenset({"count_tokens", "get_num_tokens", "encode", "list", "retrieve"})
_CHANGING = re.compile(r"^\s*(?:insert|update|delete|replace|merge|upsert|truncate)\b", re.IGNORECASE)
_DELETING = re.compile(r"^\s*(?:delete|truncate)\b", re.IGNORECASE)
_DELETES = frozenset({"delete", "delete_one", "delete_many", "remove", "drop", "destroy"})
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
            starts = [(call.key, call.index) for call in _operations(self._context, kind)]
            self._tables[kind] = spread(self._context.program, sorted(starts), _any_edge)
        return steps_along(self._context.program, self._tables[kind], key)


def _any_edge(edge: Edge) -> bool:
    return True


def _operations(context: "Context", kind: str) -> Iterator[CallSite]:
    if kind == "charge":
        yield from context.calls_by_effect.get("charge", ())
        yield from context.calls_by_effect.get("refund", ())
    elif kind == "llm":
        yield from (call for call in context.calls_by_effect.get("llm", ()) if _is_paid(call))
    elif kind == "message":
        yield from (call for call in context.calls_by_effect.get("message", ()) if "bot" not in call.reach.roles)
    else:
        yield from (call for call in _writes(context) if _deletes(context, call) == (kind == "delete"))
        if kind == "change":
            yield from (call for call in context.calls_by_effect.get("db.commit", ()) if _sets_field(call))


def _is_paid(call: CallSite) -> bool:
    return not call.name.startswith(_LOCAL) and call.name.rsplit(".", 1)[-1] not in _NO_REQUESTS


def _writes(context: "Context") -> Iterator[CallSite]:
    """Calls that change rows which people would miss."""
    for effect in ("db.write", "db.query"):
        for call in context.calls_by_effect.get(effect, ()):
            texts = query_texts(context, call) or ()
            if effect == "db.query" and not any(_CHANGING.match(text) for text in texts):
                continue
            if not call.name.startswith(_CACHES) and not _is_passing(call, texts):
                yield call


def _deletes(context: "Context", call: CallSite) -> bool:
    texts = query_texts(context, call) or ()
    return any(_DELETING.match(text) for text in texts) or call.name.rsplit(".", 1)[-1] in _DELETES


def _is_passing(call: CallSite, texts: tuple[str, ...]) -> bool:
    """Whether what is written is no record of anybody: a counter, a log line, a token, a visit."""
    names = [name for item in call.arguments[:1] for name in names_in(item.value)] if not texts else []
    if call.receiver is not None and not texts:
        names += names_in(call.receiver)
    heads = [" ".join(text.split()[:4]) for text in texts]
    names = [name for name in names if name.rsplit(".", 1)[-1] not in ("session", "db_session")]
    return any(_PASSING.search(name) for name in (*names, *heads)) if heads or names else False


def _sets_field(call: CallSite) -> bool:
    """Whether the function of a commit gives an attribute of an object that it got a new value: a change of a row."""
    facts = call.program.files[call.path]
    own = (item for item in facts.assigns if item.function == call.key[1] and item.target.kind == "attr")
    return any(
        item.target.parts[0].kind == "name" and item.target.parts[0].text not in ("self", "cls", "conn", "cursor")
        for item in own
    )
