"""The constant text that a value begins with: hosts, paths and names, through module constants of other files."""

from typing import TYPE_CHECKING

from durability.facts.model import Value
from durability.program.links.graph import FunctionKey
from durability.program.links.spelling import plain_name

if TYPE_CHECKING:
    from durability.program.context import Context

_DEPTH = 8
_PASSING = frozenset({"str", "pathlib.Path", "os.path.join", "os.path.abspath", "os.fspath", "pathlib.Path.joinpath"})
_STRIPPING = ("rstrip", "strip", "lower", "format", "resolve", "expanduser", "absolute")


def leading_text(context: "Context", value: Value | None, key: FunctionKey, depth: int = 0) -> str:
    """The constant text at the start of a value, "" when it starts with something else; `$NAME` for a setting."""
    if value is None or depth > _DEPTH:
        return ""
    if value.kind == "text":
        return value.text
    if value.kind == "format":
        return _joined(context, value, key, depth)
    if value.kind in ("name", "attr"):
        return _named(context, value, key, depth)
    if value.kind == "call" and value.call >= 0:
        return _called(context, value, key, depth)
    if value.kind in ("or", "if"):
        parts = value.parts[1:] if value.kind == "if" else value.parts
        return next((text for part in parts if (text := leading_text(context, part, key, depth + 1))), "")
    if value.kind == "op" and value.text == "Divide":
        base, rest = (leading_text(context, part, key, depth + 1) for part in value.parts)
        return f"{base.rstrip('/')}/{rest}" if base and rest else rest or base
    return ""


def _joined(context: "Context", value: Value, key: FunctionKey, depth: int) -> str:
    if value.text == "%":
        return leading_text(context, value.parts[0], key, depth + 1).partition("%")[0]
    found = ""
    for part in value.parts:
        text = leading_text(context, part, key, depth + 1)
        if not text:
            break
        found += text
    return found


def _called(context: "Context", value: Value, key: FunctionKey, depth: int) -> str:
    site = context.call(key[0], value.call)
    last = site.shown.rsplit(".", 1)[-1]
    if site.library.effect == "env.read":
        name = site.argument("key", 0)
        return f"${name.text}" if name is not None and name.kind == "text" else ""
    if site.name in _PASSING:
        pieces = [leading_text(context, item.value, key, depth + 1) for item in site.arguments]
        return "/".join(piece for piece in pieces if piece)
    if last in _STRIPPING and site.receiver is not None:
        return leading_text(context, site.receiver, key, depth + 1).partition("{")[0]
    return ""


def _named(context: "Context", value: Value, key: FunctionKey, depth: int) -> str:
    name = plain_name(value)
    if not name:
        return ""
    program = context.program
    path, index = key
    while index >= 0:
        bound = [item for item in program.assigns_to(path, name) if item.function == index and item.value is not None]
        if bound:
            return leading_text(context, bound[-1].value, (path, index), depth + 1) if len(bound) == 1 else ""
        index = program.files[path].functions[index].parent
    if name.startswith("self."):
        stored = [item for item in program.assigns_to(path, name) if item.value is not None]
        return leading_text(context, stored[0].value, (path, stored[0].function), depth + 1) if stored else ""
    found = program.constant(name, path)
    return leading_text(context, found[1], (found[0], 0), depth + 1) if found is not None else ""
