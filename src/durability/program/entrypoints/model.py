"""One entry point."""

from msgspec import Struct

from durability.model import Role
from durability.program.links.graph import FunctionKey


class EntryPoint(Struct, frozen=True):
    """One entry point. `name` is what a person calls it: `POST /api/pay`, a command's name, or the function; where
    several files have one of that name, the file follows in parentheses.

    `path` is the whole address with the prefixes of all routers, "…" for a part that is not known.
    `spawned`: the program itself starts it, as a thread, task or callback. `hook`: it runs around requests for other
    addresses (a dependency, middleware, an exception handler). `registered` is the file and the call (index, -1 for
    none) that registers it.
    """

    function: FunctionKey
    role: Role
    name: str
    methods: tuple[str, ...] = ()
    path: str = ""
    external: bool = False
    spawned: bool = False
    hook: bool = False
    registered: tuple[str, int] = ("", -1)

    @property
    def plain_name(self) -> str:
        """The name without the file that tells it from others of that name."""
        return self.name.removesuffix(f" ({self.function[0]})")
