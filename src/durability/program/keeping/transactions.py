"""What becomes of a transaction whose writes or commit fail: taken back, gone with its connection, or left open."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Literal

from durability.facts.model import Block
from durability.model import Step
from durability.program.flows.guards import takes
from durability.program.keeping.lifetimes import made_again
from durability.program.links.given import argument_for
from durability.program.links.spelling import plain_name
from durability.program.sites import CallSite

if TYPE_CHECKING:
    from durability.program.context import Context
    from durability.program.links.graph import FunctionKey
    from durability.program.sites import HandlerSite

Left = Literal["shared", "next round", "later"]
"""Who meets the failed transaction: every later request, the next item of a loop, or the rest of the function."""

_STUCK = ("psycopg2.", "psycopg.", "sqlalchemy.", "sqlmodel.", "flask_sqlalchemy.")
"""Libraries that refuse every statement after a failed one until it is rolled back (PostgreSQL manual, SQLSTATE 25P02;
SQLAlchemy documentation, PendingRollbackError)."""

_TIDIED = ("flask_sqlalchemy.",)
"""Libraries that remove their session at the end of each request by themselves."""

_ERRORS = frozenset(
    {
        "Exception",
        "BaseException",
        "DatabaseError",
        "Error",
        "SQLAlchemyError",
        "IntegrityError",
        "OperationalError",
        "DBAPIError",
    }
)
_ENDING = frozenset({"rollback", "close", "remove", "aclose", "expunge_all"})
_NO_WAIT = frozenset({"autocommit", "isolation_level"})
_SERVED = frozenset({"route", "bot", "ui", "tool", "worker"})
_FAR = 3


class Transactions:
    """Answers "who meets what a failed commit leaves?"."""

    def __init__(self, context: "Context") -> None:
        self._context = context

    def has_pending(self, call: CallSite) -> bool:
        """Whether a failure before or in a commit leaves something: a refused connection, or half of several writes."""
        if any(self._commits_alone(maker) for maker in self._context.makers(call)):
            return False
        return self.refuses(call) or self._writes_before(call) > 1

    def refuses(self, call: CallSite) -> bool:
        """Whether the connection of a commit takes no further statement after a failed one."""
        return call.name.startswith(_STUCK)

    def taken_back(self, call: CallSite) -> bool:
        """Whether a failed commit, or a failed write before it, is followed by a rollback or the end of its session."""
        return self._taken_back(call, 0, set())

    def left(self, call: CallSite) -> tuple[Left, tuple[Step, ...]] | None:
        """Who meets the failed transaction, with the evidence; None when it is gone with its connection."""
        swallowed = self._swallowed(call)
        if swallowed is not None:
            return swallowed
        if call.name.startswith(_TIDIED) or not call.reach.roles & _SERVED:
            return None
        for maker in self._context.makers(call):
            if maker.library.effect in ("db.connect", "constructs") and maker.name and self._is_shared(maker):
                return "shared", (
                    Step(maker.path, maker.line, f"{maker.shown}() is made once, for everybody"),
                    Step(call.path, call.line, f"{call.shown}()"),
                )
        return None

    # The connection.

    def _is_shared(self, maker: CallSite) -> bool:
        return (
            not maker.name.endswith(("create_engine", "sessionmaker", "Pool"))
            and not maker.library.name.endswith("scoped_session")
            and made_again(self._context, maker) is None
        )

    def _commits_alone(self, maker: CallSite) -> bool:
        for name in _NO_WAIT:
            given = maker.argument(name)
            if given is not None and given.text in ("True", "None", "AUTOCOMMIT"):
                return True
        names = {f"{name}.{option}" for name in maker.into for option in _NO_WAIT}
        facts = self._context.program.files[maker.path]
        return any(plain_name(item.target) in names for item in facts.assigns)

    def _writes_before(self, call: CallSite) -> int:
        """How many writes wait for a commit: those since the one before it."""
        found = 0
        for item in self._context.sequences.of(call.key):
            if item.span[2:] > call.span[2:] or item.call == call.index:
                break
            for event in item.events:
                found = 0 if event.kind == "record" else found + (event.kind == "write")
        return found

    # Taken back.

    def _taken_back(self, call: CallSite, depth: int, seen: "set[FunctionKey]") -> bool:
        blocks = self._context.program.files[call.path].blocks
        for index in self._context.program.blocks_above(call.path, call.block):
            block = blocks[index]
            if block.kind == "with" and self._is_transaction(block, call):
                return True
            if block.kind == "try":
                handlers = self._context.handlers_of(call.path, index)
                if self._tidied_after(call, index, handlers):
                    return True
                if any(takes(item, _ERRORS) and not item.always_raises for item in handlers):
                    return False
        if self._wrapped(call) or depth == _FAR or call.key in seen:
            return self._wrapped(call)
        seen.add(call.key)
        above = [edge for edge in self._context.program.callers.get(call.key, ()) if edge.call >= 0]
        calls = (self._context.call(edge.caller[0], edge.call) for edge in above)
        return any(self._taken_back(item, depth + 1, seen) for item in calls)

    def _is_transaction(self, block: Block, call: CallSite) -> bool:
        """Whether a `with` ends the transaction when an error leaves it: the connection's, `begin()`, its session's."""
        value = block.value
        if value is None:
            return False
        if plain_name(value) and call.receiver is not None and plain_name(value) == plain_name(call.receiver):
            return True
        if value.kind != "call" or value.call < 0:
            return False
        opened = self._context.call(call.path, value.call)
        return opened.shown.rsplit(".", 1)[-1] in ("begin", "atomic", "transaction") or any(
            name in block.targets for name in _roots(call)
        )

    def _is_tidied(self, call: CallSite) -> bool:
        """Whether the function itself tidies up after an error of a call."""
        blocks = self._context.program.files[call.path].blocks
        return any(
            self._tidied_after(call, index, self._context.handlers_of(call.path, index))
            for index in self._context.program.blocks_above(call.path, call.block)
            if blocks[index].kind == "try"
        )

    def _tidied_after(self, call: CallSite, index: int, handlers: "list[HandlerSite]") -> bool:
        """Whether what takes the error, or what runs in any case, rolls back or closes."""
        taking = [
            item for item in handlers if not item.types or _ERRORS & {name.rsplit(".", 1)[-1] for name in item.types}
        ]
        if any(self._ends(item) for handler in taking for item in handler.calls):
            return True
        blocks = self._context.program.files[call.path].blocks
        last = [
            number
            for number in self._context.program.blocks_in(call.key)
            if blocks[number].kind == "finally"
            and blocks[number].parent == blocks[index].parent
            and blocks[number].span[:2] >= blocks[index].span[:2]
        ]
        return any(self._ends(item) for item in call.calls_here() for number in last if item.within(item.block, number))

    def _ends(self, call: CallSite) -> bool:
        if call.library.effect == "db.rollback" or call.shown.rsplit(".", 1)[-1] in _ENDING:
            return True
        target = self._context.program.key_of(call.symbol) if call.symbol.kind == "function" else None
        return target is not None and self._context.effects.reaches(target, "db.rollback")

    def _wrapped(self, call: CallSite) -> bool:
        """Whether a decorator of the function rolls back."""
        program = self._context.program
        for decorator in call.function.decorators:
            target = program.key_of(program.resolve(decorator.ref, call.path))
            if target is not None and any(
                self._context.effects.reaches(key, "db.rollback") for key in self._within(target)
            ):
                return True
        return False

    def _within(self, key: "FunctionKey") -> "Iterator[FunctionKey]":
        yield key
        for inner in self._context.program.functions_in(key):
            yield from self._within(inner)

    # Passed over.

    def _swallowed(self, call: CallSite) -> tuple[Left, tuple[Step, ...]] | None:
        """The next use of the same session after a handler that lets the function go on."""
        names = _roots(call)
        for handler in call.handlers:
            if not takes(handler, _ERRORS) or handler.always_raises or self._goes_on_with(handler, names, call):
                continue
            step = Step(handler.path, handler.line, "an error ends here")
            if handler.always_leaves:
                return self._given_again(call, names, step)
            for loop in handler.loops:
                if not names & set(loop.targets) and not self._made_in(call, names, loop.block):
                    return "next round", (Step(call.path, call.line, f"{call.shown}()"), step)
            for later in call.calls_here() if self.refuses(call) else ():
                uses = later.receiver is not None and plain_name(later.receiver).partition(".")[0] in names
                ends = later.shown.rsplit(".", 1)[-1] in _ENDING
                outside = not later.within(later.block, handler.index)
                if uses and not ends and outside and later.span[:2] > handler.span[2:]:
                    return "later", (
                        Step(call.path, call.line, f"{call.shown}()"), step,
                        Step(later.path, later.line, f"{later.shown}()"),
                    )  # fmt: skip
            return self._given_again(call, names, step)
        return None

    def _goes_on_with(self, handler: "HandlerSite", names: set[str], call: CallSite) -> bool:
        """Whether a handler itself commits what is to stand after the failure, on a connection that still takes it."""
        return not self.refuses(call) and any(
            item.library.effect == "db.commit" and names & _roots(item) for item in handler.calls
        )

    def _made_in(self, call: CallSite, names: set[str], loop: Block) -> bool:
        """Whether the session is made anew in each round."""
        blocks = self._context.program.files[call.path].blocks
        own = (item for item in self._context.program.assigns_in(call.key) if plain_name(item.target) in names)
        opened = (
            number for number in self._context.program.blocks_in(call.key)
            if blocks[number].kind == "with" and names & set(blocks[number].targets)
        )  # fmt: skip
        places = [item.block for item in own] + list(opened)
        return any(
            blocks[number] == loop
            for place in places
            for number in self._context.program.blocks_above(call.path, place)
        )

    def _given_again(self, call: CallSite, names: set[str], step: Step) -> tuple[Left, tuple[Step, ...]] | None:
        """Whether a caller gives the same session to each round of its loop."""
        given = next((item.name for item in call.function.parameters if item.name in names), "")
        if not given or given in ("self", "cls"):
            return None
        for edge in self._context.program.callers.get(call.key, ()):
            if edge.call < 0:
                continue
            above = self._context.call(edge.caller[0], edge.call)
            if self._is_tidied(above):
                continue
            value = argument_for(call.function, given, above.fact)
            roots = {plain_name(value).partition(".")[0]} if value is not None else set()
            for loop in above.loops:
                if roots - {""} and not roots & set(loop.targets) and not self._made_in(above, roots, loop.block):
                    return "next round", (
                        Step(above.path, above.line, f"calls {above.shown}()"),
                        Step(call.path, call.line, f"{call.shown}()"),
                        step,
                    )
        return None


def _roots(call: CallSite) -> set[str]:
    """The name that the connection of a commit goes by."""
    name = plain_name(call.receiver) if call.receiver is not None else ""
    return {name.partition(".")[0]} - {""}
