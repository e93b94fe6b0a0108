"""The file phase: one file in, its facts and measures out; a pure function of its bytes."""

from msgspec import Struct

from durability.bridges.complexity import complexity
from durability.bridges.python_ast import Unparsed, parse
from durability.bridges.security import SecurityIssue, issues
from durability.facts.collect import NotPython, collect
from durability.facts.model import FileFacts
from durability.model import UnitComplexity
from durability.program.links.modules import module_name
from durability.sources.model import SourceFile
from durability.sources.notebooks import CellSpan
from durability.sources.text import Text, Unreadable, of_bytes, read


class Analysed(Struct, frozen=True):
    """What the file phase says of one file: facts, or the reason there are none."""

    path: str
    digest: str
    facts: FileFacts | None
    problem: str = ""
    cells: tuple[CellSpan, ...] = ()
    units: tuple[UnitComplexity, ...] = ()
    issues: tuple[SecurityIssue, ...] = ()
    silenced: int = 0
    metrics_problem: str = ""
    statements: int = 0


def analyse(file: SourceFile) -> Analysed:
    """Read, parse and lower one file; never raises for what the file holds."""
    try:
        text = read(file)
    except Unreadable as error:
        return Analysed(file.path, "", None, str(error))
    return _lowered(file, text)


def analyse_text(source: str, file: SourceFile) -> Analysed:
    """The same for a text that is in no file."""
    try:
        text = of_bytes(source.encode("utf-8", "surrogatepass"), file)
    except Unreadable as error:
        return Analysed(file.path, "", None, str(error))
    return _lowered(file, text)


def _lowered(file: SourceFile, text: Text) -> Analysed:
    try:
        facts = collect(text.text, file.path, module_name(file.path))
    except NotPython as error:
        return Analysed(
            file.path, text.digest, None, f"not Python that can be parsed: {error}", statements=_guess(text)
        )
    except RecursionError:
        return Analysed(
            file.path, text.digest, None, "too deep: nested beyond what can be analysed", statements=_guess(text)
        )
    if file.role != "first-party":
        return Analysed(file.path, text.digest, facts, cells=text.cells, statements=facts.statements)
    return _measured(file, text, facts)


def _measured(file: SourceFile, text: Text, facts: FileFacts) -> Analysed:
    tree = parse(text.text)
    if isinstance(tree, Unparsed):
        problem = f"complexity and bandit not available: {tree.reason}"
        return Analysed(
            file.path, text.digest, facts, cells=text.cells, metrics_problem=problem, statements=facts.statements
        )
    scan = issues(file.path, text.text, tree)
    units = tuple(
        UnitComplexity(file.path, unit.name, unit.line, unit.end_line, unit.complexity, unit.statements)
        for unit in complexity(tree)
    )
    return Analysed(
        path=file.path,
        digest=text.digest,
        facts=facts,
        cells=text.cells,
        units=units,
        issues=scan.issues,
        silenced=scan.silenced,
        metrics_problem=scan.problem or "",
        statements=facts.statements,
    )


def _guess(text: Text) -> int:
    return sum(1 for line in text.text.split("\n") if line.strip() and not line.lstrip().startswith("#"))
