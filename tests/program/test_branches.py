"""What happens when a result is empty: which arm of a branch runs."""

import pytest
from tests.program.test_program import linked

from durability.program.flows.branches import holds, runs

TESTS = {
    "found": False,
    "not found": True,
    "found is None": True,
    "found is not None": False,
    "found == 0": True,
    "found > 0": False,
    "found >= 1": False,
    "found < 1": True,
    "len(found) == 0": True,
    "len(found) > 0": False,
    "not len(found)": True,
    "bool(found)": False,
    "found is True": False,
    "x in found": False,
    "x not in found": True,
    "found.get(x)": False,
    "found and x": False,
    "not found and x": True,
    "not found or x": True,
    "found or x": None,
    "x": None,
    "x > 3": None,
    "found.size": None,
}


@pytest.mark.parametrize(("test", "truth"), TESTS.items(), ids=TESTS)
def test_whether_a_test_holds_for_an_empty_result(test, truth):
    context = linked(main=f"def f(x, load, act):\n    found = load(x)\n    if {test}:\n        act()\n")
    (block,) = [item for item in context.program.files["main.py"].blocks if item.kind == "if"]
    assert holds(context, block.value, ("main.py", 1), frozenset({"found"}), 0) is truth


PLACES = {
    "inside": ("    if found:\n        act()\n", True),
    "in the else": ("    if found:\n        pass\n    else:\n        act()\n", False),
    "after one that leaves": ("    if found:\n        return\n    act()\n", False),
    "after one that does not": ("    if found:\n        load(1)\n    act()\n", None),
    "before": ("    act()\n    if found:\n        return\n", None),
    "deeper inside": ("    if found:\n        for n in x:\n            act()\n", True),
    "in another arm": ("    if x:\n        act()\n    elif found:\n        pass\n", None),
    "after one that leaves its loop round": (
        "    for n in x:\n        if found:\n            continue\n        act()\n",
        False,
    ),
}


@pytest.mark.parametrize(("body", "way"), PLACES.values(), ids=PLACES)
def test_whether_a_place_runs_when_the_test_holds(body, way):
    context = linked(main=f"def f(x, load, act):\n    found = load(x)\n{body}")
    facts = context.program.files["main.py"]
    index = next(number for number, item in enumerate(facts.blocks) if item.kind == "if" and item.value.text == "found")
    (act,) = [item for item in facts.calls if item.target == "act"]
    assert runs(context, "main.py", index, act.block, act.span) is way


def test_a_name_that_a_function_binds_hides_the_function_of_that_name():
    source = "def score():\n    pass\ndef level(value):\n    score = float(value)\n    return apply(score)\ndef other():\n    return apply(score)\n"
    program = linked(main=source).program
    assert {program.function(edge.caller).name for edge in program.callers[("main.py", 1)]} == {"other"}
