"""Functions that tell handlers who the current user is, and what they go by."""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from durability.facts.model import Parameter
from durability.program.links.graph import FunctionKey
from durability.program.sites.claim import ClaimSite
from durability.program.trust.proofs import Proofs

if TYPE_CHECKING:
    from durability.program.context import Context

_USER = re.compile(
    r"^_?(?:get_|require_|fetch_|load_)?(?:current|authenticated|logged_in)_?(?:active_)?(?:user|account)\w*$",
    re.IGNORECASE,
)
_CALLER = re.compile(r"request|session|\bg\b|context|ctx|header|cookie|token|credential|principal", re.IGNORECASE)
_NAMES = re.compile(r"^(?:current_)?(?:user|account)_?(?:id|name|email)$|^email$", re.IGNORECASE)
_DATABASE = re.compile(r"\b(?:db|database|conn|engine|repo\w*|\w*store)\b|async_?session|session_?local|Session\b")
_GIVEN = ("Depends", "Security")
_MOST = 20


def user_dependencies(context: "Context", proofs: Proofs) -> Iterator[ClaimSite]:
    """The dependencies that stand for the current user, where it is plain what they go by.

    `assumed`: they look at nothing that the caller sends; `taken`: a name or number in the address or the body.
    """
    keys = {entry.function for entry in context.entries if entry.hook and entry.role == "route"}
    for key in sorted(keys):
        function = context.program.function(key)
        if not _USER.match(function.name):
            continue
        own = [item for item in function.parameters if _marker(item) in ("", "Query", "Body", "Form")]
        named = next((item.name for item in own if _NAMES.match(item.name)), "")
        if named:
            yield ClaimSite(context, key, function.span, "taken", f"{named} of the request")
        elif proofs.near(key)[0] == "yes" or not _looks_at_caller(context, key):
            yield ClaimSite(context, key, function.span, "assumed", f"{function.name}()")


def _marker(item: Parameter) -> str:
    return item.default.text.rsplit(".", 1)[-1] if item.default is not None else ""


def _looks_at_caller(context: "Context", key: FunctionKey) -> bool:
    """Whether a dependency, or one that supplies its parameters, takes anything from the request."""
    program = context.program
    pending, seen = [key], {key}
    while pending and len(seen) <= _MOST:
        at = pending.pop()
        facts, function = program.files[at[0]], program.function(at)
        said = [*function.reads, *(facts.calls[index].target for index in program.calls_in(at))]
        if any(_CALLER.search(word) and not _DATABASE.search(word) for word in said):
            return True
        for item in function.parameters:
            if _DATABASE.search(f"{item.name} {item.annotation}"):
                continue
            supplier = _supplier(context, item, at)
            if supplier is None:
                return True
            if supplier not in seen:
                seen.add(supplier)
                pending.append(supplier)
    return False


def _supplier(context: "Context", item: Parameter, key: FunctionKey) -> FunctionKey | None:
    if item.default is None or item.default.call < 0 or _marker(item) not in _GIVEN:
        return None
    program = context.program
    given = program.files[key[0]].calls[item.default.call].arguments[:1]
    return program.key_of(program.value_symbol(given[0].value, key[0], 0)) if given else None
