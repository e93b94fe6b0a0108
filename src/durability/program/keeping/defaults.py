"""Values that are made once and shared by every call or object: defaults of parameters, attributes of classes."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from msgspec import Struct

from durability.facts.model import Assign, Value
from durability.program.links.graph import FunctionKey
from durability.program.links.link import Symbol
from durability.program.links.spelling import plain_name

if TYPE_CHECKING:
    from durability.program.context import Context

_LITERALS = frozenset({"list", "dict", "set", "comp"})
_MAKERS = frozenset(
    {"list", "dict", "set", "bytearray", "collections.defaultdict", "collections.deque", "collections.Counter",
     "collections.OrderedDict"}
)  # fmt: skip
_ONCE = frozenset(
    {"datetime.datetime.now", "datetime.datetime.utcnow", "datetime.datetime.today", "datetime.date.today", "time.time",
     "uuid.uuid1", "uuid.uuid4", "random.random", "random.randint", "secrets.token_hex", "secrets.token_urlsafe",
     "os.urandom"}
)  # fmt: skip
_CHANGING = frozenset(
    {"append", "add", "update", "extend", "insert", "setdefault", "pop", "remove", "clear", "popitem", "appendleft",
     "discard", "sort", "reverse"}
)  # fmt: skip
_DEPTH = 12


class SharedValue(Struct, frozen=True):
    """One value that is made once: what it is called, where it is made, and why sharing it fails."""

    name: str
    path: str
    line: int
    why: str


def shared_values(context: "Context", key: FunctionKey) -> tuple[SharedValue, ...]:
    """The values that a function shares between its calls or its class's objects, and changes or freezes."""
    return (*_parameters(context, key), *_attributes(context, key))


def _parameters(context: "Context", key: FunctionKey) -> Iterator[SharedValue]:
    function = context.program.function(key)
    changed = _changed(context, key)
    for parameter in function.parameters:
        if parameter.default is None:
            continue
        line = function.span[0]
        if parameter.default.kind == "call" and context.value_name(parameter.default, key) in _ONCE:
            why = "is evaluated once, when the program starts"
            yield SharedValue(parameter.name, key[0], line, why)
        elif parameter.name in changed and _is_container(context, parameter.default, (key[0], max(function.parent, 0))):
            yield SharedValue(parameter.name, key[0], line, "is one object for all calls, and the function changes it")


def _is_container(context: "Context", value: Value, key: FunctionKey) -> bool:
    if value.kind in _LITERALS:
        return value.text != "GeneratorExp"
    if value.kind == "call":
        return context.value_name(value, key) in _MAKERS
    if value.kind == "name":
        bound = [item for item in context.program.assigns_to(key[0], value.text) if item.function == 0]
        return len(bound) == 1 and bound[0].value is not None and bound[0].value.kind in _LITERALS
    return False


def _changed(context: "Context", key: FunctionKey) -> set[str]:
    """The names whose object a function changes in place before it gives them another one."""
    program = context.program
    rebound: dict[str, int] = {}
    found: dict[str, int] = {}
    for item in program.assigns_in(key):
        target = item.target
        if target.kind == "name" and item.op == "=":
            rebound.setdefault(target.text, item.span[0])
        elif target.kind == "name" and item.op != "del" and item.value is not None and item.value.kind in _LITERALS:
            found.setdefault(target.text, item.span[0])
        elif target.kind == "item":
            found.setdefault(plain_name(target.parts[0]), item.span[0])
    for index in program.calls_in(key):
        call = program.files[key[0]].calls[index]
        if call.receiver is not None and call.target.rsplit(".", 1)[-1] in _CHANGING:
            found.setdefault(plain_name(call.receiver), call.span[0])
    return {name for name, line in found.items() if name and rebound.get(name, line + 1) > line}


def _attributes(context: "Context", key: FunctionKey) -> Iterator[SharedValue]:
    function = context.program.function(key)
    if not function.owner or not function.parameters or function.name == "__init_subclass__":
        return
    own = function.parameters[0].name
    if not _made_often(context, Symbol("class", function.owner, key[0])) or any(
        decorator.ref in ("classmethod", "staticmethod") for decorator in function.decorators
    ):
        return
    for name in sorted(_changed(context, key)):
        first, _, attribute = name.partition(".")
        if first == own and attribute and "." not in attribute and not _looked_up(context, key, name):
            made = _made_in_class(context, Symbol("class", function.owner, key[0]), attribute)
            if made is not None:
                path, item = made
                yield SharedValue(attribute, path, item.span[0], "is one object for all instances, and this changes it")


def _made_often(context: "Context", owner: Symbol) -> bool:
    """Whether some function makes objects of the class or a derived one: an object per process shares nothing."""
    return owner in context.classes_made


def _looked_up(context: "Context", key: FunctionKey, name: str) -> bool:
    """Whether the function asks if something is in the container first: what keeps things for all objects does."""
    blocks = context.program.files[key[0]].blocks
    tests = (blocks[index].value for index in context.program.blocks_in(key) if blocks[index].kind == "if")
    return any(test is not None and _asks_for(test, name) for test in tests)


def _asks_for(test: Value, name: str) -> bool:
    if test.kind == "compare" and test.text in ("In", "NotIn"):
        return plain_name(test.parts[-1]) == name
    return any(_asks_for(part, name) for part in test.parts)


def _made_in_class(context: "Context", owner: Symbol, name: str) -> tuple[str, Assign] | None:
    """The container that a class or one of its bases keeps in its body; None when each instance gets its own."""
    program = context.program
    pending = [owner]
    seen: set[Symbol] = set()
    found: tuple[str, Assign] | None = None
    while pending and len(seen) < _DEPTH:
        symbol = pending.pop(0)
        if symbol in seen or symbol.kind != "class":
            continue
        seen.add(symbol)
        item = program.linker.classes[symbol.path].get(symbol.name)
        if item is None or item.decorators or _is_model(item.bases) or _sets(context, symbol, name):
            return None
        found = found or _in_body(context, symbol, name)
        pending.extend(program.resolve(base, symbol.path) for base in item.bases)
    return found


def _is_model(bases: tuple[str, ...]) -> bool:
    """Whether a framework makes a copy of each default: data models, enumerations, settings."""
    return any(base.rsplit(".", 1)[-1] in ("BaseModel", "BaseSettings", "SQLModel", "Model", "Enum") for base in bases)


def _sets(context: "Context", owner: Symbol, name: str) -> bool:
    """Whether some method of the class stores an object of its own under that name."""
    assigned = context.program.assigns_to(owner.path, f"self.{name}")
    functions = context.program.files[owner.path].functions
    return any(item.op == "=" and functions[item.function].owner == owner.name for item in assigned)


def _in_body(context: "Context", owner: Symbol, name: str) -> tuple[str, Assign] | None:
    facts = context.program.files[owner.path]
    for item in context.program.assigns_to(owner.path, name):
        block = facts.blocks[item.block]
        is_shared = item.annotation.rsplit(".", 1)[-1].startswith("ClassVar")
        if block.kind == "class" and block.targets[0] == owner.name and item.value is not None and not is_shared:
            return (owner.path, item) if _is_container(context, item.value, (owner.path, 0)) else None
    return None
