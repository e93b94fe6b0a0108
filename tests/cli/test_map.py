"""`durability map`: entry points, what they touch, settings; for people, as JSON and as Mermaid."""

import json
import re
from pathlib import Path

import pytest

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
APP = """
import os, requests, sqlite3
from fastapi import FastAPI
from store import save, find
app = FastAPI()
PRICES = os.getenv("PRICE_HOST", "https://prices.example") + "/v1"

@app.get("/items/{key}")
def item(key: str):
    return find(key)

@app.post("/items")
def add(name: str):
    requests.get(f"{PRICES}/now", timeout=3)
    requests.get("https://rates.example/today", timeout=3)
    save(name)
    open("audit.log", "a").write(name)
    return {}

def never():
    requests.get("https://nobody.example")
"""
STORE = """
import os, sqlite3
db = sqlite3.connect(os.environ["DATABASE"])

def save(name):
    db.execute("INSERT INTO items (name) VALUES (?)", (name,))

def find(key):
    return db.execute("SELECT * FROM items JOIN prices ON 1 WHERE key = ?", (key,)).fetchone()
"""


@pytest.fixture
def project(tmp_path):
    (tmp_path / "app.py").write_text(APP, "utf-8")
    (tmp_path / "store.py").write_text(STORE, "utf-8")
    return tmp_path


@pytest.fixture
def mapped(project, run):
    return json.loads(run("map", str(project), "--output-format", "json").out)


def touched(mapped, name):
    [entry] = [item for item in mapped["entry_points"] if item["name"] == name]
    return {(item["kind"], item["how"], item["name"], f"{item['path']}:{item['line']}") for item in entry["touches"]}


def test_each_entry_point_shows_what_it_touches_through_other_files(mapped):
    assert touched(mapped, "GET /items/{key}") == {
        ("database", "reads", "items", "store.py:9"),
        ("database", "reads", "prices", "store.py:9"),
    }
    assert touched(mapped, "POST /items") == {
        ("database", "writes", "items", "store.py:6"),
        ("service", "calls", "$PRICE_HOST", "app.py:14"),
        ("service", "calls", "rates.example", "app.py:15"),
        ("file", "writes", "audit.log", "app.py:17"),
    }


def test_memory_and_access_are_shown(tmp_path, run):
    (tmp_path / "app.py").write_text(
        "from flask import Flask\nfrom flask_login import login_required\nfrom seen import SEEN\napp = Flask(__name__)\n"
        "LIMIT = 3\n@app.get('/')\ndef home():\n    SEEN[LIMIT] = 1\n    return ''\n"
        "@app.get('/admin')\n@login_required\ndef admin():\n    return str(SEEN)\n",
        "utf-8",
    )
    (tmp_path / "seen.py").write_text("SEEN = {}\n", "utf-8")
    mapped = json.loads(run("map", str(tmp_path), "--output-format", "json").out)
    assert touched(mapped, "GET /") == {("state", "writes", "SEEN", "app.py:8")}
    assert {entry["name"]: entry["access"] for entry in mapped["entry_points"]} == {
        "GET /": "open",
        "GET /admin": "required",
    }


HOOK = (
    "from flask import Flask, abort, request\nimport hashlib, hmac, os, sqlite3\napp = Flask(__name__)\n"
    "@app.post('/webhooks/pay')\ndef paid():\n{check}"
    "    with sqlite3.connect('a.db') as db:\n        db.execute('UPDATE orders SET paid = 1 WHERE id = ?', (request.json['id'],))\n"
    "    return ''\n"
)
SIGNED = (
    "    made = hmac.new(os.environ['KEY'].encode(), request.data, hashlib.sha256).hexdigest()\n"
    "    if not hmac.compare_digest(made, request.headers['X-Signature']):\n        abort({code})\n"
)


@pytest.mark.parametrize(
    ("check", "access"), [(SIGNED.format(code=401), "signed"), (SIGNED.format(code=400), "signed"), ("", "open")]
)
def test_a_webhook_that_looks_at_the_signature_is_not_open(tmp_path, run, check, access):
    (tmp_path / "app.py").write_text(HOOK.format(check=check), "utf-8")
    mapped = json.loads(run("map", str(tmp_path), "--output-format", "json").out)
    assert [entry["access"] for entry in mapped["entry_points"]] == [access]


def test_what_no_entry_point_reaches_is_not_drawn(mapped):
    assert "nobody.example" not in json.dumps(mapped)


