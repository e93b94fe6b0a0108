"""Where a session or a token is handed out, by which handlers, and to whom."""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from msgspec import Struct

from durability.facts.model import Span, Value
from durability.model import Step
from durability.program.doing.effects import Table, spread
from durability.program.entrypoints.model import EntryPoint
from durability.program.entrypoints.sessions import is_session
from durability.program.links.graph import Edge, FunctionKey
from durability.program.links.spelling import plain_name
from durability.program.sites import CallSite
from durability.program.sites.claim import ClaimSite
from durability.program.trust.proofs import parts_of
from durability.program.trust.subjects import subject_of
from durability.program.trust.who import LOGIN, NICKNAME, WHO

if TYPE_CHECKING:
    from durability.program.context import Context

_LET_IN = re.compile(r"^(?:is_?)?(?:logged_?in|authenticated|admin)$", re.IGNORECASE)
_TOKENS = re.compile(r"(?:^|\.)jwt\.encode$|^flask_jwt_extended\.create_(?:access|refresh)_token$")
_LOGINS = ("flask_login.login_user", "flask_login.utils.login_user", "django.contrib.auth.login")
_ELSE = re.compile(
    r"register|registration|sign_?up|create_?(?:user|account)|new_?(?:user|account)|onboard|set_?up|guest|anonymous|demo"
    r"|invite|accept|forgot|reset|resend|share|download|unsubscribe",
    re.IGNORECASE,
)
"""Handlers that make a new account, or a token for a link that is sent."""
_HASHES = re.compile(r"(?:generate|get|make)_password|hash_password|hashpw|set_password|create_user")
_NAMED = re.compile(r"(?:^|[._])(?:e?_?mail|user_?name|phone|user_?id|password)$", re.IGNORECASE)
_SENDING = re.compile(r"otp|send|sms|magic|verification|challenge", re.IGNORECASE)
_ENTERING = re.compile(rf"{LOGIN.pattern}|auth|callback|sso|token", re.IGNORECASE)
_DEEP = 3


class _Grant(Struct, frozen=True):
    """Where an identity is made: the function, the place, what is written there, the values, and what it is called."""

    key: FunctionKey
    span: Span
    shown: str
    values: tuple[Value, ...]
    name: str = ""


