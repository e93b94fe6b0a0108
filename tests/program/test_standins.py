"""What stands in for the real thing when a setting is missing or it fails, and who learns of it."""

import pytest

from durability.engine.linking import link
from durability.facts.collect import collect
from durability.program.links.modules import module_name
from durability.sources.project import manifests_of

APP = "import os\nimport requests\nfrom flask import Flask\napp = Flask(__name__)\n"
REAL = "requests.get('https://p.example', timeout=5).json()"
ROWS = "[{'city': 'Oslo', 'price': 120}]"
CLIENTS = f"class Real:\n    def load(self):\n        return {REAL}\nclass MockPrices:\n    def load(self):\n        return 7\n"
USE = "@app.get('/')\ndef home():\n    return {'rows': client.load()}\n"


def stand_ins(source):
    """Each stand-in as its line, source and who learns of it."""
    files = source if isinstance(source, dict) else {"app.py": source}
    facts = {path: collect(text, path, module_name(path)) for path, text in files.items()}
    context = link(facts, dict.fromkeys(facts, "first-party"), manifests_of({}))
    return [(item.source.name, item.told) for item in context.stand_ins.all]


def route(body, before=""):
    return APP + before + "@app.get('/')\ndef home():\n" + "".join(f"    {line}\n" for line in body.splitlines())


SILENT = {
    "read on the spot": (route(f"if not os.getenv('K'):\n    return {ROWS}\nreturn {REAL}"), "K"),
    "a name": (route(f"if KEY is None:\n    return {ROWS}\nreturn {REAL}", "KEY = os.getenv('K')\n"), "K"),
    "else": (route(f"if os.getenv('K'):\n    return {REAL}\nelse:\n    return {ROWS}"), "K"),
    "one of two": (route(f"if not os.getenv('K') or not os.getenv('L'):\n    return {ROWS}\nreturn {REAL}"), "K"),
    "another mode": (route(f"if os.getenv('MODE', 'demo') == 'demo':\n    return {ROWS}\nreturn {REAL}"), "MODE"),
    "error": (route(f"try:\n    return {REAL}\nexcept Exception:\n    return {ROWS}"), ""),
    "constant": (
        route(f"try:\n    return {REAL}\nexcept requests.RequestException:\n    return ROWS", f"ROWS = {ROWS}\n"),
        "",
    ),
    "ternary": (APP + CLIENTS + "client = Real() if os.getenv('K') else MockPrices()\n" + USE, "K"),
    "constructor fails": (
        APP + CLIENTS + "try:\n    client = Real()\nexcept Exception:\n    client = MockPrices()\n" + USE,
        "",
    ),
    "settings class": (
        route(
            f"if not settings.key:\n    return {ROWS}\nreturn {REAL}",
            "from pydantic_settings import BaseSettings\nclass S(BaseSettings):\n    key: str = ''\nsettings = S()\n",
        ),
        "KEY",
    ),
    "client that is not made": (
        route(
            f"if client is None:\n    return {ROWS}\nreturn client.get('https://p.example').json()",
            "client = None\nif os.getenv('K'):\n    client = requests.Session()\n",
        ),
        "K",
    ),
    "memory": (route("return db", "db = os.getenv('DB', 'sqlite://')\n"), "DB"),
    "random numbers": (
        route(f"try:\n    return {REAL}\nexcept Exception:\n    return random.uniform(1, 9)", "import random\n"),
        "",
    ),
    "empty without a key": (route(f"if not os.getenv('API_KEY'):\n    return []\nreturn {REAL}"), "API_KEY"),
    "open check": (
        APP
        + "def check_token(sent):\n    if not os.getenv('K'):\n        return True\n    return sent == os.getenv('K')\n"
        "@app.get('/')\ndef home(sent):\n    return str(check_token(sent))\n",
        "K",
    ),
    "open check that raises": (
        APP
        + "def verify(sent):\n    if not os.getenv('K'):\n        return\n    if sent != os.getenv('K'):\n        raise PermissionError\n"
        "@app.get('/')\ndef home(sent):\n    return str(verify(sent))\n",
        "K",
    ),
    "in a handler's name": (
        route(f"try:\n    rows = {REAL}\nexcept Exception:\n    rows = {ROWS}\nreturn rows"),
        "",
    ),
    "client that is not there": (
        {
            "app.py": route(f"if not fetch:\n    return {ROWS}\nreturn fetch()", "from get import fetch\n"),
            "get.py": "try:\n    from real import fetch\nexcept ImportError:\n    fetch = None\n",
            "real.py": f"import requests\ndef fetch():\n    return {REAL}\n",
        },
        "real.fetch",
    ),
    "mail": (
        APP
        + "import smtplib\ndef send(text):\n    if not os.getenv('HOST'):\n        print('no host')\n        return True\n"
        "    smtplib.SMTP(os.getenv('HOST')).sendmail('a', 'b', text)\n    return True\n"
        "@app.get('/')\ndef home():\n    return str(send('x'))\n",
        "HOST",
    ),
}


@pytest.mark.parametrize("name", SILENT)
def test_silent_stand_ins(name):
    source, setting = SILENT[name]
    assert stand_ins(source) == [(setting, "")]


TOLD = {
    "key": route("if not os.getenv('K'):\n    return {'demo': True, 'rows': [1, 2, 3]}\nreturn " + REAL),
    "asked for": route(f"if os.getenv('DEMO'):\n    return {ROWS}\nreturn {REAL}"),
    "mode asked for": route(f"if os.getenv('MODE', 'live') == 'demo':\n    return {ROWS}\nreturn {REAL}"),
    "error in it": route(
        f"try:\n    return {REAL}\nexcept Exception as error:\n    return [str(error), 'Oslo', 'Rome']"
    ),
}


@pytest.mark.parametrize("name", TOLD)
def test_stand_ins_that_are_told(name):
    found = stand_ins(TOLD[name])
    assert len(found) == 1
    assert found[0][1]


OTHER = {
    "empty": route(f"try:\n    return {REAL}\nexcept Exception:\n    return []"),
    "feature that is off": route(f"if not os.getenv('NEWS'):\n    return []\nreturn {REAL}"),
    "data only": route("if not os.getenv('K'):\n    return [1, 2, 3]\nreturn [4, 5, 6]"),
    "bad data": route(f"try:\n    return {REAL}\nexcept ValueError:\n    return {ROWS}"),
    "user": route(f"if not name:\n    return {ROWS}\nreturn {REAL}", "name = input()\n"),
    "another real one": route(
        f"if not os.getenv('K'):\n    return requests.get('https://o.example', timeout=5).json()\nreturn {REAL}"
    ),
    "an error of its own": route(
        f"try:\n    return {REAL}\nexcept Banned:\n    return {ROWS}", "class Banned(Exception):\n    pass\n"
    ),
    "optional package": APP + "try:\n    import orjson as json\nexcept ImportError:\n    import json\n",
}


@pytest.mark.parametrize("name", OTHER)
def test_what_is_no_stand_in(name):
    assert stand_ins(OTHER[name]) == []
