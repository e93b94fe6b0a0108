"""What a rule may ask about what lives on: state, files, connections and what is made again for each request."""

from durability.model import Step
from durability.program.answers import Answer
from durability.program.context import Context
from durability.program.keeping.closing import is_closed
from durability.program.keeping.defaults import SharedValue, shared_values
from durability.program.keeping.growth import Relief, counter, growth, is_surely_new, relief, step
from durability.program.keeping.lifetimes import made_again
from durability.program.keeping.locks import locked
from durability.program.keeping.sharing import changes, is_settled, is_stored, origin, other_entries, readers, user_data
from durability.program.keeping.states import Event
from durability.program.keeping.transactions import Left
from durability.program.sites import CallSite, FunctionSite, StateSite


class KeepingQuestions:
    """Questions about what lives on."""

    def __init__(self, context: Context) -> None:
        self._context = context

    def is_closed(self, call: CallSite) -> Answer:
        """Whether what a call makes is closed, kept for later or given to somebody who may close it."""
        return is_closed(self._context, call)

    def left_open(self, call: CallSite) -> tuple[Left, tuple[Step, ...]] | None:
        """Who meets the transaction of a commit that failed, with the evidence; None when nobody does."""
        return self._context.transactions.left(call)

    def has_pending(self, call: CallSite) -> bool:
        """Whether a failure before or in a commit leaves its connection refused, or half of several writes in it."""
        return self._context.transactions.has_pending(call)

    def refuses(self, call: CallSite) -> bool:
        """Whether the connection of a commit takes no further statement after a failed one."""
        return self._context.transactions.refuses(call)

    def taken_back(self, call: CallSite) -> bool:
        """Whether a failed commit, or a failed write before it, is followed by a rollback or the end of its session."""
        return self._context.transactions.taken_back(call)

    def reads_file(self, call: CallSite) -> bool:
        """Whether a call reads a file."""
        return self._context.state_files.is_read(call)

    def reads_whole(self, call: CallSite) -> bool:
        """Whether a file is taken all at once."""
        return self._context.state_files.is_whole(call)

    def appended_to(self, call: CallSite) -> Step | None:
        """Where the program adds to the file that a call reads; None when nothing in sight does."""
        return self._context.state_files.appender(call)

    def made_again(self, call: CallSite) -> tuple[Step, ...] | None:
        """The chain by which what a call makes is made again for each request; None when it is made once and kept."""
        return made_again(self._context, call)

    def shared_values(self, site: FunctionSite) -> tuple[SharedValue, ...]:
        """The values that a function shares between its calls or its class's objects, and changes or freezes."""
        return shared_values(self._context, site.key)

    def locked(self, call: CallSite) -> bool:
        """Whether the object a call makes is only used inside `with` on a lock, wherever its name is used."""
        return locked(self._context, call)

    def counter(self, state: StateSite, kind: str) -> Answer:
        """Whether the program does something of a kind (shrink, cap, grow, read, rebind) to a state anywhere."""
        return counter(self._context, state, kind)

    def growth(self, state: StateSite) -> tuple[Event, ...]:
        """Where served code puts more into a state with each request, message or item."""
        return growth(self._context, state)

    def is_surely_new(self, state: StateSite, event: Event) -> bool:
        """Whether what is added is new each time or chosen outside, as far as values are followed."""
        return is_surely_new(self._context, state, event)

    def relief(self, state: StateSite) -> tuple[Relief, Event | None]:
        """What takes away again from a state that grows, and where."""
        return relief(self._context, state)

    def step(self, state: StateSite, event: Event) -> Step:
        """Something done to a state, as a step of evidence."""
        return step(state, event)

    def changes(self, state: StateSite) -> tuple[Event, ...]:
        """Where what users ask for gives a shared name another value."""
        return changes(self._context, state)

    def is_settled(self, event: Event) -> bool:
        """Whether a change cannot mix users up: made once under a test that asks for it, or inside a lock."""
        return is_settled(self._context, event)

    def origin(self, state: StateSite, event: Event) -> str:
        """What a shared name is given: "itself", "outside", "constant" or "unknown"."""
        return origin(self._context, state, event)

    def readers(self, state: StateSite, written: tuple[Event, ...]) -> tuple[Event, ...]:
        """Where other functions read for somebody who asks what these wrote."""
        return readers(self._context, state, frozenset(event.function for event in written))

    def user_data(self, state: StateSite) -> tuple[Event, ...]:
        """Where a request that sends something leaves it in a state."""
        return user_data(self._context, state)

    def is_stored(self, event: Event) -> bool:
        """Whether the request that does something to a state also writes to a database, file or queue."""
        return is_stored(self._context, event)

    def other_entries(self, state: StateSite, written: tuple[Event, ...]) -> tuple[Event, ...]:
        """Where another entry point reads what these wrote."""
        return other_entries(self._context, state, written)