class Grants:
    """The handlers that hand out identities."""

    def __init__(self, context: "Context") -> None:
        self._context = context
        self._program = context.program

    def sites(self) -> Iterator[ClaimSite]:
        """One site for each handler that hands out an identity, or to which people send who they are."""
        grants: dict[FunctionKey, list[_Grant]] = {}
        for grant in self._grants():
            grants.setdefault(grant.key, []).append(grant)
        table = spread(self._program, [(key, 0) for key in sorted(grants)], lambda edge: not edge.offloaded)
        for entry in self._context.entries:
            if entry.role != "route" or entry.hook or self._is_for_else(entry):
                continue
            site = self._site(entry, grants, table) if entry.function in table else None
            if site is None and _is_login(entry) and self._asks_who(entry):
                span = self._program.function(entry.function).span
                site = ClaimSite(self._context, entry.function, span, "login", entry.name)
            if site is not None:
                yield site

    def _site(self, entry: EntryPoint, grants: dict[FunctionKey, list[_Grant]], table: Table) -> ClaimSite | None:
        edges = _along(table, entry.function)
        if len(edges) > _DEEP:
            return None
        for grant in grants[edges[-1].callee if edges else entry.function]:
            key, span, values = grant.key, grant.span, grant.values
            if edges:
                call = self._program.files[entry.function[0]].calls[edges[0].call]
                key, span, values = entry.function, call.span, tuple(item.value for item in call.arguments)
            if self._names_somebody(entry, grant, key, values):
                trace = (*(self._step(edge) for edge in edges), Step(grant.key[0], grant.span[0], grant.shown))
                checked = not self._logs_in(entry) and self._is_known_caller(entry)
                shown = trace if edges else ()
                return ClaimSite(self._context, entry.function, span, "granted", grant.shown, shown, checked=checked)
        return None

    def _names_somebody(self, entry: EntryPoint, grant: _Grant, key: FunctionKey, values: tuple[Value, ...]) -> bool:
        """Whether what is handed out stands for somebody whom the caller chose: no guest, and no nickname."""
        if NICKNAME.match(grant.name) and not self._logs_in(entry):
            return False
        subject = subject_of(self._program, key, values)
        return not subject.is_guest and (not grant.shown.endswith("encode()") or subject.names_somebody)

    def _logs_in(self, entry: EntryPoint) -> bool:
        return any(_ENTERING.search(text) for text in (self._program.function(entry.function).name, entry.path))

    def _is_known_caller(self, entry: EntryPoint) -> bool:
        """Whether a handler that is no login is for those who have logged in: it may write down anew who they are."""
        route = self._context.routes_by_handler.get(entry.function)
        return route is not None and route.authentication == "required"

    def _step(self, edge: Edge) -> Step:
        line = self._program.files[edge.caller[0]].calls[edge.call].span[0]
        return Step(edge.caller[0], line, f"calls {self._program.function(edge.callee).qualname}()")

    def _asks_who(self, entry: EntryPoint) -> bool:
        """Whether a handler itself reads a name or an address that somebody gives, and sends nothing there yet."""
        key = entry.function
        function, facts = self._program.function(key), self._program.files[key[0]]
        calls = [facts.calls[index] for index in self._program.calls_in(key)]
        values = [item.value for call in calls for item in call.arguments]
        values += [item.value for item in self._program.assigns_in(key) if item.value is not None]
        values += [value for index in self._program.blocks_in(key) if (value := facts.blocks[index].value) is not None]
        said = [part.text for value in values for part in parts_of(value) if part.kind in ("text", "attr")]
        said += [plain_name(item.target) for item in self._program.assigns_in(key)]
        said += [*function.reads, *(item.name for item in function.parameters)]
        if any(_SENDING.search(word) for word in (*said, *(call.target for call in calls))):
            return False
        return any(_NAMED.search(word) for word in said)

    def _is_for_else(self, entry: EntryPoint) -> bool:
        """Whether a handler makes a new account, whose owner is whoever asks, or a token for a link that is sent."""
        name = self._program.function(entry.function).name
        if _ELSE.search(name) or _ELSE.search(entry.path):
            return True
        level, seen = [entry.function], {entry.function}
        for _ in range(_DEEP):
            for key in level:
                targets = (self._program.files[key[0]].calls[index].target for index in self._program.calls_in(key))
                if any(_HASHES.search(target.rsplit(".", 1)[-1]) for target in targets):
                    return True
            level = sorted({edge.callee for at in level for edge in self._program.callees.get(at, ())} - seen)
            seen.update(level)
        return False

    def _grants(self) -> Iterator[_Grant]:
        for path in self._context.judged_paths():
            for item in self._program.files[path].assigns:
                target = item.target
                if target.kind != "item" or len(target.parts) != 2 or item.value is None or item.op != "=":
                    continue
                base, name = plain_name(target.parts[0]), target.parts[1].text
                if not (WHO.match(name) or _LET_IN.match(name)) or item.value.text in ("None", "False"):
                    continue
                if is_session(self._program, (path, item.function), target.parts[0]):
                    yield _Grant((path, item.function), item.span, f'{base}["{name}"]', (item.value,), name)
        for name, calls in self._context.calls_by_name.items():
            if _TOKENS.search(name) or name in _LOGINS:
                yield from (_of_call(call, f"{call.shown}()", "") for call in calls)
            elif name.endswith(".set_cookie"):
                for call in calls:
                    key = call.argument("key", 0)
                    if key is not None and key.kind == "text" and WHO.match(key.text):
                        yield _of_call(call, f'cookie "{key.text}"', key.text)


def _of_call(call: CallSite, shown: str, name: str) -> _Grant:
    return _Grant(call.key, call.span, shown, tuple(item.value for item in call.arguments), name)


def _is_login(entry: EntryPoint) -> bool:
    """Whether an address is where people log in with what they send."""
    last = entry.path.rstrip("/").rsplit("/", 1)[-1]
    return "POST" in entry.methods and LOGIN.fullmatch(last) is not None


def _along(table: Table, start: FunctionKey) -> list[Edge]:
    edges: list[Edge] = []
    at = start
    while (edge := table[at][1]) is not None:
        edges.append(edge)
        at = edge.callee
    return edges
