"""Places between two lasting effects where a call could not be followed: what stands there is not known."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from durability.program.links.graph import FunctionKey

if TYPE_CHECKING:
    from durability.program.context import Context

_STANDING = frozenset({"charge", "refund", "message", "enqueue", "remote", "record", "delete"})


def untraced(context: "Context", entries: frozenset[str]) -> Iterator[tuple[str, int]]:
    """Path and line of the first such call of each function that lies on the way from one of these entry points."""
    program = context.program
    for path in context.judged_paths():
        for index in range(len(program.files[path].functions)):
            if entries.intersection(context.reach.of((path, index)).entries):
                yield from _between(context, (path, index))


def _between(context: "Context", key: FunctionKey) -> Iterator[tuple[str, int]]:
    standing = [item for item in context.sequences.of(key) if any(event.kind in _STANDING for event in item.events)]
    if len(standing) < 2:
        return
    program = context.program
    for index in program.calls_in(key):
        call = program.files[key[0]].calls[index]
        if standing[0].span[2:] <= call.span[:2] <= standing[-1].span[:2] and program.is_unresolved(key[0], index):
            yield key[0], call.span[0]
            return
