"""Proof of who somebody is: a password or code that is compared, a signature that is checked, another's login."""

import re
from collections.abc import Iterator
from functools import cached_property
from typing import TYPE_CHECKING, Literal

from durability.facts.model import Call, Value
from durability.model import Step
from durability.program.flows.statements import query_texts
from durability.program.links.graph import FunctionKey
from durability.program.links.spelling import plain_name
from durability.program.sites import CallSite

if TYPE_CHECKING:
    from durability.program.context import Context

Proof = tuple[Literal["yes", "no", "unknown"], tuple[Step, ...]]

_CHECKING = re.compile(
    r"^(?:check_?pw|check_password\w*|check_password_hash|verify|verify_\w+|compare_digest|authenticate|unsign"
    r"|authorize_access_token|fetch_token|parse_id_token|exchange_code\w*|sign_in_with_\w+|simple_bind\w*"
    r"|is_valid_request|construct_event)$"
)
"""Methods of libraries that compare, or ask another login; the names of argon2, bcrypt, passlib, pyotp, authlib."""
_LIKELY = re.compile(
    r"verif|check_?(?:pass|cred|token|code|otp|pw|login|sign|hash)|authenticate|validate_(?:pass|cred|token|code|user|login|init)"
    r"|sign_?in|log_?in|compare|checkpw|authoriz|fetch_token|exchange|oauth|decode_token|get_(?:current_)?user_from|_auth\b",
    re.IGNORECASE,
)
_SECRET = re.compile(
    r"passw|pwd|passphrase|otp|secret|token|api_?key|hash|digest|signature|credential|nonce|challenge"
    r"|(?:^|[\W_])(?:pass|pin|codes?)(?:$|[\W_])",
    re.IGNORECASE,
)
_AGAIN = re.compile(r"confirm|repeat|again|retype|password_?2|2$|status_code|error_?code", re.IGNORECASE)
_COLUMN = re.compile(
    r"\b\w*(?:passw|pwd|otp|code|token|secret|key|hash)\w*\s*=\s*(?:\?|%s|%\(|:\w|\$\d|\{)", re.IGNORECASE
)
_UNVERIFIED = ("get_unverified_claims", "get_unverified_header")
_DECODES = re.compile(r"(?:^|\.)(?:jwt|jws|jose)\.decode$|(?:^|\.)JsonWebToken\.decode$")
_RAISING = frozenset({
    "authorize_access_token", "fetch_token", "parse_id_token", "verify_id_token", "verify_oauth2_token", "decode",
    "verify_jwt_in_request", "construct_event", "unsign",
})  # fmt: skip
"""Checks that raise by themselves, so that their result need not be looked at."""
_ANSWERING = frozenset({"checkpw", "check_password_hash", "check_password", "compare_digest"})
"""Checks that answer yes or no and do nothing else."""
_GIVING = frozenset({"login", "login_user", "current_user", "new", "get_jwt_identity"})
"""They belong to logins and check nothing themselves."""
_FORMATS = ("requests.", "httpx.", "json.", "pickle.", "yaml.", "pydantic.", "marshmallow.", "jsonschema.")
_DEEP = 4
_MOST = 80
"""Functions that are looked into for one question."""


