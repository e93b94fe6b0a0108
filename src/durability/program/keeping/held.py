"""What a state holds by the value it is bound to, and which functions only fill states at import."""

from typing import Literal

from durability.facts.model import Call, Value
from durability.program.links.graph import FunctionKey
from durability.program.links.program import Program

StateKind = Literal["container", "capped", "object", "scalar", "thing"]

_LITERALS = ("list", "dict", "set", "comp")
_MAKERS = frozenset({"list", "dict", "set", "defaultdict", "OrderedDict", "Counter", "deque"})
_CAPPED = frozenset(
    {"TTLCache", "LRUCache", "LFUCache", "RRCache", "FIFOCache", "TLRUCache", "WeakValueDictionary",
     "WeakKeyDictionary", "WeakSet", "ExpiringDict", "LRU", "TTLDict", "SimpleCache", "Queue"}
)  # fmt: skip


def held(program: Program, value: Value, path: str) -> StateKind:
    """What a state holds that is bound to this value."""
    if value.kind in _LITERALS:
        return "container"
    if value.kind in ("const", "text"):
        return "scalar"
    if value.kind != "call" or value.call < 0:
        return "thing"
    name = value.text.rsplit(".", 1)[-1]
    if name in _CAPPED or (name == "deque" and _bounded(program.files[path].calls[value.call])):
        return "capped"
    if name in _MAKERS:
        return "container"
    return "object" if program.symbol(path, value.call).kind == "class" else "thing"


def _bounded(call: Call) -> bool:
    given = next((item.value for item in call.arguments if item.keyword == "maxlen"), None)
    if given is None and len(call.arguments) > 1 and call.arguments[1].keyword == "":
        given = call.arguments[1].value
    return given is not None and given.text != "None"


def decorating(program: Program) -> frozenset[FunctionKey]:
    """The functions that run where something is decorated: decorators, and what a called decorator gives back."""
    found: set[FunctionKey] = set()
    called: set[FunctionKey] = set()
    for path, facts in program.files.items():
        for function in facts.functions:
            for item in function.decorators:
                key = program.key_of(program.resolve(item.ref.removesuffix("()"), path))
                if key is not None:
                    found.add(key)
                    called.update([key] if item.call >= 0 else [])
    for path, facts in program.files.items():
        inner = (number for number, function in enumerate(facts.functions) if (path, function.parent) in called)
        found.update((path, number) for number in inner)
    return frozenset(found)
