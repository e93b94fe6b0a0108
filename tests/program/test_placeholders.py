"""Functions that answer entry points, and those that only pretend to."""

import pytest
from tests.program.test_program import linked

HEAD = "import logging\nfrom flask import Flask, jsonify, request\napp = Flask(__name__)\n"


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        ("@app.get('/a/<k>')\ndef f(k):\n    return {'total': 1}\n", "mock"),
        ("@app.get('/a/<k>')\ndef f(k):\n    return jsonify([1, 2])\n", "mock"),
        ("@app.post('/a')\ndef f():\n    return {'saved': True}\n", None),
        ("@app.post('/a/<k>')\ndef f(k):\n    return {'saved': True}\n", "mock"),
        ("@app.get('/a/<k>')\ndef f(k):\n    return {'total': len(k)}\n", ""),
        ("@app.get('/a/<k>')\ndef f(k):\n    save()\n    return {'total': 1}\n", ""),
        ("@app.get('/a/<k>')\ndef f(k):\n    return []\n", ""),
        ("@app.get('/a/<k>')\ndef f(_k):\n    return {'total': 1}\n", None),
        ("@app.get('/a')\ndef f():\n    return {'total': 1}\n", None),
        ("@app.get('/version/<k>')\ndef f(k):\n    return {'total': 1}\n", None),
        ("@app.get('/shipping/<k>')\ndef f(k):\n    return {'total': 1}, 200\n", "mock"),
        ("@app.get('/a/<k>')\ndef f(k):\n    return '', 204\n", ""),
        ("@app.get('/a')\ndef f():\n    pass\n", "stub"),
        ("@app.get('/a')\ndef f():\n    raise NotImplementedError('later')\n", "stub"),
        ("@app.get('/a')\ndef f():\n    if request.args:\n        raise NotImplementedError\n    return g()\n", ""),
    ],
)  # fmt: skip
def test_what_is_made_up(body, kind):
    places = linked(main=HEAD + body).placeholders
    assert [places.kind(key) for key in places.answering] == [kind]


def test_what_others_replace_is_no_stub():
    context = linked(
        main=HEAD + "from base import Shop\n@app.get('/a/<k>')\ndef f(k):\n    return Shop().find(k)\n",
        base="class Shop:\n    def find(self, key):\n        raise NotImplementedError\nclass Real(Shop):\n    pass\n",
    )
    assert [context.placeholders.kind(key) for key in sorted(context.placeholders.answering)] == [None, ""]


def test_answers_that_call_one_another_end():
    chain = (
        "".join(f"def g{n}(k):\n    return g{n + 1}(k)\n" for n in range(2000)) + "def g2000(k):\n    return g0(k)\n"
    )
    context = linked(main=HEAD + chain + "@app.get('/a/<k>')\ndef f(k):\n    return g0(k)\n")
    assert len(context.placeholders.answering) == 2002
