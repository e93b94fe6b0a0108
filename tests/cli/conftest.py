"""A prototype that fails, a hardened copy that holds, and two ways to run the command line."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

from durability.cli import main

SCRIPT = Path(sys.executable).with_name("durability")

PROTOTYPE = """
import sqlite3

import requests
from flask import Flask, request

app = Flask(__name__)


@app.get("/customers")
def customers():
    database = sqlite3.connect("crm.db")
    rows = database.execute(f"SELECT id FROM customers WHERE name = '{request.args['name']}'").fetchall()
    rates = requests.get("https://rates.example.com/today").json()
    found = []
    for row in rows:
        found.append(database.execute("SELECT * FROM orders WHERE customer = ?", (row[0],)).fetchall())
    return {"customers": rows, "orders": found, "rates": rates}


@app.post("/orders")
def order():
    try:
        requests.post("https://ship.example.com/new", json=request.json)
    except Exception:
        pass
    return {"ok": True}


@app.get("/status")
def status():
    weather = requests.get("https://weather.example.com/today")
    return {"weather": weather.json()}
"""

HARDENED = """
import sqlite3
from contextlib import closing

import requests
from flask import Flask, request

app = Flask(__name__)
session = requests.Session()


@app.get("/customers")
def customers():
    with closing(sqlite3.connect("crm.db", timeout=5)) as database:
        rows = database.execute(
            "SELECT customers.id, orders.item FROM customers JOIN orders ON orders.customer = customers.id"
            " WHERE name = ? LIMIT 50",
            (request.args["name"],),
        ).fetchall()
    rates = session.get("https://rates.example.com/today", timeout=5)
    rates.raise_for_status()
    return {"customers": rows, "rates": rates.json()}


@app.get("/status")
def status():
    weather = session.get("https://weather.example.com/today", timeout=5)
    weather.raise_for_status()
    news = session.get("https://news.example.com/today", timeout=5)
    news.raise_for_status()
    return {"weather": weather.json(), "news": news.json()}
"""

TINY = "print('hello')\n"


class Outcome(NamedTuple):
    code: int
    out: str
    err: str


Run = Callable[..., Outcome]


def _project(folder: Path, text: str) -> Path:
    folder.mkdir()
    (folder / "requirements.txt").write_text("flask==3.1.0\nrequests==2.32.3\n")
    (folder / "app.py").write_text(text)
    return folder


@pytest.fixture
def prototype(tmp_path: Path) -> Path:
    return _project(tmp_path / "prototype", PROTOTYPE)


@pytest.fixture
def hardened(tmp_path: Path) -> Path:
    return _project(tmp_path / "hardened", HARDENED)


@pytest.fixture
def tiny(tmp_path: Path) -> Path:
    return _project(tmp_path / "tiny", TINY)


@pytest.fixture
def run(capsysbinary: pytest.CaptureFixture[bytes]) -> Run:
    """Runs a command line in this process."""

    def call(*arguments: object) -> Outcome:
        code = main([str(argument) for argument in arguments])
        caught = capsysbinary.readouterr()
        return Outcome(code, caught.out.decode(), caught.err.decode())

    return call


@pytest.fixture
def script() -> Run:
    """Runs the installed console script in a process of its own; keywords go to `subprocess.run`."""

    def call(*arguments: object, env: dict[str, str] | None = None, **options: object) -> Outcome:
        ran = subprocess.run(
            [SCRIPT, *map(str, arguments)],
            env={**os.environ, **(env or {})},
            stdout=options.pop("stdout", subprocess.PIPE),
            stderr=subprocess.PIPE,
            check=False,
            **options,
        )
        return Outcome(ran.returncode, (ran.stdout or b"").decode(), ran.stderr.decode())

    return call