def test_settings_have_their_default_and_every_place(mapped):
    assert mapped["settings"] == [
        {
            "name": "DATABASE",
            "default": None,
            "required": True,
            "missing": "stops",
            "places": [{"path": "store.py", "line": 3}],
        },
        {
            "name": "PRICE_HOST",
            "default": "https://prices.example",
            "required": False,
            "missing": "default",
            "places": [{"path": "app.py", "line": 6}],
        },
    ]


def test_settings_say_what_happens_without_them(tmp_path, run):
    (tmp_path / "app.py").write_text(
        "import os\nimport requests\nfrom flask import Flask\napp = Flask(__name__)\n"
        "PLACE = os.environ['PLACE']\nPORT = os.getenv('PORT') or '80'\nAPI_TOKEN = os.getenv('API_TOKEN', 'abc')\n"
        "if not os.getenv('OWNER'):\n    raise RuntimeError('OWNER is missing')\n"
        "if os.getenv('COLOUR'):\n    app.colour = 1\n"
        "@app.get('/')\ndef home():\n    if not os.getenv('KEY'):\n        return [{'city': 'Oslo', 'price': 3}]\n"
        "    return requests.get(os.getenv('HOST'), timeout=5).json()\n"
        "@app.get('/late')\ndef late():\n    return os.environ['LATE']\n"
        "@app.get('/need')\ndef need():\n    if not os.getenv('NEED'):\n        raise RuntimeError('no NEED')\n    return ''\n",
        "utf-8",
    )
    mapped = json.loads(run("map", str(tmp_path), "--output-format", "json").out)
    assert {item["name"]: item["missing"] for item in mapped["settings"]} == {
        "PLACE": "stops",
        "OWNER": "stops",
        "PORT": "default",
        "API_TOKEN": "default",
        "COLOUR": "does without",
        "KEY": "stand-in",
        "HOST": "fails later",
        "LATE": "fails later",
        "NEED": "fails later",
    }
    text = run("map", str(tmp_path)).out
    assert re.search(r"^  KEY +stand-in without it +app\.py:14$", text, re.MULTILINE)
    assert re.search(r"^  PORT +default 80 +app\.py:6$", text, re.MULTILINE)
    assert "abc" not in text


def test_people_read_it_in_the_terminal(project, run):
    text = run("map", str(project)).out
    assert "2 entry points, 2 tables, 2 services, 1 file, 2 settings" in text
    assert re.search(r"^POST /items .*app\.py:13\n  database  writes items$", text, re.MULTILINE)
    assert re.search(r"^  DATABASE +stops without it +store\.py:3$", text, re.MULTILINE)


def test_mermaid_draws_each_thing_once(project, run):
    lines = run("map", str(project), "--output-format", "mermaid").out.splitlines()
    assert lines[0] == "flowchart LR"
    assert sum("database: items" in line for line in lines) == 1
    nodes = {line.split()[0].split("[")[0].split("{")[0].split("(")[0] for line in lines[1:] if "-->" not in line}
    edges = [re.fullmatch(r"\s+(e\d+) -->(?:\|[a-z ]+\|)? (t\d+)", line) for line in lines if "-->" in line]
    assert edges
    assert all(edge and {edge[1], edge[2]} <= nodes for edge in edges)


def test_hostile_names_stay_text(tmp_path, run):
    name = '/x"]; click e1 "javascript:alert(1)" <b>`'
    (tmp_path / "app.py").write_text(
        f"from flask import Flask\napp = Flask(__name__)\n@app.route({name!r})\ndef home():\n    return ''\n", "utf-8"
    )
    drawn = run("map", str(tmp_path), "--output-format", "mermaid").out
    [node] = [line for line in drawn.splitlines() if line.strip().startswith("e1")]
    assert re.fullmatch(r'    e1\["[^"<>`]*"\]', node)


def test_the_same_project_gives_the_same_bytes(project, run):
    for format in ("human", "json", "mermaid"):
        first = run("map", str(project), "--output-format", format, "-j", "1").out
        assert first == run("map", str(project), "--output-format", format, "-j", "2").out


def test_a_folder_without_python_is_a_mistake(tmp_path, run):
    result = run("map", str(tmp_path))
    assert result.code == 2
    assert "no Python files" in result.err


