"""Callables of libraries that are handed to something that runs them: `to_thread(requests.get, url)` asks a server.

What is waited for is read as the call that it comes down to. What runs later is read as a lambda around that call, so
that it is told apart from what its function does itself. Functions of the project have edges of their own.
"""

from typing import TYPE_CHECKING, NamedTuple

from msgspec.structs import replace

from durability.facts.handed import runs_at
from durability.facts.model import Argument, Block, Call, Exit, FileFacts, Function, Value
from durability.knowledge.rows import Row
from durability.program.links.link import Symbol

if TYPE_CHECKING:
    from durability.program.links.program import Program

_PARTIAL = "functools.partial"


class _Run(NamedTuple):
    """A callable with what it is called with; `position` is where it stands among the arguments of the call."""

    value: Value
    symbol: Symbol
    arguments: tuple[Argument, ...]
    position: int


def follow_handovers(program: "Program") -> dict[str, FileFacts]:
    """Read the calls of every file that run a callable of a library as calls of it; the facts of the files changed."""
    changed = {}
    for path in sorted(program.files):
        names = (program.name(path, index) for index in range(len(program.files[path].calls)))
        rows = [(index, row) for index, name in enumerate(names) if (row := program.row(name)) is not None]
        running = [(index, row) for index, row in rows if row.runs is not None]
        if running:
            changed[path] = _Rewriting(program, path).facts(running)
    return changed


class _Rewriting:
    """The facts of one file, with what its calls run put in."""

    def __init__(self, program: "Program", path: str) -> None:
        self._program = program
        self._path = path
        facts = program.files[path]
        self._facts = facts
        self._calls = list(facts.calls)
        self._functions = list(facts.functions)
        self._blocks = list(facts.blocks)
        self._exits = list(facts.exits)

    def facts(self, running: list[tuple[int, Row]]) -> FileFacts:
        """The facts of the file; `running` are its calls that run what they are given."""
        for index, row in running:
            run = self._run(self._calls[index], row)
            if run is not None and row.async_:
                self._calls[index] = _called(self._calls[index], run)
                self._program.symbols[self._path][index] = run.symbol
                self._program.elsewhere.add((self._path, index))
            elif run is not None:
                self._defer(index, run)
        return replace(
            self._facts,
            calls=tuple(self._calls),
            functions=tuple(self._functions),
            blocks=tuple(self._blocks),
            exits=tuple(self._exits),
        )

    def _run(self, call: Call, row: Row) -> _Run | None:
        position = runs_at(call.arguments, row)
        if position is None:
            return None
        given = call.arguments[position]
        arguments = _packed(call) if row.effect == "thread" else call.arguments[position + 1 :]
        value, ref = given.value, given.ref
        if value.kind == "call" and value.call >= 0 and self._program.name(self._path, value.call) == _PARTIAL:
            bound = self._calls[value.call].arguments
            if not bound or bound[0].keyword:
                return None
            value, ref = bound[0].value, bound[0].ref
            arguments = (*bound[1:], *arguments)
        if value.kind not in ("name", "attr"):
            return None
        symbol = (
            self._program.linker.callee(ref, self._path)
            if ref
            else self._program.value_symbol(value, self._path, call.function)
        )
        known = self._program.row(symbol.name) if symbol.kind == "library" and _spelled(value) else None
        return _Run(value, symbol, arguments, position) if known is not None and known.effect != "none" else None

    def _defer(self, index: int, run: _Run) -> None:
        """Put a lambda that makes the call where the callable is handed over."""
        call = self._calls[index]
        number, block, span = len(self._functions), len(self._blocks), call.span
        outer = self._functions[call.function]
        name = f"<{_spelled(run.value)}>"
        qualname = f"{outer.qualname}.{name}" if call.function else name
        self._functions.append(
            Function(name, qualname, call.function, "", block, span, statements=0, def_block=call.block)
        )
        self._blocks.append(Block("function", -1, number, span))
        inner = replace(_called(call, run), function=number, block=block, awaited=False, used="returned", into=())
        self._calls.append(inner)
        self._program.symbols[self._path].append(run.symbol)
        made = Value("call", inner.target, (), len(self._calls) - 1)
        self._exits.append(Exit("return", made, None, number, block, span))
        given = list(call.arguments)
        given[run.position] = Argument(given[run.position].keyword, Value("lambda", str(number)))
        self._calls[index] = replace(call, arguments=tuple(given))


def _called(call: Call, run: _Run) -> Call:
    receiver = run.value.parts[0] if run.value.kind == "attr" else None
    return replace(call, target=_spelled(run.value), ref=run.symbol.name, receiver=receiver, arguments=run.arguments)


def _spelled(value: Value) -> str:
    """A callable as a call of it would be written, without arguments: `table().insert().execute`; "" for others."""
    if value.kind == "attr":
        base = _spelled(value.parts[0])
        return f"{base}.{value.text}" if base else ""
    if value.kind == "call":
        return f"{value.text}()"
    return value.text if value.kind == "name" else ""


def _packed(call: Call) -> tuple[Argument, ...]:
    """What a thread gives to what it runs: `args=(1, 2), kwargs={"key": 3}`."""
    found: list[Argument] = []
    for item in call.arguments:
        if item.keyword == "args":
            known = item.value.kind in ("tuple", "list")
            parts = [Argument("*" if part.kind == "star" else "", part) for part in item.value.parts]
            found += parts if known else [Argument("*", item.value)]
        if item.keyword == "kwargs":
            pairs = zip(item.value.parts[::2], item.value.parts[1::2], strict=False)
            known = item.value.kind == "dict" and all(key.kind == "text" for key in item.value.parts[::2])
            found += [Argument(key.text, value) for key, value in pairs] if known else [Argument("**", item.value)]
    return tuple(found)
