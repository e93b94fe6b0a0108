"""placeholder-return."""

from durability.api import (
    Ask,
    Bad,
    FunctionSite,
    Good,
    Miss,
    Silent,
    Step,
    Story,
    Verdict,
    functions,
    harmless,
    rule,
    suggest,
    unhandled,
)

_APP = "from flask import Flask, jsonify\napp = Flask(__name__)\n"
_SAID = {
    "stub": "{} is wired to {} and does nothing yet",
    "mock": "{} answers {} with the same literal whatever it is given",
}


@rule(
    lens="time",
    severity="high",
    confidence="high",
    cwe=[1164],
    sources=["Tambon et al., Bugs in Large Language Models Generated Code, Empirical Software Engineering 2025"],
    story=Story(
        demo="The screen shows a convincing answer.",
        production="A person asks for their own data, gets the same example as everybody else, and acts on it.",
        trigger="somebody asks for anything but the example",
    ),
    action="Write the missing part, or take the entry point away until it is there",
    minutes=(30, 240),
    sites=functions(gives="answer"),
    examples=[
        Bad(
            _APP + "@app.get('/orders/<key>')\ndef order(key):  # <-\n"
            "    return jsonify({'id': 'A-17', 'total': 42.5, 'state': 'shipped'})\n"
        ),
        Bad(_APP + "@app.post('/pay')\ndef pay():  # <-\n    raise NotImplementedError\n"),
        Bad(
            {
                "app.py": "from flask import Flask\nimport shop as store\napp = Flask(__name__)\n\n\n"
                "@app.get('/orders/<key>')\ndef order(key):\n    return store.find(key)\n",
                "shop.py": "def find(key):  # <-\n    return {'id': 'A-17', 'total': 42.5}\n",
            },
            why="the answer is made up in another file",
        ),
        Bad(
            {
                "app.py": "from flask import Flask\nfrom shop import Shop as Store\napp = Flask(__name__)\nshop = Store()\n\n\n"
                "@app.get('/for/<user>')\ndef suggestions(user):\n    return {'items': shop.suggest(user)}\n",
                "shop/__init__.py": "from .shop import Shop\n",
                "shop/shop.py": "from shop.taste import favourites\n\n\nclass Shop:\n    def suggest(self, user):\n"
                "        found = favourites(user)\n        return found\n",
                "shop/taste.py": "def favourites(user):  # <-\n    return [{'name': 'Lamp', 'price': 20}]\n",
            },
            why="a method hands on what a third file made up",
        ),
        Bad(
            "import logging\n" + _APP + "log = logging.getLogger(__name__)\n@app.get('/orders/<key>')\n"
            "def order(key):  # <-\n    log.info('order asked for')\n    return {'id': 'A-17', 'total': 42.5}\n",
            why="it is logged, and still made up",
            decoy=True,
        ),
        Good(
            _APP + "@app.get('/orders/<key>')\ndef order(key):\n    return jsonify({'id': key, 'total': total(key)})\n"
        ),
        Good(
            {
                "app.py": "from flask import Flask\nfrom shop import find as look\napp = Flask(__name__)\n\n\n"
                "@app.get('/orders/<key>')\ndef order(key):\n    return look(key)\n",
                "shop.py": "import sqlite3\n\n\ndef find(key):\n    db = sqlite3.connect('shop.db')\n"
                "    return db.execute('SELECT * FROM orders WHERE id = ?', (key,)).fetchall()\n",
            },
            why="the other file looks it up",
        ),
        Silent(_APP + "@app.get('/health')\ndef health():\n    return {'status': 'ok'}\n", why="a constant is meant"),
        Silent(_APP + "@app.post('/webhook')\ndef webhook():\n    return {'received': True}\n", why="a receipt"),
        Silent(
            _APP + "@app.get('/menu')\ndef menu():\n    return {'dishes': ['soup', 'bread']}\n", why="nothing is asked"
        ),
        Miss(
            _APP + "@app.get('/orders/<key>')\ndef order(key):\n    return {'id': key, 'total': 42.5}\n",
            why="it repeats what it was given beside what it made up",
        ),
    ],
)
def placeholder_return(site: FunctionSite, ask: Ask) -> Verdict | None:
    """Something that people can call gives a made-up answer, or none.

    The literal that made the first demo work is still what everybody gets.
    """
    found = ask.placeholder(site)
    if found is None:
        return None
    if not found.kind:
        return harmless()
    name = f"{site.function.qualname}()"
    return unhandled(
        _SAID[found.kind].format(name, found.entry),
        fix=suggest("look the answer up, or answer 501 until that is possible"),
        trace=(*found.steps, Step(site.path, site.line, f"{name} is a {found.kind}")) if found.steps else (),
    )
