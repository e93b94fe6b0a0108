"""Claims of identity: where a session or token is handed out, and where a header or cookie is taken for the user."""

import re
from collections.abc import Iterator
from functools import cached_property
from typing import TYPE_CHECKING

from msgspec import Struct

from durability.facts.model import Span, Value
from durability.model import Step
from durability.program.doing.effects import Table, spread
from durability.program.entrypoints.model import EntryPoint
from durability.program.links.graph import Edge, FunctionKey
from durability.program.links.spelling import plain_name
from durability.program.sites import CallSite
from durability.program.sites.claim import ClaimSite
from durability.program.trust.dependencies import user_dependencies
from durability.program.trust.proofs import Proof, Proofs, is_decoding, is_unverified, parts_of
from durability.program.trust.subjects import Subject, subject_of

if TYPE_CHECKING:
    from durability.program.context import Context

WHO = re.compile(
    r"^(?:x[-_])?(?:current[-_]|auth[-_]|logged[-_]in[-_])?"
    r"(?:user|user[-_]?id|uid|user[-_]?name|user[-_]?email|email|account[-_]?id|is[-_]?admin|(?:user[-_])?role)$",
    re.IGNORECASE,
)
_LET_IN = re.compile(r"^(?:is_?)?(?:logged_?in|authenticated|admin)$", re.IGNORECASE)
_SESSIONS = ("session", "flask.session", "request.session", "self.request.session", "req.session")
_TOKENS = re.compile(
    r"(?:^|\.)(?:jwt|jose\.jwt|authlib\.jose\.jwt)\.encode$|flask_jwt_extended\.create_(?:access|refresh)_token$"
)
_LOGINS = ("flask_login.login_user", "flask_login.utils.login_user", "django.contrib.auth.login")
_NEW_ACCOUNT = re.compile(
    r"register|registration|sign_?up|create_?(?:user|account)|new_?(?:user|account)|onboard|set_?up|guest|anonymous|demo"
    r"|invite|accept",
    re.IGNORECASE,
)
_HASHES = re.compile(
    r"generate_password_hash|hash_password|hashpw|set_password|create_user|get_password_hash|make_password"
)
_FROM_PROXY = re.compile(
    r"forwarded|remote|authenticated|amzn|goog|principal|cf-access|tailscale|auth-request", re.IGNORECASE
)
_HEADERS = re.compile(r"(?:^|\.)(headers|cookies)\.get$")
_LOGIN = re.compile(r"(?:log|sign)[-_]?in|authenticate", re.IGNORECASE)
_SENDING = re.compile(r"otp|send|sms|magic|verification|challenge", re.IGNORECASE)
_NAMED = re.compile(r"(?:^|[._])(?:e?_?mail|user_?name|phone|user_?id|password)$", re.IGNORECASE)
_DEEP = 3


class _Grant(Struct, frozen=True):
    """Where an identity is made: the function, the place, what is written there, and the values it is made of."""

    key: FunctionKey
    span: Span
    shown: str
    values: tuple[Value, ...]


