"""What is read from requests, tables, patterns and chains of a model."""

from collections.abc import Iterator

from msgspec.structs import replace

from durability.facts.model import Call, Value
from durability.program.flows.entering import KEYS, NAMES, UPLOADS
from durability.program.flows.flow import parameter_of
from durability.program.flows.sources import Item
from durability.program.links.graph import FunctionKey
from durability.program.links.program import Program
from durability.program.links.spelling import plain_name

_CHAINS = frozenset({"invoke", "ainvoke", "predict", "apredict", "run", "arun", "stream", "astream"})


def asks_chain(program: Program, call: Call, path: str) -> bool:
    """Whether what is invoked was put together with a model: `prompt | llm`."""
    if call.receiver is None or call.target.rsplit(".", 1)[-1] not in _CHAINS:
        return False
    bound = program.assigns_to(path, plain_name(call.receiver))
    return any(one.value is not None and one.value.text == "BitOr" for one in bound)


def pattern_of(program: Program, call: Call, path: str) -> str:
    """The text of the first argument, written there or bound to a name of this file; "" when it is not in sight."""
    value = call.arguments[0].value if call.arguments and not call.arguments[0].keyword else None
    if value is not None and value.kind == "name":
        bound = program.assigns_to(path, value.text)
        value = bound[0].value if len(bound) == 1 else None
    return value.text if value is not None and value.kind == "text" else ""


def is_request(program: Program, base: Value, key: FunctionKey) -> bool:
    """Whether a value is the request that a framework hands over."""
    parameter = parameter_of(program.function(key), base.text) if base.kind == "name" else None
    if parameter is not None:
        last = parameter.ref.rsplit(".", 1)[-1]
        return last in (*UPLOADS, "Request", "HttpRequest", "WebSocket") or parameter.name == "request"
    return plain_name(base).rsplit(".", 1)[-1] == "request"


def through_call(item: Item, call: Call, values: tuple[Value, ...]) -> Iterator[Item]:
    """What a call hands on, with the key or the keys that are read from it."""
    key = call.arguments[0].value if call.arguments and call.target.endswith(".get") else None
    for value in values:
        own = value is call.receiver
        keyed = own and key is not None and key.kind == "text" and item.taken not in NAMES
        taken = f"[{key.text}]" if keyed and key is not None else item.taken
        if own and call.target.endswith((".keys", ".values")):
            taken = KEYS if call.target.endswith(".keys") else ""
        yield replace(item, value=value, whole=not own, taken=taken)
