import ast
import json
import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from radon.metrics import mi_visit
from radon.visitors import ComplexityVisitor

from durability.bridges.complexity import UnitComplexity, complexity, maintainability
from durability.bridges.python_ast import parse

LIBRARY = [path for package in (json, logging) for path in sorted(Path(package.__file__).parent.glob("*.py"))]


def read(text: str) -> ast.Module:
    tree = parse(text)
    assert isinstance(tree, ast.Module)
    return tree


def units(text: str) -> dict[str, UnitComplexity]:
    return {unit.name: unit for unit in complexity(read(text))}


NESTED = """\
class Shop:
    def pay(self, x):
        def check(y):
            if y:
                return 1
            return 0
        class Local:
            flag = 1 if x else 0
            def inner(self):
                while self:
                    pass
        if x and check(x):
            return Local()
    class Till:
        async def open(self):
            return [a for a in self if a]

if True:
    def late():
        try:
            pass
        except ValueError:
            pass
"""


def test_each_function_is_one_unit_under_its_qualified_name() -> None:
    assert {name: unit.complexity for name, unit in units(NESTED).items()} == {
        "Shop.pay": 3,
        "Shop.pay.check": 2,
        "Shop.pay.Local.inner": 2,
        "Shop.Till.open": 3,
        "late": 2,
    }


def test_places_are_from_def_to_the_last_line() -> None:
    found = units("@cache\n@other\ndef f():\n    x = 1\n\n    return (\n        x\n    )\n")
    assert (found["f"].line, found["f"].end_line) == (3, 8)


def test_order_is_by_line() -> None:
    lines = [unit.line for unit in complexity(read(NESTED))]
    assert lines == sorted(lines)


def test_statements_leave_out_docstrings_and_what_is_defined_inside() -> None:
    found = units(
        "def f():\n    'doc'\n    x = 1\n    def g():\n        a = 1\n        b = 2\n    if x:\n        return 1\n"
    )
    assert (found["f"].statements, found["f.g"].statements) == (4, 2)


def test_a_docstring_and_layout_change_nothing_but_lines() -> None:
    plain = units("def f(x):\n    if x: return 1\n    return 2\n")["f"]
    laid_out = units(
        'def f(x):\n    """Long.\n\n    Text."""\n\n    if x:\n        return 1\n    # why\n    return 2\n'
    )["f"]
    assert (plain.complexity, plain.statements) == (laid_out.complexity, laid_out.statements)


def test_two_functions_of_one_name_are_two_units() -> None:
    text = "class C:\n    @property\n    def x(self): return 1\n    @x.setter\n    def x(self, v): pass\n"
    assert [(unit.name, unit.line) for unit in complexity(read(text))] == [("C.x", 3), ("C.x", 5)]


def test_a_file_without_functions_has_no_units() -> None:
    assert complexity(read("x = 1 if y else 2\n")) == ()


@pytest.mark.parametrize(
    ("shape", "decisions"), [("+".join(["x"] * 900), 0), ("-" * 900 + "x", 0), ("f" + ".g()" * 900, 0)]
)
def test_deep_expressions_are_counted(shape: str, decisions: int) -> None:
    assert units(f"def f(x):\n    if x:\n        return {shape}\n")["f"].complexity == 2 + decisions


def radon_units(text: str) -> Iterator[tuple[int, str, int]]:
    visitor = ComplexityVisitor.from_code(text)
    waiting: list[Any] = [*visitor.functions, *visitor.classes]
    while waiting:
        block = waiting.pop()
        if hasattr(block, "methods"):
            waiting += [*block.methods, *block.inner_classes]
        else:
            waiting += block.closures
            yield block.lineno, block.name, block.complexity


@pytest.mark.parametrize("path", LIBRARY, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_figures_are_radons_own(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    ours = {(unit.line, unit.name.rpartition(".")[2], unit.complexity) for unit in complexity(read(text))}
    assert set(radon_units(text)) <= ours
    functions = [node for node in ast.walk(read(text)) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
    assert len(ours) == len(functions)


# --- any program ------------------------------------------------------------------------------------------------------

LINES = st.sampled_from(["pass", "x = 1 if y else 2", "assert x", "x = [a for a in b if a and c]", "return", '"text"'])
HEADS = st.sampled_from(
    ["def f(a):", "async def g():", "class C:", "if x or y:", "for a in b:", "while x:", "with x:", "try:"]
)


def blocks(depth: int) -> st.SearchStrategy[list[str]]:
    if depth == 0:
        return LINES.map(lambda line: [line])
    inner = st.lists(blocks(depth - 1), min_size=1, max_size=3)
    nested = st.tuples(HEADS, inner).map(lambda parts: laid_out(parts[0], joined(parts[1])))
    return LINES.map(lambda line: [line]) | nested


def joined(parts: list[list[str]]) -> list[str]:
    return [line for part in parts for line in part]


def laid_out(head: str, body: list[str]) -> list[str]:
    tail = ["except E:", "    pass"] if head == "try:" else []
    return [head, *(f"    {line}" for line in body), *tail]


PROGRAMS = st.lists(blocks(4), min_size=1, max_size=4).map(lambda parts: "\n".join(joined(parts)) + "\n")


@given(PROGRAMS)
def test_every_function_is_counted_once_and_as_radon_counts_it(text: str) -> None:
    tree = read(text)
    found = complexity(tree)
    defined = [node.lineno for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
    assert [unit.line for unit in found] == sorted(defined)
    ours = {(unit.line, unit.name.rpartition(".")[2], unit.complexity) for unit in found}
    assert set(radon_units(text)) <= ours


@given(PROGRAMS)
def test_wrapping_a_program_in_a_class_changes_only_names_and_lines(text: str) -> None:
    wrapped = "class Outer:\n" + "".join(f"    {line}\n" for line in text.splitlines())
    plain = [(f"Outer.{unit.name}", unit.complexity, unit.statements) for unit in complexity(read(text))]
    assert plain == [(unit.name, unit.complexity, unit.statements) for unit in complexity(read(wrapped))]


# --- the Maintainability Index ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", LIBRARY, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_the_index_is_close_to_what_radon_prints(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    index = maintainability(read(text), text)
    assert index is not None
    assert abs(index - mi_visit(text, multi=True)) < 8


def test_the_index_falls_as_code_is_added_and_rises_with_comments() -> None:
    short = "def f(a, b):\n    if a > b:\n        return a + b\n    return a - b\n"
    long = short + "".join(f"def f{i}(a, b):\n    if a > b and b:\n        return a + b * {i}\n" for i in range(40))
    remarked = "# what it is for\n" * 20 + long
    indexes = [maintainability(read(text), text) for text in (short, long, remarked)]
    assert indexes[0] is not None and indexes[1] is not None and indexes[2] is not None
    assert 0 <= indexes[1] < indexes[2] <= 100
    assert indexes[1] < indexes[0] <= 100


@pytest.mark.parametrize("text", ["", "x = 1\n", "'only text'\n", "x = " + "-" * 900 + "1\n"])
def test_where_nothing_can_be_measured_there_is_no_index(text: str) -> None:
    assert maintainability(read(text), text) is None


def test_a_number_sign_inside_text_is_no_comment() -> None:
    code = "def f(a):\n    return a + 1\n"
    text = f'{code}x = """\n# one\n# two\n# three\n"""\n'
    plain = f'{code}x = """\n- one\n- two\n- three\n"""\n'
    assert maintainability(read(text), text) == maintainability(read(plain), plain)
