"""Text that a model wrote, and the places that parse it."""

import pytest
from tests.program.test_program import linked

from durability.program.context import Context

HEAD = "import json, re\nfrom openai import OpenAI\nclient = OpenAI()\ndef f():\n"
ASK = "    a = client.chat.completions.create(model='m')\n    t = a.choices[0].message.content\n"


def parsed(context: Context) -> list[tuple[str, int, bool]]:
    texts = context.model_text
    return [(path, context.call(path, i).line, texts.copes(context.call(path, i))) for path, i in sorted(texts.origins)]


@pytest.mark.parametrize(
    ("body", "found"),
    [
        ("    return json.loads(t)\n", [(7, False)]),
        ("    t = t.strip()\n    return json.loads(t)\n", [(8, False)]),
        ("    return json.loads(re.sub('`', '', t))\n", [(7, False)]),
        ("    return int(t) if t.isdigit() else 0\n", [(7, True)]),
        ("    if not t.isdigit():\n        return 0\n    return int(t)\n", [(9, True)]),
        ("    return t.split(':')[1]\n", [(7, False)]),
        ("    return t.split(':')[0]\n", []),
        ("    if ':' in t:\n        return t.split(':')[1]\n", [(8, True)]),
        ("    try:\n        return json.loads(t)\n    except Exception:\n        return None\n", [(8, True)]),
        ("    return f'{t}'\n", []),
    ],
)
def test_what_copes_with_another_form(body, found):
    assert parsed(linked(main=HEAD + ASK + body)) == [("main.py", *item) for item in found]


@pytest.mark.parametrize(
    ("given", "copes"),
    [("response_format={'type': 'json_object'}", True), ("temperature=0", False), ("extra_body={'top_k': 1}", False)],
)
def test_structured_output_copes(given, copes):
    body = f"    a = client.chat.completions.create(model='m', {given})\n    return json.loads(a.choices[0].message.content)\n"
    assert parsed(linked(main=HEAD + body)) == [("main.py", 6, copes)]


def test_a_completion_that_is_asked_for_by_hand_is_model_text():
    body = "    r = requests.post(u).json()\n    return json.loads(r['choices'][0]['message']['content'])\n"
    assert parsed(linked(main="import json, requests\ndef f(u):\n" + body)) == [("main.py", 4, False)]


def test_it_is_followed_into_parameters_and_out_of_helpers():
    context = linked(
        model=HEAD + ASK + "    return t\n",
        parse="import json\ndef read(text):\n    return json.loads(text)\n",
        main="from model import f\nfrom parse import read\ndef g():\n    return read(text=f())\n",
    )
    assert parsed(context) == [("parse.py", 3, False)]


def test_functions_that_call_one_another_end():
    context = linked(main=HEAD + ASK + "    return g(t)\ndef g(t):\n    return h(t)\ndef h(t):\n    return g(t)\n")
    assert parsed(context) == []
