"""What a rule may ask about values: what may be None, what comes from outside, what is made up, what is kept."""

from durability.program.answers import NO, YES, Answer, unknown
from durability.program.context import Context
from durability.program.flows.arrival import Arrival, arrival
from durability.program.flows.filled import Filled
from durability.program.flows.handed import Origin
from durability.program.flows.model_text import Parsed
from durability.program.flows.nullness import Need
from durability.program.flows.placeholders import Placeholder
from durability.program.flows.remote_json import Reach
from durability.program.flows.sinks import SinkKind, sink_of
from durability.program.flows.sources import SourceKind
from durability.program.keeping.state_files import StateWrite
from durability.program.sites import CallSite, FunctionSite


class ValueQuestions:
    """Questions about the values of a program."""

    def __init__(self, context: Context) -> None:
        self._context = context

    def none_needs(self, call: CallSite) -> tuple[Need, ...]:
        """The uses of a result that None cannot stand, in source order, each guarded or not."""
        return self._context.nullness.needs(call)

    def none_origin(self, call: CallSite) -> Origin | None:
        """Why the result of a call may be None; None when no origin is known, or when there is always something."""
        nullness = self._context.nullness
        origin = nullness.origins.get((call.path, call.index))
        return None if origin is None or nullness.always_has_row(call) else origin

    def json_reaches(self, call: CallSite) -> tuple[Reach, ...]:
        """The uses of remote JSON that go at least two levels down or take an element, each guarded or not."""
        return self._context.remote_json.reaches(call)

    def json_origin(self, call: CallSite) -> Origin:
        """Where the remote JSON that a call gives comes from."""
        return self._context.remote_json.origins[call.path, call.index]

    def model_text(self, call: CallSite) -> tuple[Parsed, Answer]:
        """Which model wrote the text that a call parses, and whether something copes with any other text."""
        texts = self._context.model_text
        parsed = texts.origins[call.path, call.index]
        if texts.copes(call):
            return parsed, YES
        open_options = parsed.error != "IndexError" and self._context.call(*parsed.model).has_unpacked
        return parsed, unknown("passed through") if open_options else NO

    def state_write(self, call: CallSite) -> StateWrite:
        """How a call puts a file there that the program reads as well."""
        return self._context.state_files.origins[call.path, call.index]

    def placeholder(self, site: FunctionSite) -> Placeholder | None:
        """Whether a function that answers an entry point is a stub or a mock; None when a constant is meant."""
        return self._context.placeholders.of(site.key)

    def filled(self, call: CallSite) -> Filled:
        """Whether a model wrote what a call stores or charges; for the sites of the selector `filled_by_model`."""
        return self._context.filled.all[call.path, call.index]

    def sink(self, call: CallSite) -> SinkKind | None:
        """What kind of sink a call is: "sql", "path", "url", "shell" or "code"; None when it is none."""
        found = sink_of(call)
        return found[0] if found is not None else None

    def flow(self, call: CallSite, source: SourceKind) -> Arrival:
        """Whether what a sink call is given starts at "external" input or at a "model", and how it gets there."""
        return arrival(self._context, call, source)
