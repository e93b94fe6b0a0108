"""Of equally severe failure modes, what lets strangers in is told before what keeps people waiting."""

import pytest

import durability
from durability.harm import harm

APP = (
    "import sqlite3\nimport time\nfrom fastapi import FastAPI\napp = FastAPI()\n"
    "@app.delete('/notes/{key}')\nasync def remove(key: int):\n    time.sleep(1)\n"
    "    with sqlite3.connect('a.db') as db:\n        db.execute('DELETE FROM notes WHERE id = ?', (key,))\n    return {}\n"
    "@app.delete('/users/{key}')\nasync def leave(key: int):\n    time.sleep(1)\n"
    "    with sqlite3.connect('a.db') as db:\n        db.execute('DELETE FROM users WHERE id = ?', (key,))\n    return {}\n"
)


@pytest.mark.parametrize(
    ("weaknesses", "place"), [((306, 862), 0), ((1188, 798), 0), ((841,), 1), ((1088,), 2), ((), 2)]
)
def test_a_failure_mode_reaches_as_far_as_its_worst_weakness(weaknesses, place):
    assert harm(weaknesses) == place


def test_the_open_door_is_the_first_blocker_and_the_first_story(tmp_path):
    (tmp_path / "app.py").write_text(APP, "utf-8")
    (tmp_path / "requirements.txt").write_text("fastapi==0.115.0\n", "utf-8")
    report = durability.scan(tmp_path)
    rules = [blocker.rule for blocker in report.blockers]
    assert rules.index("route-without-auth") == 0
    assert rules.index("blocking-call-in-async") > 0
    screen = " ".join(report.to("human").split())
    assert screen.index("A stranger finds the address") < screen.index("everybody else waits too")
