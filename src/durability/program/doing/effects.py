"""Effects bottom-up: which functions lead to an effect, with the shortest chain as witness."""

from collections import deque
from collections.abc import Callable, Iterable
from functools import cached_property

from durability.knowledge.rows import Row
from durability.model import Step
from durability.program.links.graph import Edge, FunctionKey
from durability.program.links.program import Program

Table = dict[FunctionKey, tuple[int, Edge | None]]
"""From a function to the next call on its way to an operation, and the edge; None where the call is the operation."""


class Effects:
    """Answers "does calling this lead to that?". One breadth-first pass per question, kept; cycles are no trouble."""

    def __init__(self, program: Program) -> None:
        self._program = program
        self._next: dict[str, Table] = {}

    @cached_property
    def _operations(self) -> list[tuple[FunctionKey, int, Row]]:
        """Every call whose library row has an effect, in order of file and place."""
        program = self._program
        found = []
        for path in sorted(program.files):
            for index, call in enumerate(program.files[path].calls):
                row = program.row(program.name(path, index))
                if row is not None and row.effect not in ("none", "constructs"):
                    found.append(((path, call.function), index, row))
        return found

    def chain(self, start: FunctionKey, effect: str, blocking: bool = False) -> tuple[Step, ...]:
        """The shortest chain of calls from a function to an effect, its last step the operation; () when there is none.

        With `blocking`, only operations that block their thread count, and calls handed to another thread do not.
        """
        return steps_along(self._program, self._table(effect, blocking), start)

    def reaches(self, start: FunctionKey, effect: str, blocking: bool = False) -> bool:
        """Whether a function leads to an effect."""
        return start in self._table(effect, blocking)

    def _runs_now(self, edge: Edge) -> bool:
        """Whether the caller waits for the callee: not what is handed over, nor a coroutine that it does not await."""
        callee_is_async = self._program.function(edge.callee).is_async
        return not edge.offloaded and (self._program.function(edge.caller).is_async or not callee_is_async)

    def _table(self, effect: str, blocking: bool) -> Table:
        key = f"{effect}/{blocking}"
        if key not in self._next:
            self._next[key] = self._build(lambda row: matches(row, effect) and (row.blocking or not blocking), blocking)
        return self._next[key]

    def _build(self, wanted: Callable[[Row], bool], blocking: bool) -> Table:
        starts = [(key, index) for key, index, row in self._operations if wanted(row)]
        if blocking:
            starts = [(key, index) for key, index in starts if (key[0], index) not in self._program.elsewhere]
        return spread(self._program, starts, self._runs_now if blocking else _always)


def spread(program: Program, starts: Iterable[tuple[FunctionKey, int]], passes: Callable[[Edge], bool]) -> Table:
    """Which functions lead to one of some calls (function and index), each with the next call on the shortest way."""
    table: Table = {}
    queue: deque[FunctionKey] = deque()
    for key, index in starts:
        if key not in table:
            table[key] = (index, None)
            queue.append(key)
    while queue:
        callee = queue.popleft()
        for edge in program.callers.get(callee, ()):
            if edge.caller in table or edge.call < 0 or not passes(edge):
                continue
            table[edge.caller] = (edge.call, edge)
            queue.append(edge.caller)
    return table


def steps_along(program: Program, table: Table, start: FunctionKey) -> tuple[Step, ...]:
    """The chain of calls that a table shows from a function on, the operation last; () when it shows none."""
    steps: list[Step] = []
    at: FunctionKey | None = start
    while at is not None and at in table:
        call, edge = table[at]
        fact = program.files[at[0]].calls[call]
        if edge is None:
            steps.append(Step(at[0], fact.span[0], f"{fact.target}()"))
            return tuple(steps)
        steps.append(Step(at[0], fact.span[0], f"calls {program.function(edge.callee).qualname}()"))
        at = edge.callee
    return ()


def _always(edge: Edge) -> bool:
    return True


def matches(row: Row, effect: str) -> bool:
    """Whether a row has an effect; `db` stands for every database effect."""
    return row.effect == effect or row.effect.startswith(effect + ".")
