"""model-value-unchecked."""

from durability.api import (
    Ask,
    Bad,
    CallSite,
    Good,
    Miss,
    Silent,
    Story,
    Verdict,
    filled_by_model,
    handled,
    rule,
    suggest,
    unhandled,
)

_MODEL = (
    "import json\nfrom openai import OpenAI\nclient = OpenAI()\ndef grade(text):\n"
    "    answer = client.chat.completions.create(model='m', messages=[{{'role': 'user', 'content': text}}])\n"
    "    return {}\n"
)
_LOADS = "json.loads(answer.choices[0].message.content)"
_APP = (
    "import sqlite3\nfrom fastapi import FastAPI\n{}\napp = FastAPI()\ndb = sqlite3.connect('a.db')\n"
    "@app.post('/answers')\ndef answer(text: str):\n    found = {}\n{}"
    "    db.execute('INSERT INTO answers (text, score) VALUES (?, ?)', (text, {})){}\n    db.commit()\n"
)
_SAVE = "found['score']"
_STORE = (
    "from sqlalchemy import Column, Integer, String\nfrom sqlalchemy.orm import declarative_base\nBase = declarative_base()\n"
    "class Answer(Base):\n    __tablename__ = 'answers'\n    id = Column(Integer, primary_key=True)\n    score = Column(Integer)\n"
    "def keep(db, found):\n    db.add(Answer(score=found.get('score', 0))){}\n    db.commit()\n"
)


@rule(
    lens="blindspot",
    severity="high",
    confidence="high",
    cwe=[20, 1426],
    sources=["OWASP LLM05:2025 Improper Output Handling", "CWE-1426: Improper Validation of Generative AI Output"],
    story=Story(
        demo="The model answers as it was told to.",
        production="A person is given a score, a price or a date that a model made up, and it stands in the records as if somebody had checked it.",
        trigger="one odd answer of the model",
    ),
    action="Check what a model answers before it is stored: its fields, their types and their ranges",
    minutes=(10, 40),
    sites=filled_by_model(),
    examples=[
        Bad(
            {
                "app.py": _APP.format("import model as m", "m.grade(text)", "", _SAVE, "  # <-"),
                "model.py": _MODEL.format(_LOADS),
            },
            why="two files, an alias",
        ),
        Bad(
            {
                "app.py": "from fastapi import FastAPI\nfrom model import grade\nimport store\napp = FastAPI()\n@app.post('/answers')\n"
                "def answer(text: str, db):\n    store.keep(db, grade(text))\n",
                "model.py": _MODEL.format(_LOADS),
                "store/__init__.py": "from .answers import keep\n",
                "store/answers.py": _STORE.format("  # <-"),
            },
            why="stored two helpers away; a default is no check",
        ),
        Bad(
            {
                "app.py": _APP.format(
                    "from model import grade",
                    "grade(text)",
                    "    if not isinstance(found, dict):\n        raise ValueError('no object')\n",
                    _SAVE,
                    "  # <-",
                ),
                "model.py": _MODEL.format(_LOADS),
            },
            why="that it is an object says nothing of its fields",
            decoy=True,
        ),
        Bad(
            "import json\nimport stripe\nfrom openai import OpenAI\nclient = OpenAI()\ndef pay(text, user):\n"
            "    answer = client.chat.completions.create(model='m', messages=[{'role': 'user', 'content': text}])\n"
            "    try:\n        found = json.loads(answer.choices[0].message.content)\n    except ValueError:\n        return None\n"
            "    return stripe.Charge.create(amount=found['amount'], currency='eur', customer=user)  # <-\n",
            why="text that can be parsed is not yet an amount",
            decoy=True,
        ),
        Bad(
            {
                "app.py": "from fastapi import FastAPI\nfrom model import grade\nfrom store import execute\napp = FastAPI()\n@app.post('/answers')\n"
                "def answer(text: str):\n    found = grade(text)\n"
                "    execute('UPDATE answers SET score = ? WHERE text = ?', found['score'], text)  # <-\n",
                "model.py": _MODEL.format(_LOADS),
                "store.py": "import sqlite3\ndef execute(sql, *args):\n    db = sqlite3.connect('a.db')\n    db.execute(sql, args)\n    db.commit()\n",
            },
            why="through a helper that runs the statement it is given",
        ),
        Bad(
            {
                "app.py": "from fastapi import FastAPI\nfrom sqlalchemy import create_engine, text as sql\nfrom model import grade\napp = FastAPI()\n"
                "engine = create_engine('sqlite:///a.db')\n@app.post('/answers')\ndef answer(text: str):\n    found = grade(text)\n"
                "    with engine.begin() as db:\n"
                "        db.execute(sql('UPDATE answers SET score = :score WHERE text = :text'), {'score': found['score'], 'text': text})  # <-\n",
                "model.py": _MODEL.format(_LOADS),
            },
            why="the holders have names",
        ),
        Good(
            {
                "app.py": _APP.format("from model import grade", "grade(text)", "", "int(found['score'])", ""),
                "model.py": _MODEL.format(_LOADS),
            },
            why="a number or an error",
        ),
        Good(
            {
                "app.py": _APP.format(
                    "from model import grade",
                    "grade(text)",
                    "    score = found['score']\n    if score not in (1, 2, 3):\n        raise ValueError('no grade')\n",
                    "score",
                    "",
                ),
                "model.py": _MODEL.format(_LOADS),
            },
            why="one of a closed set",
        ),
        Silent(
            {
                "app.py": _APP.format("from model import grade", "grade(text)", "", "found", ""),
                "model.py": _MODEL.format("answer.choices[0].message.content"),
            },
            why="prose is kept as prose",
        ),
        Miss(
            {
                "app.py": _APP.format(
                    "from model import grade",
                    "grade(text)",
                    "    answer = {}\n    answer['score'] = found['score']\n",
                    "answer['score']",
                    "",
                ),
                "model.py": _MODEL.format(_LOADS),
            },
            why="put into another dictionary first",
        ),
    ],
)
def model_value_unchecked(call: CallSite, ask: Ask) -> Verdict:
    """A field of a record or an amount is what a language model answered, and nothing checked it on the way.

    That an answer can be parsed says nothing of what is in it.
    """
    found = ask.filled(call)
    if not found.raw:
        return handled()
    return unhandled(
        f"{call.shown}() keeps {found.raw} as a model wrote it",
        fix=suggest("validate the answer with a schema that limits every field, and refuse what does not fit"),
        cause=f"{found.trace[0].path}:{found.trace[0].line}",
        trace=found.trace,
    )
