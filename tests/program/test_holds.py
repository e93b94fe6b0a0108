"""How long an entry point may keep somebody waiting, and how many are served at once."""

import pytest
from tests.program.test_program import linked

from durability.program.doing.holds import hold
from durability.program.entrypoints.lanes import lanes_of

HEAD = "import requests\nfrom openai import OpenAI\nclient = OpenAI()\n"


def said(context, name="f", path="main.py"):
    functions = context.program.files[path].functions
    found = hold(context, (path, next(n for n, item in enumerate(functions) if item.qualname == name)))
    return found.said if found is not None else None


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        (("requests.get('u', timeout=7)",), "7 s"),
        (("requests.get('u')",), "for ever: there is no time limit"),
        (("for _ in range(4):", "    requests.get('u', timeout=7)"), "7 s × 4 rounds = 28 s"),
        (("for u in us():", "    requests.get(u, timeout=7)"), "7 s, for each item"),
        (("client.responses.create(model='m', timeout=20)",), "20 s × 3 tries = 60 s"),
        (("requests.get('u', timeout=7)", "requests.get('u', timeout=9)"), "9 s"),
        (("requests.get('u', timeout=limit())",), None),
        (("print(1)",), None),
    ],
)
def test_the_longest_wait_with_its_factors(lines, words):
    body = "".join(f"    {line}\n" for line in lines)
    assert said(linked(main=f"{HEAD}def f():\n{body}")) == words


def test_the_factors_of_the_way_count():
    context = linked(
        main="from net import load\ndef f():\n    for _ in range(3):\n        load()\n",
        net="import requests\ndef load():\n    for _ in range(2):\n        requests.get('u', timeout=5)\n",
    )
    assert said(context) == "5 s × 6 rounds = 30 s"


def test_what_is_handed_to_another_thread_is_not_waited_for():
    assert (
        said(
            linked(
                main="import requests, threading\ndef g():\n    requests.get('u')\ndef f():\n    threading.Thread(target=g).start()\n"
            )
        )
        is None
    )


AWAITED = """import asyncio, requests
from fastapi.concurrency import run_in_threadpool
def load(u):
    return requests.get(u, timeout=5)
async def f(u):
    {statement}
"""


@pytest.mark.parametrize(
    ("statement", "words"),
    [
        ("await asyncio.to_thread(load, u)", "5 s"),
        ("await run_in_threadpool(lambda: load(u))", "5 s"),
        ("await asyncio.gather(asyncio.to_thread(load, u))", "5 s"),
        ("asyncio.get_running_loop().run_in_executor(None, load, u)", None),
        ("asyncio.get_running_loop().run_in_executor(None, requests.get, u)", None),
        ("await asyncio.to_thread(requests.get, u, timeout=6)", "6 s"),
    ],
)
def test_what_another_thread_does_is_waited_for_where_it_is_awaited(statement, words):
    assert said(linked(main=AWAITED.format(statement=statement))) == words


@pytest.mark.parametrize(
    ("made", "words"),
    [
        ("OpenAI(timeout=20, max_retries=0)", "20 s"),
        ("OpenAI(timeout=limit(), max_retries=0)", None),
        ("OpenAI(max_retries=0)", "600 s"),
        ("OpenAI(**settings)", None),
    ],
)
def test_a_client_has_its_own_limit_where_the_arguments_of_the_call_are_passed_through(made, words):
    main = f"from openai import OpenAI\nclient = {made}\ndef f(**more):\n    client.responses.create(**more)\n"
    assert said(linked(main=main)) == words


GRADIO = "import gradio as gr\ndef f(q):\n    return q\nwith gr.Blocks() as page:\n    b = gr.Button()\n    b.click(f, b, b{more})\n{end}page.launch()\n"


@pytest.mark.parametrize(
    ("text", "lanes"),
    [
        (GRADIO.format(more="", end=""), 1),
        (GRADIO.format(more=", concurrency_limit=5", end=""), None),
        (GRADIO.format(more="", end="page.queue(default_concurrency_limit=5)\n"), None),
        ("from flask import Flask\napp = Flask(__name__)\n@app.get('/')\ndef f():\n    return ''\n", None),
    ],
)
def test_lanes_are_those_that_the_framework_documents(text, lanes):
    context = linked(main=text)
    [entry] = [entry for entry in context.entries if entry.role in ("ui", "route")]
    assert lanes_of(context, entry) == lanes
