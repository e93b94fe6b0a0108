"""Programs that are started from a terminal and then go on by themselves: loops that never end around outside work."""

import re
from collections.abc import Iterable, Iterator

from msgspec.structs import replace

from durability.facts.model import Block, Exit, Value
from durability.program.doing.effects import Effects, matches, spread
from durability.program.entrypoints.model import EntryPoint
from durability.program.links.graph import Edge, FunctionKey
from durability.program.links.program import Program

_OUTSIDE = ("http", "llm", "message", "charge", "refund", "db", "enqueue")
_PROMPTS = frozenset(
    {"input", "getpass.getpass", "click.prompt", "click.confirm", "typer.prompt", "rich.prompt.Prompt.ask"}
)
"""Calls that wait for a person at the keyboard."""

_RESTING = frozenset(
    {"sleep", "wait", "wait_for", "blpop", "brpop", "xread", "xreadgroup", "receive_message", "receive_messages",
     "get_updates", "recv", "poll"}
)  # fmt: skip
_GOING = re.compile(r"running|alive|active|started", re.IGNORECASE)
_ENDING = re.compile(r"stop|shut|quit|exit|kill|terminat|cancel|clos", re.IGNORECASE)
_ENDED = frozenset({"KeyboardInterrupt", "CancelledError", "SystemExit", "GeneratorExit"})
"""Errors by which somebody from outside ends a program."""


def told_as_daemons(program: Program, found: Iterable[EntryPoint]) -> Iterator[EntryPoint]:
    """Entry points; commands that never come back, and work outside meanwhile, as workers."""
    entries = list(found)
    loops = list(_endless(program)) if any(entry.role == "cli" for entry in entries) else []
    working = _working(program, loops) if loops else []
    leading = spread(program, working, lambda edge: not edge.offloaded) if working else {}
    for entry in entries:
        stays = entry.role == "cli" and entry.function in leading
        yield replace(entry, role="worker") if stays else entry


def _endless(program: Program) -> Iterator[tuple[FunctionKey, list[int]]]:
    """The functions with a loop that nothing but its end ends and that rests in each round, with the calls in it."""
    for path in sorted(program.files):
        facts = program.files[path]
        for index, block in enumerate(facts.blocks):
            if block.kind == "while" and block.value is not None and _goes_on(block.value):
                key = (path, block.function)
                calls = program.calls_in(key)
                inside = [call for call in calls if _within(program, path, facts.calls[call].block, index)]
                leaves = any(_leaves(program, path, index, item) for item in program.exits_in(key))
                if not leaves and any(_rests(program, path, call) for call in inside):
                    yield key, inside


def _goes_on(test: Value) -> bool:
    if test.kind == "const":
        return test.text in ("True", "1")
    negated = test.kind == "not"
    flag = test.parts[0] if negated else test
    if flag.kind == "call" and flag.text.endswith(".is_set") and flag.parts:
        return negated
    return flag.kind in ("name", "attr") and bool((_ENDING if negated else _GOING).search(flag.text))


def _rests(program: Program, path: str, call: int) -> bool:
    own = program.symbol(path, call).kind in ("function", "class")
    return not own and program.files[path].calls[call].target.rsplit(".", 1)[-1] in _RESTING


def _within(program: Program, path: str, block: int, outer: int) -> bool:
    return outer in program.blocks_above(path, block)


def _leaves(program: Program, path: str, loop: int, item: Exit) -> bool:
    """Whether a statement in a loop ends it, other than because somebody ends the program."""
    if item.kind not in ("return", "break") or not _within(program, path, item.block, loop):
        return False
    for block in _up_to(program, path, item.block, loop):
        if block.kind == "handler" and any(ref.rsplit(".", 1)[-1] in _ENDED for ref in block.refs):
            return False
        if item.kind == "break" and block.kind in ("for", "while"):
            return False
    return True


def _up_to(program: Program, path: str, block: int, outer: int) -> Iterator[Block]:
    for index in program.blocks_above(path, block):
        if index == outer:
            return
        yield program.files[path].blocks[index]


def _working(program: Program, loops: list[tuple[FunctionKey, list[int]]]) -> list[tuple[FunctionKey, int]]:
    """The loops that work outside the program and ask nobody at a keyboard, as a function and a call in it."""
    effects = Effects(program)
    prompts = [
        (key, call) for key in program.functions() for call in program.calls_in(key) if _prompts(program, key[0], call)
    ]
    asking = spread(program, prompts, _always)
    found = []
    for key, inside in loops:
        path = key[0]
        called = [edge.callee for edge in program.callees.get(key, ()) if edge.call in inside]
        if any(callee in asking for callee in called) or any(_prompts(program, path, call) for call in inside):
            continue
        works = any(_works(program, path, call) for call in inside)
        if works or any(effects.reaches(callee, effect) for callee in called for effect in _OUTSIDE):
            found.append((key, inside[0]))
    return found


def _works(program: Program, path: str, call: int) -> bool:
    row = program.row(program.name(path, call))
    return row is not None and any(matches(row, effect) for effect in _OUTSIDE)


def _prompts(program: Program, path: str, call: int) -> bool:
    return (program.name(path, call) or program.files[path].calls[call].target) in _PROMPTS


def _always(edge: Edge) -> bool:
    return True
