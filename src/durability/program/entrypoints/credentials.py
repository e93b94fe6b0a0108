"""Whether a function turns away whoever shows no credentials: what it reads of the caller, and how it refuses."""

import re
from typing import Literal

from durability.facts.model import Call, Parameter, Value
from durability.model import Step
from durability.program.entrypoints.bindings import Bindings
from durability.program.entrypoints.sessions import is_session, is_session_named
from durability.program.links.graph import FunctionKey
from durability.program.links.program import Program
from durability.program.links.spelling import plain_name

Verdict = Literal["required", "open", "unknown"]
Check = tuple[Verdict, tuple[Step, ...]]

OPEN: Check = ("open", ())
_READS = re.compile(
    r"^(?:self\.)?(?:\w*req\w*|websocket|ws|g|handler)\.(?:\w+\.)*(?:session|headers|cookies|META|authorization|auth|user)\b"
    r"|^(?:flask\.)?session\b(?!\.(?:permanent|modified|clear|pop|update|setdefault|add|commit|query))"
    r"|^(?:flask_login\.)?current_user\b|\.is_authenticated$"
)
_KEYED = re.compile(r"(?:^|\.)(?:headers|cookies|META)\.get$")
_SECRET = re.compile(
    r"auth|token|key|secret|signature|session|cookie|user|credential|principal|assertion|sid$", re.IGNORECASE
)
_REFUSALS = frozenset({"401", "403", "HTTP_401_UNAUTHORIZED", "HTTP_403_FORBIDDEN", "UNAUTHORIZED", "FORBIDDEN"})
_REFUSING = re.compile(
    r"unauthori[sz]ed|forbidden|permissiondenied|permissionerror|no_?permission|notauthenticated|autherror|"
    r"unauthenticated|accessdenied|not_?(?:signed|logged)_?in|login_?required",
    re.IGNORECASE,
)
_LOGIN = re.compile(r"log_?in|sign_?in|auth", re.IGNORECASE)
_LOGS_IN = ("authenticate", "login", "login_user", "compare_digest", "new", "is_valid")
"""They compare what is in the body of the request: a login, which anybody may try."""
_SECURITY = "fastapi.security."
GIVEN = ("Depends", "Security")
"""They name what supplies a parameter (FastAPI)."""
_MOST = 60
"""Functions that are looked into for one question."""
_DEEP = 3


