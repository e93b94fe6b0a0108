"""Drives bandit's own tests over a tree that is already parsed; importing this imports bandit."""

import ast
import io
import tokenize
from collections.abc import Iterator
from functools import cache
from typing import Any, NamedTuple

from bandit.blacklists import calls, imports
from bandit.core.config import BanditConfig
from bandit.core.manager import _parse_nosec_comment
from bandit.core.metrics import Metrics
from bandit.core.node_visitor import BanditNodeVisitor
from bandit.core.test_set import BanditTestSet

# Bandit looks through the neighbours of every string: a literal of n strings costs n² steps.
LONGEST_LITERAL = 500
LONGEST_SUM = 100

# One object of each of these stands in all trees of a process, so it has no parent of its own.
_SHARED = (ast.expr_context, ast.operator, ast.boolop, ast.unaryop, ast.cmpop)
_ALWAYS = frozenset({"FunctionDef", "Import", "ImportFrom"})  # bandit's visitor learns names and aliases from these


class Hit(NamedTuple):
    """One bandit issue, the node it stands on (None: the whole file), and the function and statement around that.

    For a piece of a formatted string the node is the whole string, where Pythons up to 3.11 also place the piece.
    """

    issue: Any
    node: ast.AST | None
    function: str
    statement: ast.stmt | None


class Walk(NamedTuple):
    """Bandit's raw results of one file. `failures` says which tests raised and what was passed over."""

    hits: list[Hit]
    failures: tuple[str, ...]
    silenced: int


class _Decoded(io.BytesIO):
    """A decoded file for the one test that reads source: the coding line on top no longer says how it is encoded."""

    def readline(self, size: int | None = -1, /) -> bytes:
        return b""


def walk(name: str, lines: list[str], tree: ast.Module, include: frozenset[str]) -> Walk:
    """Run the bandit tests with the ids in `include` over one file; leaves the tree as it was."""
    failures: set[str] = set()
    text = "\n".join(lines)
    metrics = Metrics()
    metrics.begin(name)
    tests = _tests(include)
    visitor = BanditNodeVisitor(name, _Decoded(text.encode()), None, tests, False, _nosec(lines, text), metrics)
    visitor.tester.report_error = lambda test, _context, error: failures.add(_failure(test, error))
    nodes, passed_over = _link(tree)
    try:
        hits = list(_visit(visitor, nodes, frozenset(tests.tests) | _ALWAYS, failures))
    finally:
        for node in nodes[1:]:
            del node._bandit_parent  # type: ignore[attr-defined]
    if passed_over:
        failures.add(f"strings in literals of more than {LONGEST_LITERAL} elements were not looked at")
    hits.extend(_whole_file(visitor, text))
    counts = metrics.current
    return Walk(hits, tuple(sorted(failures)), counts["nosec"] + counts["skipped_tests"])


def _tests(include: frozenset[str]) -> Any:
    """Bandit's own tests only. A set is made for each file because bandit keeps its settings on the test functions."""
    profile = {"include": include, "exclude": set(), "blacklist": _blacklist(include)}
    chosen = BanditTestSet(BanditConfig(), profile)
    own = {kind: [test for test in tests if _is_own(test)] for kind, tests in chosen.tests.items()}
    chosen.tests = {kind: tests for kind, tests in own.items() if tests}
    return chosen


def _is_own(test: Any) -> bool:
    """An installed plugin may carry one of bandit's ids, so the id alone does not tell."""
    return str(test.__module__).startswith(("bandit.plugins.", "bandit.core."))


@cache
def _blacklist(include: frozenset[str]) -> dict[str, list[dict[str, Any]]]:
    entries: dict[str, list[dict[str, Any]]] = {}
    for source in (calls.gen_blacklist(), imports.gen_blacklist()):
        for kind, rows in source.items():
            entries.setdefault(kind, []).extend(row for row in rows if row["id"] in include)
    return {kind: rows for kind, rows in entries.items() if rows}


