"""Questions about what outlives a call: in which order, what undoes it, what says that it happened."""

from durability.program.context import Context
from durability.program.doing.touches import touches
from durability.program.sequences.events import LastingEffect
from durability.program.sequences.gaps import (
    before,
    is_repeatable,
    leaves_harm,
    records_failure,
    surely_changes,
    undone,
)
from durability.program.sequences.needs import needs_first
from durability.program.sequences.pickup import picks_up, started
from durability.program.sequences.sequence import Item
from durability.program.sequences.words import says_done
from durability.program.sites import CallSite, EntrySite, GapSite


class LastingQuestions:
    """What stands when it stops."""

    _context: Context

    def sequence(self, site: EntrySite) -> tuple[Item, ...]:
        """The lasting effects of an entry point in the order in which they happen."""
        return self._context.sequences.of(site.key)

    def says_done(self, record: LastingEffect, kind: str) -> str:
        """The word with which a record claims that an effect of that kind has happened, or ""."""
        return says_done(self._context, record, kind)

    def recorded_before(self, gap: GapSite) -> bool:
        """Whether something that stands was written about the same thing before the first effect, here or above."""
        subjects = self._tables(gap.then)
        earlier = before(self._context, gap.key, gap.first_item.call)
        standing = [self._tables(event) for event in earlier if event.kind in ("record", "enqueue", "file")]
        return any(not subjects or not own or bool(own & subjects) for own in standing)

    def _tables(self, record: LastingEffect) -> set[str]:
        """The tables that a record is about: its own, or those of what was pending when it was committed."""
        context = self._context
        calls = [context.call(record.key[0], index) for index in context.program.calls_in(record.key)]
        commits = [call.line for call in calls if call.library.effect == "db.commit" and call.line < record.line]
        since = max(commits, default=0)
        found = (touch for call in calls if since < call.line <= record.line for touch in touches(context, call))
        return {touch.name for touch in found if touch.kind == "database" and touch.how != "reads"} - {""}

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

    def leaves_harm(self, effect: LastingEffect) -> bool:
        """Whether it matters that an effect stands when what should follow never happens."""
        return leaves_harm(self._context, effect)

    def needs_first(self, gap: GapSite) -> bool:
        """Whether the second effect uses what the first one made."""
        return needs_first(self._context, gap)

    def started(self, call: CallSite) -> tuple[LastingEffect, ...]:
        """What work that a call starts will leave behind."""
        return started(self._context, call)

    def picks_up(self, call: CallSite) -> bool:
        """Whether something at start-up or on a schedule looks for what was recorded before the work was started."""
        return picks_up(self._context, call)
