"""Calls whose names say that somebody is checked, where no check was understood: reason enough to say nothing."""

import re
from typing import TYPE_CHECKING

from durability.program.links.graph import FunctionKey
from durability.program.links.spelling import plain_name

if TYPE_CHECKING:
    from durability.program.links.program import Program

_CHECKING = re.compile(
    r"^_*(?:(?:verify|check|require|validate|ensure|assert|enforce|is_valid|has|is)_?\w*?"
    r"(?:auth|token|user|admin|access|permission|secret|signature|session|logged|login|role|owner|webhook|allowed)\w*"
    r"|(?:get_|load_|fetch_|resolve_)?(?:current|active|logged_in|authenticated|session)_user\w*"
    r"|get_(?:user|account)_(?:from|by|for)_(?:token|session|req|cookie|api_key|key)\w*"
    r"|authenticate\w*|authorize\w*|login_required|auth(?:_required|orized)?)$",
    re.IGNORECASE,
)
_LIMITING = re.compile(
    r"rate_?limit|throttl|quota|(?:daily|usage|query|request)_limit|limiter|within_limit", re.IGNORECASE
)
_DEEP = 2


class Hints:
    """Whether a function, or what it calls, has a call that may be a check of the caller, or that limits callers."""

    def __init__(self, program: "Program") -> None:
        self._program = program

    def checks(self, key: FunctionKey) -> bool:
        """Whether there is a call that may check the caller in a function or a few calls deep."""
        return self._near(key, _CHECKING)

    def limits(self, key: FunctionKey) -> bool:
        """Whether a function, its decorators or a function a few calls deep limits how often one may call."""
        decorators = self._program.function(key).decorators
        return any(_LIMITING.search(item.ref) for item in decorators) or self._near(key, _LIMITING)

    def takes_key(self, key: FunctionKey) -> bool:
        """Whether a client is made, here or a call deep, with a key that a parameter or a field of one holds."""
        level = [key, *(edge.callee for edge in self._program.callees.get(key, ()) if edge.callee[1] > 0)]
        for at in level:
            own = {item.name for item in self._program.function(at).parameters} - {"self", "cls"}
            for index in self._program.calls_in(at):
                given = self._program.files[at[0]].calls[index].arguments
                keys = (plain_name(item.value) for item in given if item.keyword == "api_key")
                if any(name.partition(".")[0] in own for name in keys if name):
                    return True
        return False

    def _near(self, key: FunctionKey, pattern: re.Pattern[str]) -> bool:
        level, seen = [key], {key}
        for _ in range(_DEEP + 1):
            if any(self._here(at, pattern) for at in level):
                return True
            further = {edge.callee for at in level for edge in self._program.callees.get(at, ()) if edge.callee[1] > 0}
            level = sorted(further - seen)
            seen |= further
        return False

    def _here(self, key: FunctionKey, pattern: re.Pattern[str]) -> bool:
        calls = self._program.files[key[0]].calls
        return any(pattern.search(calls[index].target.rsplit(".", 1)[-1]) for index in self._program.calls_in(key))