def _nosec(lines: list[str], text: str) -> dict[int, set[str] | None]:
    """Per line, the tests that a `# nosec` there silences; an empty set means all of them."""
    found: dict[int, set[str] | None] = {}
    if "nosec" not in text:
        return found
    reader = (f"{line}\n" for line in lines)
    try:
        for token in tokenize.generate_tokens(lambda: next(reader, "")):
            if token.type == tokenize.COMMENT:
                found[token.start[0]] = _parse_nosec_comment(token.string)
    except (tokenize.TokenError, SyntaxError):
        return found
    return found


def _link(tree: ast.Module) -> tuple[list[ast.AST], int]:
    """All nodes in source order, each told its parent, and how many strings of giant literals were left out."""
    ordered: list[ast.AST] = []
    passed_over = 0
    stack: list[ast.AST] = [tree]
    while stack:
        node = stack.pop()
        ordered.append(node)
        children: list[ast.AST] = []
        for field in node._fields:
            value = getattr(node, field, None)
            if isinstance(value, list):
                kept = [item for item in value if isinstance(item, ast.AST) and not isinstance(item, _SHARED)]
                if len(kept) > LONGEST_LITERAL:
                    whole = len(kept)
                    kept = [item for item in kept if not _is_string(item)]
                    passed_over += whole - len(kept)
                children.extend(kept)
            elif isinstance(value, ast.AST) and not isinstance(value, _SHARED):
                children.append(value)
        for child in children:
            child._bandit_parent = node  # type: ignore[attr-defined]
        stack.extend(reversed(children))
    return ordered, passed_over


def _visit(visitor: Any, nodes: list[ast.AST], wanted: frozenset[str], failures: set[str]) -> Iterator[Hit]:
    results = visitor.tester.results
    strings = "Str" in wanted
    for node in nodes:
        if isinstance(node, ast.Constant):
            if not (strings and _is_string(node)):
                continue
            if _in_long_sum(node):
                failures.add(f"strings in sums of more than {LONGEST_SUM} terms were not looked at")
                continue
        elif type(node).__name__ not in wanted:
            continue
        before = len(results)
        try:
            visitor.pre_visit(node)
            visitor.visit(node)
        except Exception as error:
            failures.add(_failure("walk", error))
        # No test reads the namespace, which bandit lengthens at each function and shortens on leaving it.
        visitor.namespace = ""
        for issue in results[before:]:
            parent = _parent(node)
            yield Hit(issue, parent if isinstance(parent, ast.JoinedStr) else node, *_around(node))


def _is_string(node: ast.AST) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


def _in_long_sum(node: ast.AST) -> bool:
    terms = 0
    parent = _parent(node)
    while isinstance(parent, ast.BinOp) and terms <= LONGEST_SUM:
        terms += 1
        parent = _parent(parent)
    return terms > LONGEST_SUM


def _around(node: ast.AST) -> tuple[str, ast.stmt | None]:
    """The name of the function around a node ("" at module level) and the statement it is part of."""
    statement = node if isinstance(node, ast.stmt) else None
    inner = _parent(node)
    while inner is not None:
        if statement is None and isinstance(inner, ast.stmt):
            statement = inner
        if isinstance(inner, ast.FunctionDef | ast.AsyncFunctionDef):
            return inner.name, statement
        inner = _parent(inner)
    return "", statement


def _parent(node: ast.AST) -> ast.AST | None:
    return getattr(node, "_bandit_parent", None)


def _whole_file(visitor: Any, text: str) -> Iterator[Hit]:
    """The tests that read the source and not the tree: today one, for invisible control characters."""
    if text.isascii():
        return
    before = len(visitor.tester.results)
    visitor.context = {
        "file_data": visitor.fdata,
        "filename": visitor.fname,
        "lineno": 0,
        "linerange": [0, 1],
        "col_offset": 0,
    }
    visitor.tester.run_tests(visitor.context, "File")
    for issue in visitor.tester.results[before:]:
        yield Hit(issue, None, "", None)


def _failure(test: str, error: BaseException) -> str:
    return f"{test} raised {type(error).__name__}"
