"""Which functions a registered value stands for: functions, views made from classes, wrapped and partial ones."""

from collections.abc import Iterator

from msgspec import Struct
from msgspec.structs import replace

from durability.facts.model import Function, Value
from durability.program.entrypoints.bindings import Bindings
from durability.program.links.adminsite import ADMIN, is_admin
from durability.program.links.given import argument_for
from durability.program.links.graph import Edge, FunctionKey
from durability.program.links.link import Symbol
from durability.program.links.program import Program

VERBS = ("get", "post", "put", "patch", "delete", "head", "options", "trace")
_ONE = "{pk}/"
"""The address of one row, below that of all."""
_LOOKUPS = ("lookup_url_kwarg", "lookup_field")
"""What a view set calls the part of the address that names one row, where it is not `pk`."""
_CRUD = {
    "list": ("GET", ""),
    "create": ("POST", ""),
    "retrieve": ("GET", _ONE),
    "update": ("PUT", _ONE),
    "partial_update": ("PATCH", _ONE),
    "destroy": ("DELETE", _ONE),
}
_HOOKS = {
    "get_queryset": ("GET", "", ("list", "get")),
    "get_object": ("GET", _ONE, ("retrieve", "get")),
    "perform_create": ("POST", "", ("create", "post")),
    "perform_update": ("PUT/PATCH", _ONE, ("update", "put")),
    "perform_destroy": ("DELETE", _ONE, ("destroy", "delete")),
}
"""What the generic views of Django REST framework call for an action that a class leaves to them, with its method,
address, and the methods that would answer it themselves."""

_VIEWSETS = "rest_framework.viewsets."
_ACTION = "rest_framework.decorators.action"
_GATHERED = ("list", "tuple", "set", "star", "op", "or", "if")
"""Values that hold several handlers: lists, lists added or unpacked into others, and choices between them."""
_MOST = 64

_Waiting = tuple[Value, FunctionKey, Edge | None]
"""A value, the function in which it is written, and the call of a helper that hands it on."""


class Handler(Struct, frozen=True):
    """A function that answers. `method` is "" where its name does not tell; `suffix` is added to the address.

    `edge` is the call of the helper that registers it, where the handler comes in by a parameter.
    """

    function: FunctionKey
    method: str = ""
    suffix: str = ""
    edge: Edge | None = None


def serving_name(method: str) -> str:
    """The HTTP method that a method of a view answers, by its name; "" for none."""
    bare = method.removeprefix("on_").removeprefix("do_").lower()
    if bare in VERBS:
        return bare.upper()
    return "ANY" if method in ("dispatch_request", "handle") else _CRUD[method][0] if method in _CRUD else ""


def handlers(bindings: Bindings, value: Value | None, key: FunctionKey) -> Iterator[Handler]:
    """The handlers that a value stands for."""
    program = bindings.program
    pending: list[_Waiting] = [(value, key, None)] if value is not None else []
    for _ in range(_MOST):
        if not pending:
            return
        at, where, edge = pending.pop(0)
        if at.kind == "lambda":
            yield Handler((where[0], int(at.text)), edge=edge)
        elif at.kind in _GATHERED:
            pending.extend((part, where, edge) for part in (at.parts[1:] if at.kind == "if" else at.parts))
        elif mapped := _mapped(program, at, where):
            yield from mapped
        elif at.kind == "call" and at.call >= 0 and _is_instance(program, at, where):
            yield from class_handlers(program, program.symbol(where[0], at.call))
        elif at.kind == "call" and at.call >= 0:
            pending.extend((part, where, edge) for part in _inner(program, at, where))
        else:
            symbol = program.value_symbol(at, *where)
            site = _admin_site(program, symbol, where)
            target = program.key_of(symbol) if symbol.kind == "function" else site or _method_of(bindings, at, where)
            if symbol.kind == "class":
                yield from class_handlers(program, symbol)
            elif target is not None and (inner := _wrapped(program, target)) is not None:
                pending.append((inner, (target[0], program.function(target).parent), edge))
            elif target is not None:
                yield Handler(target, edge=edge)
            else:
                bound = bindings.of(at, where)
                pending.extend((item, place, edge) for item, place in bound)
                pending.extend(() if bound else _given(program, at, where))


