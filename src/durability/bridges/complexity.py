"""Radon's cyclomatic complexity per function, and its Maintainability Index, from a tree that is already parsed."""

import ast
from collections.abc import Iterator

from msgspec import Struct

from durability.bridges.python_ast import source_lines

_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
_SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
_Scope = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


class UnitComplexity(Struct, frozen=True):
    """Cyclomatic complexity of one function or method, without what is defined inside it.

    `name` is qualified by the classes and functions around it (`Class.method`, `outer.inner`). Lines are 1-based, from
    `def` to the end of the body. `statements` counts a nested definition as one and a docstring as none.
    """

    name: str
    line: int
    end_line: int
    complexity: int
    statements: int


class _Body(Struct, frozen=True):
    """What one body holds itself: decisions as radon counts them, statements, and the scopes it opens."""

    decisions: int
    statements: int
    scopes: tuple[_Scope, ...]


def complexity(tree: ast.Module) -> tuple[UnitComplexity, ...]:
    """Every function of a file once, in order of line; radon's figure, so `except*` adds nothing."""
    units = sorted(_units(tree), key=lambda unit: (unit.line, unit.name))
    return tuple(units)


def maintainability(tree: ast.Module, text: str) -> float | None:
    """Radon's Maintainability Index of a file, 0 to 100 with one decimal, higher is better; None where it has none.

    It is shown and never scored. Statements stand for radon's logical lines and whole-line comments for its comment
    tokens, so the value may differ by some points from what radon's own command prints.
    """
    from radon.metrics import halstead_visitor_report, mi_compute
    from radon.visitors import HalsteadVisitor

    try:
        volume = halstead_visitor_report(HalsteadVisitor.from_ast(tree)).volume
    except RecursionError:
        return None
    statements = sum(isinstance(node, ast.stmt) for node in ast.walk(tree))
    if volume <= 0:
        return None
    return round(float(mi_compute(volume, _total(tree), statements, _comment_percent(tree, text))), 1)


def _units(tree: ast.Module) -> Iterator[UnitComplexity]:
    waiting: list[tuple[str, _Scope]] = [("", scope) for scope in _read(tree.body).scopes]
    while waiting:
        prefix, scope = waiting.pop()
        body = _read(scope.body)
        name = prefix + scope.name
        waiting.extend((f"{name}.", inner) for inner in body.scopes)
        if isinstance(scope, _FUNCTIONS):
            end = scope.end_lineno or scope.lineno
            yield UnitComplexity(name, scope.lineno, end, 1 + body.decisions, body.statements)


def _read(body: list[ast.stmt]) -> _Body:
    """Let radon count one body node by node.

    Its visitor recurses through `visit`; queueing there instead keeps deep expressions off the stack, and stopping at
    each scope gives closures and local classes, which radon drops or nests, a count of their own.
    """
    from radon.visitors import ComplexityVisitor

    waiting: list[ast.AST] = list(body)
    scopes: list[_Scope] = []
    statements = 0
    visitor = ComplexityVisitor(off=False)
    visitor.visit = waiting.append
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.stmt):
            statements += not _is_docstring(node)
        if isinstance(node, _SCOPES):
            scopes.append(node)
        elif isinstance(node, ast.Assert):
            visitor.visit_Assert(node)
        else:
            visitor.generic_visit(node)
    return _Body(visitor.complexity, statements, tuple(scopes))


def _is_docstring(node: ast.AST) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)


def _total(tree: ast.Module) -> int:
    """Complexity of the whole file as the index wants it: radon leaves closures and inner classes out of it."""
    module = _read(tree.body)
    total = 1 + module.decisions
    for scope in module.scopes:
        body = _read(scope.body)
        total += body.decisions
        if isinstance(scope, ast.ClassDef):
            methods = [inner for inner in body.scopes if isinstance(inner, _FUNCTIONS)]
            total += sum(1 + _read(method.body).decisions for method in methods)
    return total


def _comment_percent(tree: ast.Module, text: str) -> float:
    """Comment and docstring lines for every hundred lines of code; blank lines count for neither."""
    within_text: set[int] = set()
    docstrings: set[int] = set()
    for node in ast.walk(tree):
        if _is_docstring(node):
            docstrings.update(_lines_of(node))
        elif isinstance(node, ast.Constant | ast.JoinedStr):
            within_text.update(_lines_of(node)[1:])
    written = {number: line.strip() for number, line in enumerate(source_lines(text), 1) if line.strip()}
    remarks = {
        number
        for number, line in written.items()
        if number in docstrings or (line.startswith("#") and number not in within_text)
    }
    code = len(written) - len(remarks)
    return 100.0 * len(remarks) / code if code else 0.0


def _lines_of(node: ast.AST) -> range:
    first = getattr(node, "lineno", 0)
    return range(first, (getattr(node, "end_lineno", None) or first) + 1)
