"""The names that Django's routes have: `reverse("shop:order-list")` asks for an address by such a name."""

from durability.facts.model import Call, Value
from durability.program.entrypoints.model import EntryPoint
from durability.program.entrypoints.routers import argument
from durability.program.links.program import Program
from durability.program.links.rowclass import row_class
from durability.program.links.spelling import plain_name

REVERSING = frozenset({"reverse", "reverse_lazy", "resolve_url"})
"""What gives the address of a route by its name."""

_PATHS = ("django.urls.", "django.conf.urls.")
_ROUTERS = "rest_framework.routers."
_OF_ALL = ("list", "create")
_OF_ONE = ("retrieve", "update", "partial_update", "destroy")


class RouteNames:
    """The names of each route, without the names of the space they are in."""

    def __init__(self, program: Program) -> None:
        self._program = program
        self._spaces: frozenset[str] | None = None

    def is_called(self, entry: EntryPoint, name: str) -> bool:
        """Whether a route is one of those that `name` stands for, with the spaces before it."""
        *spaces, last = name.split(":")
        if entry.registered[1] < 0 or last not in self._of(entry):
            return False
        own = self._application(entry.registered[0])
        return (own in spaces or bool(self._given.intersection(spaces))) if own else True

    @property
    def _given(self) -> frozenset[str]:
        """The spaces that calls of `include` name."""
        if self._spaces is None:
            self._spaces = frozenset(
                item.value.text
                for path, facts in self._program.files.items()
                if self._program.file_roles.get(path) == "first-party"
                for call in facts.calls
                for item in call.arguments
                if item.keyword == "namespace" and item.value.kind == "text"
            )
        return self._spaces

    def _application(self, path: str) -> str:
        """The space of the routes of a file: its `app_name`."""
        found = [item.value for item in self._program.assigns_to(path, "app_name") if item.function == 0]
        return found[0].text if found and found[0] is not None and found[0].kind == "text" else ""

    def _of(self, entry: EntryPoint) -> tuple[str, ...]:
        path, index = entry.registered
        call = self._program.files[path].calls[index]
        name = self._program.name(path, index)
        if name.startswith(_PATHS):
            given = argument(call, "name", 3)
            return (given.text,) if given is not None and given.kind == "text" else ()
        if not name.startswith(_ROUTERS):
            return ()
        base, action = self._base(call, path), self._program.function(entry.function).name
        part = "list" if action in _OF_ALL else "detail" if action in _OF_ONE else action.replace("_", "-")
        return (f"{base}-{part}",) if base else ()

    def _base(self, call: Call, path: str) -> str:
        """What the names of a view set begin with: what is said, or the model's name (REST framework, Routers)."""
        said = argument(call, "basename", 2) or argument(call, "base_name", None)
        if said is not None:
            return said.text if said.kind == "text" else ""
        view = argument(call, "viewset", 1)
        symbol = self._program.value_symbol(view, path, call.function) if view is not None else None
        found = row_class(self._program.linker, symbol) if symbol is not None and symbol.kind == "class" else None
        return found[1].rpartition(".")[2].lower() if found is not None else ""


def asked_name(program: Program, value: Value, path: str, function: int) -> str:
    """The name of the route whose address a value is; "" where it is not made from a name."""
    for _ in range(4):
        if value.kind in ("op", "format") and value.parts:
            value = value.parts[0]  # `reverse("orders") + "?page=2"`
        elif value.kind == "call" and value.call >= 0 and value.text.rpartition(".")[2] in REVERSING:
            given = argument(program.files[path].calls[value.call], "viewname", 0)
            return given.text if given is not None and given.kind == "text" else ""
        else:
            dotted = plain_name(value)
            bound = [item for item in program.assigns_to(path, dotted) if item.value is not None] if dotted else []
            own = [item for item in bound if item.function == function] or [
                item for item in bound if "." in dotted or item.function == 0
            ]
            earlier = own[-1].value if own else None
            if earlier is None or earlier is value:
                return ""
            value = earlier
    return ""
