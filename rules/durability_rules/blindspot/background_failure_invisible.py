"""background-failure-invisible."""

from durability.api import (
    Ask,
    Bad,
    EntrySite,
    Good,
    Miss,
    Silent,
    Story,
    Verdict,
    entry_points,
    handled,
    rule,
    suggest,
    unhandled,
)

_ROUTE = "from fastapi import BackgroundTasks, FastAPI\nimport asyncio, requests, threading\napp = FastAPI()\n"
_POST = "requests.post('http://mail', json={}, timeout=5).raise_for_status()"


@rule(
    lens="blindspot",
    severity="medium",
    confidence="high",
    cwe=[391, 778],
    sources=[
        "Python documentation, asyncio: Detect never retrieved exceptions",
        "Python documentation, threading.excepthook",
    ],
    story=Story(
        demo="The work in the background is done a moment later.",
        production="The visitor was told that all is well; then the work behind it fails, the mail is never sent, and nobody ever hears of it.",
        trigger="the work in the background fails",
    ),
    action="Catch, log and report the errors of work that runs in the background",
    minutes=(10, 30),
    sites=entry_points(roles=("worker",)),
    examples=[
        Bad(
            _ROUTE + "@app.post('/')\nasync def order():\n    asyncio.create_task(mail())\n    return 'ok'\n"
            "async def mail():  # <-\n    import httpx\n    await httpx.AsyncClient().post('http://mail')\n"
        ),
        Bad(
            {
                "app.py": _ROUTE + "import work as w\n@app.post('/')\ndef order():\n"
                "    threading.Thread(target=w.mail, daemon=True).start()\n    return 'ok'\n",
                "work.py": "import requests\ndef mail():  # <-\n    try:\n        "
                + _POST
                + "\n    except KeyError:\n        print('no')\n",
            },
            why="the handler is for another kind of error",
            decoy=True,
        ),
        Bad(
            {
                "app.py": _ROUTE + "from jobs import Mailer\nmailer = Mailer()\n@app.post('/')\n"
                "def order(tasks: BackgroundTasks):\n    tasks.add_task(mailer.send)\n    return 'ok'\n",
                "jobs/__init__.py": "from .mail import Mailer\n",
                "jobs/mail.py": "import requests\nclass Mailer:\n    def send(self):  # <-\n        self._post()\n"
                "    def _post(self):\n        " + _POST + "\n",
            },
            why="a method behind a re-export",
        ),
        Good(
            {
                "app.py": _ROUTE + "from work import mail\n@app.post('/')\ndef order():\n"
                "    threading.Thread(target=mail).start()\n    return 'ok'\n",
                "work.py": "import logging, requests\ndef mail():\n    try:\n        "
                + _POST
                + "\n    except Exception:\n"
                "        logging.exception('the mail was not sent')\n",
            },
            why="the work itself says that it failed",
        ),
        Good(
            _ROUTE
            + "@app.post('/')\nasync def order():\n    task = asyncio.create_task(mail())\n    await task\n    return 'ok'\n"
            "async def mail():\n    import httpx\n    await httpx.AsyncClient().post('http://mail')\n",
            why="somebody waits for it",
        ),
        Good(
            "from celery import Celery\nimport requests\napp = Celery('x')\n@app.task\ndef mail():\n    "
            + _POST
            + "\n",
            why="Celery keeps and logs the failure",
        ),
        Silent("import threading\nthreading.Thread(target=print).start()\n", why="asks nobody"),
        Miss(
            _ROUTE + "@app.post('/')\ndef order():\n    start(mail)\n    return 'ok'\ndef start(work):\n"
            "    threading.Thread(target=work).start()\ndef mail():\n    " + _POST + "\n",
            why="the work is handed through a helper",
        ),
    ],
)
def background_failure_invisible(entry: EntrySite, ask: Ask) -> Verdict | None:
    """Work in the background asks another service, and when that fails nobody is told.

    Whoever started it has gone on; an error in a thread or task ends the work and nothing else.
    """
    if not ask.depends_on_others(entry):
        return None
    chain = ask.escape(entry)
    if not chain or not ask.forgets(entry) or ask.boundary() is not None:
        return handled()
    return unhandled(
        f"an error of {chain[-1].note} in {entry.function.name}() is seen by nobody",
        fix=suggest("wrap the body in try, log the exception and report it"),
        trace=(*ask.started_at(entry), *chain),
    )
