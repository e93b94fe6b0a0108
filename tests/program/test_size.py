"""How often a loop runs at most, where the source says so."""

import pytest
from tests.program.test_program import linked

from durability.program.sites import LoopSite

SETTINGS = "import enum\nCITIES = ('Oslo', 'Rome')\nLIMIT = 4\nclass Stage(enum.Enum):\n    NEW = 1\n    DONE = 2\n"


def rounds(iterable, head=""):
    context = linked(
        main=f"import settings\nfrom settings import LIMIT, Stage\n{head}def f(rows, n=3):\n    for item in {iterable}:\n        print(item)\n",
        settings=SETTINGS,
    )
    blocks = context.program.files["main.py"].blocks
    index = next(index for index, block in enumerate(blocks) if block.kind == "for")
    return LoopSite(context, "main.py", index).view.constant_size


@pytest.mark.parametrize(
    ("iterable", "most"),
    [
        ("range(1, 13)", 12),
        ("range(LIMIT + 1)", 5),
        ("range(min(len(rows), 6))", 6),
        ("range(len(settings.CITIES))", 2),
        ("range(n)", None),
        ("rows[:3]", 3),
        ("rows[-5:]", 5),
        ("rows[2:]", None),
        ("rows[:-2]", None),
        ("enumerate(rows[2:LIMIT])", 2),
        ("zip(rows, settings.CITIES)", 2),
        ("settings.CITIES", 2),
        ("Stage", 2),
        ("list(settings.Stage)", 2),
        ("settings", None),
    ],
)
def test_the_most_rounds_of_a_loop(iterable, most):
    assert rounds(iterable) == most


def test_what_is_filled_as_the_program_runs_has_no_size():
    assert rounds("SEEN", head="SEEN = ['a']\ndef g():\n    SEEN.append('b')\n") is None
    assert rounds("SEEN", head="SEEN = {}\n") is None
