"""Three-valued answers: yes, no, or unknown with a reason."""

from typing import Literal, NoReturn

from msgspec import Struct

from durability.model import Evidence, Fix, Outcome, Step

Reason = Literal["passed through", "unresolved", "escapes", "dynamic", "version", "budget"]


class Verdict(Struct, frozen=True):
    """What a rule says of one site; `example`: where it is handled, it shows others how that is done."""

    outcome: Outcome
    message: str = ""
    fix: Fix | None = None
    cause: str = ""
    trace: tuple[Step, ...] = ()
    missing: str = ""
    reason: str = ""
    scope: str = ""
    evidence: Evidence = "likely"
    example: bool = True


class Answer(Struct, frozen=True):
    """Yes, no, or unknown with a reason; `trace` is the chain that shows it, `scope` what was searched.

    Using one as a truth value raises: turn it into a verdict with `judge`, or combine with `&`, `|` and `~`.
    """

    value: Literal["yes", "no", "unknown"]
    reason: str = ""
    trace: tuple[Step, ...] = ()
    scope: str = ""

    def judge(self, *, yes: Verdict | None, no: Verdict | None) -> Verdict | None:
        """The verdict for the answer; an unknown answer is an unknown verdict. None means: no site."""
        from msgspec.structs import replace

        if self.value == "unknown":
            return Verdict("unknown", reason=self.reason, trace=self.trace, scope=self.scope)
        chosen = yes if self.value == "yes" else no
        if chosen is None or chosen.trace:
            return chosen
        return replace(chosen, trace=self.trace, scope=chosen.scope or self.scope)

    def __and__(self, other: "Answer") -> "Answer":
        for value in ("no", "unknown"):
            for item in (self, other):
                if item.value == value:
                    return item
        return self

    def __or__(self, other: "Answer") -> "Answer":
        for value in ("yes", "unknown"):
            for item in (self, other):
                if item.value == value:
                    return item
        return self

    def __invert__(self) -> "Answer":
        flipped: dict[str, Literal["yes", "no", "unknown"]] = {"yes": "no", "no": "yes", "unknown": "unknown"}
        return Answer(flipped[self.value], self.reason, self.trace, self.scope)

    def __bool__(self) -> NoReturn:
        raise TypeError("an answer is yes, no or unknown: use judge(), or compare .value")


YES = Answer("yes")
NO = Answer("no")


def unknown(reason: Reason) -> Answer:
    """An answer that could not be found, with its reason."""
    return Answer("unknown", reason)


def known(fact: object) -> Answer:
    """Yes or no for a plain fact of the file."""
    return YES if fact else NO
