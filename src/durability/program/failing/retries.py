"""Loops that repeat a remote call until it works, and how they wait."""

from collections.abc import Sequence
from itertools import takewhile
from typing import TYPE_CHECKING

from durability.facts.model import Value
from durability.program.flows.results import depends, names_in
from durability.program.links.spelling import plain_name
from durability.program.sites import CallSite, HandlerSite, LoopSite

if TYPE_CHECKING:
    from durability.program.context import Context
    from durability.program.links.graph import FunctionKey

_ANSWERS = frozenset(
    {"BlockingIOError", "InterruptedError", "SSLWantReadError", "SSLWantWriteError", "Empty", "Full", "QueueEmpty",
     "IntegrityError", "UniqueViolation", "DuplicateKeyError", "FileExistsError", "StaleDataError", "ValueError",
     "KeyError", "ValidationError", "JSONDecodeError"}
)  # fmt: skip
"""Errors that say "not yet" or "not that", rather than that the other side failed."""
_REMOTE = ("http", "llm", "db", "message", "charge")


def retries(context: "Context", loop: LoopSite) -> bool:
    """Whether a loop repeats one remote call until it works: it leaves on success and goes on after an error."""
    if loop.view.kind == "for" and not _is_counted(loop):
        return False
    if any(call.shown == "input" for call in loop.calls):
        return False  # it asks a person again, and waits for the answer
    for handler in loop.handlers_inside:
        if handler.always_leaves or not _may_be_the_other_side(context, handler):
            continue
        remote = [call for call in handler.guarded_calls if _is_remote(context, call)]
        if remote and _leaves_on_success(context, loop, handler) and not _tries_another(context, handler, remote):
            return True
    return False


def tries_next(context: "Context", handler: HandlerSite) -> bool:
    """Whether a handler goes on to the next of several sources: the loop over them ends with the first that works,
    and what stands behind it says what happens when none does."""
    blocks = context.program.files[handler.path].blocks
    above = context.program.blocks_above(handler.path, handler.guarded_block)
    index = next((item for item in above if blocks[item].kind in ("for", "while", "function")), -1)
    if index < 0 or blocks[index].kind != "for":
        return False
    loop = LoopSite(context, handler.path, index)
    asked = [call for call in handler.guarded_calls if depends(context, call, blocks[index].targets)]
    ends = any(item.span[0] > loop.span[2] for item in handler.exits_here())
    return bool(asked) and ends and _leaves_on_success(context, loop, handler)


def falls_back(context: "Context", handler: HandlerSite) -> bool:
    """Whether what the `try` would have returned is looked for elsewhere, right after an error that is named."""
    if handler.broad or not any(
        item.kind == "return" and handler.within(item.block, handler.guarded_block) for item in handler.exits_here()
    ):
        return False
    parent = context.program.files[handler.path].blocks[handler.guarded_block].parent
    after = [
        call for call in handler.calls_here() if call.line > handler.span[2] and handler.within(call.block, parent)
    ]
    return any(_is_remote(context, call) or call.library.effect.startswith("file.") for call in after)


def _may_be_the_other_side(context: "Context", handler: HandlerSite) -> bool:
    """Whether what is caught may be an overloaded or absent other side, not an answer: a conflict, a name taken."""
    return not handler.types or any(
        name.rsplit(".", 1)[-1] not in _ANSWERS and context.program.resolve(name, handler.path).kind != "class"
        for name in handler.types
    )


def _leaves_on_success(context: "Context", loop: LoopSite, handler: HandlerSite) -> bool:
    """Whether the loop ends once the call has worked, and not for a reason of its own as a service's loop does."""
    got = {
        name
        for item in context.program.assigns_in(loop.key)
        if loop.within(item.block, handler.guarded_block)
        for name in _targets(item.target)
    }
    return any(
        item.kind in ("return", "break")
        and _follows(context, loop, item.block, handler.guarded_block)
        and _is_about(context, loop, item.block, got)
        for item in loop.exits
    )


def _is_about(context: "Context", loop: LoopSite, block: int, got: set[str]) -> bool:
    blocks = context.program.files[loop.path].blocks
    above = takewhile(lambda index: index != loop.index, context.program.blocks_above(loop.path, block))
    tests = [blocks[index].value for index in above if blocks[index].kind == "if"]
    return all(test is None or bool(got.intersection(names_in(test))) or _asks(test) for test in tests)


def _asks(test: Value) -> bool:
    return test.kind == "call" or any(_asks(part) for part in test.parts)


def _tries_another(context: "Context", handler: HandlerSite, remote: Sequence[CallSite]) -> bool:
    """Whether the handler changes what is asked for: the next name or number, another server."""
    changed = {
        name
        for item in context.program.assigns_in(handler.key)
        if handler.within(item.block, handler.index)
        for name in _targets(item.target)
    }
    given = {name for call in remote for argument in call.fact.arguments for name in names_in(argument.value)}
    return bool(changed & given)


def _targets(target: Value) -> set[str]:
    return {target.text} if target.kind == "name" else {name for part in target.parts for name in _targets(part)}


