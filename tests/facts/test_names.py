"""What a call refers to, as far as one file tells."""

import pytest

from durability.facts.collect import NotPython, collect


def refs(source: str) -> dict[str, str]:
    facts = collect(source, "app/main.py", "app.main")
    return {call.target: call.ref for call in facts.calls}


@pytest.mark.parametrize(
    ("source", "target", "ref"),
    [
        ("import requests\nrequests.get(u)", "requests.get", "requests.get"),
        ("import requests as rq\nrq.get(u)", "rq.get", "requests.get"),
        ("from requests import get as fetch\nfetch(u)", "fetch", "requests.get"),
        ("from .db import load\nload()", "load", ".db.load"),
        ("from ..core.db import load\nload()", "load", "..core.db.load"),
        ("import requests\ns = requests.Session()\ns.get(u)", "s.get", "requests.Session.get"),
        ("import requests\nwith requests.Session() as s:\n    s.get(u)", "s.get", "requests.Session.get"),
        ("import requests\ndef f(s: requests.Session):\n    s.get(u)", "s.get", "requests.Session.get"),
        ("import requests\ndef f(s: 'requests.Session'):\n    s.get(u)", "s.get", "requests.Session.get"),
        ("import requests\ndef f(s: requests.Session | None = None):\n    s.get(u)", "s.get", "requests.Session.get"),
        ("import requests\nfrom typing import Optional\ndef f(s: Optional[requests.Session]):\n    s.get(u)", "s.get", "requests.Session.get"),
        ("import sqlite3\nclass A:\n    def __init__(self):\n        self.db = sqlite3.connect('a')\n    def f(self):\n        self.db.execute('x')", "self.db.execute", "sqlite3.Connection.execute"),
        ("from openai import OpenAI\nclass A:\n    client: OpenAI | None = None\n    def f(self):\n        self.client.chat.completions.create()", "self.client.chat.completions.create", "openai.OpenAI.chat.completions.create"),
        ("import sqlite3\nsqlite3.connect('a').cursor().execute('x')", "sqlite3.connect().cursor().execute", "sqlite3.Cursor.execute"),
        ("class Store:\n    def load(self):\n        pass\nstore = Store()\nstore.load()", "store.load", ":Store.load"),
        ("class Store:\n    def load(self):\n        self.save()\n    def save(self):\n        pass", "self.save", ":Store.save"),
        ("def outer():\n    def inner():\n        pass\n    inner()", "inner", ":outer.inner"),
        ("try:\n    import orjson as json\nexcept ImportError:\n    json = None\njson.dumps(x)", "json.dumps", "orjson.dumps"),
        ("client = None\ndef get():\n    global client\n    import requests\n    client = requests.Session()\ndef use():\n    client.get(u)", "client.get", "requests.Session.get"),
        ("from contextlib import closing\nimport sqlite3\nwith closing(sqlite3.connect('a')) as db:\n    db.execute('x')", "db.execute", "sqlite3.Connection.execute"),
        ("import requests\ndef f(s=None):\n    if s is None:\n        s = requests.Session()\n    s.get(u)", "s.get", "requests.Session.get"),
        ("import requests\ndef f(s=None):\n    if not s:\n        s = requests.Session()\n    s.get(u)", "s.get", "requests.Session.get"),
        ("import requests\ndef f(x):\n    s = None\n    if x:\n        s = requests.Session()\n    s.get(u)", "s.get", "requests.Session.get"),
        ("import requests\ndef f():\n    s = None\n    try:\n        s = requests.Session()\n    finally:\n        s.close()", "s.close", "requests.Session.close"),
        ("import requests\nmine = requests.Session()\ndef f(a=None):\n    s = a.http if a is not None else mine\n    s.get(u)", "s.get", "requests.Session.get"),
        ("import requests\nclass A:\n    def __init__(self, s=None):\n        self.s = s\n        if s is None:\n            self.s = requests.Session()\n    def f(self):\n        self.s.get(u)", "self.s.get", "requests.Session.get"),
        ("from pathlib import Path\nBASE = Path(__file__).resolve().parent\n(BASE / 'a' / 'b').mkdir()", "?.mkdir", "pathlib.Path.mkdir"),
        ("import requests, asyncio\nasync def f():\n    s = await asyncio.to_thread(requests.Session)\n    s.get(u)", "s.get", "requests.Session.get"),
    ],
)  # fmt: skip
def test_receivers_are_followed(source, target, ref):
    assert refs(source)[target] == ref


@pytest.mark.parametrize(
    "source",
    [
        "def f(s):\n    s.get(u)",
        "s = make() if flag else other()\ns.get(u)",
        "for s in unknown:\n    s.get(u)",
        "a, s = pair()\ns.get(u)",
        "import requests\ndef f(s, x):\n    if x:\n        s = requests.Session()\n    s.get(u)",
        "import requests, httpx\ndef f(x):\n    s = None\n    if x:\n        s = requests.Session()\n    else:\n        s = httpx.Client()\n    s.get(u)",
        "import requests\nclass A:\n    def __init__(self, s):\n        self.s = s\n    def again(self):\n        self.s = requests.Session()\na = A(f)\ns = a.s\ns.get(u)",
        "def f(s):\n    (s / 2).get(u)\ns.get(u)",
    ],
)
def test_nothing_is_guessed_from_the_name_of_a_method(source):
    assert not refs(source)["s.get"].startswith(("requests", "httpx"))


def test_a_name_bound_again_means_what_it_was_bound_to_last():
    source = "import requests, sqlite3\ns = requests.Session()\ns.get(u)\ns = sqlite3.connect('a')\ns.execute('x')"
    assert refs(source) | {} == {
        "requests.Session": "requests.Session",
        "s.get": "requests.Session.get",
        "sqlite3.connect": "sqlite3.connect",
        "s.execute": "sqlite3.Connection.execute",
    }


def test_branches_that_disagree_are_not_known():
    source = "import requests, httpx\nif flag:\n    s = requests.Session()\nelse:\n    s = httpx.Client()\ns.get(u)"
    assert refs(source)["s.get"] == "?.get"


@pytest.mark.parametrize("source", ["def f(:", "x = = 1", "  indented = 1\nx", 'x = "a" b"b"'])
def test_what_is_not_python_says_so(source):
    with pytest.raises(NotPython):
        collect(source, "a.py", "a")
