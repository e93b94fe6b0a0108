"""Functions that a framework has for a project, written down as facts: actions of generic views, the admin site."""

from collections.abc import Iterator, Mapping, Sequence

from msgspec.structs import replace

from durability.facts.model import Argument, Block, Call, Class, FileFacts, Function, Parameter, Value
from durability.knowledge import Knowledge
from durability.program.links.adminsite import ADMIN, mounts, registered
from durability.program.links.link import Linker, Symbol
from durability.program.links.rowclass import expression, row_class

_KIND = "generic"
_STORING = ("serializer_class", "form_class")
"""What a view names the class in that checks what it is sent, and stores it."""

_SHOWN = ("get_context_data",)
_ONE = ("get_object", "get_queryset")
_STEPS: dict[str, tuple[tuple[tuple[str, ...], str], ...]] = {
    "list": ((("get_queryset",), "rows"), (_SHOWN, "")),
    "retrieve": ((_ONE, "row"), (_SHOWN, "")),
    "show": ((_SHOWN, ""),),
    "submit": ((("form_valid",), ""),),
    "create": ((("perform_create", "form_valid"), "save"),),
    "update": ((_ONE, "row"), (("perform_update", "form_valid"), "save")),
    "destroy": ((_ONE, "row"), (("perform_destroy", "form_valid"), "delete")),
}
"""What each action does, one step after the other: the methods of the class that it calls where they are there, and
what it does to the rows of the model. A method that stands for storing or deleting does that itself."""

_SAME = {"partial_update": "update"}
_DETAIL = frozenset({"retrieve", "update", "destroy"})
_INSTEAD = frozenset({"save", "delete"})


def with_supplied(
    files: Mapping[str, FileFacts], roles: Mapping[str, str], library: Knowledge, versions: Mapping[str, str]
) -> Mapping[str, FileFacts]:
    """The facts with those of the methods that generic views have of their framework added to each class."""
    heads = {entry.name.split(".")[0] for entry in library.entries if entry.kind == _KIND}
    if not any(item.path.split(".")[0] in heads for facts in files.values() for item in facts.imports):
        return files
    linker = Linker(files, library, versions)
    found = dict(files)
    staff = registered(linker, files, roles)
    for path in files:
        if roles.get(path) == "first-party":
            writer = _Writer(linker, files[path])
            for item in files[path].classes:
                writer.complete(item)
            mount = mounts(files[path]) if staff else None
            if mount is not None:
                writer.administer(mount, staff)
            found[path] = writer.facts()
    return found