@pytest.mark.parametrize("name", ["support_desk", "team_shop", "sales_dashboard", "support_desk_hardened"])
def test_the_examples_have_a_map_with_secrets_masked(name, run):
    mapped = json.loads(run("map", str(EXAMPLES / name), "--output-format", "json").out)
    assert mapped["entry_points"]
    secrets = [item for item in mapped["settings"] if item["name"].endswith(("_KEY", "_SECRET", "_PASSWORD"))]
    assert all(item["default"] in (None, "", "***") for item in secrets)


def test_it_is_written_to_a_file(project, run, tmp_path):
    target = tmp_path / "map.mmd"
    assert run("map", str(project), "--output-format", "mermaid", "--output-file", str(target)).out == ""
    assert target.read_text("utf-8").startswith("flowchart LR\n")


SHOP = """
import smtplib, sqlite3, stripe, threading
from flask import Flask
app = Flask(__name__)
db = sqlite3.connect("a.db")

def thank(to):
    smtplib.SMTP("mail", timeout=3).sendmail("us", to, "thanks")

@app.post("/buy")
def buy():
    stripe.Charge.create(amount=9)
    db.execute("INSERT INTO orders (paid) VALUES (1)")
    db.commit()
    threading.Thread(target=thank, args=("you",)).start()
    return "ok"
"""


def test_what_stands_when_it_stops_is_in_the_map(tmp_path, run):
    (tmp_path / "app.py").write_text(SHOP, "utf-8")
    mapped = json.loads(run("map", str(tmp_path), "--output-format", "json").out)
    [buy] = [entry for entry in mapped["entry_points"] if entry["name"] == "POST /buy"]
    assert buy["stakes"] == ["messages people", "takes or moves money"]
    told = [(effect["kind"], effect["name"], effect["later"]) for effect in buy["leaves"]]
    assert told == [
        ("charge", "stripe", False),
        ("record", "orders", False),
        ("message", "smtplib", True),
    ]
    [gap] = buy["gaps"]
    assert (gap["after"]["kind"], gap["missing"]["name"]) == ("charge", "orders")
    shown = run("map", str(tmp_path)).out
    assert "in order  payment stripe → record orders" in shown
    assert "later     message smtplib" in shown
    assert "payment stripe stands, record orders is missing" in shown


@pytest.mark.parametrize(
    ("body", "entry", "last"),
    [
        ("return len(key)", "touches nothing outside the program\n", "All calls could be followed."),
        (
            "strange.press(key)",
            "touches nothing outside the program that can be seen: of its 1 call 1 goes into libraries that are not known here",
            "Of 3 calls 1 goes into libraries that are not known here; what they touch is not shown.",
        ),
        (
            "key.press()",
            "touches nothing outside the program that can be seen: of its 1 call 1 could not be followed",
            "Of 3 calls 1 could not be followed; what they touch is not shown.",
        ),
    ],
)
def test_what_is_not_seen_is_counted_where_nothing_is_shown(tmp_path, run, body, entry, last):
    text = f"import strange\nfrom fastapi import FastAPI\napp = FastAPI()\n@app.get('/x')\ndef x(key):\n    {body}\n"
    (tmp_path / "app.py").write_text(text, "utf-8")
    shown = run("map", str(tmp_path)).out
    assert entry in shown
    assert shown.rstrip().endswith(last)


@pytest.mark.parametrize(
    ("text", "state"),
    [
        ("os.environ['A'] = '1'\ndel os.environ['A']\n", ""),
        ("x = os.getenv('A') or os.getenv('B', 'b')\n", "default b"),
        ("x = (os.environ.get('A') or '').strip() or 'c'\n", "default c"),
        ("x = int(os.environ.get('A', '') or '5')\n", "default 5"),
        ("def f():\n    return os.getenv('A') or 'd'\n", "default d"),
        ("x = os.getenv('A', 'e')\ny = os.environ['A']\n", "stops without it, default e elsewhere"),
        ("x = os.getenv('A', 'e')\ndef f():\n    return os.environ['A']\n", "fails later without it, default e elsewhere"),
        ("class S(BaseSettings):\n    a: str | None = None\ns = S()\n", "does without it"),
        ("class S(BaseSettings):\n    a: str | None = None\ns = S()\ncall(s.a)\n", "fails later without it"),
    ],
)  # fmt: skip
def test_what_happens_without_a_setting(tmp_path, run, text, state):
    (tmp_path / "app.py").write_text(f"import os\nfrom pydantic_settings import BaseSettings\n{text}", "utf-8")
    lines = [line.split("  ") for line in run("map", str(tmp_path)).out.splitlines() if line.startswith("  A ")]
    assert [line[2].strip() for line in lines] == ([state] if state else [])
