"""entry-point-untested."""

import re

from durability.api import (
    SERVING,
    Ask,
    Bad,
    EntrySite,
    Good,
    Miss,
    Silent,
    Story,
    Unclear,
    Verdict,
    entry_points,
    harmless,
    rule,
    suggest,
    unhandled,
    unsure,
)

_FOR_DEVELOPERS = re.compile(r"/(?:dev|debug|seed)(?:/|$)")
_APP = (
    "from fastapi import APIRouter, FastAPI\napp = FastAPI()\nrouter = APIRouter(prefix='/orders')\n"
    "@router.get('/{key}')\ndef one(key: int):\n    return load(key)\n"
    "@router.post('')\ndef add(name: str):{mark}\n    return save(name)\napp.include_router(router)\n"
)
_CLIENT = "from fastapi.testclient import TestClient\nfrom app import app\nclient = TestClient(app)\n"


@rule(
    lens="time",
    severity="low",
    confidence="high",
    sources=["Yuan et al., Simple Testing Can Prevent Most Critical Failures, OSDI 2014"],
    story=Story(
        demo="It was tried by hand once.",
        production="A change somewhere else breaks this way in, and the first to notice is the person who wanted to use it.",
        trigger="the next change",
    ),
    action="Write a test for each way into the program",
    minutes=(15, 45),
    sites=entry_points(roles=("route", "bot", "tool", "ui", "cli", "worker")),
    examples=[
        Bad(
            {
                "app.py": _APP.replace("{mark}", "  # <-"),
                "tests/test_app.py": _CLIENT
                + "def test_one():\n    assert client.get('/orders/3').status_code == 200\n",
            }
        ),
        Bad(
            {
                "cli.py": "import click\n@click.group()\ndef main(): pass\n@main.command()\ndef load(): pass\n"
                "@main.command()\ndef purge():  # <-\n    pass\n",
                "helpers.py": "def purge():\n    pass\n",
                "tests/test_cli.py": "from click.testing import CliRunner\nfrom cli import main\nfrom helpers import purge\n"
                "def test_load():\n    purge()\n    assert CliRunner().invoke(main, ['load']).exit_code == 0\n",
            },
            why="the test calls another function of that name",
            decoy=True,
        ),
        Bad(
            {
                "app.py": "from flask import Flask\nfrom shop import pages as p\napp = Flask(__name__)\napp.register_blueprint(p, url_prefix='/shop')\n",
                "shop/__init__.py": "from .views import pages\n",
                "shop/views.py": "from flask import Blueprint\npages = Blueprint('pages', __name__)\n@pages.get('/cart')\ndef cart():\n"
                "    return ''\n@pages.post('/pay')\ndef pay():  # <-\n    return ''\n",
                "tests/test_shop.py": "from app import app\ndef test_cart():\n    assert app.test_client().get('/shop/cart').status_code == 200\n"
                "def test_pay_page():\n    assert app.test_client().get('/shop/pay').status_code == 405\n",
            },
            why="asked for with another method, behind a prefix and a re-export",
        ),
        Good(
            {
                "app.py": _APP.replace("{mark}", ""),
                "tests/conftest.py": "import pytest\nfrom fastapi.testclient import TestClient\nfrom app import app\n"
                "@pytest.fixture\ndef client():\n    return TestClient(app)\n",
                "tests/test_app.py": "BASE = '/orders'\ndef test_both(client):\n    key = client.post(f'{BASE}', params={'name': 'x'}).json()\n"
                "    assert client.get(f'{BASE}/{key}').status_code == 200\n",
            },
            why="through a fixture of another file",
        ),
        Good(
            {
                "jobs.py": "from celery import Celery\napp = Celery('jobs')\n@app.task\ndef train(day):\n    print(day)\n",
                "tests/test_jobs.py": "from jobs import train\ndef test_train():\n"
                "    assert train.apply(args=('mon',)).get() is None\n",
            },
            why="a task that the test runs at once",
        ),
        Unclear(
            {
                "app.py": "from flask import Flask\napp = Flask(__name__)\n@app.get('/')\ndef home():\n    return str(3)\n",
                "tests/test_app.py": "from app import app\ndef test_all():\n    for rule in app.url_map.iter_rules():\n"
                "        app.test_client().get(rule.rule)\n",
            }
        ),
        Silent(
            {
                "app.py": "from flask import Flask\napp = Flask(__name__)\n@app.get('/')\ndef home():\n    return 'hello'\n"
                "def add(a, b):\n    return a + b\n",
                "tests/test_app.py": "from app import add\ndef test_add():\n    assert add(1, 2) == 3\n",
            },
            why="a welcome that is a constant",
        ),
        Silent({"app.py": _APP.replace("{mark}", "")}, why="no tests at all: another rule"),
        Silent(
            {
                "tests/test_app.py": "from app import add\ndef test_add():\n    assert add(1, 2) == 3\n",
                "app.py": "def add(a, b):\n    return a + b\nif __name__ == '__main__':\n    print(add(1, 2))\n",
            },
            why="a script that tries out a module and touches nothing",
        ),
        Good(
            {
                "tests/test_app.py": "from app import app\ndef test_home():\n"
                "    assert app.test_client().get('/').status_code == 200\n",
                "app.py": "from flask import Flask\napp = Flask(__name__)\n@app.get('/')\ndef home():\n    return ''\n",
                "import_once.py": "import sqlite3\nsqlite3.connect('a.db').execute('DELETE FROM old')\n",
            },
            why="a script beside the service",
        ),
        Silent(
            {
                "urls.py": "from django.contrib import admin\nfrom django.urls import path\nfrom models import Order\n"
                "admin.site.register(Order)\nurlpatterns = [path('admin/', admin.site.urls)]\n",
                "models.py": "from django.db import models\nclass Order(models.Model):\n    name = models.TextField()\n",
                "tests/test_order.py": "from models import Order\ndef test_order():\n    assert Order(name='x').name == 'x'\n",
            },
            why="the framework's own pages",
        ),
        Miss(
            {
                "app.py": "from flask import Flask\napp = Flask(__name__)\n@app.get('/')\ndef home():\n    return ''\n",
                "tests/test_app.py": "from app import app\ndef test_home():\n    app.test_client().get('/')\n",
            },
            why="a test that looks at nothing",
        ),
    ],
)
def entry_point_untested(entry: EntrySite, ask: Ask) -> Verdict | None:
    """A way into the program that no test takes.

    Tests reach it by calling it, by a request of a test client, or by running its command or script.
    """
    if not ask.tested_modules() or entry.entry.hook or entry.entry.spawned:
        return None
    if ask.is_tested(entry):
        return harmless()
    if _says_nothing(entry) or _FOR_DEVELOPERS.search(entry.entry.path):
        return None
    if entry.key[1] == 0 and entry.entry.role == "cli" and (_serves(ask) or not ask.touches_outside(entry)):
        return None  # a script beside what people use, or one that only tries out its module
    if entry.entry.role == "route" and ask.has_computed_requests():
        return unsure("dynamic")
    return unhandled(
        f"no test reaches {entry.entry.name}",
        fix=suggest("call it once in a test, with what it should answer"),
        cause=entry.path,
    )


def _says_nothing(entry: EntrySite) -> bool:
    """Whether there is nothing to get wrong: a welcome at the root that is a constant, a handler without a body."""
    if entry.calls_here() or len(entry.exits_here()) > 1:
        return False
    return entry.entry.path == "/" or (entry.entry.role == "worker" and not entry.exits_here())


def _serves(ask: Ask) -> bool:
    return any(entry.role in SERVING for entry in ask.entries)