def _admin_site(program: Program, symbol: Symbol, where: FunctionKey) -> FunctionKey | None:
    """The function that stands for Django's admin site, where a value is the routes of that."""
    found = program.linker.functions[where[0]].get(ADMIN) if is_admin(symbol.name) else None
    return (where[0], found[0]) if found is not None else None


def _wrapped(program: Program, key: FunctionKey) -> Value | None:
    """The parameter of the function around it that a nested function stands in for: `@wraps(f)`."""
    function = program.function(key)
    around = {item.name for item in program.function((key[0], function.parent)).parameters}
    for decorator in function.decorators:
        if decorator.call >= 0 and program.name(key[0], decorator.call) == "functools.wraps":
            given = program.files[key[0]].calls[decorator.call].arguments
            if given and given[0].value.kind == "name" and given[0].value.text in around:
                return given[0].value
    return None


def _given(program: Program, value: Value, where: FunctionKey) -> "list[_Waiting]":
    """What all callers give for a parameter: the handler of a wrapper around `Thread(target=…)` or `add_job(…)`."""
    function = program.function(where)
    if value.kind != "name" or all(item.name != value.text for item in function.parameters):
        return []
    found: list[_Waiting] = []
    for edge in program.callers.get(where, ()):
        if edge.call >= 0 and not edge.offloaded:
            given = argument_for(function, value.text, program.files[edge.caller[0]].calls[edge.call])
            if given is not None:
                found.append((given, edge.caller, edge))
    return found


def _is_instance(program: Program, value: Value, where: FunctionKey) -> bool:
    return program.symbol(where[0], value.call).kind == "class"


def _method_of(bindings: Bindings, value: Value, where: FunctionKey) -> FunctionKey | None:
    """The method in `api.info`, where `api` is bound to an object of a project class."""
    if value.kind != "attr":
        return None
    program = bindings.program
    for made, place in bindings.ends(value.parts[0], where):
        symbol = program.symbol(place[0], made.call) if made.kind == "call" and made.call >= 0 else None
        method = program.linker.attribute(symbol, value.text) if symbol and symbol.kind == "class" else None
        if method is not None and method.kind == "function":
            return program.key_of(method)
    return None


def _mapped(program: Program, value: Value, where: FunctionKey) -> list[Handler]:
    """The methods named in `ViewSet.as_view({"get": "list"})`."""
    if value.kind != "call" or value.call < 0 or not value.text.endswith(".as_view") or not value.parts:
        return []
    given = [item.value for item in program.files[where[0]].calls[value.call].arguments]
    table = next((item for item in given if item.kind == "dict"), None)
    symbol = program.value_symbol(value.parts[0], *where)
    if table is None or symbol.kind != "class":
        return []
    found = []
    for verb, name in zip(table.parts[::2], table.parts[1::2], strict=False):
        method = program.linker.attribute(symbol, name.text) if name.kind == "text" else None
        key = program.key_of(method) if method is not None and method.kind == "function" else None
        if key is not None:
            found.append(Handler(key, verb.text.upper()))
    return found


def _inner(program: Program, value: Value, where: FunctionKey) -> list[Value]:
    """What a call wraps: the class of `View.as_view()`, the function given to a decorator or `partial`, or called."""
    call = program.files[where[0]].calls[value.call]
    last = call.target.rsplit(".", 1)[-1]
    if last in ("as_view", "as_asgi") and value.parts:
        return [value.parts[0]]
    symbol = program.symbol(where[0], value.call)
    coroutine = symbol.kind == "function" and program.function(program.key_of(symbol) or where).is_async
    if (coroutine or last in ("s", "si", "delay")) and not call.target.endswith("()"):
        return [_callee(call.target)]
    positional = [item.value for item in call.arguments if item.keyword in ("", "func")]
    named = [item for item in positional if item.kind in ("name", "attr", "call", "lambda")]
    return named[:1] if not call.target.endswith("include") else []


def _callee(target: str) -> Value:
    first, *rest = target.split(".")
    value = Value("name", first)
    for part in rest:
        value = Value("attr", part, (value,))
    return value


