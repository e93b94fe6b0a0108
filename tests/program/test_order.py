"""The order in which the map tells what an entry point leaves behind."""

import pytest

from durability.config import Config
from durability.engine.survey import linked
from durability.output.map_human import render
from durability.output.paper import Paper

HEAD = (
    "import shutil\nfrom fastapi import FastAPI\nfrom twilio.rest import Client\napp = FastAPI()\nphone = Client()\n"
    "def tell(to):\n    phone.messages.create(to=to, from_='1', body='x')\n"
    "def keep(text):\n    with open('kept.txt', 'w') as file:\n        file.write(text)\n"
    "def drop(text):\n    with open('dropped.txt', 'w') as file:\n        file.write(text)\n"
)
MESSAGE, KEPT, DROPPED = "message twilio", "file kept.txt", "file dropped.txt"


def order(tmp_path, body, helpers=""):
    (tmp_path / "app.py").write_text(f"{HEAD}{helpers}@app.post('/x')\ndef x(k: str):\n{body}", "utf-8")
    shown = render(linked(tmp_path, Config()).map(), Paper())
    return next((line.split("in order")[1].strip() for line in shown.splitlines() if "in order" in line), "")


@pytest.mark.parametrize(
    ("helpers", "told"),
    [
        ("def both(k):\n    if k:\n        keep(k)\n        return\n    drop(k)\n", f"{KEPT} or {DROPPED}"),
        ("def both(k):\n    if k:\n        keep(k)\n    else:\n        drop(k)\n", f"{KEPT} or {DROPPED}"),
        ("def both(k):\n    keep(k)\n    drop(k)\n", f"{KEPT} → {DROPPED}"),
        ("def both(k):\n    try:\n        keep(k)\n        raise OSError(k)\n    except Exception:\n        drop(k)\n", f"{KEPT} → {DROPPED}"),
        ("def both(k):\n    try:\n        keep(k)\n    except Exception:\n        drop(k)\n", f"{KEPT} or {DROPPED}"),
        ("def both(k):\n    try:\n        if k:\n            keep(k)\n            return\n        raise OSError(k)\n    except Exception:\n        drop(k)\n", f"{KEPT} or {DROPPED}"),
        ("def inner(k):\n    if k:\n        return keep(k)\n    return drop(k)\ndef both(k):\n    inner(k)\n", f"{KEPT} or {DROPPED}"),
    ],
)  # fmt: skip
def test_helpers_that_exclude_each_other_are_no_sequence_however_deep(tmp_path, helpers, told):
    assert order(tmp_path, "    both(k)\n", helpers) == told


def test_what_is_done_again_later_is_told_again(tmp_path):
    assert order(tmp_path, "    tell(k)\n    keep(k)\n    tell(k)\n") == f"{MESSAGE} → {KEPT} → {MESSAGE}"


def test_what_several_branches_do_is_told_once_of_them(tmp_path):
    body = "    if k == 'a':\n        tell(k)\n    elif k == 'b':\n        keep(k)\n    else:\n        tell(k)\n"
    assert order(tmp_path, body) == f"{MESSAGE} or {KEPT}"
