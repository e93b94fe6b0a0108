"""How a function turns callers away, and whether it does so because of who they are."""

import re
from collections.abc import Iterator
from typing import Literal

from durability.facts.model import Call, Value
from durability.model import Step
from durability.program.entrypoints.sessions import is_session
from durability.program.links.graph import FunctionKey
from durability.program.links.program import Program
from durability.program.links.spelling import plain_name

_NOT_KNOWN = frozenset({"401", "HTTP_401_UNAUTHORIZED", "UNAUTHORIZED"})
"""They say that nobody knows who is asking; any other refusal may be for another reason."""
_REFUSALS = _NOT_KNOWN | {"403", "HTTP_403_FORBIDDEN", "FORBIDDEN"}
_REFUSING = re.compile(
    r"unauthori[sz]ed|forbidden|permissiondenied|permissionerror|no_?permission|notauthenticated|autherror|"
    r"unauthenticated|accessdenied|not_?(?:signed|logged)_?in|login_?required",
    re.IGNORECASE,
)
_LOGIN = re.compile(r"log_?in|sign_?in|auth", re.IGNORECASE)
_KNOWN = re.compile(r"(?:^|[._])(?:is_authenticated|user|principal|account|identity)$", re.IGNORECASE)
"""Names of somebody who is known, or of whether somebody is."""
_ABOUT_CALLER = re.compile(
    r"auth|token|key|secret|sign|session|cookie|user|credential|principal|account|identity|login|logged|perm|role|admin"
    r"|staff|owner|member|allow|access|can_|verif|valid|hmac|digest|passw|request|headers?\b|\bip\b|remote|origin|who",
    re.IGNORECASE,
)
"""Words of a test that may look at the caller; a refusal behind any other test is about something else."""
_WHO = re.compile(
    r"user(?!_?name)|auth|session|logged|token|identity|account|cookie|role|staff|admin|perm", re.IGNORECASE
)
_KNOWN_THERE = {"if": "present", "else": "absent"}
_MOST = 60

Mode = Literal["before", "handler"]
"""Whether a function runs before handlers, and then everything that it refuses is for that; or is one."""


