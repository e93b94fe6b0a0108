"""What visitors and models say is followed back from where it acts, across files, past checks that hold."""

import pytest
from tests.program.test_program import linked

from durability.program.context import Context
from durability.program.flows.arrival import Arrival, arrival
from durability.program.flows.sinks import sink_of

APP = (
    "from flask import Flask, request\nimport sqlite3, os, requests\napp = Flask(__name__)\n"
    "db = sqlite3.connect('a.db')\nLISTED = {'a', 'b'}\n@app.route('/')\ndef home():\n    x = request.args['x']\n"
)


def arrivals(context: Context, source="external") -> list[Arrival]:
    """For each sink, how text gets there, in source order."""
    calls = [
        context.call(path, index)
        for path in context.judged_paths()
        for index in range(len(context.program.files[path].calls))
    ]
    return [arrival(context, call, source) for call in calls if sink_of(call) and call.key[1]]


@pytest.mark.parametrize(
    ("body", "raw"),
    [
        ("    open(x)\n", "yes"),
        ("    open('d/' + x.strip())\n", "yes"),
        ("    open(f'd/report_{x}')\n", "unknown"),
        ("    x = int(x)\n    open(f'd/{x}')\n", "no"),
        ("    if x not in LISTED:\n        return ''\n    open(x)\n", "no"),
        ("    if x not in LISTED:\n        print(x)\n    open(x)\n", "yes"),
        ("    open(x)\n    if x not in LISTED:\n        return ''\n", "yes"),
        ("    if x in LISTED:\n        return ''\n    open(x)\n", "yes"),
        ("    if os.path.splitext(x)[1] not in LISTED:\n        return ''\n    open(x)\n", "yes"),
        ("    if not safe(x):\n        return ''\n    open(x)\n", "unknown"),
        ("    open(x if x in LISTED else 'a')\n", "no"),
        ("    open(os.path.basename(x))\n", "no"),
        ("    open({'a': x, 'b': 'c'}['b'])\n", "no"),
        ("    t = {'a': x}\n    open(','.join(k for k in t.keys()))\n", "no"),
        ("    t = {'a': x}\n    open(','.join(v for v in t.values()))\n", "yes"),
        ("    requests.get('https://example.org/' + x)\n", "no"),
        ("    requests.get('https://' + x)\n", "yes"),
        ("    db.execute('SELECT ?', (x,))\n", "no"),
        ("    db.execute('SELECT ' + x)\n", "yes"),
    ],
)  # fmt: skip
def test_input_arrives_unless_something_on_the_way_holds_it(body, raw):
    assert [found.raw.value for found in arrivals(linked(main=APP + body))] == [raw]


def test_a_helper_gives_back_what_its_own_caller_gave():
    helper = "def same(text):\n    return text\n"
    body = APP + "    same(x)\n    open(same('fixed'))\n"
    context = linked(main="from helper import same\n" + body, helper=helper)
    assert [found.raw.value for found in arrivals(context)] == ["no"]


def test_each_step_names_the_call_that_hands_it_on():
    context = linked(main="import store as st\n" + APP + "    st.load(x)\n", store="def load(name):\n    open(name)\n")
    (found,) = arrivals(context)
    assert [(step.path, step.line) for step in found.raw.trace] == [("main.py", 9), ("main.py", 10), ("store.py", 2)]


def test_a_cycle_of_functions_comes_to_an_end():
    names = [f"f{number}" for number in range(300)]
    text = "".join(
        f"def {name}(v):\n    open(v)\n    return {other}(v)\n"
        for name, other in zip(names, names[1:] + names[:1], strict=True)
    )
    context = linked(main=APP + "    f0(x)\n" + text)
    assert {found.raw.value for found in arrivals(context)} <= {"yes", "unknown"}