class Proofs:
    """Answers are kept; each function is looked at once."""

    def __init__(self, context: "Context") -> None:
        self._context = context
        self._program = context.program
        self._own: dict[FunctionKey, Proof] = {}

    def near(self, start: FunctionKey) -> Proof:
        """Whether a function, what supplies its parameters, or what it calls has somebody prove who they are."""
        level, seen, doubtful = [start], {start}, False
        for _ in range(_DEEP + 1):
            for key in level:
                verdict = self._of(key)
                if verdict[0] == "yes":
                    return verdict
                doubtful = doubtful or verdict[0] == "unknown"
            level = sorted({key for at in level for key in self._further(at)} - seen)[: _MOST - len(seen)]
            seen.update(level)
        return ("unknown", ()) if doubtful else ("no", ())

    def here(self, key: FunctionKey) -> bool:
        """Whether a function itself, and nothing it calls, tests a secret that somebody shows."""
        facts = self._program.files[key[0]]
        blocks = (facts.blocks[index] for index in self._program.blocks_in(key))
        tested = (block.value for block in blocks if block.kind == "if" and block.value is not None)
        return any(_compares_secret(part, facts.calls) for value in tested for part in parts_of(value))

    def _further(self, key: FunctionKey) -> Iterator[FunctionKey]:
        path, index = key
        yield from (edge.callee for edge in self._program.callees.get(key, ()) if edge.callee[1] > 0)
        for number, function in enumerate(self._program.files[path].functions):
            if index and function.parent == index:
                yield (path, number)
        for item in self._program.function(key).parameters:
            value = item.default
            if value is not None and value.call >= 0 and value.text.rsplit(".", 1)[-1] in ("Depends", "Security"):
                given = self._program.files[path].calls[value.call].arguments[:1]
                found = [self._program.value_symbol(part.value, path, 0) for part in given]
                yield from (at for symbol in found if (at := self._program.key_of(symbol)) is not None)
        for call in self._unresolved(key):
            yield from self._named.get(call.shown.rsplit(".", 1)[-1], ())

    @cached_property
    def _named(self) -> dict[str, tuple[FunctionKey, ...]]:
        """The methods of the project whose names say that they check somebody, for objects of unknown class."""
        found: dict[str, list[FunctionKey]] = {}
        for key in self._program.functions():
            function = self._program.function(key)
            if function.owner and _LIKELY.search(function.name):
                found.setdefault(function.name, []).append(key)
        return {name: tuple(keys) for name, keys in found.items()}

    def _calls(self, key: FunctionKey) -> Iterator[CallSite]:
        yield from (self._context.call(key[0], index) for index in self._program.calls_in(key))

    def _unresolved(self, key: FunctionKey) -> Iterator[CallSite]:
        yield from (call for call in self._calls(key) if not self._is_known(call))

    def _is_known(self, call: CallSite) -> bool:
        """Whether it is known what a call runs: not where its receiver is what an unknown function gave."""
        symbol = call.symbol
        if symbol.kind != "library" or "()" not in symbol.name:
            return symbol.kind not in ("unknown", "parameter")
        head, _, _ = symbol.name.partition("()")
        return "." in head and call.shown.rsplit(".", 1)[-1] not in self._named

    def _of(self, key: FunctionKey) -> Proof:
        if key not in self._own:
            self._own[key] = self._look(key)
        return self._own[key]

    def _look(self, key: FunctionKey) -> Proof:
        for call in self._calls(key):
            said = self._proves(call)
            if said:
                return "yes", (Step(call.path, call.line, said),)
        for value, line in self._tests(key):
            if any(_compares_secret(part, self._program.files[key[0]].calls) for part in parts_of(value)):
                return "yes", (Step(key[0], line, "compares what the caller shows with what is stored"),)
        return (
            ("unknown", ())
            if any(self._may_prove(call) for call in self._calls(key)) or self._wrapped(key)
            else ("no", ())
        )

    def _tests(self, key: FunctionKey) -> Iterator[tuple[Value, int]]:
        facts = self._program.files[key[0]]
        for number in self._program.blocks_in(key):
            block = facts.blocks[number]
            if block.kind in ("if", "while", "comp", "match") and block.value is not None:
                yield block.value, block.span[0]
        for item in self._program.exits_in(key):
            if item.value is not None:
                yield item.value, item.span[0]
        for bound in self._program.assigns_in(key):
            if bound.value is not None:
                yield bound.value, bound.span[0]
        for index in self._program.calls_in(key):
            for given in facts.calls[index].arguments:
                yield given.value, facts.calls[index].span[0]

    def _proves(self, call: CallSite) -> str:
        last = call.shown.rsplit(".", 1)[-1]
        known = call.symbol.kind == "library" and self._is_known(call)
        if is_unverified(call) or self._program.key_of(call.symbol) is not None:
            return ""
        if known and (call.used != "dropped" or _raises(call)):
            auth = call.library.effect == "auth" and last not in _GIVING
            if auth or (_CHECKING.match(last) and not call.name.startswith(_FORMATS)):
                return f"{call.shown}() checks who is asking"
        if call.used != "dropped" and (handed := self._handed_check(call)):
            return f"{handed}() checks who is asking"
        given = [item.keyword for item in call.arguments if item.keyword not in ("", "*", "**")]
        given += [part.text for item in call.arguments for part in item.value.parts[::2] if item.value.kind == "dict"]
        asks = last in ("filter_by", "find_one", "find", "get", "filter", "first", "select", "query", "where", "eq")
        if asks and any(_SECRET.search(name) and not _AGAIN.search(name) for name in given):
            return f"{call.shown}() looks for whoever has that secret"
        texts = query_texts(self._context, call) or () if call.symbol.kind == "library" else ()
        if any(text.lstrip().lower().startswith("select") and _COLUMN.search(text) for text in texts):
            return f"{call.shown}() looks for whoever has that secret"
        return ""

    def _handed_check(self, call: CallSite) -> str:
        """The check that a call is given to run: `to_thread(bcrypt.checkpw, …)`, `partial(bcrypt.checkpw, …)`."""
        for item in call.arguments:
            if item.value.kind not in ("name", "attr"):
                continue
            symbol = self._program.resolve(item.ref, call.path) if item.ref else None
            if symbol is None or symbol.kind != "library":
                symbol = self._program.value_symbol(item.value, *call.key)
            last = symbol.name.rsplit(".", 1)[-1]
            checks = _CHECKING.match(last) is not None and not symbol.name.startswith(_FORMATS)
            if symbol.kind == "library" and "." in symbol.name and checks:
                return symbol.name
        return ""

    def _may_prove(self, call: CallSite) -> bool:
        """Whether a call that is not understood may be a check: by its name, or as it asks another service."""
        if is_unverified(call) or self._program.key_of(call.symbol) is not None:
            return False
        last = call.shown.rsplit(".", 1)[-1]
        if not self._is_known(call) and last in self._named:
            return False
        if last in _ANSWERING and call.used == "dropped":
            return False
        return call.library.effect == "http" or (call.library.effect != "auth" and bool(_LIKELY.search(call.shown)))

    def _wrapped(self, key: FunctionKey) -> bool:
        decorators = self._program.function(key).decorators
        return any(_LIKELY.search(item.ref) for item in decorators if item.ref.rsplit(".", 1)[-1] != "route")


