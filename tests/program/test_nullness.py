"""Results that may be None, and what guards the places that need more."""

import pytest
from tests.program.test_program import linked

from durability.program.context import Context

HEAD = "import re\ndef f(t):\n"


def needs(context: Context) -> list[tuple[int, bool]]:
    calls = [context.call(*place) for place in sorted(context.nullness.origins)]
    return [(need.line, need.guarded) for call in calls for need in context.nullness.needs(call)]


@pytest.mark.parametrize(
    ("body", "found"),
    [
        ("    return re.match('a', t).group()\n", [(3, False)]),
        ("    m = re.match('a', t)\n    return m.group()\n", [(4, False)]),
        ("    m = re.match('a', t)\n    return m.group() if m else ''\n", [(4, True)]),
        ("    m = re.match('a', t)\n    return m and m.group()\n", [(4, True)]),
        ("    m = re.match('a', t)\n    return m is None or m.group()\n", [(4, True)]),
        ("    m = re.match('a', t)\n    if not m:\n        return ''\n    return m.group()\n", [(6, True)]),
        ("    m = re.match('a', t)\n    if not m:\n        print(t)\n    return m.group()\n", [(6, False)]),
        ("    m = re.match('a', t)\n    if m is None:\n        m = re.compile(t)\n    return m.group()\n", []),
        ("    m = re.match('a', t)\n    assert m\n    return m.group()\n", [(5, True)]),
        ("    try:\n        return re.match('a', t).group()\n    except AttributeError:\n        return ''\n", [(4, True)]),
        ("    try:\n        return re.match('a', t).group()\n    except KeyError:\n        return ''\n", [(4, False)]),
        ("    for t in t:\n        m = re.match('a', t)\n        if m is None:\n            continue\n        m.group()\n", [(7, True)]),
        ("    if (m := re.match('a', t)) is not None:\n        return m.group()\n", [(4, True)]),
        ("    m = re.match('a', t)\n    found = m is not None\n    if found:\n        return m.group()\n", [(6, True)]),
        ("    return (re.match('a', t) or re.match('b', 'b')).group()\n", []),
    ],
)  # fmt: skip
def test_a_test_on_the_way_guards(body, found):
    assert needs(linked(main=HEAD + body)) == found


def test_it_travels_through_cycles_and_long_chains():
    chain = "".join(f"def f{n}(t):\n    return f{n + 1}(t)\n" for n in range(3000))
    last = "import re\ndef f3000(t):\n    if t:\n        return f0(t)\n    return re.match('a', t)\n"
    context = linked(main=chain + last + "def g(t):\n    return f0(t).group()\n")
    assert needs(context) == [(6007, False)]


def test_a_default_is_no_none():
    assert needs(linked(main="import os\nos.getenv('A', '').strip()\nos.getenv('A').strip()\n")) == [(3, False)]


@pytest.mark.parametrize(
    ("taker", "found"),
    [
        ("def take(m):\n    return m.group()\n", [(3, False)]),
        ("def take(m):\n    return m.group() if m else ''\n", []),
        ("def take(m):\n    if not m:\n        return ''\n    return m.group()\n", []),
        ("def take(m):\n    m = m or x\n    return m.group()\n", []),
        ("def take(m, x):\n    if x:\n        return m.group()\n", []),
    ],
)
def test_it_is_followed_into_a_parameter(taker, found):
    assert needs(linked(main=HEAD + "    return take(re.match('a', t))\n" + taker)) == found
