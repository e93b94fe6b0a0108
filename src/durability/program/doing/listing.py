"""Routes that list a collection: what they read, and whether the caller can ask for a part of it."""

import re
from collections import deque
from typing import TYPE_CHECKING, Literal

from msgspec import Struct

from durability.model import Step
from durability.program.doing.bounds import bound_of
from durability.program.entrypoints.model import EntryPoint
from durability.program.links.graph import Edge, FunctionKey
from durability.program.sites import CallSite

if TYPE_CHECKING:
    from durability.program.context import Context

_PAGING = re.compile(
    r"^(limit|offset|skip|page|per_page|page_?size|page_?number|page_?num|size|cursor|after|before|top|take|first|start"
    r"|count|since|last_id|max_results|n|top_?k|top_?n)$",
    re.IGNORECASE,
)
_PAGED = re.compile(r"paginat|\bPage\b|LimitOffset|CursorPage", re.IGNORECASE)
_SETTINGS = ("DEFAULT_PAGINATION_CLASS", "PAGE_SIZE", "pagination_class", "paginate_by")


class Listing(Struct, frozen=True):
    """What a list route reads: `open` everything there is, `bounded` a part, `unclear`, or `none`."""

    kind: Literal["open", "bounded", "unclear", "none"]
    trace: tuple[Step, ...] = ()


def listing(context: "Context", entry: EntryPoint) -> Listing:
    """What a GET route reads that answers with a collection: in its handler, or in a function that this calls.

    Further down a route reads to compute something, not to answer with it.
    """
    if "GET" not in entry.methods or not entry.path or entry.path.rstrip("/").endswith(("}", ">")):
        return Listing("none")
    came: dict[FunctionKey, Edge | None] = {entry.function: None}
    queue = deque([entry.function])
    near = {entry.function}
    found: dict[str, CallSite] = {}
    while queue:
        key = queue.popleft()
        for index in context.program.calls_in(key):
            call = context.call(key[0], index)
            if call.library.effect == "db.fetch_all":
                found.setdefault(bound_of(context, call), call)
        for edge in context.program.callees.get(key, ()):
            if edge.callee not in came and edge.call >= 0 and not edge.offloaded and key in near:
                came[edge.callee] = edge
                queue.append(edge.callee)
    if "open" in found:
        return Listing("open", _way(context, came, found["open"]))
    return Listing("unclear" if "unclear" in found else "bounded" if "bounded" in found else "none")


def _way(context: "Context", came: dict[FunctionKey, Edge | None], call: CallSite) -> tuple[Step, ...]:
    steps = [Step(call.path, call.line, f"{call.shown}() reads every row")]
    edge = came[call.key]
    while edge is not None:
        line = context.program.files[edge.caller[0]].calls[edge.call].span[0]
        steps.append(Step(edge.caller[0], line, f"calls {context.program.function(edge.callee).name}()"))
        edge = came[edge.caller]
    return tuple(reversed(steps))


def takes_page(context: "Context", entry: EntryPoint) -> bool:
    """Whether the caller can ask for a part: a parameter, a query argument, a paginating type or setting."""
    program = context.program
    function = program.function(entry.function)
    if any(_PAGING.match(item.name) for item in function.parameters):
        return True
    words = [
        function.returns,
        *(item.annotation for item in function.parameters),
        *(d.ref for d in function.decorators),
    ]
    if any(_PAGED.search(word) for word in words):
        return True
    for index in program.calls_in(entry.function):
        call = program.files[entry.function[0]].calls[index]
        if _PAGED.search(call.target) or any(
            item.value.kind == "text" and _PAGING.match(item.value.text) for item in call.arguments[:1]
        ):
            return True
    return _by_setting(context)


def _by_setting(context: "Context") -> bool:
    program = context.program
    for path in program.files:
        for item in program.files[path].assigns:
            if item.target.text in _SETTINGS and item.value is not None and item.value.text != "None":
                return True
            if item.target.text == "REST_FRAMEWORK" and item.value is not None:
                return any(part.text in _SETTINGS for part in item.value.parts)
    return False
