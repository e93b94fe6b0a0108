"""What refs mean across files: a symbol of the project, a library name, or unresolved. Nothing is guessed."""

import builtins
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Literal

from msgspec import Struct

from durability.facts.model import Class, FileFacts, Function
from durability.facts.refs import CALLED, DIVIDED, KEEPING, SUPER, place_of
from durability.knowledge import Knowledge
from durability.program.links.folders import Folders
from durability.program.links.modules import Modules

_DEPTH = 24
_BUILTIN = frozenset(name for name in dir(builtins) if not name.startswith("_")) | frozenset(
    {"__import__", "PythonFinalizationError", "copyright", "credits", "exit", "help", "license", "quit"}
)
"""The built-in names, the same under every Python from 3.11 and however it was started."""

_OBJECT = frozenset({"__init__", "__new__", "__init_subclass__", "__setattr__", "__delattr__", "__getattribute__"})
_TYPES = frozenset(
    {"str", "list", "dict", "set", "tuple", "bytes", "int", "float", "bool", "generator", "number", "None"}
)
_PROPERTIES = ("property", "cached_property")


class Symbol(Struct, frozen=True):
    """What a ref means.

    `kind` "function" and "class" are of the project (`path`, `name` = qualified name), "module" is a file of it,
    "library" a dotted library name, "parameter" a parameter whose argument is not known, "unknown" the rest.
    """

    kind: Literal["function", "class", "module", "library", "parameter", "unknown"]
    name: str
    path: str = ""

    @property
    def identity(self) -> str:
        """A name that is unique in the program."""
        return f"{self.path}:{self.name}" if self.path else self.name


UNKNOWN = Symbol("unknown", "")


_EXTENDING = frozenset({"sys.path.append", "sys.path.insert", "sys.path.extend"})


