"""Files linked into one program: names, entry points, reach, effects, flow."""

import pytest

from durability.engine.linking import link
from durability.facts.collect import collect
from durability.program.context import Context
from durability.program.links.modules import Modules, module_name
from durability.sources.project import manifests_of


def linked(**files: str) -> Context:
    texts = {name.replace("__", "/") + ".py": text for name, text in files.items()}
    return linked_paths(texts)


def linked_paths(texts: dict[str, str]) -> Context:
    facts = {path: collect(text, path, module_name(path)) for path, text in texts.items()}
    return link(facts, dict.fromkeys(facts, "first-party"), manifests_of({}))


def meaning(context: Context, path: str, target: str) -> str:
    facts = context.program.files[path]
    index = next(number for number, call in enumerate(facts.calls) if call.target == target)
    return context.program.symbols[path][index].identity


@pytest.mark.parametrize(
    ("files", "path", "target", "identity"),
    [
        ({"main": "from db import load\nload()", "db": "def load(): pass"}, "main.py", "load", "db.py:load"),
        ({"main": "import db\ndb.load()", "db": "def load(): pass"}, "main.py", "db.load", "db.py:load"),
        ({"main": "from db import SessionLocal\ns = SessionLocal()\ns.add(1)", "db": "from sqlalchemy.orm import sessionmaker\nSessionLocal = sessionmaker()"}, "main.py", "s.add", "sqlalchemy.orm.Session.add"),
        ({"main": "from db import S\ns = S()\ns.add(1)", "db": "from sqlalchemy.orm import sessionmaker\nS = sessionmaker()"}, "main.py", "s.add", "sqlalchemy.orm.Session.add"),
        ({"app__main": "from .db import load\nload()", "app__db": "def load(): pass"}, "app/main.py", "load", "app/db.py:load"),
        ({"src__app__main": "from app.db import load\nload()", "src__app__db": "def load(): pass"}, "src/app/main.py", "load", "src/app/db.py:load"),
        ({"main": "from api import load\nload()", "api": "from db import load", "db": "def load(): pass"}, "main.py", "load", "db.py:load"),
        ({"main": "from api import *\nload()", "api": "from db import *", "db": "def load(): pass"}, "main.py", "load", "db.py:load"),
        ({"main": "from db import Store\ns = Store()\ns.load()", "db": "class Store:\n    def load(self): pass"}, "main.py", "s.load", "db.py:Store.load"),
        ({"main": "from db import store\nstore.load()", "db": "class Base:\n    def load(self): pass\nclass Store(Base): pass\nstore = Store()"}, "main.py", "store.load", "db.py:Base.load"),
        ({"main": "from db import make\nmake().load()", "db": "class Store:\n    def load(self): pass\ndef make() -> Store:\n    return Store()"}, "main.py", "make().load", "db.py:Store.load"),
        ({"main": "from db import session\nsession.get(u)", "db": "import requests\nsession = requests.Session()"}, "main.py", "session.get", "requests.Session.get"),
        ({"main": "from db import greet\ngreet(1)", "db": "class Greeter:\n    def __call__(self, x): pass\ngreet = Greeter()"}, "main.py", "greet", "db.py:Greeter.__call__"),
        ({"main": "from db import Greeter\nGreeter(1)", "db": "class Greeter:\n    def __call__(self, x): pass"}, "main.py", "Greeter", "db.py:Greeter"),
        ({"main": "from langchain.agents import AgentExecutor\nagent = AgentExecutor()\nagent('q')"}, "main.py", "agent", "langchain.chains.base.Chain.__call__"),
        ({"main": "from db import OUT\n(OUT / 'a').unlink()", "db": "from pathlib import Path\nOUT = Path(__file__).resolve().parent / 'out'"}, "main.py", "?.unlink", "pathlib.Path.unlink"),
        ({"main": "from db import out\n(out() / 'a' / 'b').unlink()", "db": "from pathlib import Path\ndef out():\n    return Path.home()"}, "main.py", "?.unlink", "pathlib.Path.unlink"),
        ({"main": "from pathlib import Path\nclass Store:\n    @property\n    def out(self) -> Path: ...\n    def drop(self):\n        (self.out / 'a').unlink()"}, "main.py", "?.unlink", "pathlib.Path.unlink"),
        ({"main": "from db import SIZE\n(SIZE / 2).unlink()", "db": "SIZE = 3"}, "main.py", "?.unlink", "db.SIZE.</>.unlink"),
        ({"main": "from db import make\nclient, number = make()\nclient.get(u)", "db": "import requests\ndef make():\n    return requests.Session(), 3"}, "main.py", "client.get", "requests.Session.get"),
        ({"main": "from db import make\nclient, number = make()\nnumber.get(u)", "db": "import requests\ndef make():\n    return requests.Session(), f"}, "main.py", "number.get", "db.make().<1>.get"),
        ({"main": "from db import make\nclient, number = make()\nclient.get(u)", "db": "import requests\ndef make():\n    if x:\n        return None, 'not set'\n    return requests.Session(), ''"}, "main.py", "client.get", "requests.Session.get"),
        ({"main": "from db import make\nmake()[0].load()", "db": "class Store:\n    def load(self): pass\ndef make():\n    return Store(), 1"}, "main.py", "make()[].load", "db.py:Store.load"),
        ({"main": "from db import get_db\nfrom fastapi import Depends\ndef f(db=Depends(get_db)): pass\nget_db().execute('x')", "db": "import sqlite3\ndef get_db():\n    db = sqlite3.connect('a')\n    yield db"}, "main.py", "get_db().execute", "sqlite3.Connection.execute"),
    ],
)  # fmt: skip
def test_calls_are_linked_across_files(files, path, target, identity):
    assert meaning(linked(**files), path, target) == identity


