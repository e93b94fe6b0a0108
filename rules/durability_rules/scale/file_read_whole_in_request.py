"""file-read-whole-in-request."""

from durability.api import (
    Ask,
    Bad,
    CallSite,
    Good,
    Miss,
    Silent,
    Story,
    Verdict,
    calls,
    handled,
    rule,
    suggest,
    unhandled,
)

_ROUTE = "from flask import Flask, request\nimport json\napp = Flask(__name__)\n"
_READING = (
    "open", "io.open", "pathlib.Path.open", "pathlib.Path.read_text", "pathlib.Path.read_bytes", "pandas.read_csv",
    "pandas.read_json",
)  # fmt: skip


@rule(
    lens="scale",
    severity="medium",
    confidence="medium",
    cwe=[400],
    sources=["Brendan Gregg, Systems Performance 2nd ed., 8.3: file system workloads"],
    story=Story(
        demo="The file has ten lines.",
        production="Everybody who uses it adds to the file, and every visit reads all of it; after a year each page waits for the whole history.",
        trigger="it has been used for a while",
    ),
    action="Keep what grows in a database, or read only the part that is asked for",
    minutes=(30, 90),
    sites=calls(name=_READING, roles=("route", "bot", "ui", "tool")),
    examples=[
        Bad(
            _ROUTE
            + "@app.post('/')\ndef add():\n    with open('log.txt', 'a') as file:\n        file.write(request.form['x'])\n"
            "    return ''\n@app.get('/')\ndef show():\n    return open('log.txt').read()  # <-\n"
        ),
        Bad(
            {
                "app.py": _ROUTE
                + "import notes as n\n@app.post('/')\ndef add():\n    n.add(request.form['x'])\n    return ''\n"
                "@app.get('/')\ndef show():\n    return n.last()\n",
                "notes.py": "LIMIT = 10\ndef add(text):\n    with open('notes.txt', 'a') as file:\n        file.write(text)\n"
                "def last():\n    with open('notes.txt') as file:  # <-\n        return ''.join(file.readlines()[-LIMIT:])\n",
            },
            why="the limit comes after all of it was read",
            decoy=True,
        ),
        Bad(
            {
                "app.py": _ROUTE
                + "from store import Notes\nfrom writer import add\nnotes = Notes()\n@app.post('/')\ndef save():\n"
                "    add(request.form['x'])\n    return ''\n@app.get('/')\ndef show():\n    return notes.all()\n",
                "store/__init__.py": "from .notes import Notes\n",
                "store/notes.py": "from pathlib import Path\nclass Notes:\n    def all(self):\n"
                "        return Path('data/notes.txt').read_text()  # <-\n",
                "writer.py": "def add(text):\n    with open('data/notes.txt', 'a') as file:\n        file.write(text)\n",
            },
            why="written in one file, read in another",
        ),
        Good(
            {
                "app.py": _ROUTE
                + "from notes import add\n@app.post('/')\ndef save():\n    add(request.form['x'])\n    return ''\n"
                "@app.get('/')\ndef show():\n    for line in open('notes.txt'):\n        if request.args['q'] in line:\n"
                "            return line\n    return ''\n",
                "notes.py": "def add(text):\n    with open('notes.txt', 'a') as file:\n        file.write(text)\n",
            },
            why="a line at a time",
        ),
        Good(_ROUTE + "@app.get('/')\ndef show():\n    return open('about.txt').read()\n", why="nothing adds to it"),
        Silent(
            "with open('log.txt', 'a') as file:\n    file.write('x')\nprint(open('log.txt').read())\n", why="a script"
        ),
        Miss(
            _ROUTE
            + "import shelve\n@app.post('/')\ndef add():\n    with shelve.open('all') as kept:\n        kept[request.form['x']] = 1\n"
            "    return ''\n@app.get('/')\ndef show():\n    with shelve.open('all') as kept:\n        return str(dict(kept))\n",
            why="not a plain file",
        ),
    ],
)
def file_read_whole_in_request(call: CallSite, ask: Ask) -> Verdict | None:
    """A request reads the whole of a file that the program keeps adding to.

    What one visit reads grows with what all visits have written.
    """
    if not ask.reads_file(call):
        return None
    writer = ask.appended_to(call)
    if writer is None or not ask.reads_whole(call):
        return handled()
    return unhandled(
        f"{call.shown}() is read whole, and the program keeps adding to that file",
        fix=suggest("keep it in a database, or read the part that is asked for"),
        trace=(writer, *(ask.way(call))),
    )
