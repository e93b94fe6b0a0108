"""What a rule may ask about what the program does outside: effects, chains to them, how often and how much."""

from durability.model import Step
from durability.program.answers import NO, Answer, known, unknown
from durability.program.context import Context
from durability.program.doing.bounds import Bound, bound_of
from durability.program.doing.destruction import destroys, unmeant
from durability.program.doing.effects import matches
from durability.program.doing.fanout import Fanout, fanout
from durability.program.doing.holds import Hold, hold
from durability.program.doing.keyed import keyed_chain
from durability.program.doing.listing import Listing, listing, takes_page
from durability.program.doing.orm import LazyLoad
from durability.program.doing.own_loop import has_own_loop
from durability.program.doing.rounds import growing, holds_model_call
from durability.program.doing.scans import scanned_list
from durability.program.doing.touches import EFFECTS
from durability.program.entrypoints.lanes import lanes_of
from durability.program.flows.results import depends
from durability.program.flows.statements import asks_about_schema, query_texts
from durability.program.schema.rows import put
from durability.program.sites import CallSite, EntrySite, Loop, LoopSite, Site


class DoingQuestions:
    """Questions about what the program does outside."""

    def __init__(self, context: Context) -> None:
        self._context = context

    def effect(self, call: CallSite, effect: str, *, keyed_by: tuple[str, ...] = ()) -> Answer:
        """Whether a call has an effect, itself or through project functions; the shortest chain is the trace.

        With `keyed_by`, only when an argument (or the receiver) depends on one of these names of the same function.
        """
        steps = self._chain(call, effect)
        if not steps:
            return unknown("unresolved") if call.symbol.kind in ("unknown", "parameter") else NO
        if keyed_by and not depends(self._context, call, keyed_by):
            return NO
        return Answer("yes", trace=steps)

    def has_effect(self, call: CallSite, effect: str) -> bool:
        """Whether a call has an effect, itself or through project functions, as far as names are resolved."""
        if matches(call.library, effect):
            return True
        target = self._context.program.key_of(call.symbol)
        return target is not None and self._context.effects.reaches(target, effect)

    def hold(self, site: EntrySite) -> Hold | None:
        """The longest documented wait of one call on the way from an entry point; None when nothing is waited for."""
        return hold(self._context, site.key)

    def lanes(self, site: EntrySite) -> int | None:
        """How many events of an entry point are served at once; None where that hangs on how the program is started."""
        return lanes_of(self._context, site.entry)

    def touches_outside(self, site: EntrySite) -> bool:
        """Whether what an entry point runs reads or writes anything outside the process, as far as is known."""
        return any(self._context.effects.reaches(site.key, effect) for effect in EFFECTS)

    def blocks(self, call: CallSite, effects: tuple[str, ...]) -> Answer:
        """Whether a call holds its thread with one of these effects, itself or through helpers that do the work now.

        Helpers hand work over when they give it to another thread, or make a coroutine without awaiting it.
        """
        target = self._context.program.key_of(call.symbol)
        if target is None:
            blocks = call.library.blocking and not call.elsewhere
            return known(blocks and any(matches(call.library, effect) for effect in effects))
        if self._context.program.function(target).is_generator and call.used in ("passed", "returned", "other"):
            return NO  # it runs when somebody iterates over it, and that may be a thread
        found = [self._context.effects.chain(target, effect, blocking=True) for effect in effects]
        steps = min((chain for chain in found if chain), key=len, default=())
        return Answer("yes", trace=(Step(call.path, call.line, f"calls {call.shown}()"), *steps)) if steps else NO

    def has_own_loop(self, call: CallSite) -> bool:
        """Whether the coroutine around a call runs on an event loop that nobody else waits on."""
        return has_own_loop(self._context, call.key)

    def place_of_work(self, found: Answer) -> str:
        """The function in which the operation at the end of a chain stands: one edit there mends every way to it."""
        last = found.trace[-1]
        return f"{last.path}:{self._context.function_at(last.path, last.line)[0]}"

    def keyed_chain(self, call: CallSite, names: tuple[str, ...], effects: tuple[str, ...]) -> tuple[Step, ...]:
        """The shortest chain from a call to an operation that is asked about the items `names`; () when none is."""
        return keyed_chain(self._context, call, names, effects)

    def _chain(self, call: CallSite, effect: str) -> tuple[Step, ...]:
        if matches(call.library, effect):
            return (Step(call.path, call.line, f"{call.shown}()"),)
        target = self._context.program.key_of(call.symbol)
        if target is None:
            return ()
        rest = self._context.effects.chain(target, effect)
        return (Step(call.path, call.line, f"calls {call.shown}()"), *rest) if rest else ()

    def growing(self, call: CallSite, few: int) -> tuple[Loop, ...]:
        """The loops that run a call once per item of a collection that may hold more than `few`, inside out."""
        return growing(self._context, call, few)

    def beside_model(self, call: CallSite, loops: tuple[Loop, ...]) -> bool:
        """Whether one of these loops around a call asks a model in each round."""
        return holds_model_call(self._context, call, loops)

    def puts_row(self, call: CallSite) -> bool:
        """Whether a call puts a new row into a table, or a document into a collection."""
        return put(self._context, call) is not None

    def stops_early(self, call: CallSite) -> bool:
        """Whether the innermost loop around a call is left by `return` or `break` on some path: it looks for one."""
        blocks = self._context.program.files[call.path].blocks
        above = self._context.program.blocks_above(call.path, call.block)
        index = next((item for item in above if blocks[item].kind in ("for", "while")), None)
        if index is None:
            return False
        exits = LoopSite(self._context, call.path, index).exits
        return any(item.kind in ("return", "break") and item.span[0] >= call.line for item in exits)

    def bound(self, call: CallSite) -> Bound:
        """How much a call that fetches all rows can bring."""
        return bound_of(self._context, call)

    def listing(self, site: EntrySite) -> Listing:
        """What a GET route reads that answers with a collection."""
        return listing(self._context, site.entry)

    def takes_page(self, site: EntrySite) -> bool:
        """Whether the caller of a list route can ask for a part of it."""
        return takes_page(self._context, site.entry)

    def lazy_load(self, loop: LoopSite) -> LazyLoad | None:
        """The relation that a loop reads of each stored object; None when it reads none."""
        return self._context.models.lazy_load(loop)

    def scanned_list(self, loop: LoopSite) -> tuple[str, int] | None:
        """The list that a loop searches in each round, and the line; None when it searches none that grows."""
        return scanned_list(self._context, loop)

    def destroys(self, call: CallSite) -> str:
        """What a call deletes: "everything", "some" of what is stored, or "" when it is no deletion."""
        return destroys(self._context, call)

    def unmeant(self, call: CallSite) -> tuple[Step, ...] | None:
        """The chain by which a call runs although nobody said that it should; None when a test is on every way."""
        return unmeant(self._context, call)

    def fanout(self, call: CallSite) -> Fanout:
        """Whether a call starts one thing, few, a bounded number, or one per item of a collection from outside."""
        return fanout(self._context, call)

    def query_texts(self, call: CallSite) -> tuple[str, ...] | None:
        """The texts of the statement whose result a call fetches, as far as they are constant.

        () when no statement is in sight (an object-relational query), None when its text is not known.
        """
        return query_texts(self._context, call)

    def asks_about_schema(self, call: CallSite) -> bool:
        """Whether a statement asks what tables and columns there are."""
        return asks_about_schema(self._context, call)

    def is_project(self, call: CallSite) -> bool:
        """Whether a call runs a function of the project."""
        return self._context.program.key_of(call.symbol) is not None

    def calls_coroutine(self, call: CallSite) -> bool:
        """Whether a call runs a coroutine of the project."""
        target = self._context.program.key_of(call.symbol)
        return target is not None and self._context.program.function(target).is_async

    def makes_coroutine(self, call: CallSite) -> bool:
        """Whether a call only makes a coroutine, of the project or a library, that runs when it is awaited."""
        return self.calls_coroutine(call) or call.library.async_

    def way(self, site: Site) -> tuple[Step, ...]:
        """The shortest chain of calls from an entry point to a place, the place last."""
        steps = self._context.reach.way(site.key)
        last = f"{site.shown}()" if isinstance(site, CallSite) else site.operation
        return (*steps, Step(site.path, site.line, last)) if steps else ()

    def callers(self, site: Site) -> list[CallSite]:
        """The calls of the function around a place."""
        edges = self._context.program.callers.get(site.key, ())
        return [self._context.call(edge.caller[0], edge.call) for edge in edges if edge.call >= 0]

    def makers(self, call: CallSite) -> tuple[CallSite, ...]:
        """The calls that made the object this method is called on, nearest first."""
        return self._context.makers(call)