class Linker:
    """Resolves refs of any file; answers are kept."""

    def __init__(self, files: Mapping[str, FileFacts], library: Knowledge, versions: Mapping[str, str]) -> None:
        self.files = files
        self.library = library
        extending = {path for path, facts in files.items() if any(call.ref in _EXTENDING for call in facts.calls)}
        self.modules = Modules(files, extending, Folders(files, library, versions).hides)
        self.functions: dict[str, dict[str, tuple[int, Function]]] = {}
        self.classes: dict[str, dict[str, Class]] = {}
        for path, facts in files.items():
            self.functions[path] = {
                item.qualname: (index, item)
                for index, item in enumerate(facts.functions)
                if index and not any(decorator.ref.endswith((".setter", ".deleter")) for decorator in item.decorators)
            }
            self.classes[path] = {item.qualname: item for item in facts.classes}
        self._stars = {path: [i.path for i in facts.imports if i.name == "*"] for path, facts in files.items()}
        self._kept = _kept(files)
        self._known: dict[tuple[str, str], Symbol] = {}
        self._busy: set[tuple[str, str]] = set()
        self._bases: dict[Symbol, frozenset[str]] = {}

    def resolve(self, ref: str, path: str, depth: int = 0) -> Symbol:
        """What `ref`, a ref in the facts of `path`, means in the whole program."""
        key = (path, ref)
        found = self._known.get(key)
        if found is not None:
            return found
        if key in self._busy or depth > _DEPTH:
            return UNKNOWN
        self._busy.add(key)
        found = self._resolve(ref, path, depth)
        self._busy.discard(key)
        if depth <= _DEPTH // 2:
            self._known[key] = found
        return found

    def callee(self, ref: str, path: str) -> Symbol:
        """What runs when the value that `ref` means is called: an object runs the `__call__` of its class."""
        symbol = self.resolve(ref, path)
        if symbol.kind == "class" and self._is_object(ref, path):
            return self.attribute(symbol, "__call__") or UNKNOWN
        if symbol.kind == "library" and symbol.name != ref and self._is_object(ref, path):
            return Symbol("library", symbol.name + CALLED)
        return symbol

    def _is_object(self, ref: str, path: str, depth: int = 0) -> bool:
        """Whether a ref names an object that another file made, by import or as an attribute."""
        holder, _, last = ref.rpartition(".")
        if not holder.strip(".") or depth > _DEPTH:
            return False
        owner = self.resolve(holder, path)
        if owner.kind == "class":
            return f"{owner.name}.{last}" in self.files[owner.path].objects
        return owner.kind == "module" and self._is_made(owner.path, last, depth)

    def _is_made(self, path: str, name: str, depth: int) -> bool:
        """Whether a name of a module holds an object that it, or the module it comes from, made."""
        facts = self.files[path]
        return name in facts.objects or self._is_object(facts.bindings.get(name, ""), path, depth + 1)

    def _given(self, symbol: Symbol, name: str) -> Symbol:
        """What an attribute is taken from: the object, or what calling it gives (`s = SessionLocal(); s.add(row)`).

        A file that imports an object with the name of a class takes its call for the making of one.
        """
        given = self.library.returns(symbol.name + CALLED)
        if given and not self.library.rows(f"{symbol.name}.{name}") and self.library.rows(f"{given}.{name}"):
            return Symbol("library", given)
        return symbol

    def _run(self, symbol: Symbol) -> Symbol:
        """What runs when an object of a class or library type is called."""
        if symbol.kind == "class":
            return self.attribute(symbol, "__call__") or UNKNOWN
        return Symbol("library", symbol.name + CALLED) if symbol.kind == "library" else symbol

    def _resolve(self, ref: str, path: str, depth: int) -> Symbol:
        if not ref or ref.startswith("?"):
            return Symbol("unknown", ref)
        if ref.startswith("$"):
            return Symbol("parameter", _plain(ref))
        segments = _segments(ref)
        if ref.startswith(":"):
            symbol, rest = self._local(segments, path)
        elif ref.startswith("."):
            symbol, rest = self._module(segments, path)
        else:
            symbol, rest = self._absolute(segments, path)
        return self._follow(symbol, rest, ref, depth)

    def on(self, symbol: Symbol, ref: str) -> Symbol:
        """What a ref on a parameter (`$db.query()`) means when the parameter holds `symbol`."""
        return self._follow(symbol, _segments(ref)[1:], ref, 0)

    def _follow(self, symbol: Symbol, rest: Sequence[str], ref: str, depth: int) -> Symbol:
        made = False
        owner = UNKNOWN
        passed: tuple[Symbol, ...] = ()
        part: Symbol | None = None
        for before, written, after in zip(["", *rest], rest, [*rest[1:], ""], strict=False):
            segment = "[]" if place_of(written) is not None else written
            if part is not None:  # the call and the item of what it gives are one step
                symbol, part = part, None
                continue
            part = self._part(symbol, after, depth) if segment == "()" and symbol.kind == "function" else None
            if part is not None or segment == SUPER:
                continue
            if segment == "[]" and symbol == owner:  # a slice of objects, and one of them
                continue
            before_step = symbol
            step = self._super_step if before == SUPER else self._step
            if segment == "()" and made:
                symbol = self._run(symbol)
            elif made and symbol.kind == "library":
                symbol = self._given(symbol, segment)
            made = symbol.kind == "module" and self._is_made(symbol.path, segment, depth)
            symbol = step(symbol, segment, depth)
            if symbol.kind == "library":
                if before_step.kind == "class":
                    owner, passed = before_step, (before_step, *passed)
                symbol = self._instance(symbol, before_step, segment, passed)
            elif symbol.kind == "class" and before_step.kind == "class" and symbol != before_step:
                passed = (before_step, *passed)
            if symbol.kind in ("unknown", "parameter"):
                return Symbol(symbol.kind, _plain(ref))
        return symbol

    def _instance(self, symbol: Symbol, before: Symbol, segment: str, passed: tuple[Symbol, ...]) -> Symbol:
        """The class that a query was asked of, where an object of its kind comes back: `Order.objects.get()`.

        `passed` are the classes on the way, the last one first: a manager, and the class that it is the manager of.
        """
        if not passed or before.kind != "library" or segment not in ("()", "[]"):
            return symbol
        given = self.library.returns(f"{before.name}.__getitem__") if segment == "[]" else symbol.name
        for owner in passed:
            for item in (owner, self.described(owner)):
                if item is not None and given in self.library_bases(item):
                    return item
        return symbol

    def line(self, start: Symbol) -> list[Symbol]:
        """A project class and its bases of the project, the nearest first."""
        found = [start]
        for at in found:
            for base in self.classes[at.path][at.name].bases:
                parent = self.resolve(base, at.path)
                if parent.kind == "class" and parent not in found:
                    found.append(parent)
        return found

    def derives(self, symbol: Symbol, names: tuple[str, ...]) -> bool:
        """Whether a project class is made from a library class whose name starts with one of these."""
        return any(base.startswith(names) for base in self.library_bases(symbol))

    def described(self, symbol: Symbol) -> Symbol | None:
        """The class of rows that the `Meta` of a form or serializer names; None where it names none of the project."""
        meta = self.attribute(symbol, "Meta")
        model = self.attribute(meta, "model") if meta is not None and meta.kind == "class" else None
        return model if model is not None and model.kind == "class" else None

    def library_bases(self, symbol: Symbol) -> frozenset[str]:
        """The names of the library classes that a project class is made from, directly or not."""
        if symbol not in self._bases:
            self._bases[symbol] = frozenset()  # a class that is its own base ends here
            found: set[str] = set()
            for base in self.classes[symbol.path][symbol.name].bases:
                parent = self.resolve(base, symbol.path)
                if parent.kind == "class":
                    found |= self.library_bases(parent)
                elif parent.kind == "library":
                    found |= {parent.name, self.library.returns(parent.name) or parent.name}
            self._bases[symbol] = frozenset(found)
        return self._bases[symbol]

    def _local(self, segments: Sequence[str], path: str) -> tuple[Symbol, Sequence[str]]:
        names = [segments[0][1:], *segments[1:]]
        for end in range(len(names), 0, -1):
            qualname = ".".join(names[:end]) if all(name not in ("()", "[]") for name in names[:end]) else ""
            if qualname in self.functions[path]:
                return Symbol("function", qualname, path), names[end:]
            if qualname in self.classes[path]:
                return Symbol("class", qualname, path), names[end:]
        return UNKNOWN, []

    def _module(self, segments: Sequence[str], path: str) -> tuple[Symbol, Sequence[str]]:
        level = 0
        while level < len(segments[0]) and segments[0][level] == ".":
            level += 1
        names = [segments[0][level:], *segments[1:]] if len(segments[0]) > level else segments[1:]
        for end in range(len(names), -1, -1):
            if any(name in ("()", "[]") for name in names[:end]):
                continue
            file = self.modules.relative("." * level + ".".join(names[:end]), path)
            if file:
                return Symbol("module", "", file), names[end:]
        return UNKNOWN, []

    def _absolute(self, segments: Sequence[str], path: str) -> tuple[Symbol, Sequence[str]]:
        plain = next((i for i, name in enumerate(segments) if name in ("()", "[]")), len(segments))
        for end in range(plain, 0, -1):
            file = self.modules.find(".".join(segments[:end]), path)
            if file and file != path:
                return Symbol("module", "", file), segments[end:]
        head = segments[0]
        if self._stars[path] and head not in self._imported(path) and head not in _BUILTIN | _TYPES:
            starred = self._starred(head, path)
            if starred.kind != "unknown":
                return starred, segments[1:]
        if plain == 1 and head not in _BUILTIN | _TYPES and len(segments) == 1 and head not in self._imported(path):
            return self._starred(head, path), []
        return Symbol("library", head), segments[1:]

    def _imported(self, path: str) -> frozenset[str]:
        return frozenset(item.path.split(".")[0] for item in self.files[path].imports)

    def _starred(self, name: str, path: str) -> Symbol:
        for star in self._stars[path]:
            module, rest = self._module([star], path) if star.startswith(".") else self._absolute(star.split("."), path)
            if module.kind == "module" and not rest and module.path != path:
                symbol = self._member(module.path, name, 1)
                if symbol.kind != "unknown":
                    return symbol
        return Symbol("library", name) if name in _BUILTIN else UNKNOWN

    def _step(self, symbol: Symbol, segment: str, depth: int) -> Symbol:
        if segment == DIVIDED and symbol.kind in ("module", "class"):
            return UNKNOWN
        if symbol.kind == "module":
            return self._member(symbol.path, segment, depth)
        if symbol.kind == "class":
            return self._class_step(symbol, segment, depth)
        if symbol.kind == "function":
            return self._called(symbol, depth) if segment == "()" else self._function_attribute(symbol, segment, depth)
        if symbol.kind == "library":
            return self._library_step(symbol.name, segment)
        return UNKNOWN

    def _member(self, path: str, name: str, depth: int) -> Symbol:
        if name in self.functions[path]:
            return Symbol("function", name, path)
        if name in self.classes[path]:
            return Symbol("class", name, path)
        ref = self.files[path].bindings.get(name)
        if ref is not None:
            return self.resolve(ref, path, depth + 1)
        inner = self.modules.relative(f".{name}", path)
        if inner and inner != path:
            return Symbol("module", "", inner)
        for star in self._stars[path]:
            found = self.resolve(f"{star}.{name}", path, depth + 1)
            if found.kind != "unknown":
                return found
        return UNKNOWN

    def _class_step(self, symbol: Symbol, segment: str, depth: int) -> Symbol:
        if segment == "()":
            return symbol
        if segment == "[]":
            return symbol if self.is_enum(symbol) else UNKNOWN
        found = self.attribute(symbol, segment, depth) or self._entered_attribute(symbol, segment, depth)
        return found if found is not None else UNKNOWN

    def _entered_attribute(self, symbol: Symbol, name: str, depth: int) -> Symbol | None:
        """What `with` gives is often not the context itself: an attribute it lacks is one of what it enters."""
        for method in ("__enter__", "__aenter__"):
            entered = self.attribute(symbol, method, depth + 1)
            if entered is not None and entered.kind == "function":
                given = self._called(entered, depth)
                return self._step(given, name, depth + 1) if given not in (symbol, UNKNOWN) else None
        return None

    def _super_step(self, symbol: Symbol, segment: str, depth: int) -> Symbol:
        item = self.classes[symbol.path].get(symbol.name) if symbol.kind == "class" else None
        found = self._inherited(symbol, item, segment, depth) if item is not None else None
        if found is None and segment in _OBJECT:
            return Symbol("library", f"object.{segment}")
        return found if found is not None else UNKNOWN

    def is_enum(self, symbol: Symbol) -> bool:
        """Whether a project class is an enumeration."""
        return any(base.startswith("enum.") for base in self.classes[symbol.path][symbol.name].bases)

    def attribute(self, symbol: Symbol, name: str, depth: int = 0) -> Symbol | None:
        """What an attribute of a project class means, through its bases; None when no base tells."""
        item = self.classes[symbol.path].get(symbol.name)
        if item is None or depth > _DEPTH:
            return None
        qualname = f"{symbol.name}.{name}"
        if qualname in self.functions[symbol.path]:
            return Symbol("function", qualname, symbol.path)
        if qualname in self.classes[symbol.path]:
            return Symbol("class", qualname, symbol.path)
        if name in item.attributes:
            return self.resolve(item.attributes[name], symbol.path, depth + 1)
        found = self._inherited(symbol, item, name, depth)
        if name == "__call__" and found is not None and found.kind == "library":
            # PyTorch, Keras and DSPy have the work of a module in another method, which their `__call__` runs.
            own = (self.attribute(symbol, method, depth + 1) for method in ("forward", "call"))
            return next((method for method in own if method is not None and method.kind == "function"), found)
        return found

    def _inherited(self, symbol: Symbol, item: Class, name: str, depth: int) -> Symbol | None:
        for base in item.bases:
            parent = self.resolve(base, symbol.path, depth + 1)
            if parent.kind == "class" and parent != symbol:
                found = self.attribute(parent, name, depth + 1)
                if found is not None:
                    return found
            elif parent.kind == "library":
                return Symbol("library", f"{parent.name}.{name}")
        return None

    def _part(self, symbol: Symbol, segment: str, depth: int) -> Symbol | None:
        """The item at a place of the tuple that a project function gives; None when it is not known to give one."""
        _, function = self.functions[symbol.path][symbol.name]
        place = place_of(segment)
        if place is None or place >= len(function.parts) or function.parts[place].startswith("?"):
            return None
        return self.resolve(function.parts[place], symbol.path, depth + 1)

    def _called(self, symbol: Symbol, depth: int) -> Symbol:
        _, function = self.functions[symbol.path][symbol.name]
        return self.resolve(function.returns, symbol.path, depth + 1)

    def _function_attribute(self, symbol: Symbol, segment: str, depth: int) -> Symbol:
        _, function = self.functions[symbol.path][symbol.name]
        for decorator in function.decorators:
            wrapper = self.resolve(decorator.ref, symbol.path, depth + 1)
            if wrapper.kind == "library" and wrapper.name.rsplit(".", 1)[-1] in _PROPERTIES:
                return self._step(self._called(symbol, depth), segment, depth + 1)
            if wrapper.kind == "library":
                return self._library_step(self.library.returns(wrapper.name) or wrapper.name + "()", segment)
        return UNKNOWN

    def _library_step(self, name: str, segment: str) -> Symbol:
        if segment == DIVIDED:
            kind = name if name in KEEPING else self.library.returns(name) or ""
            return Symbol("library", kind) if "Divide" in KEEPING.get(kind, ()) else UNKNOWN
        if segment == "()":
            returned = self.library.returns(name)
            if returned:
                return Symbol("library", returned)
            last = name.rsplit(".", 1)[-1]
            return Symbol("library", name if last[:1].isupper() and not last.isupper() else name + "()")
        if segment == "[]":
            return Symbol("library", name + "[]")
        if name.endswith(".state") and segment in self._kept:
            return self._kept_in(segment)
        return Symbol("library", f"{name}.{segment}")

    def _kept_in(self, name: str) -> Symbol:
        """What every assignment of the program keeps under `app.state.name`; a request carries the same state."""
        found = {self.resolve(ref, path) for ref, path in self._kept[name]}
        return found.pop() if len(found) == 1 else UNKNOWN


