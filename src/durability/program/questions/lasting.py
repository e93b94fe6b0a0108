"""Questions about what outlives a call: in which order, what undoes it, what says that it happened."""

from durability.program.context import Context
from durability.program.sequences.events import Item, LastingEffect
from durability.program.sequences.gaps import (
    before,
    is_repeatable,
    leaves_harm,
    records_failure,
    surely_changes,
    undone,
)
from durability.program.sequences.needs import needs_first
from durability.program.sequences.pickup import picks_up, settles, started
from durability.program.sequences.subjects import subjects
from durability.program.sequences.words import says_done
from durability.program.sites import CallSite, EntrySite, GapSite

_MISSING = ("DoesNotExist", "NoResultFound")
"""Errors of lookups that found no row (Django, SQLAlchemy)."""


class LastingQuestions:
    """What stands when it stops."""

    _context: Context

    def sequence(self, site: EntrySite) -> tuple[Item, ...]:
        """The lasting effects of an entry point in the order in which they happen."""
        return self._context.sequences.of(site.key)

    def about(self, effect: LastingEffect) -> str:
        """What a lasting effect changes: tables, a host, a file; the call as written where no name is known."""
        return ", ".join(sorted(subjects(self._context, effect))) or f"{effect.shown}()"

    def says_done(self, record: LastingEffect, kind: str) -> str:
        """The word with which a record claims that an effect of that kind has happened, or ""."""
        return says_done(self._context, record, kind)

    def recorded_before(self, gap: GapSite) -> bool:
        """Whether something that stands was written about the same thing before the first effect, here or above."""
        about = subjects(self._context, gap.then)
        earlier = before(self._context, gap.key, gap.first_item.call)
        standing = [subjects(self._context, event) for event in earlier if event.kind in ("record", "enqueue", "file")]
        return any(not about or not own or bool(own & about) for own in standing)

    def undone(self, gap: GapSite) -> bool:
        """Whether a handler of the second effect's failure takes the first one back."""
        return undone(self._context, gap)

    def records_failure(self, gap: GapSite) -> bool:
        """Whether a handler of the second effect's failure writes down that it failed."""
        return records_failure(self._context, gap)

    def is_repeatable(self, effect: LastingEffect) -> bool:
        """Whether asking for an effect again does not make it happen twice."""
        return is_repeatable(self._context, effect)

    def surely_changes(self, effect: LastingEffect) -> bool:
        """Whether a remote effect changes something there, as its name or method says; a POST may be a question."""
        return surely_changes(self._context, effect)

    def matters(self, effect: LastingEffect) -> bool:
        """Whether an effect is meant: it changes something, and its failure is not passed over on purpose."""
        call = self._context.call(*effect.place)
        return surely_changes(self._context, effect) and not any(handler.empty for handler in call.handlers)

    def leaves_harm(self, effect: LastingEffect) -> bool:
        """Whether it matters that an effect stands when what should follow never happens."""
        return leaves_harm(self._context, effect)

    def needs_first(self, gap: GapSite) -> bool:
        """Whether the second effect uses what the first one made."""
        return needs_first(self._context, gap)

    def found_again(self, effect: LastingEffect) -> bool:
        """Whether an effect is an insert, or its commit, that a lookup before it keeps from being made again."""
        around = self._context.call(*effect.place).around()
        if any(ref.endswith(_MISSING) for block in around if block.kind == "handler" for ref in block.refs):
            return True
        way = {(step.path, step.line) for step in effect.trace}
        guarded = self._context.guarded_inserts.found_again
        return any(key == effect.key or (key[0], line) in way for key, line in guarded)

    def settled(self, gap: GapSite) -> bool:
        """Whether it does no harm to stop between two effects: the first is taken back, asking again makes neither
        happen twice, or something at start-up or on a schedule finds what was begun and goes on with it.
        """
        repeatable = self.is_repeatable(gap.first) and self.is_repeatable(gap.then)
        return self.undone(gap) or repeatable or settles(self._context, gap)

    def started(self, call: CallSite) -> tuple[LastingEffect, ...]:
        """What work that a call starts will leave behind."""
        return started(self._context, call)

    def picks_up(self, call: CallSite) -> bool:
        """Whether something at start-up or on a schedule looks for what was recorded before the work was started."""
        return picks_up(self._context, call)