def waits(context: "Context", loop: LoopSite) -> str:
    """How a loop waits between rounds: "growing", "constant" or "not"."""
    found = "not"
    for call in loop.calls:
        if call.library.effect != "sleep" and call.shown.rsplit(".", 1)[-1] != "sleep":
            continue
        value = call.argument("", 0)
        if value is None:
            continue
        if value.kind == "const" or (value.kind in ("name", "attr") and not _grows(context, value, loop)):
            found = "constant" if found == "not" else found
        else:
            return "growing"
    return found


def _follows(context: "Context", loop: LoopSite, block: int, tried: int) -> bool:
    above = set(context.program.blocks_above(loop.path, block))
    if tried in above:
        return True
    blocks = context.program.files[loop.path].blocks
    in_handler = any(blocks[index].kind == "handler" for index in above if index > loop.index)
    return not in_handler and loop.index in above


def _is_remote(context: "Context", call: CallSite) -> bool:
    if call.library.effect.split(".")[0] in _REMOTE:
        return True
    target = context.program.key_of(call.symbol)
    done = [target] if target is not None else handed_in(context, call)
    return any(context.effects.reaches(key, effect) for key in done for effect in _REMOTE)


def handed_in(context: "Context", call: CallSite) -> "list[FunctionKey]":
    """What `fn()` runs in a helper that is given `fn`, or in a decorator around it."""
    program, path, at = context.program, call.path, call.key[1]
    while at > 0 and all(item.name != call.shown for item in program.function((path, at)).parameters):
        at = program.function((path, at)).parent
    if at <= 0:
        return []
    given = [
        handed.callee
        for edge in program.callers.get((path, at), ())
        for handed in program.callees.get(edge.caller, ())
        if handed.call == edge.call >= 0 and handed.offloaded
    ]
    while program.function((path, at)).parent > 0:
        at = program.function((path, at)).parent
    name = program.function((path, at)).name
    around = (edge.caller for edge in program.callers.get((path, at), ()))
    decorated = [key for key in around if any(item.ref.endswith(name) for item in program.function(key).decorators)]
    return given + decorated


def _grows(context: "Context", value: Value, loop: LoopSite) -> bool:
    name = plain_name(value)
    if name in loop.view.targets:
        return True
    bound = context.program.assigns_to(loop.path, name)
    inside = [item for item in bound if item.function == loop.key[1] and loop.within(item.block, loop.index)]
    return any(item.op != "=" or (item.value is not None and item.value.kind != "const") for item in inside)


def _is_counted(loop: LoopSite) -> bool:
    iterable = loop.view.iterable
    if iterable is None or iterable.kind != "call":
        return False
    return iterable.text in ("range", "count", "itertools.count") or "retr" in iterable.text.lower()


def after_tries(context: "Context", loop: LoopSite) -> str:
    """What happens when all tries have failed and nobody is told: "returns None", "goes on"; "" when it is told."""
    program = context.program
    if any(item.kind == "raise" for handler in loop.handlers_inside for item in handler.exits):
        return ""
    if any(handler.tells_caller or handler.hands_on or handler.ends_process for handler in loop.handlers_inside):
        return ""
    parent = program.files[loop.path].blocks[loop.index].parent
    after = [item for item in program.exits_in(loop.key) if item.span[0] > loop.span[2]]
    same = [item for item in after if item.block == parent]
    if any(item.kind in ("raise", "assert") for item in after):
        return ""
    if any(_raises(context, call) for call in loop.calls_here() if call.line > loop.span[2]):
        return ""
    kept = {handler.name for handler in loop.handlers_inside if handler.name}
    kept |= {
        plain_name(item.target)
        for item in program.assigns_in(loop.key)
        if loop.within(item.block, loop.index) and item.value is not None and item.value.text in kept
    }
    returned = next((item for item in same if item.kind == "return"), None)
    if returned is None or returned.value is None:
        return "" if after or loop.key[1] == 0 else "returns None"
    return _empty(returned.value) if not _mentions(returned.value, kept) else ""


def _empty(value: Value) -> str:
    """How an empty answer reads; "" for a value that says something."""
    if value.kind == "const" and value.text in ("None", "False"):
        return f"returns {value.text}"
    if value.kind in ("list", "dict", "tuple", "set") and not value.parts:
        return f"returns an empty {value.kind}"
    return "returns an empty text" if value.kind == "text" and not value.text else ""


def _mentions(value: Value, names: set[str]) -> bool:
    return (value.kind == "name" and value.text in names) or any(_mentions(part, names) for part in value.parts)


def _raises(context: "Context", call: CallSite) -> bool:
    """Whether a call runs a project function that raises on its own level, or ends the program."""
    if call.shown.rsplit(".", 1)[-1] in ("exit", "_exit", "abort", "fail"):
        return True
    target = context.program.key_of(call.symbol)
    if target is None:
        return False
    own = context.program.function(target).block
    return any(item.kind == "raise" and item.block == own for item in context.program.exits_in(target))
