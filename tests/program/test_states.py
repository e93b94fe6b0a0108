"""State of the process: one identity and one verdict, however files, aliases and objects are cut."""

import pytest

from durability.engine.linking import link
from durability.facts.collect import collect
from durability.program.keeping.growth import growth, relief
from durability.program.links.modules import module_name
from durability.program.sites import StateSite
from durability.sources.project import manifests_of

APP = "from fastapi import FastAPI\napp = FastAPI()\n"
ROUTE = "@app.get('/{word}')\ndef look(word: str):\n    "


def linked_paths(texts):
    facts = {path: collect(text, path, module_name(path)) for path, text in texts.items()}
    return link(facts, dict.fromkeys(facts, "first-party"), manifests_of({}))


def states(context):
    return {site.name: site for site in (StateSite(context, state) for state in context.states.all)}


def verdict(context, name):
    site = states(context)[name]
    return len(growth(context, site)), relief(context, site)[0]


@pytest.mark.parametrize(
    "files",
    [
        {"app.py": APP + "CACHE = {}\n" + ROUTE + "CACHE[word] = 1\n"},
        {"app.py": APP + "from store import CACHE\n" + ROUTE + "CACHE[word] = 1\n", "store.py": "CACHE = {}\n"},
        {"app.py": APP + "import store as st\n" + ROUTE + "st.CACHE[word] = 1\n", "store.py": "CACHE = {}\n"},
        {"app.py": APP + "from store import CACHE as c\n" + ROUTE + "kept = c\n    kept[word] = 1\n", "store.py": "CACHE = {}\n"},
        {"app.py": APP + "from kept import CACHE\n" + ROUTE + "CACHE.setdefault(word, 1)\n",
         "kept/__init__.py": "from .store import CACHE\n", "kept/store.py": "CACHE = {}\n"},
        {"app.py": APP + "import store\n" + ROUTE + "store.put(store.CACHE, word)\n",
         "store.py": "CACHE = {}\n\ndef put(table, word):\n    table[word] = 1\n"},
        {"app.py": APP + "from store import cache\n" + ROUTE + "cache()[word] = 1\n",
         "store.py": "CACHE = {}\n\ndef cache():\n    return CACHE\n"},
    ],
)  # fmt: skip
def test_is_the_same_state_by_every_name(files):
    assert verdict(linked_paths(files), "CACHE") == (1, "none")


def test_a_lasting_object_holds_state_and_one_made_per_request_does_not():
    store = "class Store:\n    def __init__(self):\n        self.items = []\n    def put(self, x):\n        self.items.append(x)\n"
    kept = {
        "app.py": APP + "from store import store\n" + ROUTE + "store.put(word)\n",
        "store.py": store + "store = Store()\n",
    }
    fresh = {"app.py": APP + "from store import Store\n" + ROUTE + "Store().put(word)\n", "store.py": store}
    assert verdict(linked_paths(kept), "Store.items") == (1, "none")
    assert "Store.items" not in states(linked_paths(fresh))


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ("", "none"),
        ("\n    CACHE.pop(word)", "works"),
        ("\n    if len(CACHE) > 9:\n        CACHE.clear()", "works"),
        ("\n\n@app.delete('/all')\ndef clear():\n    CACHE.clear()", "command"),
        ("\n\n@app.post('/done')\ndef done(word: str):\n    CACHE.pop(word)", "elsewhere"),
        ("\n\ndef never():\n    CACHE.clear()", "none"),
        ("\n    unknown_thing.take(CACHE)", "none"),
    ],
)
def test_only_what_happens_by_itself_works_against_growth(more, expected):
    context = linked_paths({"app.py": APP + "CACHE = {}\n" + ROUTE + "CACHE[word] = 1" + more + "\n"})
    assert verdict(context, "CACHE")[1] == expected


def test_a_local_name_hides_the_state():
    context = linked_paths({"app.py": APP + "CACHE = {}\n" + ROUTE + "CACHE = {}\n    CACHE[word] = 1\n"})
    assert verdict(context, "CACHE")[0] == 0


def test_long_chains_and_cycles_of_functions_end():
    chain = (
        "".join(f"def f{n}(table, k):\n    f{n + 1}(table, k)\n" for n in range(1500))
        + "def f1500(table, k):\n    f0(table, k)\n"
    )
    context = linked_paths({"app.py": APP + "CACHE = {}\n" + chain + ROUTE + "f0(CACHE, word)\n"})
    assert verdict(context, "CACHE")[0] == 0