class Claims:
    """Every claim of a program, found once."""

    def __init__(self, context: "Context") -> None:
        self._context = context
        self._program = context.program
        self.proofs = Proofs(context)

    @cached_property
    def all(self) -> tuple[ClaimSite, ...]:
        """All claims, in no particular order."""
        found = (*self._granted(), *self._taken(), *self._decoded(), *user_dependencies(self._context, self.proofs))
        return tuple({(site.path, site.span, site.operation): site for site in found}.values())

    def proof(self, site: ClaimSite) -> Proof:
        """Whether somebody has to prove who they are on the way to a claim."""
        if site.checked:
            return "yes", ()
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

    # Handed out.

    def _granted(self) -> Iterator[ClaimSite]:
        grants: dict[FunctionKey, _Grant] = {}
        for grant in self._grants():
            grants.setdefault(grant.key, grant)
        table = spread(self._program, [(key, 0) for key in sorted(grants)], lambda edge: not edge.offloaded)
        for entry in self._context.entries:
            if entry.role != "route" or entry.hook:
                continue
            site = self._grant_of(entry, grants, table) if entry.function in table else None
            if site is None and _is_login(entry) and self._asks_who(entry) and not self._makes_account(entry):
                span = self._program.function(entry.function).span
                site = ClaimSite(self._context, entry.function, span, "login", entry.name)
            if site is not None:
                yield site

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

    def _grant_of(self, entry: EntryPoint, grants: dict[FunctionKey, _Grant], table: Table) -> ClaimSite | None:
        edges = _along(table, entry.function)
        grant = grants[edges[-1].callee if edges else entry.function]
        if len(edges) > _DEEP or self._makes_account(entry):
            return None
        key, span, values = grant.key, grant.span, grant.values
        if edges:
            call = self._program.files[entry.function[0]].calls[edges[0].call]
            key, span, values = entry.function, call.span, tuple(item.value for item in call.arguments)
        subject: Subject = subject_of(self._program, key, values)
        if subject.is_guest or (not _lets_in(grant) and not subject.names_somebody):
            return None
        steps = [self._step(edge) for edge in edges]
        trace = (*steps, Step(grant.key[0], grant.span[0], grant.shown)) if edges else ()
        return ClaimSite(self._context, entry.function, span, "granted", grant.shown, trace)

    def _step(self, edge: Edge) -> Step:
        line = self._program.files[edge.caller[0]].calls[edge.call].span[0]
        return Step(edge.caller[0], line, f"calls {self._program.function(edge.callee).qualname}()")

    def _makes_account(self, entry: EntryPoint) -> bool:
        """Whether the handler makes a new account, whose owner is whoever asks; or a guest's."""
        name = self._program.function(entry.function).name
        if _NEW_ACCOUNT.search(name) or _NEW_ACCOUNT.search(entry.path):
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
                if base not in _SESSIONS or not (WHO.match(name) or _LET_IN.match(name)):
                    continue
                if item.value.text not in ("None", "False"):
                    yield _Grant((path, item.function), item.span, f'{base}["{name}"]', (item.value,))
        for name, calls in self._context.calls_by_name.items():
            if _TOKENS.search(name) or name in _LOGINS:
                yield from (_of_call(call) for call in calls)
            elif name.endswith(".set_cookie"):
                yield from (_of_call(call) for call in calls if WHO.match(_text(call.argument("key", 0))))

    # Taken.

    def _taken(self) -> Iterator[ClaimSite]:
        for path in self._context.judged_paths():
            facts = self._program.files[path]
            for call in facts.calls:
                where = _HEADERS.search(call.target)
                name = call.arguments[0].value.text if call.arguments else ""
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

    def _served(self, key: FunctionKey, span: Span, shown: str) -> Iterator[ClaimSite]:
        if "route" in self._context.reach.of(key).roles:
            yield ClaimSite(self._context, key, span, "taken", shown)

    def _decoded(self) -> Iterator[ClaimSite]:
        for calls in self._context.calls_by_name.values():
            for call in calls:
                if is_decoding(call) and "route" in call.reach.roles:
                    checked = not is_unverified(call)
                    yield ClaimSite(self._context, call.key, call.span, "decoded", f"{call.shown}()", checked=checked)


def _is_login(entry: EntryPoint) -> bool:
    """Whether an address is where people log in with what they send."""
    last = entry.path.rstrip("/").rsplit("/", 1)[-1]
    return "POST" in entry.methods and _LOGIN.fullmatch(last) is not None


def _of_call(call: CallSite) -> _Grant:
    return _Grant(call.key, call.span, f"{call.shown}()", tuple(item.value for item in call.arguments))


def _lets_in(grant: _Grant) -> bool:
    """Whether the grant itself says that it is one: a session, a login; a signed text may be anything."""
    return not grant.shown.endswith("encode()")


def _text(value: Value | None) -> str:
    return value.text if value is not None and value.kind == "text" else ""


def _is_request(name: str) -> bool:
    """Whether headers and cookies are those of the request that is answered, not of one that the program makes."""
    return re.search(r"(?:^|\.)(?:request|req|websocket|ws|info\.context|conn|connection)\.", name) is not None


def _along(table: Table, start: FunctionKey) -> list[Edge]:
    edges: list[Edge] = []
    at = start
    while (edge := table[at][1]) is not None:
        edges.append(edge)
        at = edge.callee
    return edges
