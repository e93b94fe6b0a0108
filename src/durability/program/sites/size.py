"""How many items a collection holds at most, where the source says so."""

from durability.facts.model import Value
from durability.program.links.graph import FunctionKey
from durability.program.links.program import Program
from durability.program.links.spelling import plain_name

_GROWING = ("append", "extend", "insert", "add", "update", "setdefault", "appendleft", "push")
_SAME_SIZE = frozenset({"enumerate", "list", "tuple", "set", "frozenset", "sorted", "reversed", "zip", "tqdm", "iter"})
_VIEWS = frozenset({"items", "keys", "values", "copy"})
_SUMS = {"Add": lambda a, b: a + b, "Subtract": lambda a, b: a - b, "Multiply": lambda a, b: a * b}
_DEPTH = 8


def size_of(program: Program, value: Value, key: FunctionKey, depth: int = 0) -> int | None:
    """The most items that a value can hold in a function; None where that hangs on data."""
    if depth > _DEPTH:
        return None
    if value.kind in ("list", "tuple", "set", "dict"):
        starred = any(part.kind == "star" for part in value.parts)
        return None if starred or not value.text.isdigit() else int(value.text)
    if value.kind in ("name", "attr"):
        return _named(program, value, key, depth)
    if value.kind == "item":
        return _sliced(program, value, key, depth)
    if value.kind == "if":
        sizes = [size_of(program, part, key, depth + 1) for part in value.parts[1:]]
        return None if None in sizes else max(size for size in sizes if size is not None)
    return _called(program, value, key, depth) if value.kind == "call" and value.call >= 0 else None


def _called(program: Program, value: Value, key: FunctionKey, depth: int) -> int | None:
    call = program.files[key[0]].calls[value.call]
    given = [item.value for item in call.arguments if not item.keyword]
    if value.text == "range" and given:
        numbers = [number(program, item, key, depth + 1) for item in given]
        first, last = (0, numbers[0]) if len(numbers) == 1 else (numbers[0], numbers[1])
        return None if first is None or last is None else max(abs(last - first), 0)
    if value.text in _SAME_SIZE and given:
        sizes = [size_of(program, item, key, depth + 1) for item in (given if value.text == "zip" else given[:1])]
        return min((size for size in sizes if size is not None), default=None)
    if call.receiver is not None and call.target.rsplit(".", 1)[-1] in _VIEWS:
        return size_of(program, call.receiver, key, depth + 1)
    return None


def _sliced(program: Program, value: Value, key: FunctionKey, depth: int) -> int | None:
    """The size of `rows[:3]` and `rows[-5:]`."""
    if len(value.parts) != 2 or value.parts[1].kind != "slice":
        return None
    lower, upper = value.parts[1].parts
    first = 0 if lower.text == "None" else number(program, lower, key, depth + 1)
    last = 0 if upper.text == "None" else number(program, upper, key, depth + 1)
    if first is None or last is None or (upper.text == "None" and first >= 0) or (first < 0) != (last <= 0):
        return size_of(program, value.parts[0], key, depth + 1)
    return max(last - first, 0)


def number(program: Program, value: Value, key: FunctionKey, depth: int = 0) -> int | None:
    """The whole number that a value is, through constants and sums; None when it is none, or not written down."""
    if depth > _DEPTH:
        return None
    if value.kind == "const":
        return int(value.text) if value.text.removeprefix("-").isdigit() else None
    if value.kind == "op" and value.text in _SUMS:
        left, right = (number(program, part, key, depth + 1) for part in value.parts)
        return None if left is None or right is None else _SUMS[value.text](left, right)
    if value.kind == "call" and value.call >= 0 and value.text in ("len", "min"):
        given = [item.value for item in program.files[key[0]].calls[value.call].arguments]
        if value.text == "len" and given:
            return size_of(program, given[0], key, depth + 1)
        known = [number(program, item, key, depth + 1) for item in given if len(given) > 1]
        return min((item for item in known if item is not None), default=None)
    found = _written(program, value, key)
    return number(program, found[1], found[0], depth + 1) if found is not None else None


def _named(program: Program, value: Value, key: FunctionKey, depth: int) -> int | None:
    """The size of a collection that is written down once, in the function or its module, and never changed."""
    symbol = program.value_symbol(value, *key)
    if symbol.kind == "class":
        return _members(program, symbol.path, symbol.name) if program.linker.is_enum(symbol) else None
    found = _written(program, value, key)
    if found is None or _grows(program, plain_name(value).rpartition(".")[2], found[0]):
        return None
    size = size_of(program, found[1], found[0], depth + 1)
    return size or None  # what begins empty is filled somewhere


def _written(program: Program, value: Value, key: FunctionKey) -> tuple[FunctionKey, Value] | None:
    """The one value that a name is bound to in a function, its class or its module, and the function it stands in."""
    path, index = key
    name = plain_name(value)
    parameters = program.function(key).parameters
    own = parameters[0].name if parameters and program.function(key).owner else ""
    if own and name.startswith(f"{own}.") and not program.assigns_to(path, name):
        name = name.partition(".")[2]  # an attribute that only the class body sets
    if not name or any(item.name == name.partition(".")[0] for item in parameters):
        return None
    local = [item for item in program.assigns_to(path, name) if item.function]
    if local:
        item = local[0]
        once = len(local) == 1 and item.function == index and item.op == "="
        return (key, item.value) if once and item.value is not None else None
    found = program.constant(name, path)
    return ((found[0], 0), found[1]) if found is not None else None


def _grows(program: Program, name: str, key: FunctionKey) -> bool:
    """Whether something is put into a collection: in its function, or for one of a module anywhere in its file."""
    calls = program.files[key[0]].calls
    indices = program.calls_in(key) if key[1] else range(len(calls))
    verbs = {f"{name}.{verb}" for verb in _GROWING}
    return any(calls[index].target in verbs for index in indices)


def _members(program: Program, path: str, name: str) -> int | None:
    """How many members an enumeration has."""
    facts = program.files[path]
    span = next((item.span for item in facts.classes if item.qualname == name), None)
    if span is None:
        return None
    own = [item for item in facts.assigns if item.function == 0 and span[0] <= item.span[0] <= span[2]]
    return len(own) or None
