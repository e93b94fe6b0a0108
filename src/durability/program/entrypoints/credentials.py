"""Whether a function turns away whoever shows no credentials: what it reads of the caller, and how it refuses."""

import re
from typing import Literal, NamedTuple

from durability.facts.model import Call, Parameter, Value
from durability.model import Step
from durability.program.entrypoints.bindings import Bindings
from durability.program.entrypoints.optional import is_caught, lets_pass
from durability.program.entrypoints.refusals import Mode, Refusals
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
_LOGS_IN = ("authenticate", "login", "login_user", "compare_digest", "new", "is_valid")
"""They compare what is in the body of the request: a login, which anybody may try."""
_SECURITY = "fastapi.security."
GIVEN = ("Depends", "Security")
_HARMLESS = frozenset(
    {"wraps", "lru_cache", "cache", "staticmethod", "classmethod", "property", "action", "override"}
)  # fmt: skip
"""Decorators that have nothing to do with who is asking."""

"""They name what supplies a parameter (FastAPI)."""
_MOST = 60
"""Functions that are looked into for one question."""
_DEEP = 3


class _Visit(NamedTuple):
    """A function on the way: how many calls deep, in which mode, and whether what it refuses keeps callers out."""

    key: FunctionKey
    level: int
    mode: Mode
    counts: bool = True


class Credentials:
    """Answers are kept; each function is looked at once."""

    def __init__(self, program: Program, bindings: Bindings) -> None:
        self._program = program
        self._bindings = bindings
        self._known: dict[tuple[FunctionKey, int], Check] = {}
        self._refusals = Refusals(program)

    def checked(self, key: FunctionKey, depth: int = _DEEP) -> Check:
        """Whether a function that runs before a handler, or the handler itself, refuses callers without credentials.

        `depth` is how many calls deep the reading and the refusal may lie.
        """
        if (key, depth) not in self._known:
            self._known[key, depth] = OPEN  # a decorator may lead back to what it stands on
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
        root: Mode = "before" if depth == _DEEP else "handler"
        pending, seen = [_Visit(key, 0, root)], {key}
        while pending and len(seen) <= _MOST:
            visit = pending.pop(0)
            at = visit.key
            reads = reads or self._reads(at)
            counts = visit.counts and not lets_pass(self._program, at)
            raising = (
                self._raises(at) if visit.level == 0 and counts else None
            )  # a caller may catch what a helper raises
            if raising is not None:
                return "required", (raising,)
            if counts and refuses is None:
                refuses = self._refusals.of(at, visit.mode, elsewhere=depth == _DEEP)
            knows = knows or self._knows(at)
            for item in self._program.function(at).parameters:
                verdict = self._parameter(item, at)
                if verdict[0] == "required":
                    return verdict
                unknown = unknown or verdict[0] == "unknown"
                reads = reads or (verdict[1][0] if verdict[1] else None)
            if visit.level < depth and (guarded := self._guarded(at)) is not None:
                return guarded
            further = [_Visit(item, visit.level + 1, "before") for item in self._supplied(at)]
            further += self._further(at, visit, counts=counts) if visit.level < depth else []
            for following in further:
                if following.key not in seen:
                    seen.add(following.key)
                    pending.append(following)
        if refuses is not None and (reads or knows):
            steps = (reads or knows, refuses)
            return "required", tuple(step for step in steps if step is not None)
        return ("unknown", ()) if unknown or (knows is not None and depth == _DEEP) else OPEN

    def _further(self, key: FunctionKey, visit: _Visit, *, counts: bool) -> list[_Visit]:
        inner = self._program.functions_in(key) if key[1] else []
        found = [_Visit(item, visit.level + 1, visit.mode, counts) for item in inner]
        for edge in self._program.callees.get(key, ()):
            if not edge.offloaded and edge.callee[1] > 0:
                caught = edge.call >= 0 and edge.caller == key and is_caught(self._program, key, edge.call)
                found.append(_Visit(edge.callee, visit.level + 1, visit.mode, counts and not caught))
        return found

    def _guarded(self, key: FunctionKey) -> Check | None:
        """What the decorators of a function demand whose answer is given on: a view that only picks another view."""
        calls = self._program.files[key[0]].calls
        for edge in self._program.callees.get(key, ()):
            if edge.call < 0 or edge.offloaded or calls[edge.call].used != "returned":
                continue
            callee = self._program.function(edge.callee)
            for item in callee.decorators:
                found = self.decorator(item.ref, edge.callee[0], callee.span[0])
                if found[0] == "required":
                    return found
        return None

    def decorator(self, ref: str, path: str, line: int) -> Check:
        """What a decorator demands of whoever calls."""
        symbol = self._program.resolve(ref, path)
        if symbol.kind in ("function", "class"):
            key = self._program.key_of(symbol)
            return self.checked(key) if key is not None else OPEN
        if symbol.kind != "library":
            return "unknown", ()
        row = self._program.row(symbol.name)
        if row is not None and row.effect == "auth":
            return "required", (Step(path, line, f"{symbol.name} checks who is asking"),)
        known = row is not None or self._program.library.entry(symbol.name)
        return OPEN if known or "." not in symbol.name or _is_harmless(symbol.name) else ("unknown", ())

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


def _is_harmless(name: str) -> bool:
    last = name.rsplit(".", 1)[-1]
    return ".mapping." in name or last in _HARMLESS
