"""Long chains and wide cycles are linked and followed in time that grows with the program, without deep recursion."""

import sys

import pytest

from durability.engine.linking import link
from durability.facts.collect import collect
from durability.program.links.modules import module_name
from durability.sources.project import manifests_of

QUERY = "import sqlite3\ndef f0(db):\n    return sqlite3.connect('a').execute('SELECT 1')\n"


def linked(files):
    facts = {path: collect(text, path, module_name(path)) for path, text in files.items()}
    return link(facts, dict.fromkeys(facts, "first-party"), manifests_of({}))


def chain(length, per_file):
    """`f1` calls `f0`, `f2` calls `f1` and so on, in files of `per_file` functions each."""
    files = {"m0.py": QUERY}
    for start in range(1, length, per_file):
        number = start // per_file + 1
        lines = [f"from m{number - 1} import f{start - 1}\n"]
        lines += [f"def f{n}(db):\n    return f{n - 1}(db)\n" for n in range(start, min(start + per_file, length))]
        files[f"m{number}.py"] = "".join(lines)
    return files


def steps(context):
    """How many lookups it takes to follow one effect through the whole program."""
    count = 0

    def trace(frame, event, argument):
        nonlocal count
        count += 1

    last = max(
        context.program.functions(), key=lambda key: int(context.program.function(key).name[1:] or 0) if key[1] else -1
    )
    sys.setprofile(trace)
    try:
        found = context.effects.chain(last, "db.query")
        context.reach.of(last)
    finally:
        sys.setprofile(None)
    return count, found


def test_a_chain_of_ten_thousand_functions_is_followed_to_its_end():
    context = linked(chain(10_000, 500))
    _, found = steps(context)
    assert len(found) == 10_000
    assert (found[0].path, found[-1].path, found[-1].line) == ("m20.py", "m0.py", 3)


def test_following_a_chain_grows_with_its_length_and_not_faster():
    short, _ = steps(linked(chain(500, 100)))
    long, _ = steps(linked(chain(2_000, 100)))
    assert long < 4.5 * short


@pytest.mark.parametrize("size", [2, 1_000])
def test_a_cycle_ends(size):
    body = "".join(f"def f{n}():\n    g()\n    return f{(n + 1) % size}()\n" for n in range(size))
    context = linked(
        {"cycle.py": f"from leaf import g\n{body}", "leaf.py": "import time\ndef g():\n    time.sleep(1)\n"}
    )
    for index in (1, size):
        found = context.effects.chain(("cycle.py", index), "sleep", blocking=True)
        assert [step.path for step in found] == ["cycle.py", "leaf.py"]
    assert context.effects.chain(("cycle.py", 1), "http") == ()


def test_what_functions_hand_on_is_followed_to_the_end_of_a_long_chain():
    """Ten thousand functions hand on what may be None, what a model wrote and what a service sent."""
    for head, index in (("re.match('a', db)", "nullness"), ("requests.get(db).json()", "remote_json")):
        files = chain(10_000, 500)
        files["m0.py"] = f"import re, requests\ndef f0(db):\n    return {head}\n"
        context = linked(files)
        origins = getattr(context, index).origins
        assert len(origins) >= 10_000
        assert max(len(origin.steps) for origin in list(origins.values())[-3:]) >= 9_998
    files = chain(4_000, 500)
    files["m0.py"] = (
        "import openai\nc = openai.OpenAI()\ndef f0(db):\n    return c.responses.create(input=db).output_text\n"
    )
    files["end.py"] = "import json\nfrom m8 import f3999\ndef g(db):\n    return json.loads(f3999(db))\n"
    parsed = linked(files).model_text.origins
    assert [(path, len(item.steps)) for (path, _), item in parsed.items()] == [("end.py", 4_001)]


def needs_counted(lookups):
    """How many calls of the engine it takes to judge so many lookups in one function."""
    one = "    m{0} = re.match('a', t)\n    if not m{0}:\n        print(t)\n    x{0} = m{0}.group()\n"
    context = linked({"main.py": "import re\ndef f(t):\n" + "".join(one.format(n) for n in range(lookups))})
    calls = 0

    def trace(frame, event, argument):
        nonlocal calls
        calls += 1

    sys.setprofile(trace)
    try:
        found = [context.nullness.needs(context.call(*place)) for place in context.nullness.origins]
    finally:
        sys.setprofile(None)
    assert len(found) == lookups
    return calls


def test_lookups_in_one_function_are_judged_in_time_that_grows_with_their_number():
    assert needs_counted(800) < 6 * needs_counted(200)
