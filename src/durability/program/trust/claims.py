"""Claims of identity: where a session or token is handed out, and where a header or cookie is taken for the user."""

import re
from collections.abc import Iterator
from functools import cached_property
from typing import TYPE_CHECKING

from durability.facts.model import Span
from durability.program.links.graph import FunctionKey
from durability.program.links.spelling import plain_name
from durability.program.sites.claim import ClaimSite
from durability.program.trust.dependencies import user_dependencies
from durability.program.trust.grants import Grants
from durability.program.trust.proofs import Proof, Proofs, is_decoding, is_unverified
from durability.program.trust.roles import chosen_roles
from durability.program.trust.who import WHO

if TYPE_CHECKING:
    from durability.program.context import Context

_FROM_PROXY = re.compile(
    r"forwarded|remote|authenticated|amzn|goog|principal|cf-access|tailscale|auth-request", re.IGNORECASE
)
_RANDOM = re.compile(r"uuid|secrets\.|token_hex|token_urlsafe|urandom", re.IGNORECASE)
_HEADERS = re.compile(r"(?:^|\.)(headers|cookies)\.get$")


class Claims:
    """Every claim of a program, found once."""

    def __init__(self, context: "Context") -> None:
        self._context = context
        self._program = context.program
        self.proofs = Proofs(context)

    @cached_property
    def all(self) -> tuple[ClaimSite, ...]:
        """All claims, in no particular order."""
        found = (
            *Grants(self._context).sites(),
            *self._taken(),
            *self._decoded(),
            *user_dependencies(self._context, self.proofs),
            *chosen_roles(self._context),
        )
        return tuple({(site.path, site.span, site.operation): site for site in found}.values())

    def proof(self, site: ClaimSite) -> Proof:
        """Whether somebody has to prove who they are on the way to a claim."""
        if site.checked:
            return "yes", ()
        if site.kind == "chosen":
            return "no", ()
        found = self.proofs.near(site.key)
        if found[0] == "no" and site.kind in ("taken", "decoded") and self._proven_before:
            return "unknown", ()
        return found

    @cached_property
    def _proven_before(self) -> bool:
        """Whether something that runs around all requests may have somebody prove who they are."""
        return any(
            entry.hook
            and self.proofs.near(entry.function)[0] == "yes"
            and not self._program.callers.get(entry.function)
            for entry in self._context.entries
        )

    def _taken(self) -> Iterator[ClaimSite]:
        for path in self._context.judged_paths():
            facts = self._program.files[path]
            for call in facts.calls:
                where = _HEADERS.search(call.target)
                name = call.arguments[0].value.text if call.arguments else ""
                if where and self._is_guest(path, call.function, where[1]):
                    continue
                if where and WHO.match(name) and not _FROM_PROXY.search(name) and _is_request(call.target):
                    yield from self._served((path, call.function), call.span, f"{where[1]} {name}")
            for item in facts.assigns:
                value = item.value
                if value is None or value.kind != "item" or len(value.parts) != 2:
                    continue
                base, name = plain_name(value.parts[0]), value.parts[1].text
                if base.endswith((".headers", ".cookies")) and WHO.match(name) and _is_request(base):
                    yield from self._served((path, item.function), item.span, f"{base.rsplit('.', 1)[-1]} {name}")
            for index, function in enumerate(facts.functions):
                for parameter in function.parameters:
                    marker = parameter.default.text.rsplit(".", 1)[-1] if parameter.default is not None else ""
                    if marker in ("Header", "Cookie") and WHO.match(parameter.name):
                        yield from self._served((path, index), function.span, f"{marker.lower()} {parameter.name}")

    def _is_guest(self, path: str, function: int, where: str) -> bool:
        """Whether a cookie is one that the function itself gives a new random value: it knows a visitor again."""
        targets = (self._program.files[path].calls[index].target for index in self._program.calls_in((path, function)))
        return where == "cookies" and any(_RANDOM.search(target) for target in targets)

    def _served(self, key: FunctionKey, span: Span, shown: str) -> Iterator[ClaimSite]:
        if "route" in self._context.reach.of(key).roles:
            yield ClaimSite(self._context, key, span, "taken", shown)

    def _decoded(self) -> Iterator[ClaimSite]:
        for calls in self._context.calls_by_name.values():
            for call in calls:
                if is_decoding(call) and "route" in call.reach.roles:
                    checked = not is_unverified(call)
                    yield ClaimSite(self._context, call.key, call.span, "decoded", f"{call.shown}()", checked=checked)


def _is_request(name: str) -> bool:
    """Whether headers and cookies are those of the request that is answered, not of one that the program makes."""
    return re.search(r"(?:^|\.)(?:request|req|websocket|ws|info\.context|conn|connection)\.", name) is not None