def _kept(files: Mapping[str, FileFacts]) -> dict[str, list[tuple[str, str]]]:
    """What is stored in the state of an application object (`app.state.db = connect()`), by name: ref and file."""
    found: dict[str, list[tuple[str, str]]] = {}
    for path, facts in files.items():
        for item in facts.assigns:
            target = item.target
            if target.kind == "attr" and target.parts[0].kind == "attr" and target.parts[0].text == "state":
                value = item.value
                made = value is not None and value.kind == "call" and value.call >= 0
                ref = facts.calls[value.call].ref if made and value is not None else "?"
                if value is None or value.text != "None":
                    found.setdefault(target.text, []).append((f"{ref}()", path))
    return found


def _plain(ref: str) -> str:
    """A ref without the number of the function whose parameter it starts with: functions come and go, names stay."""
    return "$" + ref.partition(":")[2] if ref.startswith("$") else ref


@lru_cache(maxsize=20_000)
def _segments(ref: str) -> tuple[str, ...]:
    """`:a.b().c[]` as `[":a", "b", "()", "c", "[]"]`; leading dots stay with the first name."""
    head = len(ref) - len(ref.lstrip("."))
    parts: list[str] = []
    for piece in ref[head:].split("."):
        name = piece
        suffixes: list[str] = []
        while name.endswith(("()", "[]")):
            suffixes.append(name[-2:])
            name = name[:-2]
        parts.append(name)
        parts.extend(reversed(suffixes))
    parts[0] = "." * head + parts[0]
    return tuple(parts)
