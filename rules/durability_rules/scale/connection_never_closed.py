"""connection-never-closed."""

from durability.api import (
    SERVING,
    Ask,
    Bad,
    CallSite,
    Good,
    Miss,
    Silent,
    Story,
    Unclear,
    Verdict,
    calls,
    handled,
    rule,
    suggest,
    unhandled,
)

_ROUTE = "from flask import Flask\nimport sqlite3\napp = Flask(__name__)\n"
_CLIENTS = (
    "aiohttp.ClientSession", "smtplib.SMTP", "smtplib.SMTP_SSL", "imaplib.IMAP4", "imaplib.IMAP4_SSL", "ftplib.FTP",
    "poplib.POP3", "poplib.POP3_SSL", "telnetlib.Telnet", "paramiko.SSHClient", "socket.socket",
    "socket.create_connection", "ldap3.Connection", "pymongo.MongoClient", "httpx.AsyncClient",
)  # fmt: skip


@rule(
    lens="scale",
    severity="medium",
    confidence="high",
    cwe=[772, 775],
    sources=["Nygard, Release It! 2nd ed., Blocked Threads", "aiohttp documentation, Client Session"],
    story=Story(
        demo="A handful of connections stay open, and nobody counts them.",
        production="Every request leaves a connection behind; when the other side has no more to give, everybody is refused until a restart.",
        trigger="it has run for a while",
    ),
    action="Close what is opened, with a `with` block",
    minutes=(5, 20),
    sites=(calls(effect="db.connect", roles=SERVING), calls(name=_CLIENTS, roles=SERVING)),
    examples=[
        Bad(
            _ROUTE + "@app.get('/')\ndef home():\n    db = sqlite3.connect('a.db')  # <-\n"
            "    return str(db.execute('SELECT 1').fetchone())\n"
        ),
        Bad(
            {
                "app.py": _ROUTE + "import store as s\n@app.get('/')\ndef home():\n    return str(s.one())\n",
                "store.py": "import psycopg2\ndef one():\n    db = psycopg2.connect('dbname=shop')  # <-\n"
                "    cursor = db.cursor()\n    cursor.execute('SELECT 1')\n    cursor.close()\n    return 1\n",
            },
            why="the cursor is closed, the connection is not",
            decoy=True,
        ),
        Bad(
            {
                "app.py": "from fastapi import FastAPI\nfrom rates import Rates\napp = FastAPI()\nrates = Rates()\n"
                "@app.get('/')\nasync def home():\n    return await rates.today()\n",
                "rates/__init__.py": "from .client import Rates\n",
                "rates/client.py": "import aiohttp\nclass Rates:\n    async def today(self):\n"
                "        session = aiohttp.ClientSession()  # <-\n        answer = await session.get('http://rates')\n"
                "        return await answer.json()\n",
            },
            why="in a method behind a re-export",
        ),
        Good(
            {
                "app.py": _ROUTE
                + "from store import finish\n@app.get('/')\ndef home():\n    db = sqlite3.connect('a.db')\n"
                "    try:\n        return str(db.execute('SELECT 1').fetchone())\n    finally:\n        finish(db)\n",
                "store.py": "def finish(connection):\n    connection.close()\n",
            },
            why="closed by a helper of the other file",
        ),
        Good(
            _ROUTE + "from contextlib import closing\n@app.get('/')\ndef home():\n"
            "    with closing(sqlite3.connect('a.db')) as db:\n        return str(db.execute('SELECT 1').fetchone())\n"
        ),
        Good(
            "from fastapi import Depends, FastAPI\nimport sqlite3\napp = FastAPI()\ndef get_db():\n"
            "    db = sqlite3.connect('a.db')\n    try:\n        yield db\n    finally:\n        db.close()\n"
            "@app.get('/')\ndef home(db=Depends(get_db)):\n    return str(db)\n",
            why="given away, and closed afterwards",
        ),
        Unclear(
            _ROUTE
            + "from somewhere import use\n@app.get('/')\ndef home(work):\n    db = sqlite3.connect('a.db')\n    work(db)\n    return ''\n"
        ),
        Silent(
            "import sqlite3\ndb = sqlite3.connect('a.db')\nprint(db.execute('SELECT 1').fetchone())\n",
            why="a script ends",
        ),
        Miss(
            {
                "app.py": _ROUTE
                + "from store import connect\n@app.get('/')\ndef home():\n    db = connect()\n    return str(db)\n",
                "store.py": "import sqlite3\ndef connect():\n    return sqlite3.connect('a.db')\n",
            },
            why="who gets it from a helper may close it",
        ),
    ],
)
def connection_never_closed(call: CallSite, ask: Ask) -> Verdict | None:
    """A function opens a connection and neither closes it nor gives it to anybody.

    How long it stays open is left to the garbage collector; the other side has a fixed number of them.
    """
    if not call.library.closes:
        return None  # there is nothing to give back
    if call.key[1] == 0 or call.kept:
        return handled()
    return ask.is_closed(call).judge(
        no=unhandled(
            f"what {call.shown}() opens is never closed",
            fix=suggest("open it in a `with` block, or close it in `finally`"),
            cause=f"{call.path}:{call.function.qualname}",
            trace=ask.way(call),
        ),
        yes=handled(),
    )
