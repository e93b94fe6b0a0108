"""state-lost-on-restart."""

from durability.api import (
    SERVING,
    Ask,
    Bad,
    Good,
    Miss,
    Silent,
    StateSite,
    Story,
    Verdict,
    handled,
    rule,
    states,
    suggest,
    unhandled,
)

_ROUTE = "from fastapi import FastAPI\napp = FastAPI()\n"


@rule(
    lens="scale",
    severity="high",
    confidence="medium",
    cwe=[1188],
    sources=["The Twelve-Factor App, Processes and Disposability"],
    story=Story(
        demo="One process runs all day and remembers everything.",
        production="Somebody saves something, the service is deployed again, and it is gone; a second server never had it.",
        trigger="the service restarts, or a second one is started",
    ),
    action="Keep what users send in a database",
    minutes=(30, 180),
    preview=True,
    sites=states(roles=SERVING),
    examples=[
        Bad(
            {
                "store.py": "NOTES = {}  # <-\n",
                "app.py": _ROUTE
                + "import store as st\n\n@app.post('/notes/{name}')\ndef write(name: str, text: str):\n"
                "    st.NOTES[name] = text\n    return 'ok'\n\n@app.get('/notes/{name}')\ndef show(name: str):\n"
                "    return st.NOTES.get(name)\n",
            },
            why="two files, through an alias",
        ),
        Bad(
            {
                "desk/__init__.py": "from .book import tickets\n",
                "desk/book.py": "class Book:\n    def __init__(self):\n        self.open = []  # <-\n\n"
                "    def put(self, text):\n        self.open.append(text)\n\n    def listed(self):\n"
                "        return list(self.open)\n\ntickets = Book()\n",
                "app.py": _ROUTE + "from desk import tickets\n\n@app.post('/ticket')\ndef write(text: str):\n"
                "    tickets.put(text)\n    return 'ok'\n\n@app.get('/tickets')\ndef show():\n"
                "    return tickets.listed()\n",
            },
            why="three files: methods of an object that the package re-exports",
        ),
        Bad(
            _ROUTE + "import json\nVOTES = {}  # <-\n\n@app.post('/vote')\ndef vote(who: str, what: str):\n"
            "    VOTES[who] = what\n    return json.dumps(VOTES)\n\n@app.get('/votes')\ndef votes():\n    return VOTES\n\n"
            "@app.get('/export')\ndef export():\n    with open('votes.json', 'w') as file:\n"
            "        json.dump(VOTES, file)\n    return 'ok'\n",
            why="written to a file only when somebody asks for it",
            decoy=True,
        ),
        Good(
            {
                "store.py": "import sqlite3\nNOTES = {}\n\ndef keep(name, text):\n    db = sqlite3.connect('notes.db')\n"
                "    db.execute('INSERT INTO notes VALUES (?, ?)', (name, text))\n    db.commit()\n"
                "    NOTES.update({name: text})\n",
                "app.py": _ROUTE + "import store\n\n@app.post('/notes/{name}')\ndef write(name: str, text: str):\n"
                "    store.keep(name, text)\n    return 'ok'\n\n@app.get('/notes/{name}')\ndef show(name: str):\n"
                "    return store.NOTES.get(name)\n",
            },
            why="the other file writes it to the database first",
        ),
        Silent(
            _ROUTE + "CACHE = {}\n\n@app.get('/{word}')\ndef look(word: str):\n    CACHE[word] = len(word)\n"
            "    return CACHE[word]\n",
            why="can be worked out again",
        ),
        Silent(
            _ROUTE
            + "from fastapi import WebSocket\nROOM = []\n\n@app.websocket('/ws')\nasync def join(ws: WebSocket):\n"
            "    ROOM.append(ws)\n\n@app.post('/say')\nasync def say(text: str):\n    for ws in ROOM:\n"
            "        await ws.send_text(text)\n",
            why="connections do not outlive the process anyway",
        ),
        Miss(
            _ROUTE + "class User:\n    pass\nuser = User()\n\n@app.post('/name')\ndef rename(name: str):\n"
            "    setattr(user, 'name', name)\n\n@app.get('/name')\ndef show():\n    return getattr(user, 'name')\n",
            why="attributes set by name",
        ),
    ],
)
def state_lost_on_restart(state: StateSite, ask: Ask) -> Verdict | None:
    """What users send is kept in the memory of one process, and nowhere else.

    A deploy, a crash or a second server is enough to lose it: the page that shows it later finds nothing.
    """
    written = ask.user_data(state)
    read = ask.other_entries(state, written) if written else ()
    if not read:
        return None
    lost = [event for event in written if not ask.is_stored(event)]
    if not lost:
        return handled()
    return unhandled(
        f"what users send is kept only in {state.name}",
        fix=suggest("write it to a database on the way in, and read it from there"),
        cause=state.cause,
        trace=(ask.step(state, lost[0]), ask.step(state, read[0])),
    )