class Credentials:
    """Answers are kept; each function is looked at once."""

    def __init__(self, program: Program, bindings: Bindings) -> None:
        self._program = program
        self._bindings = bindings
        self._known: dict[tuple[FunctionKey, int], Check] = {}

    def checked(self, key: FunctionKey, depth: int = _DEEP) -> Check:
        """Whether a function that runs before a handler, or the handler itself, refuses callers without credentials.

        `depth` is how many calls deep the reading and the refusal may lie.
        """
        if (key, depth) not in self._known:
            self._known[key, depth] = self._look(key, depth)
        return self._known[key, depth]

    def given(self, value: Value, key: FunctionKey) -> Check:
        """What `Depends(...)` or `Security(...)` demands."""
        if value.kind != "call" or value.call < 0:
            return OPEN
        call = self._program.files[key[0]].calls[value.call]
        target = call.arguments[0].value if call.arguments else None
        return self.dependency(target, key) if target is not None else OPEN

    def dependency(self, target: Value, key: FunctionKey) -> Check:
        """What a function or object given to `Depends` demands."""
        secured = self._security(target, key)
        if secured is not None:
            return ("required", (secured,)) if self._is_strict(target, key) else OPEN
        if target.kind == "call" and target.call >= 0:
            symbol = self._program.symbol(key[0], target.call)
        else:
            symbol = self._program.value_symbol(target, *key)
        found = self._program.key_of(symbol)
        if symbol.kind == "class":
            called = self._program.linker.attribute(symbol, "__call__")
            found = self._program.key_of(called) if called is not None else found
        if found is not None:
            return self.checked(found)
        if symbol.kind == "library":
            row = self._program.row(symbol.name)
            if row is not None and row.effect == "auth":
                return "required", (
                    Step(key[0], self._line(key, target), f"{plain_name(target)} checks who is asking"),
                )
        return ("unknown", ()) if symbol.kind != "class" else OPEN

    def _look(self, key: FunctionKey, depth: int) -> Check:
        reads, refuses, knows, unknown = None, None, None, False
        pending, seen = [(key, 0)], {key}
        while pending and len(seen) <= _MOST:
            at, level = pending.pop(0)
            reads = reads or self._reads(at)
            raising = self._raises(at) if level == 0 else None  # a caller may catch what a helper raises
            if raising is not None:
                return "required", (raising,)
            refuses = refuses or self._refuses(at, depth == _DEEP)
            knows = knows or self._knows(at)
            for item in self._program.function(at).parameters:
                verdict = self._parameter(item, at)
                if verdict[0] == "required":
                    return verdict
                unknown = unknown or verdict[0] == "unknown"
                reads = reads or (verdict[1][0] if verdict[1] else None)
            for further in [*self._supplied(at), *(self._further(at) if level < depth else ())]:
                if further not in seen:
                    seen.add(further)
                    pending.append((further, level + 1))
        if refuses is not None and (reads or knows):
            steps = (reads or knows, refuses)
            return "required", tuple(step for step in steps if step is not None)
        return ("unknown", ()) if unknown or (knows is not None and depth == _DEEP) else OPEN

    def _further(self, key: FunctionKey) -> list[FunctionKey]:
        inner = self._program.functions_in(key) if key[1] else []
        edges = self._program.callees.get(key, ())
        return inner + [edge.callee for edge in edges if not edge.offloaded and edge.callee[1] > 0]

    def sources(self, item: Parameter, key: FunctionKey) -> list[tuple[Value, FunctionKey]]:
        """The calls that say where a parameter of a function comes from: `Depends(...)`, `Header(...)`.

        They stand in its default, in its annotation, or in the alias that its annotation names
        (`User = Annotated[..., Depends(...)]`).
        """
        outer = (key[0], max(self._program.function(key).parent, 0))
        if item.default is not None and item.default.kind == "call" and item.default.call >= 0:
            return [(item.default, outer)]
        name = item.annotation.split("[", maxsplit=1)[0]
        if not item.ref or not name.isidentifier():
            return []
        found = []
        for value, place in self._bindings.of(Value("name", name), outer):
            inner = value.parts[1] if value.kind == "item" and len(value.parts) == 2 else None
            parts = inner.parts if inner is not None and inner.kind == "tuple" else ()
            found += [(part, place) for part in parts if part.kind == "call" and part.call >= 0]
        return found

    def _supplied(self, key: FunctionKey) -> list[FunctionKey]:
        """The functions that supply parameters of a function."""
        found = []
        for item in self._program.function(key).parameters:
            for value, place in self.sources(item, key):
                arguments = self._program.files[place[0]].calls[value.call].arguments
                if value.text.rsplit(".", 1)[-1] in GIVEN and arguments:
                    symbol = self._program.value_symbol(arguments[0].value, *place)
                    supplier = self._program.key_of(symbol)
                    found += [supplier] if supplier is not None else []
        return found

    def _parameter(self, item: Parameter, key: FunctionKey) -> Check:
        for value, place in self.sources(item, key):
            call = self._program.files[place[0]].calls[value.call]
            last = value.text.rsplit(".", 1)[-1]
            step = Step(place[0], call.span[0], f"{item.name} is taken from the request")
            if last in ("Header", "Cookie"):
                return "open", (step,) if _SECRET.search(item.name) else ()
            target = call.arguments[0].value if last in GIVEN and call.arguments else None
            if target is not None and self._security(target, place) is not None:
                return ("required" if self._is_strict(target, place) else "open"), (step,)
        return OPEN

    def _security(self, target: Value, key: FunctionKey) -> Step | None:
        """The place where an object of `fastapi.security` is made, or None."""
        for value, place in self._bindings.ends(target, key):
            if value.kind == "call" and self._program.name(place[0], value.call).startswith(_SECURITY):
                line = self._program.files[place[0]].calls[value.call].span[0]
                name = value.text.rsplit(".", 1)[-1]
                if not name.endswith("RequestForm"):
                    return Step(place[0], line, f"{name} asks for credentials")
        return None

    def _is_strict(self, target: Value, key: FunctionKey) -> bool:
        for value, place in self._bindings.ends(target, key):
            if value.kind == "call" and value.call >= 0:
                for item in self._program.files[place[0]].calls[value.call].arguments:
                    if item.keyword == "auto_error" and item.value.text == "False":
                        return False
        return True

    def _knows(self, key: FunctionKey) -> Step | None:
        """A call of a library that establishes who is asking."""
        for index in self._program.calls_in(key):
            row = self._program.row(self._program.name(key[0], index))
            call = self._program.files[key[0]].calls[index]
            if row is not None and row.effect == "auth" and call.target.rsplit(".", 1)[-1] not in _LOGS_IN:
                return Step(key[0], call.span[0], f"{call.target}() checks who is asking")
        return None

    def _raises(self, key: FunctionKey) -> Step | None:
        """A call that raises where the credentials are wrong, and whatever catches it here goes no further."""
        facts = self._program.files[key[0]]
        for index in self._program.calls_in(key):
            row = self._program.row(self._program.name(key[0], index))
            call = facts.calls[index]
            if row is None or row.effect != "auth" or not row.raises or _gives_way(call):
                continue
            above = list(self._program.blocks_above(key[0], call.block))
            if all(self._ends(key, number) for number in above if facts.blocks[number].kind == "try"):
                return Step(key[0], call.span[0], f"{call.target}() raises when the credentials are wrong")
        return None

    def _ends(self, key: FunctionKey, guarded: int) -> bool:
        """Whether each handler of a `try` raises, or answers with more than None."""
        path = key[0]
        inside = self._program.blocks_in(key)
        blocks = {number: self._program.files[path].blocks[number] for number in inside}
        handlers = {number: block.value for number, block in blocks.items() if block.kind == "handler"}
        telling: set[int] = set()
        for item in self._program.exits_in(key):
            told = item.value is not None and item.value.text != "None"
            if item.kind == "raise" or (item.kind == "return" and told):
                telling.update(self._program.blocks_above(path, item.block))
        own = {number for number, of in handlers.items() if of is not None and of.text == str(guarded)}
        return own <= telling

    def _reads(self, key: FunctionKey) -> Step | None:
        facts = self._program.files[key[0]]
        function = facts.functions[key[1]]
        for index in self._program.calls_in(key):
            call = facts.calls[index]
            text = call.arguments[0].value.text if call.arguments else ""
            keyed = _KEYED.search(call.target) is not None
            if (keyed and _SECRET.search(text)) or (not keyed and self._reads_session(key, call.target)):
                return Step(key[0], call.span[0], f"{call.target}() reads who is asking")
        called = {facts.calls[i].target for i in self._program.calls_in(key)}
        for read in function.reads:
            if not _READS.search(read) or any(target.startswith(read) for target in called):
                continue
            if read.partition(".")[0] != "session" or is_session_named(self._program, key, "session"):
                return Step(key[0], function.span[0], f"{read} says who is asking")
        for block in self._program.blocks_in(key):
            value = facts.blocks[block].value
            if facts.blocks[block].kind == "if" and value is not None and self._mentions_session(key, value):
                return Step(key[0], facts.blocks[block].span[0], "the session says who is asking")
        return None

    def _reads_session(self, key: FunctionKey, target: str) -> bool:
        base, _, last = target.rpartition(".")
        return last == "get" and base.endswith("session") and is_session_named(self._program, key, base)

    def _mentions_session(self, key: FunctionKey, value: Value) -> bool:
        pending = [value]
        while pending:
            part = pending.pop()
            if plain_name(part).endswith("session") and is_session(self._program, key, part):
                return True
            pending.extend(part.parts)
        return False

    def _refuses(self, key: FunctionKey, before: bool) -> Step | None:
        """Where a function turns callers away. What runs `before` a handler and sends elsewhere keeps them from it."""
        facts = self._program.files[key[0]]
        for index in self._program.calls_in(key):
            call = facts.calls[index]
            last = call.target.rsplit(".", 1)[-1]
            values = [item.value for item in call.arguments]
            if any(_is_refusal(value) for value in values) or _REFUSING.search(last):
                return Step(key[0], call.span[0], f"{call.target}() turns the caller away")
            sends = "redirect" in last.lower() or last == "HTTPFound"
            if sends and (before or any(_names_login(value, facts.calls) for value in values)):
                return Step(key[0], call.span[0], "sends the caller elsewhere")
        for item in self._program.exits_in(key):
            if item.value is None or item.kind not in ("return", "raise"):
                continue
            parts = item.value.parts if item.value.kind == "tuple" else (item.value,)
            named = _REFUSING.search(plain_name(item.value)) or self._raises_refusal(item.value, key)
            if named or any(_is_refusal(part) for part in parts):
                return Step(key[0], item.span[0], "turns the caller away")
        return None

    def _raises_refusal(self, value: Value, key: FunctionKey) -> bool:
        """Whether an error of the project says in its class that the caller is turned away: `status = 401`."""
        if value.kind != "call" or value.call < 0:
            return False
        symbol = self._program.symbol(key[0], value.call)
        if symbol.kind != "class":
            return False
        return any(
            item.value is not None and _is_refusal(item.value)
            for item in self._program.assigns_in((symbol.path, 0))
            if self._program.files[symbol.path].blocks[item.block].targets[:1] == (symbol.name,)
        )

    def _line(self, key: FunctionKey, value: Value) -> int:
        if value.call >= 0:
            return self._program.files[key[0]].calls[value.call].span[0]
        return self._program.function(key).span[0]


def _gives_way(call: Call) -> bool:
    """Whether a check is told to let pass what it should refuse: `verify=False`, `{"verify_signature": False}`."""
    for item in call.arguments:
        table = item.value.parts if item.value.kind == "dict" else ()
        off = {key.text for key, value in zip(table[::2], table[1::2], strict=False) if value.text == "False"}
        if (item.keyword == "verify" and item.value.text == "False") or any(key.startswith("verify") for key in off):
            return True
    return False


def _is_refusal(value: Value) -> bool:
    return value.kind in ("const", "attr") and value.text in _REFUSALS


def _names_login(value: Value, calls: tuple[Call, ...]) -> bool:
    if value.kind == "text":
        return _LOGIN.search(value.text) is not None
    if value.kind == "call" and value.call >= 0:
        return any(item.value.kind == "text" and _LOGIN.search(item.value.text) for item in calls[value.call].arguments)
    return value.kind == "attr" and _LOGIN.search(value.text) is not None
