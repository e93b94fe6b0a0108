"""What is at stake, what only a person can decide, and declarations that the code contradicts."""

import datetime

import pytest

import durability
from durability.config import Answered, Config, Product
from durability.engine.scan import ScanOptions, scan_project

HEAD = "import sqlite3\nfrom flask import Flask, request\napp = Flask(__name__)\ndb = sqlite3.connect('a.db')\n"
PAY = "import stripe\n@app.post('/pay')\ndef pay():\n    return stripe.Charge.create(amount=1)\n"
REFUND = "@app.post('/back')\ndef back():\n    return stripe.Refund.create(charge='c')\n"
KEEP = (
    "@app.post('/join')\ndef join():\n    db.execute('INSERT INTO users (email) VALUES (?)', (request.form['email'],))\n"
    "    db.commit()\n    return 'ok'\n"
)
FORGET = "@app.post('/leave')\ndef leave():\n    db.execute('DELETE FROM users WHERE id = 1')\n    db.commit()\n    return 'ok'\n"
MAIL = "import smtplib\n@app.post('/news')\ndef news():\n    smtplib.SMTP('m', timeout=3).sendmail('a', 'b', 'c')\n    return 'ok'\n"
ASK = "from openai import OpenAI\n@app.get('/ask')\ndef ask():\n    return OpenAI().responses.create(model='m', input='q').output_text\n"
LIMIT = "from flask_limiter import Limiter\nlimiter = Limiter(app=app)\n"
WAIT = "import requests\n@app.get('/rate')\ndef rate():\n    return requests.get('https://r', timeout=3).text\n"
RUN = (
    "from apscheduler.schedulers.background import BackgroundScheduler\ndef nightly():\n"
    "    db.execute('UPDATE users SET seen = 0')\n    db.commit()\nplan = BackgroundScheduler()\n"
    "plan.add_job(nightly, 'interval', hours=24)\nplan.start()\n"
)


def report(folder, *parts, **config):
    (folder / "app.py").write_text(HEAD + "".join(parts), "utf-8")
    return scan_project(folder, ScanOptions(Config(**config), today="2026-11-01"))


def asked(found):
    return [question.id for question in found.questions if question.answer is None]


@pytest.mark.parametrize(
    ("question", "raising", "settling"),
    [
        ("who-refunds", PAY, REFUND),
        ("how-long-kept", KEEP, FORGET),
        ("who-may-delete", FORGET, None),
        ("who-is-written-to", MAIL, "@app.get('/unsubscribe')\ndef unsubscribe():\n    return 'ok'\n"),
        ("wrong-answers", ASK, None),
        ("what-may-it-cost", ASK, LIMIT),
        ("missed-runs", RUN, None),
        ("when-the-other-is-away", WAIT, None),
    ],
)
def test_a_question_is_raised_by_the_code_and_by_nothing_else(tmp_path, question, raising, settling):
    assert question not in asked(report(tmp_path))
    found = report(tmp_path, raising)
    assert question in asked(found)
    because = next(item.because for item in found.questions if item.id == question)
    assert all(place.path == "app.py" and place.line > 4 for place in because)
    if settling is not None:
        assert question not in asked(report(tmp_path, raising, settling))


def test_at_most_five_are_asked_and_those_with_stakes_come_first(tmp_path):
    found = asked(report(tmp_path, PAY, KEEP, MAIL, ASK, WAIT, RUN))
    assert len(found) == 5
    assert set(found[:3]) == {"who-refunds", "how-long-kept", "who-is-written-to"}


def answer(expires):
    return Answered("who-refunds", "The office does.", "Ana", datetime.date.fromisoformat(expires))


def test_an_answer_settles_a_question_until_it_expires_and_moves_no_points(tmp_path):
    without = report(tmp_path, PAY)
    answered = report(tmp_path, PAY, answer=(answer("2027-01-01"),))
    assert "who-refunds" not in asked(answered)
    [question] = [item for item in answered.questions if item.answer is not None]
    assert (question.id, question.answer.owner) == ("who-refunds", "Ana")
    assert answered.score == without.score
    assert "who-refunds" in asked(report(tmp_path, PAY, answer=(answer("2026-10-31"),)))


def test_stakes_are_read_from_what_the_code_does(tmp_path):
    kinds = {stake.kind for stake in report(tmp_path, PAY, KEEP, MAIL, FORGET).project.stakes}
    assert kinds == {"takes or moves money", "stores personal data", "messages people", "deletes stored records"}
    assert report(tmp_path, WAIT).project.stakes == ()


def test_a_declaration_that_the_code_contradicts_is_a_finding_and_does_not_count(tmp_path):
    strict = report(tmp_path, KEEP, product=Product(users="team"))
    honest = report(tmp_path, KEEP, product=Product(users="team", data="personal"))
    wrong = report(tmp_path, KEEP, product=Product(users="team", data="none"))
    assert [item.rule for item in honest.findings if item.rule == "contradicted-context"] == []
    [finding] = [item for item in wrong.findings if item.rule == "contradicted-context"]
    assert (finding.path, finding.severity, finding.points) == ("app.py", "high", 0.0)
    assert "email" in finding.message
    assert wrong.score == strict.score
    assert durability.explain("contradicted-context")


def test_a_model_acts_where_it_is_given_the_tool_and_not_where_others_call_the_same_function(tmp_path):
    made = report(
        tmp_path,
        "from google.adk.agents import Agent\ndef drop():\n    db.execute('DELETE FROM users')\n"
        "    db.commit()\n    return 'ok'\nagent = Agent(name='a', model='m', tools=[drop])\n"
        "@app.post('/all')\ndef everything():\n    return drop()\n",
    )
    acting = [stake.entry_points for stake in made.project.stakes if stake.kind == "lets a model act"]
    assert acting == [("drop",)]