STORE = """import sqlite3
class Store:
    def __init__(self, db): self.db = db
    def load(self): pass
    @classmethod
    def make(cls): return cls(1)
class Child(Store): pass
def get_store():
    yield Store(sqlite3.connect('a'))
async def fetch(): pass
def work(x): pass
TABLE = {'a': work}
"""
APP = "from fastapi import BackgroundTasks, Depends, FastAPI, Request\napp = FastAPI()\n@app.get('/')\n"


@pytest.mark.parametrize(
    ("main", "callee", "offloaded"),
    [
        ("from store import Store\nStore.make().load()", "Store.load", False),
        ("from store import Child as C\nC(1).load()", "Store.load", False),
        ("from store import Store\ndef f(store: Store | None = None):\n    store.load()", "Store.load", False),
        ("from store import Store\ndef f(store=None):\n    store = store or Store(1)\n    store.load()", "Store.load", False),
        ("from store import Store, get_store\n" + APP + "def f(s: Store = Depends(get_store)):\n    s.load()", "Store.load", False),
        ("from store import get_store\n" + APP + "def f(s=Depends(get_store)):\n    s.load()", "Store.load", False),
        ("from typing import Annotated\nfrom store import Store, get_store\nS = Annotated[Store, Depends(get_store)]\n" + APP + "def f(s: S):\n    s.load()", "Store.load", False),
        ("from store import Store\n" + APP + "def f(request: Request):\n    request.app.state.store.load()\napp.state.store = Store(1)", "Store.load", False),
        ("from dataclasses import dataclass\nfrom store import Store\n@dataclass\nclass Box:\n    store: Store\n    def f(self):\n        self.store.load()", "Store.load", False),
        ("from contextlib import contextmanager\nfrom store import Store\n@contextmanager\ndef opened():\n    yield Store(1)\nwith opened() as s:\n    s.load()", "Store.load", False),
        ("import store\nstore.TABLE['a'](1)", "work", False),
        ("from store import TABLE as T\nT.get('a')(1)", "work", False),
        ("import threading, store\nthreading.Thread(target=store.work).start()", "work", True),
        ("from concurrent.futures import ThreadPoolExecutor\nfrom store import work\nwith ThreadPoolExecutor() as pool:\n    pool.map(work, [1])", "work", True),
        ("from functools import partial\nfrom store import work\npartial(work, 1)()", "work", True),
        ("from store import work\n" + APP + "def f(tasks: BackgroundTasks):\n    tasks.add_task(work, 1)", "work", True),
        ("import asyncio\nfrom store import fetch\nasync def f():\n    asyncio.create_task(fetch())", "fetch", False),
    ],
)  # fmt: skip
def test_every_way_of_calling_is_an_edge(main, callee, offloaded):
    program = linked(main=main, store=STORE).program
    edges = [edge for edges in program.callees.values() for edge in edges if edge.caller[0] == "main.py"]
    assert (callee, offloaded) in {(program.function(edge.callee).qualname, edge.offloaded) for edge in edges}


