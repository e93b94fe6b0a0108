"""Reach and roles: which entry points lead to a function, and in which role it runs."""

from collections import deque
from functools import cached_property

from msgspec import Struct

from durability.model import Role, Step
from durability.program.entrypoints.entries import EntryPoint
from durability.program.links.graph import Edge, FunctionKey
from durability.program.links.modules import imported_paths
from durability.program.links.program import Program

_ORDER: tuple[Role, ...] = ("route", "bot", "worker", "tool", "ui", "cli", "startup", "script", "library", "import")
_DYNAMIC = frozenset(
    {"importlib.import_module", "__import__", "pkgutil.iter_modules", "runpy.run_path", "runpy.run_module"}
)

_SERVED = frozenset({"route", "bot", "worker", "tool", "ui"})
_AT_ROOT = frozenset({"setup.py", "noxfile.py", "tasks.py", "conftest.py", "fabfile.py", "manage.py"})

ON_PATH = 1.0
IMPORTED = 0.3
NEVER = 0.0


class Reach(Struct, frozen=True):
    """How a function is reached: strongest role, the entry points on whose path it lies, weight in the score."""

    role: Role
    roles: frozenset[Role]
    entries: tuple[str, ...]
    weight: float


_STARTING: tuple[Role, ...] = ("cli", "script", "import")
"""Roles of what registers handlers and starts servers."""

_WAITING: tuple[Role, ...] = ("route", "bot", "worker", "ui", "tool")
"""Roles of handlers that run when somebody or something asks."""


class Reachability:
    """Reach of every function. Without any entry point, the public functions of a library or script are its entries."""

    def __init__(self, program: Program, entries: tuple[EntryPoint, ...], is_released: bool) -> None:
        self._program = program
        self.entries = entries
        self._names: dict[FunctionKey, set[str]] = {}
        self._roles: dict[FunctionKey, set[Role]] = {}
        self._imported = self._imported_files()
        self._has_dynamic_import = any(
            program.name(path, index) in _DYNAMIC
            for path in program.files
            for index in range(len(program.files[path].calls))
        )
        self._registered = frozenset(entry.function for entry in entries if entry.role in _WAITING)
        self._later = frozenset(entry.registered for entry in entries if entry.role == "bot")
        for entry in entries:
            self._spread(entry.function, entry.role, entry.name)
        for path in sorted(self._imported if entries else ()):
            self._spread((path, 0), "import", "")
        self.is_library = is_released or _is_library(program, entries)
        if self.is_library or not any(not entry.spawned for entry in entries):
            self._spread_public()

    def of(self, key: FunctionKey) -> Reach:
        """The reach of one function."""
        roles = frozenset(self._roles.get(key, ()))
        if roles:
            role = next(role for role in _ORDER if role in roles)
            return Reach(role, roles, tuple(sorted(self._names.get(key, ()))), ON_PATH)
        live = key[0] in self._imported or self._has_dynamic_import
        return Reach("unreached", frozenset({"unreached"}), (), IMPORTED if live else NEVER)

    @cached_property
    def roles(self) -> frozenset[Role]:
        """Every role that some function of the program runs in."""
        return frozenset(role for found in self._roles.values() for role in found)

    def way(self, key: FunctionKey) -> tuple[Step, ...]:
        """The shortest chain of calls from an entry point to a function, served ones first; () at an entry point."""
        steps: list[Step] = []
        at = key
        while (edge := self._ways.get(at)) is not None:
            caller = self._program.function(edge.caller).qualname or edge.caller[0]
            line = self._program.files[edge.caller[0]].calls[edge.call].span[0]
            steps.append(Step(edge.caller[0], line, f"{caller} calls {self._program.function(edge.callee).name}()"))
            at = edge.caller
        return tuple(reversed(steps))

    @cached_property
    def _ways(self) -> dict[FunctionKey, Edge | None]:
        """The edge by which each function is reached first."""
        served = sorted(self.entries, key=lambda entry: (_ORDER.index(entry.role), entry.function, entry.name))
        found: dict[FunctionKey, Edge | None] = dict.fromkeys((entry.function for entry in served), None)
        queue = deque(found)
        while queue:
            for edge in self._program.callees.get(queue.popleft(), ()):
                if edge.callee not in found and edge.call >= 0:
                    found[edge.callee] = edge
                    queue.append(edge.callee)
        return found

    def _spread(self, start: FunctionKey, role: Role, name: str) -> None:
        queue = deque([start])
        seen = {start}
        while queue:
            key = queue.popleft()
            self._roles.setdefault(key, set()).add(role)
            if name:
                self._names.setdefault(key, set()).add(name)
            for edge in self._program.callees.get(key, ()):
                starts = role in _STARTING or start[1] == 0
                if edge.offloaded and starts and edge.callee in self._registered:
                    continue  # it is a way in of its own
                if edge.offloaded and (edge.caller[0], edge.call) in self._later:
                    continue  # it answers a message that comes later
                if edge.callee not in seen:
                    seen.add(edge.callee)
                    queue.append(edge.callee)
            for nested in self._handed_back(key):
                if nested not in seen:
                    seen.add(nested)
                    queue.append(nested)

    def _handed_back(self, key: FunctionKey) -> list[FunctionKey]:
        """Functions defined inside a function that run with it: closures it returns or registers."""
        if key[1] == 0:
            return []
        return [inner for inner in self._program.functions_in(key) if not self._program.function(inner).owner]

    def _spread_public(self) -> None:
        for key in self._program.functions():
            if self._program.file_roles.get(key[0]) == "first-party":
                function = self._program.function(key)
                role: Role = "script" if key[1] == 0 else "library"
                self._roles.setdefault(key, set()).add(role)
                self._names.setdefault(key, set()).add(function.qualname if key[1] else key[0])

    def _imported_files(self) -> frozenset[str]:
        program = self._program
        starts = {entry.function[0] for entry in self.entries}
        if not starts:
            return frozenset(program.files)
        seen = set(starts)
        queue = deque(sorted(starts))
        while queue:
            path = queue.popleft()
            for item in program.files[path].imports:
                for target in imported_paths(program.linker.modules, item.path, path):
                    if target not in seen:
                        seen.add(target)
                        queue.append(target)
        return frozenset(seen)


def strongest(reaches: list[Reach]) -> Reach | None:
    """Several reaches as one: every role and entry point, the strongest role, the greatest weight; None for none."""
    if not reaches:
        return None
    reached = [reach for reach in reaches if reach.role != "unreached"] or reaches[:1]
    roles = frozenset(role for reach in reached for role in reach.roles)
    first = next((role for role in _ORDER if role in roles), reached[0].role)
    entries = tuple(sorted({name for reach in reached for name in reach.entries}))
    return Reach(first, roles, entries, max(reach.weight for reach in reached))


def _is_library(program: Program, entries: tuple[EntryPoint, ...]) -> bool:
    """A package that serves nobody itself: its public functions are what others call."""
    if any(entry.role in _SERVED and not entry.spawned for entry in entries):
        return False
    judged = [path for path in program.files if program.file_roles.get(path) == "first-party"]
    packaged = [path for path in judged if path.endswith("__init__.py")]
    return bool(packaged) and not any("/" not in path and path not in _AT_ROOT for path in judged)