def is_unverified(call: CallSite) -> bool:
    """Whether a call reads a signed token and does not look at its signature."""
    if call.name.rsplit(".", 1)[-1] in _UNVERIFIED:
        return True
    if not _DECODES.search(call.name):
        return False
    flag = call.argument("verify", None)
    options = call.argument("options", None)
    table = options.parts if options is not None and options.kind == "dict" else ()
    pairs = zip(table[::2], table[1::2], strict=False)
    return (flag is not None and flag.text == "False") or any(
        key.text == "verify_signature" and value.text == "False" for key, value in pairs
    )


def is_decoding(call: CallSite) -> bool:
    """Whether a call reads a signed token, whatever it does about the signature."""
    return _DECODES.search(call.name) is not None or call.name.rsplit(".", 1)[-1] == "get_unverified_claims"


def _raises(call: CallSite) -> bool:
    return call.shown.rsplit(".", 1)[-1] in _RAISING or call.name.startswith("argon2.")


def parts_of(value: Value) -> Iterator[Value]:
    """A value and everything it is made of."""
    pending = [value]
    while pending:
        part = pending.pop()
        yield part
        pending.extend(part.parts)


def _compares_secret(value: Value, calls: tuple[Call, ...]) -> bool:
    """Whether a comparison holds a secret against another value, not against nothing, itself or its repetition."""
    if value.kind != "compare" or len(value.parts) != 2 or value.text not in ("Equal", "NotEqual", "In", "NotIn"):
        return False
    said = [" ".join(_spelled(part, calls) for part in parts_of(side)) for side in value.parts]
    if said[0] == said[1] or any(_AGAIN.search(text) for text in said):
        return False
    if any(side.kind == "const" or (side.kind == "text" and not side.text) for side in value.parts):
        return False
    if value.text in ("In", "NotIn") and value.parts[0].kind == "text":
        return False
    return any(side.kind != "text" and _SECRET.search(text) for side, text in zip(value.parts, said, strict=True))


def _spelled(value: Value, calls: tuple[Call, ...]) -> str:
    if value.kind == "call" and value.call >= 0:
        asked = (item.value for item in calls[value.call].arguments)
        return " ".join((value.text, *(item.text for item in asked if item.kind in ("text", "name"))))
    return value.text if value.kind in ("call", "text") else plain_name(value)
