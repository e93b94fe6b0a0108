"""Blocks, handlers, exits and suppression comments of one file."""

import pytest

from durability.facts.collect import collect


def test_a_call_knows_its_loops_and_handlers():
    source = (
        "def f(items):\n    for item in items:\n        try:\n            send(item)\n        except ValueError as error:\n"
        "            log(error)\n        finally:\n            close()\n"
    )
    facts = collect(source, "a.py", "a")

    def around(target: str) -> list[str]:
        block = next(call.block for call in facts.calls if call.target == target)
        kinds = []
        while block >= 0:
            kinds.append(facts.blocks[block].kind)
            block = facts.blocks[block].parent
        return kinds

    assert around("send") == ["try", "for", "function"]
    assert around("log") == ["handler", "for", "function"]
    assert around("close") == ["finally", "for", "function"]
    handler = next(block for block in facts.blocks if block.kind == "handler")
    assert handler.refs == ("ValueError",)
    assert handler.targets == ("error",)


def test_the_iterable_of_a_comprehension_is_outside_it():
    facts = collect("def f():\n    return [one(i) for i in load() if test(i)]", "a.py", "a")
    kinds = {call.target: facts.blocks[call.block].kind for call in facts.calls}
    assert kinds == {"load": "function", "test": "comp", "one": "comp"}


def test_what_becomes_of_a_result():
    source = (
        "def f():\n    drop()\n    a = keep()\n    self.b = store()\n    with ctx() as c:\n        return give(use())"
    )
    facts = collect(source, "a.py", "a")
    assert {call.target: (call.used, call.into) for call in facts.calls} == {
        "drop": ("dropped", ()),
        "keep": ("bound", ("a",)),
        "store": ("bound", ("self.b",)),
        "ctx": ("bound", ("c",)),
        "give": ("returned", ()),
        "use": ("other", ()),
    }


@pytest.mark.parametrize(
    ("source", "covered"),
    [
        ("f()  # durability: ignore[a-rule] why", (1, 1)),
        ("# durability: ignore[a-rule] why\nf(\n    1,\n)\n", (2, 4)),
        ("x = 1\nf(\n    1,  # durability: ignore[a-rule] why\n)\n", (2, 4)),
    ],
)
def test_a_comment_covers_its_statement_or_the_next(source, covered):
    (comment,) = collect(source, "a.py", "a").suppressions
    assert (comment.first, comment.last) == covered
    assert comment.rules == ("a-rule",)
    assert comment.reason == "why"
    assert not comment.problem


@pytest.mark.parametrize("comment", ["ignore[a-rule]", "ignore[] why", "ignore why", "ignore[A Rule] why", "skip"])
def test_a_comment_that_cannot_be_obeyed_says_why(comment):
    (found,) = collect(f"f()  # durability: {comment}", "a.py", "a").suppressions
    assert found.problem


def test_text_that_only_looks_like_a_comment_hides_nothing():
    assert not collect('x = "# durability: ignore[a-rule] why"', "a.py", "a").suppressions
    assert not collect("x = 1  # noqa: E501", "a.py", "a").suppressions