def class_handlers(program: Program, symbol: Symbol) -> Iterator[Handler]:
    """The methods of a view class that answer requests, those of its project bases too."""
    for handler in _class_handlers(program, symbol):
        named = _lookup(program, symbol) if _ONE in handler.suffix else ""
        yield replace(handler, suffix=handler.suffix.replace("pk", named)) if named else handler


def _lookup(program: Program, symbol: Symbol) -> str:
    """What a view set calls the part of the address that names one row; "" where it does not say."""
    written = {
        (item.target.text, block.targets[0]): item.value.text
        for at in _family(program, symbol)[0]
        for name in _LOOKUPS
        for item in program.assigns_to(at.path, name)
        if (block := program.files[at.path].blocks[item.block]).kind == "class"
        and block.targets[0] == at.name
        and item.value is not None
        and item.value.kind == "text"
    }
    return next((text for name in _LOOKUPS for (given, _), text in written.items() if given == name), "")


def _class_handlers(program: Program, symbol: Symbol) -> Iterator[Handler]:
    classes, is_set, actions = _family(program, symbol)
    seen: set[str] = set()
    for at in classes:
        functions = program.linker.functions[at.path]
        for method in program.linker.classes[at.path][at.name].methods:
            index, function = functions.get(f"{at.name}.{method}", (0, None))
            if function is None or method in seen:
                continue
            seen.add(method)
            verb = serving_name(method)
            if is_set and method in _CRUD:
                yield Handler((at.path, index), *_CRUD[method])
            elif is_set and any(program.resolve(item.ref, at.path).name == _ACTION for item in function.decorators):
                yield _action(program, (at.path, index), method)
            elif is_set and (other := _mapped_to(function)) and (first := functions.get(f"{at.name}.{other[0]}")):
                action = _action(program, (at.path, first[0]), other[0])
                yield Handler((at.path, index), other[1], action.suffix)
            elif actions and method in _HOOKS and not _answers(program, classes, _HOOKS[method][2]):
                yield Handler((at.path, index), _HOOKS[method][0], _HOOKS[method][1] if is_set else "")
            elif verb and not (method in _CRUD and (function.supplied or not actions)):
                yield Handler((at.path, index), verb if verb != "ANY" else "")
            elif method == "__call__":
                yield Handler((at.path, index))


def _answers(program: Program, classes: list[Symbol], methods: tuple[str, ...]) -> bool:
    """Whether one of these classes has one of these methods."""
    return any(method in program.linker.classes[at.path][at.name].methods for at in classes for method in methods)


def _family(program: Program, symbol: Symbol) -> tuple[list[Symbol], bool, bool]:
    """A class with its project bases, whether it is a view set, and whether create, list and so on are its actions."""
    found, is_set, is_rest = [symbol], False, False
    for at in found:
        item = program.linker.classes[at.path].get(at.name)
        for base in item.bases if item is not None else ():
            parent = program.resolve(base, at.path)
            is_set = is_set or parent.name.startswith(_VIEWSETS)
            is_rest = is_rest or parent.name.startswith("rest_framework.")
            if parent.kind == "class" and parent not in found and len(found) < _MOST:
                found.append(parent)
    known = [at for at in found if at.name in program.linker.classes[at.path]]
    return known, is_set, is_rest


def _mapped_to(function: Function) -> tuple[str, str] | None:
    """The action whose address a method answers too, and for which HTTP method: `@pay.mapping.delete`."""
    for item in function.decorators:
        action, mapping, verb = item.ref.rpartition(".mapping.")
        if mapping and verb in VERBS:
            return action, verb.upper()
    return None


def _action(program: Program, key: FunctionKey, method: str) -> Handler:
    path, index = key
    decorators = program.files[path].functions[index].decorators
    calls = [program.files[path].calls[item.call] for item in decorators if item.call >= 0]
    listed = [item.value for call in calls for item in call.arguments if item.keyword == "methods"]
    verbs = [part.text.upper() for value in listed for part in value.parts if part.kind == "text"]
    named = {item.keyword: item.value.text for call in calls for item in call.arguments if item.keyword}
    whole = named.get("detail") == "True"
    return Handler(key, "/".join(verbs) or "GET", ("{pk}/" if whole else "") + named.get("url_path", method) + "/")
