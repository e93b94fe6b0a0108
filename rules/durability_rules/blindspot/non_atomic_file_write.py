"""non-atomic-file-write."""

from durability.api import (
    SERVING,
    Ask,
    Bad,
    CallSite,
    Good,
    Miss,
    Partial,
    Silent,
    Step,
    Story,
    Verdict,
    calls,
    handled,
    partial,
    rule,
    suggest,
    unhandled,
)

_APP = "import json\nfrom flask import Flask\napp = Flask(__name__)\nSTATE = 'scores.json'\n"
_LOAD = "def load():\n    with open(STATE) as file:\n        return json.load(file)\n\n\n"


@rule(
    lens="blindspot",
    severity="medium",
    confidence="high",
    cwe=[362, 367],
    sources=["Pillai et al., All File Systems Are Not Created Equal, OSDI 2014", "Python documentation, os.replace"],
    story=Story(
        demo="One person saves at a time, and nothing stops in between.",
        production="The program stops in the middle of saving, and what everybody had stored is a broken file.",
        trigger="the program stops, or somebody else reads, while the file is being written",
    ),
    action="Write to a temporary file beside it and put it in place with os.replace",
    minutes=(5, 20),
    sites=calls(gives="state file", roles=SERVING),
    examples=[
        Bad(
            _APP + _LOAD + "@app.post('/score/<name>')\ndef score(name):\n    data = load()\n    data[name] = 1\n"
            "    with open(STATE, 'w') as file:  # <-\n        json.dump(data, file)\n    return ''\n"
        ),
        Bad(
            {
                "app.py": "import json\nfrom flask import Flask\nimport store as kept\napp = Flask(__name__)\n\n\n"
                "@app.post('/score/<name>')\ndef score(name):\n    data = kept.load()\n    data[name] = 1\n"
                "    with open(kept.STATE, 'w') as file:  # <-\n        json.dump(data, file)\n    return ''\n",
                "store.py": "import json\nSTATE = 'scores.json'\n\n\n" + _LOAD,
            },
            why="another file reads it",
        ),
        Bad(
            {
                "app.py": "from flask import Flask\nfrom scores import Scores as Board\napp = Flask(__name__)\nboard = Board()\n\n\n"
                "@app.post('/score/<name>')\ndef score(name):\n    board.add(name)\n    return ''\n",
                "scores/__init__.py": "from .board import Scores\n",
                "scores/board.py": "import json\nfrom scores.paths import STATE\n\n\nclass Scores:\n    def __init__(self):\n"
                "        self.path = STATE\n\n    def add(self, name):\n        data = json.loads(self.path.read_text())\n"
                "        data[name] = 1\n        self.path.write_text(json.dumps(data))  # <-\n",
                "scores/paths.py": "from pathlib import Path\nSTATE = Path('data') / 'scores.json'\n",
            },
            why="the path comes from a third file, through an attribute",
        ),
        Bad(
            "import os\n" + _APP + _LOAD + "@app.post('/score/<name>')\ndef score(name):\n    data = load()\n"
            "    data[name] = 1\n    if os.path.exists(STATE):\n        os.replace(STATE, 'scores.bak')\n"
            "    with open(STATE, 'w') as file:  # <-\n        json.dump(data, file)\n    return ''\n",
            why="the old file is moved away, the new one is still written in place",
            decoy=True,
        ),
        Silent(
            "import json\nfrom flask import Flask\napp = Flask(__name__)\nSTATE = '/tmp/progress.json'\n"
            "@app.get('/progress')\ndef progress():\n    with open(STATE) as file:\n        return json.load(file)\n"
            "@app.post('/run')\ndef run():\n    with open(STATE, 'w') as file:\n        json.dump({'step': 1}, file)\n"
            "    return ''\n",
            why="nobody counts on a file that is gone with the next start",
        ),
        Good(
            "import os\n" + _APP + _LOAD + "@app.post('/score/<name>')\ndef score(name):\n    data = load()\n"
            "    data[name] = 1\n    with open(STATE + '.new', 'w') as file:\n        json.dump(data, file)\n"
            "    os.replace(STATE + '.new', STATE)\n    return ''\n"
        ),
        Good(
            {
                "app.py": "from flask import Flask\nfrom store import STATE, load, save as keep\napp = Flask(__name__)\n\n\n"
                "@app.post('/score/<name>')\ndef score(name):\n    data = load()\n    data[name] = 1\n"
                "    keep(STATE, data)\n    return ''\n",
                "store.py": "import json\nimport os\nSTATE = 'scores.json'\n\n\n" + _LOAD + "def save(path, data):\n"
                "    new = path + '.new'\n    with open(new, 'w') as file:\n        json.dump(data, file)\n"
                "    os.replace(new, path)\n",
            },
            why="the other file puts it in place in one step",
        ),
        Partial(
            "import threading\nlock = threading.Lock()\n"
            + _APP
            + _LOAD
            + "@app.post('/score/<name>')\ndef score(name):\n"
            "    with lock:\n        data = load()\n        data[name] = 1\n"
            "        with open(STATE, 'w') as file:\n            json.dump(data, file)\n    return ''\n"
        ),
        Silent(
            _APP + "@app.post('/export')\ndef export():\n    with open('export.json', 'w') as file:\n"
            "        json.dump({}, file)\n    return ''\n",
            why="nothing reads it again",
        ),
        Silent(
            "import json\nwith open('a.json') as file:\n    data = json.load(file)\n"
            "with open('a.json', 'w') as file:\n    json.dump(data, file)\n",
            why="a script: one run, one person",
        ),
        Miss(
            _APP + "@app.post('/score/<name>')\ndef score(name):\n    for path in app.config['FILES']:\n"
            "        data = json.load(open(path))\n        json.dump(data, open(path, 'w'))\n    return ''\n",
            why="which files these are is not known",
        ),
    ],
)
def non_atomic_file_write(call: CallSite, ask: Ask) -> Verdict:
    """A file that the program reads again is emptied and written in place.

    Whoever reads in between, or after a stop in the middle, finds a part of it or nothing.
    """
    write = ask.state_write(call)
    if write.atomic:
        return handled()
    if write.locked:
        return partial("a state file is written in place under a lock", missing="a stop in the middle of writing")
    return unhandled(
        f"{call.shown}() writes a file in place that the program reads again",
        fix=suggest("write to a temporary file in the same folder, then os.replace it"),
        trace=(Step(call.path, call.line, f"{call.shown}() writes in place"), write.reader),
    )
