"""What a database call does to rows: it reads, writes or deletes them."""

import re
from typing import TYPE_CHECKING, Literal

from durability.facts.model import Value
from durability.program.doing.tables import is_stored
from durability.program.flows.statements import acting, query_texts
from durability.program.sites import CallSite

if TYPE_CHECKING:
    from durability.program.context import Context

RowWork = Literal["reads", "writes", "deletes"]

_WRITES = re.compile(r"^\s*(?:insert|update|replace|create|alter|drop|merge)\b", re.IGNORECASE)
_DELETES = re.compile(r"^\s*(?:delete|truncate)\b", re.IGNORECASE)
_WRITING = ("db.write", "db.schema")
_DELETING = frozenset(
    {"delete", "adelete", "delete_one", "delete_many", "find_one_and_delete", "delete_all", "delete_by_id",
     "delete_instance", "delete_item", "delete_by_query", "remove", "destroy", "drop"}
)  # fmt: skip
"""Methods that delete rows or documents, of all libraries: nothing else is called so on a data store."""

_BUILDERS: dict[str, RowWork] = {"insert": "writes", "update": "writes", "delete": "deletes"}
_CREATING = frozenset({"create", "acreate", "insert_one", "insert"})
_KEYS = frozenset({"inserted_id", "id", "pk"})
_CHAIN = 20


def row_work(context: "Context", call: CallSite) -> RowWork:
    """What a database call does to the rows of the first table that it names."""
    built = _built(context, call)
    if built is not None:
        return built
    texts = query_texts(context, call) or ()
    if texts:
        return max((text_work(text) for text in texts), key=("reads", "writes", "deletes").index)
    if call.database.library.effect not in _WRITING:
        return "reads"
    return "deletes" if acting(context, call.database).shown.rpartition(".")[2] in _DELETING else "writes"


def text_work(text: str) -> RowWork:
    """What a statement does, by its first word."""
    return "deletes" if _DELETES.match(text) else "writes" if _WRITES.match(text) else "reads"


def deletes_rows(context: "Context", call: CallSite) -> bool:
    """Whether a call deletes rows or documents: by its statement, or by its name."""
    return row_work(context, call) == "deletes"


def takes_back(context: "Context", call: CallSite) -> bool:
    """Whether a deletion undoes what its own function has just stored: `except Failed: order.delete()`."""
    values = [item.value for item in call.arguments[:1]] + ([call.receiver] if call.receiver is not None else [])
    return deletes_rows(context, call) and any(_is_own(context, value, call) for value in values)


def _is_own(context: "Context", value: Value, call: CallSite) -> bool:
    """Whether a value is a row that the function made, or names one by the key that it got."""
    if value.kind == "dict":
        return any(_is_own(context, item, call) for item in value.parts[1::2])
    if value.kind == "attr" and value.text in _KEYS:
        return _is_own(context, value.parts[0], call)
    if value.kind != "name":
        return False
    bound = [item.value for item in context.program.assigns_to(call.path, value.text) if item.function == call.key[1]]
    made = [context.call(call.path, item.call) for item in bound if item is not None and item.call >= 0]
    return bool(bound) and len(made) == len(bound) and all(_makes_row(context, item) for item in made)


def _makes_row(context: "Context", call: CallSite) -> bool:
    if call.symbol.kind == "class":
        return is_stored(context, call.symbol)
    return call.library.effect == "db.write" and call.shown.rpartition(".")[2] in _CREATING


def _built(context: "Context", call: CallSite) -> RowWork | None:
    """What a statement does that calls put together: `session.execute(update(User).where(…).values(…))`.

    None where none is put together so.
    """
    value = call.statement
    for _ in range(_CHAIN):
        if value is None:
            break
        if value.kind == "call" and value.call >= 0:
            maker = context.call(call.path, value.call)
            first, _, last = maker.name.rpartition(".")
            if first.startswith(("sqlalchemy", "sqlmodel")) and last in _BUILDERS:
                return _BUILDERS[last]
            value = maker.receiver
        elif value.kind == "name":
            bound = [item for item in context.program.assigns_to(call.path, value.text) if item.function == call.key[1]]
            value = bound[-1].value if bound and bound[-1].value != value else None
        else:
            break
    return None
