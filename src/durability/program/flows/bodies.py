"""How a route takes the body of its request: by a schema, tested by hand, or as it comes."""

from typing import Literal

from msgspec import Struct

from durability.facts.model import Parameter, Value
from durability.program.entrypoints.entries import EntryPoint
from durability.program.flows.declared import is_model
from durability.program.links.program import Program
from durability.program.sites import CallSite, FunctionSite

_READERS = ("json", "get_json")
_RAW = frozenset({"dict", "Dict", "typing.Dict", "typing.Any", "Any", "list", "typing.Mapping"})
_VALIDATORS = frozenset(
    {
        "model_validate",
        "parse_obj",
        "validate_python",
        "validate",
        "load",
        "convert",
        "is_valid",
        "validate_json",
        "model_validate_json",
    }
)
_BODY_METHODS = frozenset({"POST", "PUT", "PATCH"})


class Body(Struct, frozen=True):
    """`schema`: validated by a model; `tested`: some fields tested by hand; `raw`: as it comes; `none`: no body."""

    kind: Literal["schema", "tested", "raw", "none"]


def body_of(program: Program, entries: tuple[EntryPoint, ...], site: FunctionSite) -> Body:
    """How a function takes the request body."""
    own = next((entry for entry in entries if entry.function == site.key and entry.role == "route"), None)
    taken: list[str] = []
    if own is not None and _BODY_METHODS.intersection(own.methods):
        taken = [kind for item in site.function.parameters if (kind := _parameter(program, site, item))]
    taken += _reads(program, site)
    for kind in ("raw", "tested", "schema"):
        if kind in taken:
            return Body(kind)  # type: ignore[arg-type]
    return Body("none")


def _parameter(program: Program, site: FunctionSite, item: Parameter) -> str:
    if item.default is not None and item.default.kind == "call" and item.default.text.split(".")[-1] == "Depends":
        return ""
    symbol = program.resolve(item.ref, site.path) if item.ref else None
    if symbol is not None and symbol.kind == "class" and is_model(program, symbol):
        return "schema"
    head = item.annotation.split("[")[0]
    return "raw" if head in _RAW and item.kind in ("positional", "keyword") else ""


def _reads(program: Program, site: FunctionSite) -> list[str]:
    found = []
    calls = site.calls_here()
    for call in calls:
        if _reads_body(call):
            found.append(_handling(program, site, call, calls))
    if any(read in ("request.json", "flask.request.json") for read in site.function.reads):
        direct = not any(call.shown.startswith("request.json") for call in calls)
        if direct and program.value_symbol(Value("name", "request"), site.path, site.key[1]).name == "flask.request":
            found.append(_attribute_handling(program, site, calls))
    return found


def _reads_body(call: CallSite) -> bool:
    name = call.name
    return name.rsplit(".", 1)[-1] in _READERS and ("equest" in name.rsplit(".", 2)[-2] if name.count(".") else False)


def _handling(program: Program, site: FunctionSite, call: CallSite, calls: list[CallSite]) -> str:
    return _kind(program, site, frozenset(call.into), call.index, calls)


def _attribute_handling(program: Program, site: FunctionSite, calls: list[CallSite]) -> str:
    facts = program.files[site.path]
    names = frozenset(
        item.target.text
        for item in facts.assigns
        if item.function == site.key[1]
        and item.value is not None
        and item.value.kind == "attr"
        and item.value.text == "json"
    )
    return _kind(program, site, names, -1, calls)


def _kind(program: Program, site: FunctionSite, names: frozenset[str], index: int, calls: list[CallSite]) -> str:
    for other in calls:
        given = [item.value for item in other.arguments]
        uses = any(_mentions(value, names, index) for value in given)
        if uses and (other.shown.rsplit(".", 1)[-1] in _VALIDATORS or _makes_model(program, other)):
            return "schema"
    tests = [
        block.value for block in program.files[site.path].blocks if block.function == site.key[1] and block.kind == "if"
    ]
    return "tested" if any(value is not None and _mentions(value, names, index) for value in tests) else "raw"


def _makes_model(program: Program, call: CallSite) -> bool:
    return call.symbol.kind == "class" and is_model(program, call.symbol)


def _mentions(value: Value, names: frozenset[str], index: int) -> bool:
    if value.kind == "name" and value.text in names:
        return True
    if value.kind == "call" and value.call == index and index >= 0:
        return True
    return any(_mentions(part, names, index) for part in value.parts)