class Refusals:
    """Where functions turn callers away."""

    def __init__(self, program: Program) -> None:
        self._program = program

    def of(self, key: FunctionKey, mode: Mode, *, elsewhere: bool) -> Step | None:
        """The first place at which a function turns callers away because of who they are.

        `elsewhere`: whether sending the caller to any other page counts, as before a handler; else the login does.
        """
        facts = self._program.files[key[0]]
        for index in self._program.calls_in(key):
            call = facts.calls[index]
            last = call.target.rsplit(".", 1)[-1]
            values = [item.value for item in call.arguments]
            turns = any(_is_refusal(value) for value in values) or _REFUSING.search(last) is not None
            words = None if any(value.text in _NOT_KNOWN for value in values) else _ABOUT_CALLER
            if turns and self._is_for_caller(key, call.block, mode, words):
                return Step(key[0], call.span[0], f"{call.target}() turns the caller away")
            sends = "redirect" in last.lower() or last == "HTTPFound"
            away = sends and (elsewhere or any(_names_login(value, facts.calls) for value in values))
            if away and self._is_for_caller(key, call.block, mode, _WHO):
                return Step(key[0], call.span[0], "sends the caller elsewhere")
        for item in self._program.exits_in(key):
            if item.value is None or item.kind not in ("return", "raise"):
                continue
            parts = item.value.parts if item.value.kind == "tuple" else (item.value,)
            named = _REFUSING.search(plain_name(item.value)) is not None or self._raises_refusal(item.value, key)
            turns = named or any(_is_refusal(part) for part in parts)
            words = None if any(part.text in _NOT_KNOWN for part in parts) else _ABOUT_CALLER
            if turns and self._is_for_caller(key, item.block, mode, words):
                return Step(key[0], item.span[0], "turns the caller away")
        return None

    def _is_for_caller(self, key: FunctionKey, block: int, mode: Mode, words: re.Pattern[str] | None) -> bool:
        """Whether what stands in a block is for callers who are not known: not for those who are, nor for all.

        `words` are those of tests that may look at the caller; None where what is said leaves no doubt.
        """
        tests = list(self._tests(key, block))
        if any(self.presence(key, test) == _KNOWN_THERE.get(kind) for kind, test in tests):
            return False
        if words is None or mode == "before" or any(kind == "handler" for kind, _ in tests):
            return True
        if tests:
            return any(words.search(word) for _, test in tests for word in self._words(key, test))
        return words is _ABOUT_CALLER or self._answers_others(key)

    def _tests(self, key: FunctionKey, block: int) -> Iterator[tuple[str, Value]]:
        """The tests around a block, inside out, each with whether it stands where they hold ("if") or not ("else")."""
        for number in self._program.blocks_above(key[0], block):
            found = self._program.files[key[0]].blocks[number]
            if found.kind == "handler":
                yield "handler", found.value or Value("unknown")
            elif found.kind in ("if", "else", "match", "case", "while") and found.value is not None:
                yield found.kind, found.value

    def _answers_others(self, key: FunctionKey) -> bool:
        """Whether a function answers where somebody is known, or tries something, before it sends all others away."""
        for item in self._program.exits_in(key):
            sends = item.value is not None and "redirect" in item.value.text.lower()
            if item.kind != "return" or item.value is None or sends:
                continue
            if any(
                self.presence(key, test) == "present" for kind, test in self._tests(key, item.block) if kind == "if"
            ):
                return True
        return False

    def presence(self, key: FunctionKey, test: Value) -> Literal["present", "absent", "other"]:
        """Whether a test holds only for callers who are known, or for all who are not."""
        if test.kind == "not" and test.parts:
            inner = self.presence(key, test.parts[0])
            return "absent" if inner == "present" else "present" if inner == "absent" else "other"
        if test.kind in ("and", "or"):
            wanted: Literal["present", "absent"] = "present" if test.kind == "and" else "absent"
            return wanted if any(self.presence(key, part) == wanted for part in test.parts) else "other"
        if test.kind == "compare" and len(test.parts) == 2:
            return self._compared(key, test)
        if test.kind == "call" and test.call >= 0:
            call = self._program.files[key[0]].calls[test.call]
            asked = (
                call.target.endswith(".get")
                and call.receiver is not None
                and is_session(self._program, key, call.receiver)
            )
            return "present" if asked or call.target.endswith(".is_authenticated") else "other"
        return "present" if _KNOWN.search(plain_name(test)) else "other"

    def _compared(self, key: FunctionKey, test: Value) -> Literal["present", "absent", "other"]:
        left, right = test.parts
        if test.text in ("In", "NotIn") and left.kind == "text" and is_session(self._program, key, right):
            return "present" if test.text == "In" else "absent"
        if right.text == "None" and _KNOWN.search(plain_name(left)):
            if test.text in ("Is", "Equal"):
                return "absent"
            return "present"
        return "other"

    def _words(self, key: FunctionKey, test: Value) -> Iterator[str]:
        """The names that a test is made of, followed through the names that the function binds; no classes."""
        pending, seen, left = [test], set[str](), _MOST
        while pending and left:
            left -= 1
            value = pending.pop(0)
            name = plain_name(value)
            text = value.text if value.kind == "call" else name or (value.text if value.kind == "text" else "")
            yield from (word for word in re.split(r"[^\w]+", text) if word and not word[0].isupper())
            if value.kind == "call" and value.call >= 0:
                pending.extend(item.value for item in self._program.files[key[0]].calls[value.call].arguments)
            pending.extend(value.parts)
            if name and name not in seen:
                seen.add(name)
                bound = self._program.assigns_to(key[0], name.partition(".")[0])
                here = [item for item in bound if item.function == key[1]]
                pending.extend(item.value for item in here if item.value is not None)
                pending.extend(test for item in here for _, test in self._tests(key, item.block))

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


def _is_refusal(value: Value) -> bool:
    return value.kind in ("const", "attr") and value.text in _REFUSALS


def _names_login(value: Value, calls: tuple[Call, ...]) -> bool:
    if value.kind == "text":
        return _LOGIN.search(value.text) is not None
    if value.kind == "call" and value.call >= 0:
        return any(item.value.kind == "text" and _LOGIN.search(item.value.text) for item in calls[value.call].arguments)
    return value.kind == "attr" and _LOGIN.search(value.text) is not None
