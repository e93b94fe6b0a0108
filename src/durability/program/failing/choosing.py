"""Which branches run because a setting is missing, a package is not installed, or an error was caught."""

from collections.abc import Iterator
from functools import cached_property
from typing import TYPE_CHECKING, Literal

from msgspec import Struct

from durability.facts.model import Assign, Value
from durability.program.links.graph import FunctionKey
from durability.program.links.spelling import plain_name

if TYPE_CHECKING:
    from durability.program.context import Context

_DEPTH = 6
_BASES = ("settings", "config", "cfg", "conf", "get_settings", "get_config")
_SAME = frozenset({"strip", "lower", "upper", "bool", "str"})
_OFF = frozenset({"", "0", "false", "no", "off", "none"})
_OUTSIDE = ("http", "llm", "db", "message", "charge", "refund", "enqueue")


class Source(Struct, frozen=True):
    """What a value hangs on: a setting with its default ("" when it has none), or something that may have failed."""

    kind: Literal["setting", "error"]
    name: str
    default: str = ""


class Choice(Struct, frozen=True):
    """Why a branch runs; `asked` where only a setting that somebody wrote leads there."""

    source: Source
    asked: bool


class Choosing:
    """Answers why a branch runs, as far as settings and errors go."""

    def __init__(self, context: "Context") -> None:
        self._context = context
        self._why: dict[tuple[str, int, int], Choice | None] = {}
        self._of_names: dict[tuple[FunctionKey, str, int], Source | None] = {}
        self._bound: dict[tuple[str, str], dict[int, list[Assign]]] = {}
        self._of_calls: dict[tuple[str, int, int], Source | None] = {}

    def why(self, path: str, index: int, depth: int = _DEPTH) -> Choice | None:
        """Why a block runs; None where neither a setting nor an error decides."""
        asked = (path, index, depth)
        if asked not in self._why:
            self._why[asked] = self._find_why(path, index, depth)
        return self._why[asked]

    def _find_why(self, path: str, index: int, depth: int) -> Choice | None:
        block = self._context.program.files[path].blocks[index]
        if block.kind == "handler":
            return self._after_error(path, index)
        if block.kind not in ("if", "else") or block.value is None:
            return None
        return self.test(block.value, (path, block.function), held=block.kind == "if", depth=depth)

    def _after_error(self, path: str, index: int) -> Choice | None:
        block = self._context.program.files[path].blocks[index]
        if block.value is None:
            return None
        tried = int(block.value.text)
        imports = [
            item.path
            for item in self._context.program.files[path].imports
            if tried in self._context.program.blocks_above(path, item.block)
        ]
        if any(name.rpartition(".")[2] in ("ImportError", "ModuleNotFoundError") for name in block.refs):
            return Choice(Source("error", imports[0].lstrip(".") if imports else "a package"), asked=False)
        return Choice(Source("error", ""), asked=False)

    def test(self, test: Value, key: FunctionKey, *, held: bool, depth: int = _DEPTH) -> Choice | None:
        """Why a test held, or did not."""
        if test.kind == "not":
            return self.test(test.parts[0], key, held=not held, depth=depth)
        if test.kind in ("and", "or"):
            if (test.kind == "and") == held:
                found = [self.test(part, key, held=held, depth=depth) for part in test.parts]
                return next((item for item in found if item is not None), None) if all(found) else None
            found = [self.test(part, key, held=held, depth=depth) for part in test.parts]
            known = [item for item in found if item is not None]
            return next((item for item in known if not item.asked), None) if len(known) == len(found) else None
        if test.kind == "compare":
            return self._compared(test, key, held, depth)
        source = self.source(test, key, depth)
        if source is None:
            return None
        present = source.default.lower() not in _OFF
        return Choice(source, asked=held != present)

    def _compared(self, test: Value, key: FunctionKey, held: bool, depth: int) -> Choice | None:
        if len(test.parts) != 2 or test.text not in ("Is", "IsNot", "Equal", "NotEqual", "In", "NotIn"):
            return None
        source = self.source(test.parts[0], key, depth)
        if source is None:
            return None
        other = test.parts[1]
        same = held == (test.text in ("Is", "Equal", "In"))
        if other.kind == "const" and other.text == "None":
            return Choice(source, asked=same == bool(source.default))
        texts = {part.text.lower() for part in (other.parts or (other,)) if part.kind in ("text", "const")}
        if not texts or source.kind == "error":
            return None
        return Choice(source, asked=same != (source.default.lower() in texts))

    @cached_property
    def tested(self) -> frozenset[str]:
        """The settings that some branch hangs on."""
        return frozenset(item.source.name for item in self._tests() if item and item.source.kind == "setting")

    def _tests(self) -> Iterator[Choice | None]:
        for path in self._context.judged_paths():
            facts = self._context.program.files[path]
            for block in facts.blocks:
                if block.kind == "if" and block.value is not None:
                    parts = block.value.parts if block.value.kind in ("and", "or") else (block.value,)
                    yield from (self.test(part, (path, block.function), held=True) for part in parts)
            for item in facts.assigns:
                if item.value is not None and item.value.kind == "if":
                    yield self.test(item.value.parts[0], (path, item.function), held=True)

    def source(self, value: Value, key: FunctionKey, depth: int = _DEPTH) -> Source | None:
        """The setting or failure that a value is there for; None when there is none in sight."""
        if depth <= 0:
            return None
        if value.kind == "call":
            asked = (key[0], value.call, depth)
            if asked not in self._of_calls:
                self._of_calls[asked] = self._called(value, key, depth)
            return self._of_calls[asked]
        if value.kind in ("or", "and"):
            found = (self.source(part, key, depth - 1) for part in value.parts)
            return next((item for item in found if item is not None), None)
        if value.kind in ("not", "compare"):
            return self.source(value.parts[0], key, depth - 1) if value.text in ("", "IsNot", "Equal") else None
        if value.kind == "if":
            return self.source(value.parts[0], key, depth - 1)
        return self._named(value, key, depth) if value.kind in ("name", "attr") and depth > 0 else None

    def _called(self, value: Value, key: FunctionKey, depth: int) -> Source | None:
        if value.call < 0:
            return None
        call = self._context.call(key[0], value.call)
        if call.library.effect == "env.read":
            name = call.argument("key", 0) or call.argument("option")
            if name is None or name.kind != "text" or call.name.endswith("__getitem__"):
                return None
            default = call.argument("default", 1)
            return Source("setting", name.text, _text(default))
        last = call.shown.rpartition(".")[2]
        if last in _SAME:
            inner = call.receiver if "." in call.shown else call.argument("", 0)
            return self.source(inner, key, depth - 1) if inner is not None else None
        target = self._context.program.key_of(call.symbol) if call.symbol.kind == "function" else None
        if target is None:
            return None
        for item in self._context.program.exits_in(target):
            if item.kind != "return" or item.value is None:
                continue
            if item.value.kind == "const" and item.value.text in ("None", "False"):
                above = self._context.program.blocks_above(target[0], item.block)
                first = next((index for index in above), -1)
                choice = self.why(target[0], first, depth - 2) if first >= 0 else None
                if choice is not None and not choice.asked and choice.source.kind == "setting":
                    return choice.source
            elif item.value.kind in ("call", "not", "compare", "and", "or") and not call.arguments:
                found = self.source(item.value, target, depth - 2)
                if found is not None:
                    return found
        return None

    def _named(self, value: Value, key: FunctionKey, depth: int) -> Source | None:
        name = plain_name(value)
        if value.kind == "attr" and value.parts:
            base = value.parts[0]
            owner = (plain_name(base) or base.text).rpartition(".")[2].lower()
            if owner.endswith(_BASES) and (value.text in self._fields or value.text.isupper()):
                return Source("setting", value.text.upper(), self._fields.get(value.text, ""))
        if not name:
            return None
        asked = (key, name, depth)
        if asked not in self._of_names:
            self._of_names[asked] = self._held(name, key, depth)
        return self._of_names[asked]

    def _held(self, name: str, key: FunctionKey, depth: int) -> Source | None:
        """What a name or attribute was given hangs on."""
        program = self._context.program
        assigns = self._bindings(name, key)
        if not assigns and "." not in name:
            home = program.home(name, key[0])
            if home is not None and depth > 1:
                return self._named(Value("name", home[1]), (home[0], 0), depth - 1)
        for item in assigns:
            found = self._given(item, key, depth)
            if found is not None:
                return found
        return self._filled(assigns, key, depth)

    def _filled(self, assigns: list[Assign], key: FunctionKey, depth: int) -> Source | None:
        """The setting that has to be there for a name that is None at first to be given something."""
        values = [item.value for item in assigns if item.value is not None]
        if depth <= 2 or not any(value.kind == "const" and value.text in ("None", "False") for value in values):
            return None
        for item in assigns:
            choice = self.why(key[0], item.block, depth - 2)
            if choice is not None and choice.asked:
                return choice.source
        return None

    def _bindings(self, name: str, key: FunctionKey) -> list[Assign]:
        """The bindings that a name may have in a function: its own, or those that its module shares."""
        place = (key[0], name)
        if place not in self._bound:
            groups: dict[int, list[Assign]] = {}
            functions = self._context.program.files[key[0]].functions
            for item in self._context.program.assigns_to(key[0], name):
                shared = "." in name or name in functions[item.function].globals
                groups.setdefault(0 if shared else item.function, []).append(item)
            self._bound[place] = groups
        groups = self._bound[place]
        return groups.get(key[1]) or groups.get(0) or []

    def _given(self, item: Assign, key: FunctionKey, depth: int) -> Source | None:
        if item.value is None:
            return None
        at = (key[0], item.function)
        if item.value.kind == "const" and item.value.text in ("None", "False"):
            choice = self.why(key[0], item.block, depth - 2) if depth > 2 else None
            return choice.source if choice is not None and not choice.asked else None
        return self.source(item.value, at, depth - 1)

    @cached_property
    def _fields(self) -> dict[str, str]:
        """The defaults of class attributes that are read from the environment, by name."""
        context = self._context
        found: dict[str, str] = {}
        for path in context.judged_paths():
            facts = context.program.files[path]
            for item in facts.assigns:
                if facts.blocks[item.block].kind != "class" or item.target.kind != "name":
                    continue
                if context.in_settings_class(path, item.block):
                    found.setdefault(item.target.text, _text(item.value))
                elif item.value is not None and item.value.kind == "call":
                    source = self.source(item.value, (path, item.function), 3)
                    if source is not None:
                        found.setdefault(item.target.text, source.default)
        return found


def _text(value: Value | None) -> str:
    if value is None or value.kind not in ("text", "const") or value.text == "None":
        return ""
    return value.text
