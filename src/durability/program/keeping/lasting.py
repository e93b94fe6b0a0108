"""Which classes of the project have only objects that live as long as the process."""

from typing import TYPE_CHECKING

from durability.facts.model import Assign
from durability.program.links.link import Symbol
from durability.program.links.spelling import plain_name

if TYPE_CHECKING:
    from durability.program.context import Context

_KEPT_BY = ("cache", "lru_cache", "cache_resource", "singleton")
_SERVING = frozenset({"route", "bot", "worker", "tool", "ui", "library"})


class Lasting:
    """Classes whose objects a module, the application, a global or another lasting object keeps, and nobody else."""

    def __init__(self, context: "Context") -> None:
        self._context = context
        self._program = context.program
        self._held: dict[Symbol, set[Symbol]] = {}
        kept: set[Symbol] = set()
        fresh: set[Symbol] = set()
        for path in sorted(self._program.files):
            if self._program.file_roles.get(path) == "first-party":
                self._sort(path, kept, fresh)
        self._lasting = self._spread(kept) - self._spread(fresh)

    def has(self, path: str, owner: str) -> bool:
        """Whether all objects of a class live as long as the process, as far as the program makes them itself."""
        return Symbol("class", owner, path) in self._lasting

    def _sort(self, path: str, kept: set[Symbol], fresh: set[Symbol]) -> None:
        facts = self._program.files[path]
        rerun = self._context.rerun_scripts
        served = self._is_served(path)
        stored = {item.value.call for item in facts.assigns if item.value is not None and self._is_kept(path, item)}
        own = {item.value.call for item in facts.assigns if item.value is not None and self._is_own(path, item)}
        for index, call in enumerate(facts.calls):
            symbol = self._program.symbol(path, index)
            if symbol.kind != "class":
                continue
            key = (path, call.function)
            if call.function == 0 and path in rerun:
                fresh.add(symbol)
            elif (
                (call.function == 0 and served)
                or index in stored
                or (call.used == "returned" and self._is_cached(path, call.function))
            ):
                kept.add(symbol)
            elif index in own:
                owner = Symbol("class", facts.functions[call.function].owner, path)
                self._held.setdefault(owner, set()).add(symbol)
            elif self._context.reach.of(key).roles & _SERVING:
                fresh.add(symbol)
            elif self._context.effects.reaches(key, "serve"):
                kept.add(symbol)

    def _is_served(self, path: str) -> bool:
        """Whether the module lives in a process that serves: it is imported, or has handlers of its own."""
        own = any(item.function[0] == path and item.role in _SERVING for item in self._context.entries)
        return own or self._program.is_imported(path)

    def _is_kept(self, path: str, item: Assign) -> bool:
        """Whether what is bound outlives the function: a global, the application, an attribute of the class."""
        function = self._program.files[path].functions[item.function]
        if item.target.kind == "name":
            return item.target.text in function.globals
        pieces = plain_name(item.target).split(".")
        return len(pieces) > 2 and pieces[-2] == "state"

    def _is_own(self, path: str, item: Assign) -> bool:
        """Whether an object holds it from its making on; what a later call puts there replaces another."""
        function = self._program.files[path].functions[item.function]
        return (
            function.name == "__init__"
            and bool(function.owner)
            and item.target.kind == "attr"
            and plain_name(item.target).count(".") == 1
        )

    def _is_cached(self, path: str, function: int) -> bool:
        decorators = self._program.files[path].functions[function].decorators
        return any(item.ref.rsplit(".", 1)[-1].removesuffix("()") in _KEPT_BY for item in decorators)

    def _spread(self, roots: set[Symbol]) -> set[Symbol]:
        """These classes, those that they are made from, and those of the objects that theirs hold."""
        found: set[Symbol] = set()
        pending = sorted(roots, key=lambda symbol: symbol.identity)
        while pending:
            symbol = pending.pop()
            if symbol in found:
                continue
            found.add(symbol)
            item = self._program.linker.classes[symbol.path].get(symbol.name)
            parents = (self._program.resolve(base, symbol.path) for base in (item.bases if item is not None else ()))
            pending.extend(parent for parent in parents if parent.kind == "class")
            pending.extend(self._held.get(symbol, ()))
        return found
