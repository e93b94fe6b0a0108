"""A claim as rules see it: where the program takes somebody's word for who they are, or hands out an identity."""

from typing import TYPE_CHECKING, Literal

from durability.facts.model import Span
from durability.model import Step
from durability.program.links.graph import FunctionKey
from durability.program.sites.place import Site

if TYPE_CHECKING:
    from durability.program.context import Context

ClaimKind = Literal["granted", "login", "taken", "assumed", "decoded", "chosen"]


class ClaimSite(Site):
    """One claim.

    `granted`: a session or token is handed out; `login`: people send who they are; `taken`: a header or cookie says
    who it is; `assumed`: nothing that the caller sends does; `decoded`: a signed token is read;
    `chosen`: a registration stores a role.
    `shown` is what was written there; `trace` leads to where the identity is made. `checked`: it is a check itself.
    """

    def __init__(
        self,
        context: "Context",
        key: FunctionKey,
        span: Span,
        kind: ClaimKind,
        shown: str,
        trace: tuple[Step, ...] = (),
        *,
        checked: bool = False,
    ) -> None:
        super().__init__(context, key, 0, span, f"{kind} {shown}")
        self.kind: ClaimKind = kind
        self.shown = shown
        self.trace = trace
        self.checked = checked
