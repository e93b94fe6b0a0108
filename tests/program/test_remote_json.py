"""How deep the program reaches into what other services send, and what copes with a surprise."""

import pytest
from tests.program.test_program import linked

HEAD = "import requests\ndef f(u):\n    d = requests.get(u).json()\n"


@pytest.mark.parametrize(
    ("body", "guarded"),
    [
        ("    return d['a']['b']\n", [False]),
        ("    return d[0]\n", [False]),
        ("    return d['a']\n", []),
        ("    return d.get('a', {}).get('b')\n", [True]),
        ("    a = d['a']\n    return a['b']\n", [False]),
        ("    a = d.get('a', [])\n    return a[0]\n", [False]),
        ("    a = d.get('a', [])\n    if not a:\n        return\n    return a[0]\n", [True]),
        ("    a = d['a']\n    a = u\n    return a['b']\n", []),
        ("    if not d:\n        return\n    return d['a']['b']\n", [False]),
        ("    if 'a' not in d:\n        return\n    return d['a']['b']\n", [True]),
        ("    try:\n        return d['a']['b']\n    except KeyError:\n        return\n", [True]),
        ("    try:\n        return d['a']['b']\n    except ValueError:\n        return\n", [False]),
        ("    Model(**d)\n    return d['a']['b']\n", [True]),
    ],
)
def test_what_copes_with_another_shape(body, guarded):
    context = linked(main=HEAD + body)
    calls = [context.call(*place) for place in sorted(context.remote_json.origins)]
    assert [reach.guarded for call in calls for reach in context.remote_json.reaches(call)] == guarded


def test_a_handler_counts_when_it_is_on_every_way():
    reader = "import requests\ndef read(u):\n    return requests.get(u).json()['a']['b']\n"
    safe = (
        "from api import read\ndef f(u):\n    try:\n        return read(u)\n    except LookupError:\n        return 0\n"
    )
    bare = "from api import read\ndef g(u):\n    return read(u)\n"
    for files, guarded in (({"main": safe}, True), ({"main": safe, "other": bare}, False)):
        context = linked(api=reader, **files)
        call = next(context.call(*place) for place in sorted(context.remote_json.origins) if place[0] == "api.py")
        assert [reach.guarded for reach in context.remote_json.reaches(call)] == [guarded]
