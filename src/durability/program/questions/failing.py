"""What a rule may ask about errors: who takes them, who hides them, what is tried again, and who hears of it."""

from typing import Literal

from durability.model import Step
from durability.program.context import Context
from durability.program.failing.attempts import Attempts, attempts, retried_by
from durability.program.failing.background import forgets, started_at
from durability.program.failing.dropped import dropped
from durability.program.failing.mistaken import Mistaken
from durability.program.failing.polling import polls, rests
from durability.program.failing.repeated import Repeated
from durability.program.failing.retries import after_tries, falls_back, retries, tries_next, waits
from durability.program.failing.sentinels import told_apart, used_blindly
from durability.program.failing.serving import caught_while_serving
from durability.program.sites import CallSite, EntrySite, FunctionSite, LoopSite
from durability.program.sites.handler import HandlerSite


class FailureQuestions:
    """Questions about errors."""

    def __init__(self, context: Context) -> None:
        self._context = context

    def depends_on_others(self, site: EntrySite) -> bool:
        """Whether an entry point asks another service, a model or a database."""
        return self._context.boundaries.depends(site.entry)

    def escape(self, site: EntrySite) -> tuple[Step, ...]:
        """The shortest chain to an operation whose error nothing takes on the way to the user; () when none does."""
        return self._context.boundaries.escape(site.entry)

    def forgets(self, site: EntrySite) -> bool:
        """Whether background work is started by something that drops its errors, and nobody waits for its result."""
        return forgets(self._context, site.entry)

    def started_at(self, site: EntrySite) -> tuple[Step, ...]:
        """Where background work is started."""
        return started_at(self._context, site.entry)

    def told_success(self, handler: HandlerSite) -> tuple[Step, ...]:
        """The chain from an entry point that answers success to a handler that takes a failure; () when none."""
        return self._context.failures.told_success(handler)

    def tries_next(self, handler: HandlerSite) -> bool:
        """Whether after an error the next of several sources is asked, or another way is taken that is written down."""
        return tries_next(self._context, handler) or falls_back(self._context, handler)

    def settings_unseen(self) -> bool:
        """Whether the settings that say what becomes of errors are not in sight."""
        return self._context.boundaries.is_hidden

    def has_tracker(self) -> bool:
        """Whether an error tracker is set up."""
        return self._context.boundaries.has_tracker

    def caught_while_serving(self) -> Literal["traced", "untraced", "none"]:
        """Whether errors of operations on the outside are caught while people are served, and some trace is kept."""
        return caught_while_serving(self._context)

    def boundary(self) -> Step | None:
        """What takes every error of the application; None when nothing does."""
        return self._context.boundaries.of_application

    def told_apart(self, handler: HandlerSite) -> bool:
        """Whether every caller of a function that hides its errors tests for the empty value and then leaves."""
        return told_apart(self._context, handler)

    def mistaken(self, handler: HandlerSite) -> Mistaken:
        """What hangs on the result of a check that failed; for the sites of the selector `checks`."""
        return self._context.mistaken.all[handler.path, handler.index]

    def used_blindly(self, handler: HandlerSite) -> tuple[Step, ...]:
        """The first caller that takes the empty value of a hidden error for an answer; () when none is known."""
        return used_blindly(self._context, handler)

    def after_tries(self, loop: LoopSite) -> str:
        """What happens when all tries of a retry have failed and nobody is told; "" when somebody is."""
        return after_tries(self._context, loop)

    def retries(self, loop: LoopSite) -> bool:
        """Whether a loop repeats one remote call until it works: it leaves on success and goes on after an error."""
        return retries(self._context, loop)

    def waits(self, loop: LoopSite) -> str:
        """How a loop waits between rounds: "growing", "constant" or "not"."""
        return waits(self._context, loop)

    def in_retry(self, call: CallSite) -> bool:
        """Whether a call stands in a loop that repeats it until it works."""
        return any(
            retries(self._context, LoopSite(self._context, call.path, index))
            for index in self._context.program.blocks_above(call.path, call.block)
            if self._context.program.files[call.path].blocks[index].kind in ("for", "while")
        )

    def attempts(self, call: CallSite) -> Attempts:
        """The most tries that one call makes by itself, or in the first operation behind it that tries again."""
        return attempts(self._context, call)

    def retried_by(self, site: FunctionSite) -> str:
        """The library whose decorator repeats a function, or ""."""
        return retried_by(self._context, site.key)

    def repeated(self, call: CallSite) -> Repeated:
        """The effect that a retry asks for again; for the sites of the selector `repeated`."""
        return self._context.repeated.all[call.path, call.index]

    def polls(self, loop: LoopSite) -> bool:
        """Whether a `while` loop does nothing but ask again until it may go on."""
        return polls(self._context, loop)

    def rests(self, loop: LoopSite) -> bool:
        """Whether each round of a loop waits for something: a pause, a blocking call, or the event loop."""
        return rests(self._context, loop)

    def dropped(self, call: CallSite) -> tuple[CallSite, ...]:
        """The calls whose result nothing keeps: this one, or those of functions that return it; () when it is kept."""
        return dropped(self._context, call)