class _Writer:
    """Adds functions to one file."""

    def __init__(self, linker: Linker, facts: FileFacts) -> None:
        self._linker = linker
        self._facts = facts
        self._functions = list(facts.functions)
        self._blocks = list(facts.blocks)
        self._calls = list(facts.calls)
        self._classes = {item.qualname: item for item in facts.classes}
        self._bindings = dict(facts.bindings)

    def facts(self) -> FileFacts:
        """The facts of the file with what was added."""
        if len(self._functions) == len(self._facts.functions):
            return self._facts
        return replace(
            self._facts,
            functions=tuple(self._functions),
            blocks=tuple(self._blocks),
            calls=tuple(self._calls),
            classes=tuple(self._classes[item.qualname] for item in self._facts.classes),
            bindings=self._bindings,
        )

    def complete(self, item: Class) -> None:
        """Add the methods that a class has of the framework and does not write itself."""
        symbol = Symbol("class", item.qualname, self._facts.path)
        added = dict(self._left(symbol))
        for method, action in added.items():
            self._method(symbol, item, method, action)
        if added:
            self._classes[item.qualname] = replace(item, methods=(*item.methods, *added))

    def administer(self, mount: Call, models: Sequence[Symbol]) -> None:
        """Add the function that stands for the admin site, which shows, stores and deletes what is registered."""
        index = len(self._functions)
        parameters = (Parameter("request", "", "", None, "positional"),)
        made = Function(ADMIN, ADMIN, 0, "", len(self._blocks), mount.span, parameters)
        self._open(made)
        for symbol in models:
            model = self._local(symbol)
            for operation in ("rows", "save", "delete") if model else ():
                self._on_rows(made, index, operation, model)

    def _open(self, made: Function) -> None:
        made.supplied = True
        self._blocks.append(Block("function", -1, len(self._functions), made.span))
        self._functions.append(made)

    def _left(self, symbol: Symbol) -> Iterator[tuple[str, str]]:
        """The methods that library bases bring and no class of the project writes, with what they do."""
        for base in _library_bases(self._linker, symbol):
            for row in self._linker.library.entry(base):
                for said in row.handlers if row.kind == _KIND else ():
                    method, _, action = said.partition("=")
                    if not self._own(symbol, method):
                        yield method, action or method

    def _own(self, symbol: Symbol, method: str) -> Symbol | None:
        found = self._linker.attribute(symbol, method)
        return found if found is not None and found.kind == "function" else None

    def _method(self, symbol: Symbol, item: Class, method: str, action: str) -> None:
        done = _SAME.get(action, action)
        line, column = item.span[:2]
        span = (line, column, line, column + len(f"class {item.name}"))
        index, block = len(self._functions), len(self._blocks)
        names = ("self", "request", *(("pk",) if done in _DETAIL else ()))
        parameters = tuple(Parameter(name, "", "", None, "positional") for name in names)
        made = Function(method, f"{item.qualname}.{method}", 0, item.qualname, block, span, parameters)
        self._open(made)
        model = self._model(symbol)
        for hooks, operation in _STEPS[done]:
            hook = next((name for name in hooks if self._own(symbol, name)), "")
            if hook:
                self._call(made, index, Value("name", "self"), hook, f":{item.qualname}.{hook}", self._given(symbol))
            if operation and not (hook and operation in _INSTEAD):
                self._operate(made, index, symbol, operation, model)

    def _operate(self, made: Function, index: int, symbol: Symbol, operation: str, model: str) -> None:
        storing = self._storing(symbol) if operation == "save" else ""
        if storing:
            self._call(made, index, Value("name", "form"), "save", f"{storing}().save", ())
        elif model:
            self._on_rows(made, index, operation, model)

    def _on_rows(self, made: Function, index: int, operation: str, model: str) -> None:
        first, dot, rest = model.partition(".")
        ref = f"{self._bindings[first]}{dot}{rest}"
        held = expression(model)
        if operation in _INSTEAD:
            self._call(made, index, held, operation, f"{ref}().{operation}", ())
        else:
            rows = Value("attr", "objects", (held,))
            last = "iterator" if operation == "rows" else "get"
            self._call(made, index, rows, last, f"{ref}.objects.{last}", ())

    def _call(
        self, made: Function, index: int, receiver: Value, method: str, ref: str, arguments: tuple[Argument, ...]
    ) -> None:
        target = f"{_shown(receiver)}.{method}"
        self._calls.append(Call(target, ref, receiver, arguments, index, made.block, made.span))

    def _given(self, symbol: Symbol) -> tuple[Argument, ...]:
        """What a hook is given: the object that stores, where the class says which."""
        storing = self._storing(symbol)
        return (Argument("", Value("name", "form"), f"{storing}()"),) if storing else ()

    def _storing(self, symbol: Symbol) -> str:
        """The ref of the project class that checks and stores what a view is sent; "" for none."""
        for name in _STORING:
            found = self._linker.attribute(symbol, name)
            if found is not None and found.kind == "class" and self._linker.described(found) is not None:
                return f":{symbol.name}.{name}"
        return ""

    def _model(self, symbol: Symbol) -> str:
        """The model that a view is about, by a name that this file has for it; "" where it does not tell."""
        found = row_class(self._linker, symbol)
        if found is None:
            return ""
        model, written, path = found
        if path == self._facts.path and written.split(".")[0] in self._bindings:
            return written
        return self._local(model) if model is not None else ""

    def _local(self, model: Symbol) -> str:
        """A name that this file has for a model of the project, or is given; "" where another thing has that name."""
        ref = f"{self._linker.files[model.path].module}.{model.name}"
        if model.name not in self._bindings and self._linker.resolve(ref, self._facts.path) == model:
            self._bindings[model.name] = ref
        known = self._bindings.get(model.name)
        same = known is not None and self._linker.resolve(known, self._facts.path) == model
        return model.name if same else ""


def _shown(value: Value) -> str:
    return f"{_shown(value.parts[0])}.{value.text}" if value.parts else value.text


def _library_bases(linker: Linker, symbol: Symbol) -> Iterator[str]:
    """The library classes that a project class is made from, through its project bases, in their order."""
    for at in linker.line(symbol):
        for base in linker.classes[at.path][at.name].bases:
            parent = linker.resolve(base, at.path)
            if parent.kind == "library":
                yield parent.name
