"""pending-work-only-in-memory."""

from durability.api import (
    SERVING,
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

_LASTING = ("charge", "refund", "message", "record", "enqueue", "remote")
"""What must not get lost, the worst first."""

_SAYS = {
    "record": "is never written",
    "charge": "is never paid",
    "refund": "is never given back",
    "message": "is never sent",
    "enqueue": "is never handed on",
    "remote": "never reaches the other side",
}
_HEAD = (
    "import smtplib, threading\nfrom flask import Flask\napp = Flask(__name__)\n"
    "def send(to):\n    smtplib.SMTP('mail.example.org', timeout=5).sendmail('us@example.org', to, 'hello')\n"
)
_QUEUE = (
    "import sqlite3\ndb = sqlite3.connect('a.db')\ndef later(to):\n"
    "    db.execute('INSERT INTO letters (address) VALUES (?)', (to,))\n    db.commit()\n"
)


@rule(
    lens="scale",
    severity="medium",
    confidence="medium",
    cwe=[664],
    sources=["The Twelve-Factor App, IX Disposability", "Nygard, Release It! 2nd ed., Steady State"],
    story=Story(
        demo="The answer comes at once, and the rest follows a moment later.",
        production="A person is told that all is well, and the rest never happens: the program was restarted in that moment, and nothing knows what it still had to do.",
        trigger="a new version is installed, or the program crashes",
    ),
    action="Write down what is still to be done, and look for it when the program starts",
    minutes=(60, 240),
    sites=calls(effect=("spawn", "thread", "schedule"), roles=SERVING),
    examples=[
        Bad(
            _HEAD
            + "@app.post('/join/<to>')\ndef join(to):\n    threading.Thread(target=send, args=(to,)).start()  # <-\n"
            "    return 'welcome'\n"
        ),
        Bad(
            {
                "app.py": "from fastapi import BackgroundTasks, FastAPI\nimport letters as mail\napp = FastAPI()\nletters = mail.Letters()\n"
                "@app.post('/join')\ndef join(to: str, tasks: BackgroundTasks):\n    tasks.add_task(letters.send, to)  # <-\n"
                "    return 'welcome'\n",
                "letters.py": "from post import deliver\nclass Letters:\n    def send(self, to):\n        deliver(to)\n",
                "post/__init__.py": "from .mail import deliver\n",
                "post/mail.py": "import smtplib\ndef deliver(to):\n    smtplib.SMTP('mail', timeout=5).sendmail('a', to, 'hello')\n",
            },
            why="the letter is three files away",
        ),
        Bad(
            {
                "app.py": "import asyncio\nfrom fastapi import FastAPI\nfrom jobs import charge_later\napp = FastAPI()\n"
                "@app.post('/buy')\nasync def buy():\n    asyncio.create_task(charge_later())  # <-\n    return 'ok'\n",
                "jobs.py": "import asyncio\nimport stripe\nasync def charge_later():\n    await asyncio.sleep(60)\n"
                "    stripe.Charge.create(amount=9, currency='eur')\n",
            }
        ),
        Bad(
            _HEAD + _QUEUE + "@app.post('/join/<to>')\ndef join(to):\n    later(to)\n"
            "    threading.Thread(target=send, args=(to,)).start()  # <-\n    return 'welcome'\n"
            "@app.get('/letters')\ndef letters():\n    return str(db.execute('SELECT address FROM letters').fetchall())\n",
            why="it is written down, and nobody looks for it when the program starts",
            decoy=True,
        ),
        Good(
            _HEAD
            + _QUEUE
            + "def resume():\n    for (to,) in db.execute('SELECT address FROM letters LIMIT 50').fetchall():\n        send(to)\n"
            "from apscheduler.schedulers.background import BackgroundScheduler\nplan = BackgroundScheduler()\n"
            "plan.add_job(resume, 'interval', minutes=5)\nplan.start()\n"
            "@app.post('/join/<to>')\ndef join(to):\n    later(to)\n"
            "    threading.Thread(target=send, args=(to,)).start()\n    return 'welcome'\n",
            why="what is left is found again on a schedule",
        ),
        Good(
            {
                "app.py": "from fastapi import FastAPI\nimport threading\nfrom store import later, send, waiting\napp = FastAPI()\n"
                "@app.on_event('startup')\ndef resume():\n    for to in waiting():\n        send(to)\n"
                "@app.post('/join')\ndef join(to: str):\n    later(to)\n    threading.Thread(target=send, args=(to,)).start()\n"
                "    return 'welcome'\n",
                "store.py": _QUEUE
                + "def waiting():\n    return [row[0] for row in db.execute('SELECT address FROM letters LIMIT 9')]\n"
                "import smtplib\ndef send(to):\n    smtplib.SMTP('mail', timeout=5).sendmail('a', to, 'hello')\n",
            },
            why="what is left is found again at the start, in another file",
        ),
        Good(
            _HEAD + _QUEUE + "def rebuild():\n    db.execute('UPDATE totals SET n = n + 1')\n    db.commit()\n"
            "from apscheduler.schedulers.background import BackgroundScheduler\nplan = BackgroundScheduler()\n"
            "def nightly():\n    rebuild()\nplan.add_job(nightly, 'interval', hours=24)\nplan.start()\n"
            "@app.post('/rebuild')\ndef now():\n    threading.Thread(target=rebuild).start()\n    return 'started'\n",
            why="the next run on a schedule does the same work",
        ),
        Silent(
            "import threading\nfrom flask import Flask\napp = Flask(__name__)\ndef warm():\n    print('warm')\n"
            "@app.get('/')\ndef home():\n    threading.Thread(target=warm).start()\n    return 'ok'\n",
            why="nothing is lost when it does not run",
        ),
        Silent(
            _HEAD.replace("def send(to):\n    smtplib", "def send(to):\n    try:\n        smtplib")
            + "    except Exception:\n        pass\n@app.get('/<to>')\ndef home(to):\n"
            "    threading.Thread(target=send, args=(to,)).start()\n    return 'ok'\n",
            why="the program itself does not mind when it fails",
        ),
        Silent(
            "import asyncio\nimport smtplib\nfrom fastapi import FastAPI\napp = FastAPI()\n"
            "def send(to):\n    smtplib.SMTP('mail', timeout=5).sendmail('a', to, 'hello')\n"
            "@app.post('/join')\nasync def join(to: str):\n    await asyncio.to_thread(send, to)\n    return 'welcome'\n",
            why="the answer waits for it",
        ),
        Miss(
            _HEAD + "import queue\nwork = queue.Queue()\ndef loop():\n    while True:\n        send(work.get())\n"
            "threading.Thread(target=loop, daemon=True).start()\n"
            "@app.post('/join/<to>')\ndef join(to):\n    work.put(to)\n    return 'welcome'\n",
            why="a queue in memory and a thread that empties it",
        ),
    ],
)
def pending_work_only_in_memory(call: CallSite, ask: Ask) -> Verdict | None:
    """A handler starts work that must happen, and nothing would know of it after a restart.

    The work is known to the memory of the process alone.
    """
    found = [effect for effect in ask.started(call) if effect.kind in _LASTING and ask.matters(effect)]
    if not found:
        return None
    left = min(found, key=lambda effect: _LASTING.index(effect.kind))
    if ask.picks_up(call):
        return handled()
    return unhandled(
        f"what {call.shown}() starts lives in memory alone; after a restart {left.shown}() {_SAYS[left.kind]}",
        fix=suggest(
            "record it as pending first, and look for pending ones at start-up; or use a queue that outlives the process"
        ),
        trace=left.trace,
    )