def test_a_state_that_holds_two_kinds_is_not_guessed():
    context = linked(
        main=APP + "def f(request: Request):\n    request.app.state.db.load()\napp.state.db = open('a')",
        other="import main, sqlite3\nmain.app.state.db = sqlite3.connect('a')",
    )
    facts = context.program.files["main.py"]
    [index] = [number for number, call in enumerate(facts.calls) if call.target.endswith("db.load")]
    assert context.program.symbols["main.py"][index].kind == "unknown"


def test_pythons_own_modules_are_not_those_beside_the_importer():
    files = {
        "app/__init__.py": "",
        "app/logging.py": "def info(): pass",
        "app/main.py": "import logging\nlogging.info('x')",
    }
    assert meaning(linked_paths(files), "app/main.py", "logging.info") == "logging.info"
    flat = {"logging.py": "def info(): pass", "main.py": "import logging\nlogging.info('x')"}
    assert meaning(linked_paths(flat), "main.py", "logging.info") == "logging.py:info"


SIBLING = "def create(): pass"
BESIDE = [
    ({"pay/__init__.py": ""}, "stripe.create"),
    ({"pay/__init__.py": "from .models import Bill"}, "stripe.create"),
    ({"pay/urls.py": "from . import hooks"}, "stripe.create"),
    ({"pay/urls.py": "from pay.hooks import taken"}, "stripe.create"),
    ({"pay/__init__.py": "", "pay/db.py": "", "pay/main.py": "import db"}, "pay/stripe.py:create"),
    ({"pay/db.py": "", "pay/main.py": "import db"}, "pay/stripe.py:create"),
    ({}, "pay/stripe.py:create"),
]


@pytest.mark.parametrize(("others", "identity"), BESIDE)
def test_a_third_party_is_not_the_file_of_its_name_beside_a_module_of_a_package(others, identity):
    files = {"pay/stripe.py": SIBLING, "pay/hooks.py": "import stripe\nstripe.create()", **others}
    assert meaning(linked_paths(files), "pay/hooks.py", "stripe.create") == identity


def test_a_name_that_no_third_party_is_known_by_is_the_file_beside_the_importer():
    files = {
        "app/__init__.py": "",
        "app/store.py": "def load(): pass",
        "app/urls.py": "from . import main",
        "app/main.py": "try:\n    from .store import load\nexcept ImportError:\n    from store import load\nimport store\nstore.load()",
    }
    assert meaning(linked_paths(files), "app/main.py", "store.load") == "app/store.py:load"


def test_a_method_is_never_linked_by_its_bare_name():
    context = linked(main="def f(thing):\n    thing.load()", db="class Store:\n    def load(self): pass")
    assert context.program.symbols["main.py"][0].kind in ("unknown", "parameter")


def test_the_nearest_root_wins():
    modules = Modules(["a/config.py", "b/config.py", "a/main.py", "b/main.py"])
    assert modules.find("config", "a/main.py") == "a/config.py"
    assert modules.find("config", "b/main.py") == "b/config.py"
    assert modules.find("config", "c/other.py") is None


def test_a_file_that_extends_the_search_path_finds_a_module_that_is_the_only_one_of_its_name():
    files = {
        "tools/sync.py": "import sys\nsys.path.insert(0, 'engine')\nimport graph\ngraph.load()",
        "tools/plain.py": "import graph\ngraph.load()",
        "engine/graph.py": "def load(): pass",
    }
    symbols = linked_paths(files).program.symbols
    assert symbols["tools/sync.py"][1].path == "engine/graph.py"
    assert symbols["tools/plain.py"][0].kind == "library"
    files["other/graph.py"] = "def load(): pass"
    assert linked_paths(files).program.symbols["tools/sync.py"][1].kind == "library"


ENTRIES = [
    ("def create_order(event, context): pass", "route", "ANY create_order"),
    ("from fastapi import FastAPI\napp = FastAPI()\n@app.post('/pay')\ndef pay(): pass", "route", "POST /pay"),
    ("from fastapi import APIRouter\nr = APIRouter()\n@r.get('/x')\nasync def x(): pass", "route", "GET /x"),
    (
        "from flask import Flask\napp = Flask(__name__)\n@app.route('/x', methods=['PUT'])\ndef x(): pass",
        "route",
        "PUT /x",
    ),
    ("from flask import Blueprint\nbp = Blueprint('a', __name__)\n@bp.route('/y')\ndef y(): pass", "route", "GET /y"),
    ("import click\n@click.command()\ndef run(): pass", "cli", "run"),
    ("import streamlit as st\nst.title('x')", "ui", "main.py"),
    ("def main(): pass\nif __name__ == '__main__':\n    main()", "cli", "python main.py"),
    ("import threading\ndef work(): pass\nthreading.Thread(target=work).start()", "worker", "work"),
    ("from celery import Celery\napp = Celery()\n@app.task\ndef send(): pass", "worker", "send"),
]


