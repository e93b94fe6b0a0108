"""Each shape that would overflow a stack or run for ever is let through up to its limit and refused at twice that."""

import json
import subprocess
import sys
from collections.abc import Callable

import libcst
import pytest
from hypothesis import given
from hypothesis import strategies as st

from durability.sources.guard import RECURSION_LIMIT, depth_problem

Shape = Callable[[int], str]


def nested(opening: str, middle: str, closing: str, before: str = "x = ", after: str = "\n") -> Shape:
    return lambda n: before + opening * n + middle + closing * n + after


def chain(piece: str, before: str = "x = a", after: str = "\n") -> Shape:
    return lambda n: before + piece * n + after


def indented(*lines: str) -> Shape:
    return lambda n: "".join(" " * i + line + "\n" for i in range(n) for line in lines) + " " * n + "pass\n"


SHAPES: dict[str, Shape] = {
    "parentheses": nested("(", "1", ")"),
    "lists": nested("[", "1", "]"),
    "dictionaries": nested("{1:", "1", "}"),
    "tuples": nested("(a,", "1", ")"),
    "calls inside calls": nested("f(", "1", ")"),
    "keyword arguments": nested("f(a=[b, ", "1", "])"),
    "subscripts inside subscripts": nested("a[", "1", "]"),
    "comprehensions": nested("[x for x in ", "a", "]"),
    "ternaries in parentheses": nested("(a if b else ", "c", ")"),
    "negations in parentheses": nested("not (", "c", ")"),
    "lambdas in parentheses": nested("(lambda a=", "c", ": 1)"),
    "annotations": nested("a[", "b", "]", before="def f(x: ", after="): pass\n"),
    "f-strings inside f-strings": nested('f"{', "a", '}"'),
    "format specifiers": nested("{a:", "b", "}", before='x = f"', after='"\n'),
    "parentheses in an f-string": nested("(", "a", ")", before='x = f"{', after='}"\n'),
    "parentheses that never close": lambda n: "x = " + "f(" * n,
    "parentheses before a chain, again and again": lambda n: "x = " + "(" * n + "a" + "+a+a+a)" * n + "\n",
    "sum": chain(" + a"),
    "powers": chain(" ** a"),
    "and": chain(" and a"),
    "or without spaces": chain("or 1", before="x = 1"),
    "minus": lambda n: "x = " + "-" * n + "a\n",
    "not": lambda n: "x = " + "not " * n + "a\n",
    "lambda": lambda n: "x = " + "lambda: " * n + "a\n",
    "lambda with parameters": lambda n: "x = " + "lambda a, b=1, *c: " * n + "a\n",
    "ternaries": lambda n: "x = " + "a if b else " * n + "c\n",
    "ternaries glued to numbers": lambda n: "x = " + "1if 1else " * n + "c\n",
    "dots": chain(".b"),
    "imported dots": chain(".b", before="import a"),
    "chained calls": chain(".b()"),
    "chained calls over lines": lambda n: "x = (a\n" + "    .b(1, 2)\n" * n + ")\n",
    "called calls": chain("()"),
    "subscripts": chain("[0]"),
    "adjacent strings": chain(' "b"', before='x = ("a"', after=")\n"),
    "adjacent f-strings": chain(' f"{b}"', before='x = ("a"', after=")\n"),
    "loops in a comprehension": lambda n: "x = [a " + "for a in b " * n + "]\n",
    "elif": lambda n: "if a:\n    pass\n" + "elif b:\n    pass\n" * n,
    "elif inside elif": lambda n: (
        "".join(" " * i + "if a:\n" + (" " * i + " pass\n" + " " * i + "elif b:\n") * (n // 40) for i in range(40))
        + " " * 40
        + "pass\n"
    ),
    "patterns": nested("[", "b", "]", before="match a:\n  case ", after=":\n    pass\n"),
    "patterns that are parted": nested("(", "b", ", c)", before="match a:\n  case ", after=":\n    pass\n"),
    "pattern classes": nested("A(", "b", ", k=c)", before="match a:\n  case ", after=":\n    pass\n"),
    "pattern mappings": nested("{1: ", "b", ", **r}", before="match a:\n  case ", after=":\n    pass\n"),
    "pattern alternatives": lambda n: "match a:\n  case " + "1 | " * n + "2:\n    pass\n",
}

FLAT: dict[str, str] = {
    "numbers": f"x = [{', '.join(map(str, range(10_000)))}]\n",
    "strings": "x = {\n" + "".join(f'    "key{i}": "value {i}",\n' for i in range(20_000)) + "}\n",
    "strings in a list": "x = [\n" + "    'a',\n" * 20_000 + "]\n",
    "SQL": 'q = """\n' + "INSERT INTO a VALUES (((1 + 2), 'b' -- ((\n" * 5_000 + '"""\n',
    "JSON": "x = [" + ",\n".join('{"a": {"b": [1, -2.5, {"c": None}]}, "d": [True]}' for _ in range(2_000)) + "]\n",
    "calls": "x = [\n" + "    A.b(c.d(1), e=[-1, +2], f=lambda a, b: a + b),\n" * 2_000 + "]\n",
    "lambdas": "x = {" + ", ".join(f"'{i}': lambda a, b: a + b" for i in range(2_000)) + "}\n",
    "statements": "x = a.b(c) + d['e'] if f else -g\n" * 5_000,
    "statements on one line": "a = 1; " * 5_000 + "\n",
    "comments": "# ((((((((((((((((((((((((((((\n" * 5_000,
    "brackets in strings": "x = '((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((('\n" * 9,
    "brackets in f-strings": "x = f'{a} ((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((('\n"
    * 9,
    "text in an f-string": 'x = f"""' + "a.b.c - d (e) {f:>{g}} {{not a field}}\n" * 3_000 + '"""\n',
    "decorators": "@a.b\n" * 2_000 + "def f(): pass\n",
    "if after if": "if a:\n    pass\n" * 2_000,
    "short elif chains": "if a:\n    pass\nelif b:\n    pass\nelse:\n    pass\n" * 1_000,
    "cases": "match a:\n" + "    case A(b=[1, 2]):\n        pass\n" * 500,
    "blank lines": "\n" * 100_000,
}


def largest(shape: Shape) -> int:
    """The most repetitions that the guard lets through."""
    accepted, refused = 1, 2
    while depth_problem(shape(refused)) is None:
        accepted, refused = refused, refused * 2
        assert refused < 10_000, "this shape has no limit"
    while refused - accepted > 1:
        middle = (accepted + refused) // 2
        if depth_problem(shape(middle)) is None:
            accepted = middle
        else:
            refused = middle
    return accepted


PARSE = f"""
import json, sys
import libcst as cst
sys.setrecursionlimit({RECURSION_LIMIT})
for name, text in json.load(sys.stdin).items():
    print(name, end="", flush=True)
    try:
        module = cst.parse_module(text)
    except cst.ParserSyntaxError:
        assert "never close" in name
    else:
        assert module.code == text
    print(": survived", flush=True)
"""


def survivors(texts: dict[str, str]) -> str:
    done = subprocess.run(
        [sys.executable, "-c", PARSE], input=json.dumps(texts), capture_output=True, text=True, check=False
    )
    return done.stdout + done.stderr


def test_what_passes_at_its_limit_is_parsed_and_written_back() -> None:
    texts = {name: shape(largest(shape)) for name, shape in SHAPES.items()}
    deep = "".join(" " * i + "if a:\n" for i in range(98))
    texts["everything at once"] = deep + " " * 98 + SHAPES["calls inside calls"](66)
    assert survivors(texts).splitlines() == [f"{name}: survived" for name in texts]


@pytest.mark.parametrize("name", SHAPES)
def test_twice_the_limit_is_refused_with_the_reason(name: str) -> None:
    shape = SHAPES[name]
    problem = depth_problem(shape(2 * largest(shape) + 1))
    assert problem is not None
    assert problem.startswith("too deep: ")


@pytest.mark.parametrize("name", FLAT)
def test_flat_text_of_any_length_passes(name: str) -> None:
    assert depth_problem(FLAT[name]) is None


def test_the_reason_names_the_line() -> None:
    text = "import a\n\nx = (\n" + "+ a\n" * 500 + ")\n"
    assert depth_problem(text) == (
        "too deep: the statement at line 3 nests too many brackets, operators or string pieces"
    )


def test_nesting_everywhere_is_refused_though_no_statement_is_too_deep() -> None:
    line = SHAPES["lists"](60)
    assert depth_problem(line) is None
    assert depth_problem(line * 1_000) == "too deep: so much is nested in all that parsing would take minutes"


@pytest.mark.parametrize(
    "hiding",
    [
        "{deep}",
        'x = f"it\'s {{a:{{b}}}}" + {deep} + "\'"',
        "x = f\"{{a['b']}}\" + {deep}",
        'x = f"{{a["b"]}}" + {deep} + "]"',
        'x = f"{{a!r:>{{b}}}} \'" + {deep} + "\'"',
        'x = f"{{a:\'}}" + {deep} + "\'"',
        'x = f"\\{{a}}\'" + {deep} + "\'"',
        'x = rf"\\\\" + {deep} + "\'"',
        "x = rf'\\'' + {deep} + '\"'",
        'x = f"{{{{\'" + {deep} + "\'}}}}"',
        'x = f"{{a # }}\n}}" + {deep}',
        'x = f"{{{deep}}}"',
        'x = f"{{a:{{{deep}}}}}"',
        'x = f"""{{a}}\'" {{{deep}}}"""',
        'x = t"{{{deep}}}"',
        'x = a if"{{" else {deep} if"}}" else b',
        'x = 0xfor"{{" or {deep} or "}}"',
        "x = '\\\n' + {deep} + '\\\n'",
        "x = \\\n{deep}",
        "# '''\nx = {deep}  # '''",
        "x = '''\"''' + {deep} + '\"'",
        'x = """\\""" """ + {deep} + """ """',
    ],
)
def test_no_string_or_comment_hides_depth(hiding: str) -> None:
    deep, flat = (hiding.format(deep="(" * n + "1" + ")" * n) + "\n" for n in (200, 1))
    libcst.parse_module(flat)  # it is Python
    assert depth_problem(flat) is None
    assert depth_problem(deep) is not None


_PIECES = "()[]{}'\"a1.,+:;#\\\n\f é"
PIECES = st.sampled_from(
    [
        *_PIECES,
        *("if ", "else ", "lambda ", "or", "0x", "{{", "}}", '"""', "f'", 'f"', 'rf"', "!r", "\\N{", "f'{a:{b}}'"),
    ]
)


@given(st.lists(PIECES, max_size=40).map("".join))
def test_any_text_gets_an_answer_and_brackets_around_it_never_make_it_flatter(text: str) -> None:
    problem = depth_problem(text)
    assert problem is None or problem.startswith(("too deep: ", "not Python: "))
    assert depth_problem("(" * 100 + text) is not None
