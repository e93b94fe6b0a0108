"""Tasks that the function which starts them waits for: they are part of its own work, and no background job."""

from durability.facts.model import Value
from durability.program.entrypoints.model import EntryPoint
from durability.program.links.graph import FunctionKey
from durability.program.links.program import Program
from durability.program.links.spelling import plain_name

_STARTING = ("asyncio.create_task", "asyncio.ensure_future")
_JOINING = ("gather", "wait")
_AT_TERMINAL = ("cli", "script")
_KEEPING = (".append", ".add")


def without_joined(program: Program, entries: list[EntryPoint]) -> list[EntryPoint]:
    """The entry points without those tasks, where something that serves runs the function that starts them."""
    joined = [entry for entry in entries if entry.spawned and _is_joined(program, *entry.registered, entry.function)]
    others = {entry.function for entry in entries if entry not in joined and entry.role not in _AT_TERMINAL}
    return [entry for entry in entries if entry not in joined or not _is_run(program, entry, others)]


def _is_run(program: Program, entry: EntryPoint, others: set[FunctionKey]) -> bool:
    """Whether another entry point leads to the call that starts a task."""
    path, index = entry.registered
    start = (path, program.files[path].calls[index].function)
    seen, pending = {start}, [start]
    while pending:
        key = pending.pop()
        if key in others:
            return True
        further = {edge.caller for edge in program.callers.get(key, ())} - seen
        seen |= further
        pending.extend(further)
    return False


def _is_joined(program: Program, path: str, index: int, works: FunctionKey) -> bool:
    """Whether a call starts a task that is awaited by a `gather` beside it; `works` is the function it runs.

    What loops until it is stopped is a job of its own all the same.
    """
    if index < 0 or program.name(path, index) not in _STARTING or _lasts(program, works):
        return False
    facts = program.files[path]
    beside = [facts.calls[number] for number in program.calls_in((path, facts.calls[index].function))]
    names = set(facts.calls[index].into)
    for item in program.assigns_in((path, facts.calls[index].function)):
        if item.value is not None and _holds(item.value, index, set()):
            names.add(plain_name(item.target))
    for call in beside:
        if call.target.endswith(_KEEPING) and any(_holds(item.value, index, names - {""}) for item in call.arguments):
            names.add(plain_name(call.receiver) if call.receiver is not None else "")
    joining = (call for call in beside if call.awaited and call.target.rpartition(".")[2] in _JOINING)
    return any(_holds(item.value, index, names - {""}) for call in joining for item in call.arguments)


def _lasts(program: Program, key: FunctionKey) -> bool:
    blocks = (program.files[key[0]].blocks[number] for number in program.blocks_in(key))
    return any(block.kind == "while" or (block.kind == "for" and block.is_async) for block in blocks)


def _holds(value: Value, call: int, names: set[str]) -> bool:
    """Whether a value is, or has in it, what a call gave or one of these names."""
    return any(part.call == call or plain_name(part) in names for part in value.walk())
