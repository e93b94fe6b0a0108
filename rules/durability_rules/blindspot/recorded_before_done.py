"""recorded-before-done."""

from durability.api import (
    Ask,
    Bad,
    GapSite,
    Good,
    Miss,
    Silent,
    Story,
    Verdict,
    gaps,
    handled,
    rule,
    suggest,
    unhandled,
)

_EFFECTS = ("charge", "refund", "message", "enqueue", "remote")
_HEAD = (
    "import smtplib\nimport sqlite3\nfrom flask import Flask\napp = Flask(__name__)\ndb = sqlite3.connect('a.db')\n"
    "mail = smtplib.SMTP('mail.example.org', timeout=5)\n"
)
_MARK = "    db.execute(\"UPDATE invoices SET state = 'sent'\")\n    db.commit()"
_SEND = "    mail.sendmail('us@example.org', 'you@example.org', 'invoice')"


@rule(
    lens="blindspot",
    severity="high",
    confidence="medium",
    cwe=[841, 703],
    sources=[
        "Garcia-Molina and Salem, Sagas, SIGMOD 1987",
        "Kleppmann, Designing Data-Intensive Applications, 11: exactly-once",
    ],
    story=Story(
        demo="It is marked as sent, and it is sent.",
        production="A customer waits for something that the program believes it has sent: the sending failed after it was marked.",
        trigger="the other side fails or the program stops right after the mark",
    ),
    action="Do it first, and mark it as done when it is",
    minutes=(10, 30),
    sites=(gaps(first=("record", "file"), then=_EFFECTS), gaps(first=_EFFECTS, then=("record", "file"))),
    examples=[
        Bad(_HEAD + f"@app.post('/bill')\ndef bill():\n{_MARK}  # <-\n{_SEND}\n    return 'ok'\n"),
        Bad(
            {
                "app.py": "from flask import Flask\nimport store as st\nfrom post import send\napp = Flask(__name__)\n"
                "@app.post('/bill')\ndef bill():\n    st.Store().mark()  # <-\n    send()\n    return 'ok'\n",
                "store.py": "import sqlite3\nclass Store:\n    def __init__(self):\n        self.db = sqlite3.connect('a.db')\n"
                "    def mark(self):\n        self.db.execute(\"UPDATE invoices SET state = 'sent'\")\n        self.db.commit()\n",
                "post/__init__.py": "from .mail import send\n",
                "post/mail.py": "import smtplib\ndef send():\n    smtplib.SMTP('mail', timeout=5).sendmail('a', 'b', 'invoice')\n",
            },
            why="marked in one file, sent in another",
        ),
        Bad(
            {
                "app.py": _HEAD + "from store import mark\n@app.post('/bill')\ndef bill():\n    mark(db)  # <-\n"
                f"{_SEND}\n    return 'ok'\n",
                "store.py": "def mark(db):\n    import sqlite3\n    own = sqlite3.connect('a.db')\n"
                "    own.execute('UPDATE invoices SET sent_at = CURRENT_TIMESTAMP')\n    own.commit()\n",
            },
        ),
        Bad(
            _HEAD + f"@app.post('/bill')\ndef bill():\n{_MARK}  # <-\n    try:\n    {_SEND}\n"
            "    except smtplib.SMTPException as error:\n        print('could not send', error)\n    return 'ok'\n",
            why="a line on the screen does not take the mark back",
            decoy=True,
        ),
        Good(_HEAD + f"@app.post('/bill')\ndef bill():\n{_SEND}\n{_MARK}\n    return 'ok'\n", why="sent, then marked"),
        Good(
            _HEAD
            + f"@app.post('/bill')\ndef bill():\n{_MARK}\n    try:\n    {_SEND}\n    except smtplib.SMTPException:\n"
            "        db.execute(\"UPDATE invoices SET state = 'open'\")\n        db.commit()\n    return 'ok'\n",
            why="the mark is taken back",
        ),
        Good(
            {
                "app.py": "from flask import Flask\nfrom store import mark\nfrom post import send\napp = Flask(__name__)\n"
                "@app.post('/bill')\ndef bill():\n    send()\n    mark()\n    return 'ok'\n",
                "store.py": "import sqlite3\ndb = sqlite3.connect('a.db')\ndef mark():\n"
                "    db.execute(\"UPDATE invoices SET state = 'sent'\")\n    db.commit()\n",
                "post.py": "import smtplib\ndef send():\n    smtplib.SMTP('mail', timeout=5).sendmail('a', 'b', 'invoice')\n",
            },
            why="in the right order, over three files",
        ),
        Good(
            _HEAD
            + "@app.post('/bill')\ndef bill():\n    with db:\n        db.execute(\"UPDATE invoices SET state = 'sent'\")\n"
            f"    {_SEND}\n    return 'ok'\n",
            why="one transaction: the mark stands when the sending has worked",
        ),
        Silent(
            _HEAD
            + "@app.post('/bill')\ndef bill():\n    db.execute(\"INSERT INTO invoices (state) VALUES ('open')\")\n    db.commit()\n"
            f"{_SEND}\n    return 'ok'\n",
            why="the record does not say that it was sent",
        ),
        Miss(
            _HEAD
            + "@app.post('/bill')\ndef bill():\n    db.execute('UPDATE invoices SET state = 3')\n    db.commit()\n"
            f"{_SEND}\n    return 'ok'\n",
            why="nobody can know that 3 means sent",
        ),
    ],
)
def recorded_before_done(gap: GapSite, ask: Ask) -> Verdict | None:
    """A record says that something has been done before it has been tried.

    When the doing fails, the record stays, and nobody tries again.
    """
    if gap.first.kind in _EFFECTS:
        return handled() if ask.says_done(gap.then, gap.first.kind) else None
    word = ask.says_done(gap.first, gap.then.kind)
    if not word:
        return None
    if ask.records_failure(gap):
        return handled()
    return unhandled(
        f"it is recorded as {word} before {gap.then.shown}() has been tried",
        fix=suggest("move the record behind the effect, or record the failure in the handler"),
        trace=gap.trace,
    )
