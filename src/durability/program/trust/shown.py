"""Many rows at once that a function hands out with what is personal in them, as a list that anybody may read does."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from durability.facts.model import Value
from durability.program.doing.personal import DUMPS, personal_kind
from durability.program.doing.tables import is_stored
from durability.program.links.graph import FunctionKey
from durability.program.links.link import Symbol
from durability.program.schema.documents import MONGO
from durability.program.sites import CallSite

if TYPE_CHECKING:
    from durability.program.context import Context

_SHAPING = frozenset(
    {"values", "values_list", "with_entities", "with_only_columns", "aggregate", "annotate", "group_by", "distinct",
     "only", "count"}
)  # fmt: skip
_ASKING = frozenset({"query", "select"})
_ANSWERS = frozenset(
    {"jsonify", "JSONResponse", "ORJSONResponse", "JsonResponse", "Response", "jsonable_encoder", "list", "loads",
     "dumps", "parse_json", "make_response", "json_response"}
)  # fmt: skip
_CHAIN = 20


def handed_out(context: "Context", call: CallSite) -> Iterator[CallSite]:
    """The calls of handlers that answer with the many whole rows that a call finds: itself, or one of its function."""
    if call.library.effect != "db.fetch_all" or not _is_whole(context, call):
        return
    if call.key in context.routes_by_handler:
        yield from [call] if _is_given(context, call) else []
    elif _is_given(context, call):
        for edge in context.program.callers.get(call.key, ()):
            if edge.call >= 0 and edge.caller in context.routes_by_handler:
                above = context.call(edge.caller[0], edge.call)
                if _is_given(context, above):
                    yield above


def answers_with(context: "Context", key: FunctionKey) -> Symbol | None:
    """The class that shapes what a handler answers with, as its route or its annotation says; None for none."""
    function = context.program.function(key)
    values = [
        item.value
        for decorator in function.decorators
        if decorator.call >= 0
        for item in context.program.files[key[0]].calls[decorator.call].arguments
        if item.keyword == "response_model"
    ]
    while values:
        value = values.pop()
        symbol = context.program.value_symbol(value, key[0], 0)
        if symbol.kind == "class":
            return symbol
        values.extend(value.parts)
    returned = context.program.resolve(function.returns.removesuffix("[]"), key[0]) if function.returns else None
    return returned if returned is not None and returned.kind == "class" else None


def holds_personal(context: "Context", symbol: Symbol) -> bool:
    """Whether a class has a field that belongs to a person; what a firm earns is none."""
    return any(_is_personal(name) for name in context.schema.field_names(symbol))


def _is_personal(name: str) -> bool:
    return personal_kind(name) in ("personal", "health")


def _is_whole(context: "Context", call: CallSite) -> bool:
    """Whether a query asks for all of each row."""
    chain = (call, *context.makers(call))
    if any(item.shown.rpartition(".")[2] in _SHAPING for item in chain):
        return False
    if call.name.startswith(MONGO):
        given = next((item.argument("projection", 1) for item in chain if item.shown.endswith(".find")), None)
        wanted = dict(zip(given.parts[::2], given.parts[1::2], strict=False)) if given is not None else {}
        named = [key.text for key, value in wanted.items() if value.text in ("1", "True") and key.text != "_id"]
        return not named or any(map(_is_personal, named))
    asked = [item.value for made in chain if made.shown.rpartition(".")[2] in _ASKING for item in made.arguments]
    return all(is_stored(context, context.program.value_symbol(value, *call.key)) for value in asked)


def _is_given(context: "Context", call: CallSite) -> bool:
    exits = context.program.exits_in(call.key)
    return any(item.kind == "return" and item.value is not None and _gives(context, call, item.value) for item in exits)


def _gives(context: "Context", call: CallSite, value: Value, depth: int = 0) -> bool:
    """Whether a value holds the rows of a call with what is personal in them."""
    if depth > _CHAIN:
        return False
    if value.kind == "call" and value.call >= 0:
        return value.call == call.index or _through(context, call, context.call(call.path, value.call), depth)
    if value.kind == "name":
        bound = [item for item in context.program.assigns_to(call.path, value.text) if item.function == call.key[1]]
        return any(item.value is not None and _gives(context, call, item.value, depth + 1) for item in bound)
    if value.kind == "attr" and value.text == "data":
        return _gives(context, call, value.parts[0], depth + 1)
    if value.kind == "comp":
        return _each(context, call, value, depth)
    if value.kind == "dict":
        return any(_gives(context, call, item, depth + 1) for item in value.parts[1::2])
    parts = value.parts if value.kind in ("list", "tuple", "or", "if", "star") else ()
    return any(_gives(context, call, part, depth + 1) for part in parts)


def _through(context: "Context", call: CallSite, made: CallSite, depth: int) -> bool:
    """Whether what another call gives still holds the rows: a further step of the query, an answer, a serializer."""
    if made.symbol.kind == "class" or made.shown.rpartition(".")[2] in _ANSWERS:
        given = any(_gives(context, call, item.value, depth + 1) for item in made.arguments)
        return given and (made.symbol.kind != "class" or _serializes(context, made.symbol))
    is_step = made.receiver is not None and (made.name.startswith(MONGO) or made.library.effect in ("none", "limit"))
    return is_step and made.receiver is not None and _gives(context, call, made.receiver, depth + 1)


def _serializes(context: "Context", symbol: Symbol) -> bool:
    """Whether a serializer shows a field that belongs to a person."""
    meta = Symbol("class", f"{symbol.name}.Meta", symbol.path)
    fields, model = (context.schema.given_in(meta, name) for name in ("fields", "model"))
    if fields is not None and fields.kind != "text":
        return any(_is_personal(part.text) for part in fields.parts)
    of = context.program.value_symbol(model, symbol.path, 0) if model is not None else symbol
    return of.kind == "class" and holds_personal(context, of)


def _each(context: "Context", call: CallSite, value: Value, depth: int) -> bool:
    """Whether a comprehension over the rows keeps what is personal of each."""
    element = value.parts[0]
    if value.text == "DictComp" or not any(_gives(context, call, part, depth + 1) for part in value.parts[1:2]):
        return False
    if element.kind == "name":
        return True
    if element.kind == "dict":
        return any(_is_personal(key.text) for key in element.parts[::2])
    if element.kind != "call" or element.call < 0:
        return False
    made = context.call(call.path, element.call)
    if made.shown.rpartition(".")[2] in DUMPS:
        return True
    maker = context.program.resolve(made.fact.ref.rpartition(".")[0], call.path)  # `UserOut.model_validate(row)`
    symbol = made.symbol if made.symbol.kind == "class" else maker
    return symbol.kind == "class" and holds_personal(context, symbol)
