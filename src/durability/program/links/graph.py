"""The parts of the call graph: functions by key, and the edges between them."""

from msgspec import Struct

FunctionKey = tuple[str, int]
"""A function of the program: path of its file and its index there."""


class Edge(Struct, frozen=True):
    """One function calls another, or hands it over to be called (`offloaded`: on another thread or later)."""

    caller: FunctionKey
    callee: FunctionKey
    call: int
    offloaded: bool = False