@pytest.mark.parametrize(("source", "role", "name"), ENTRIES, ids=[item[2] for item in ENTRIES])
def test_entry_points_are_found(source, role, name):
    assert (role, name) in [(entry.role, entry.name) for entry in linked(main=source).entries]


def test_reach_follows_calls_and_imports():
    context = linked(
        main="from fastapi import FastAPI\nimport jobs\napp = FastAPI()\n@app.get('/')\ndef home():\n    return jobs.used()",
        jobs="def used(): pass\ndef unused(): pass",
        dead="def never(): pass",
    )
    program = context.program
    by_name = {program.function(key).qualname: context.reach.of(key) for key in program.functions() if key[1]}
    assert by_name["used"].role == "route"
    assert by_name["used"].entries == ("GET /",)
    assert by_name["used"].weight == 1.0
    assert by_name["unused"].weight == pytest.approx(0.3)
    assert by_name["never"].weight == 0.0


def test_one_dynamic_import_makes_dead_code_possible_again():
    main = "from fastapi import FastAPI\nimport importlib\napp = FastAPI()\n@app.get('/')\ndef home(name):\n    return importlib.import_module(name)"
    context = linked(main=main, plugin="def run(): pass")
    assert context.reach.of(("plugin.py", 1)).weight == pytest.approx(0.3)


def test_the_shortest_chain_is_the_witness():
    context = linked(
        main="from a import one\ndef start():\n    one()",
        a="from b import two\nimport requests\ndef one():\n    two()\n    helper()\ndef helper():\n    requests.get('u')",
        b="from a import helper\ndef two():\n    helper()",
    )
    steps = context.effects.chain(("main.py", 1), "http")
    assert [(step.path, step.line) for step in steps] == [("main.py", 3), ("a.py", 5), ("a.py", 7)]


def test_a_ring_of_a_thousand_functions_ends():
    ring = "\n".join(f"def f{i}():\n    f{(i + 1) % 1000}()" for i in range(1000))
    context = linked(main=ring + "\nimport requests\ndef out():\n    requests.get('u')")
    assert not context.effects.reaches(("main.py", 1), "http")
    assert context.effects.reaches(("main.py", 1001), "http")


def test_a_chain_of_ten_thousand_functions_needs_no_recursion():
    count = 10_000
    chain = "\n".join(f"def f{i}():\n    f{i + 1}()" for i in range(count))
    context = linked(main=f"import requests\n{chain}\ndef f{count}():\n    requests.get('u')")
    assert len(context.effects.chain(("main.py", 1), "http")) == count + 1


ROUTE = "from fastapi import FastAPI\napp = FastAPI()\n"


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        ("def home(q: str):\n    sink(q)", "external"),
        ("def home(q: int):\n    sink(q)", "cleaned"),
        ("def home(q: str):\n    x = f'a{q}'.strip()\n    sink(x)", "external"),
        ("def home(q: str):\n    sink(int(q))", "cleaned"),
        ("def home():\n    sink('fixed')", "constant"),
        ("def home():\n    import os\n    sink(os.getenv('X'))", "environment"),
    ],
)
def test_values_are_traced_to_where_they_start(body, kind):
    context = linked(main=f"{ROUTE}@app.get('/')\n{body}")
    call = next(
        context.call("main.py", i) for i, c in enumerate(context.program.files["main.py"].calls) if c.target == "sink"
    )
    assert {leaf.kind for leaf in context.flow.leaves(call.arguments[0].value, call.key)} >= {kind}


def test_a_value_is_traced_through_a_helper_in_another_file():
    context = linked(
        main=f"{ROUTE}from db import find\n@app.get('/')\ndef home(q: str):\n    find(q)",
        db="def find(name):\n    sink(name)",
    )
    call = context.call("db.py", 0)
    leaves = context.flow.leaves(call.arguments[0].value, call.key)
    assert {(leaf.kind, leaf.path) for leaf in leaves} == {("external", "main.py")}
