"""Which file a path means, as far as constants, settings, attributes and callers tell."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from durability.facts.model import Value
from durability.program.flows.flow import parameter_of
from durability.program.links.given import argument_for
from durability.program.links.graph import FunctionKey
from durability.program.links.spelling import plain_name

if TYPE_CHECKING:
    from durability.program.context import Context

_DEPTH = 10
_BUDGET = 400
"""Values looked at per question."""

_MOST = 6
"""Names of one path that are kept."""

_JOINING = frozenset(
    {"str", "pathlib.Path", "os.path.join", "os.path.abspath", "os.path.realpath", "os.fspath", "pathlib.Path.joinpath"}
)
_SAME = frozenset({"resolve", "expanduser", "absolute", "as_posix", "strip", "__str__"})
_ELSEWHERE = "*"


class PathNames:
    """Names for paths: equal names mean the same file; `*` stands for a part that is chosen while it runs."""

    def __init__(self, context: "Context") -> None:
        self._context = context
        self._left = 0

    def of(self, value: Value | None, key: FunctionKey) -> frozenset[str]:
        """The names of the file that a value in a function stands for; none when nothing of it is fixed.

        A name that is partly chosen while it runs is compared within one file only.
        """
        self._left = _BUDGET
        found = sorted(set(self._names(value, key, 0)))[:_MOST] if value is not None else []
        fixed = (name for name in found if name.replace(_ELSEWHERE, "").strip("/. ~"))
        return frozenset(f"{key[0]}:{name}" if _ELSEWHERE in name else name for name in fixed)

    def _names(self, value: Value, key: FunctionKey, depth: int) -> list[str]:
        self._left -= 1
        if depth > _DEPTH or self._left < 0:
            return []
        kind = value.kind
        if kind in ("text", "const"):
            return [value.text]
        if kind == "format":
            return self._joined("", value.parts, key, depth)
        if kind == "op":
            return self._joined("/" if value.text == "Divide" else "", value.parts, key, depth)
        if kind in ("or", "if"):
            parts = value.parts[1:] if kind == "if" else value.parts
            return [name for part in parts for name in self._names(part, key, depth + 1)][:_MOST]
        if kind == "call" and value.call >= 0:
            return self._called(value, key, depth)
        if kind == "attr" and value.text == "parent":
            return [f"{name}/.." for name in self._names(value.parts[0], key, depth + 1)]
        return self._named(plain_name(value), key, depth) if kind in ("name", "attr") else []

    def _joined(self, by: str, parts: tuple[Value, ...], key: FunctionKey, depth: int) -> list[str]:
        found = [""]
        for position, part in enumerate(parts):
            names = self._names(part, key, depth + 1)[:2] or [_ELSEWHERE]
            found = [(f"{head}{by}{name}" if position else name) for head in found for name in names][:_MOST]
        return found

    def _called(self, value: Value, key: FunctionKey, depth: int) -> list[str]:
        site = self._context.call(key[0], value.call)
        given = tuple(item.value for item in site.arguments if not item.keyword)
        last = site.shown.rsplit(".", 1)[-1]
        base = (site.fact.receiver,) if site.fact.receiver is not None else ()
        if site.library.effect == "env.read":
            setting = given[0].text if given else ""
            return self._names(given[1], key, depth + 1) if len(given) > 1 else [f"${setting}"]
        if site.name in _JOINING:
            own = base if site.name.endswith("joinpath") else ()
            return self._joined("/", own + given, key, depth)
        if last in _SAME and base:
            return self._names(base[0], key, depth + 1)
        if last in ("with_suffix", "with_name", "with_stem") and base:
            return self._joined("~", base + given, key, depth)
        target = site.program.key_of(site.symbol) if site.symbol.kind == "function" else None
        return [f"{target[0]}:{site.program.function(target).qualname}()"] if target is not None else []

    def _named(self, name: str, key: FunctionKey, depth: int) -> list[str]:
        program, (path, index) = self._context.program, key
        if not name:
            return []
        if name == "__file__":
            return [path]
        while index > 0:
            function = program.files[path].functions[index]
            bound = [
                item for item in program.assigns_to(path, name) if item.function == index and item.value is not None
            ]
            if bound:
                return [found for item in bound[:2] for found in self._bound(item.value, (path, index), depth)]
            if parameter_of(function, name) is not None:
                return list(self._given(name, (path, index), depth))
            index = function.parent
        if name.startswith("self."):
            return self._attribute(name, path, depth)
        own = [item for item in program.assigns_to(path, name) if item.function == 0 and item.value is not None]
        if own:
            return self._bound(own[-1].value, (path, 0), depth) or [f"{path}:{name}"]
        return self._imported(name, path, depth)

    def _bound(self, value: Value | None, key: FunctionKey, depth: int) -> list[str]:
        return self._names(value, key, depth + 1) if value is not None else []

    def _given(self, name: str, key: FunctionKey, depth: int) -> Iterator[str]:
        """What the callers of a function give to a parameter, or its default."""
        program = self._context.program
        function = program.function(key)
        parameter = parameter_of(function, name)
        for edge in program.callers.get(key, ())[:_MOST]:
            if edge.call >= 0 and not edge.offloaded:
                given = argument_for(function, name, program.files[edge.caller[0]].calls[edge.call])
                yield from self._bound(given, edge.caller, depth)
        if parameter is not None and parameter.default is not None and parameter.default.text != "None":
            yield from self._bound(parameter.default, (key[0], max(function.parent, 0)), depth)

    def _attribute(self, name: str, path: str, depth: int) -> list[str]:
        stored = [item for item in self._context.program.assigns_to(path, name) if item.value is not None][:2]
        found = [text for item in stored for text in self._bound(item.value, (path, item.function), depth)]
        return found or [f"{path}:{name}"]

    def _imported(self, name: str, path: str, depth: int) -> list[str]:
        """A constant of another module: `config.STATE`, or `STATE` from it."""
        program = self._context.program
        first, _, rest = name.partition(".")
        ref = next((item.path for item in program.files[path].imports if item.name == first), "")
        module, _, last = (f"{ref}.{rest}" if rest else ref).rpartition(".")
        modules = program.linker.modules
        file = modules.relative(module or ".", path) if ref.startswith(".") else modules.find(module, path)
        if not ref:
            return []
        if not file or file == path:
            return [f"{ref.lstrip('.')}.{rest}"] if rest else []
        own = [item for item in program.assigns_to(file, last) if item.function == 0 and item.value is not None]
        if own:
            return self._bound(own[-1].value, (file, 0), depth) or [f"{file}:{last}"]
        return self._imported(last, file, depth + 1) if depth < _DEPTH else []
