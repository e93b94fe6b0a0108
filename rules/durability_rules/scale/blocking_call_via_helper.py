"""blocking-call-via-helper."""

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
    harmless,
    rule,
    suggest,
    unhandled,
)

_ROUTE = "from fastapi import FastAPI\nimport asyncio, httpx\napp = FastAPI()\n"
_OUTSIDE = ("http", "llm", "sleep", "process", "message", "charge", "refund", "blocking")
"""What blocks each time; databases have a rule of their own, and a model is loaded once."""
_OFFLOADED = (
    "asyncio.to_thread", "*.run_in_executor", "anyio.to_thread.run_sync", "starlette.concurrency.run_in_threadpool",
    "fastapi.concurrency.run_in_threadpool", "asgiref.sync.sync_to_async",
)  # fmt: skip


@rule(
    lens="scale",
    severity="high",
    confidence="high",
    cwe=[1088],
    sources=["Python documentation, Developing with asyncio: Running blocking code"],
    story=Story(
        demo="One person clicks and waits for the answer.",
        production="While one person waits, everybody else waits too: the whole server stands still until that one call is done.",
        trigger="two people use it at the same moment",
    ),
    action="Use an asynchronous client in the helper, or call the helper in a thread",
    minutes=(10, 40),
    arms=["insert-guarded-only-by-read", "non-atomic-file-write", "shared-sqlite-connection"],
    sites=calls(reaches=_OUTSIDE, name=_OFFLOADED, roles=SERVING, in_async=True),
    examples=[
        Bad(
            {
                "app.py": _ROUTE + "import rates as r\n@app.get('/')\nasync def home():\n    return r.today()  # <-\n",
                "rates.py": "import requests\ndef today():\n    return requests.get('http://rates', timeout=3).json()\n",
            }
        ),
        Bad(
            {
                "app.py": _ROUTE + "from services import Mailer\nmailer = Mailer()\n@app.post('/')\nasync def send():\n"
                "    await asyncio.sleep(0)\n    mailer.welcome('a')  # <-\n    return {}\n",
                "services/__init__.py": "from .mail import Mailer\n",
                "services/mail.py": "import time\nclass Mailer:\n    def welcome(self, name):\n        self.wait()\n"
                "    def wait(self):\n        time.sleep(2)\n",
            },
            why="two methods further on, behind a re-export; awaiting something else does not help",
            decoy=True,
        ),
        Good(
            {
                "app.py": _ROUTE + "import rates\n\nasync def collect():\n    found = rates.today()\n"
                "    await asyncio.sleep(1)\n    return found\n\n@app.get('/')\ndef home():\n    return asyncio.run(collect())\n",
                "rates.py": "import requests\ndef today():\n    return requests.get('http://rates', timeout=3).json()\n",
            },
            why="the loop is made for this one job",
        ),
        Bad(
            {
                "app.py": _ROUTE + "import rates\n\nasync def one():\n    return rates.today()  # <-\n\n"
                "async def collect():\n    return await asyncio.gather(one(), one())\n\n"
                "@app.get('/')\ndef home():\n    return asyncio.run(collect())\n",
                "rates.py": "import requests\ndef today():\n    return requests.get('http://rates', timeout=3).json()\n",
            },
            why="the loop is made for this job, and two run on it",
            decoy=True,
        ),
        Good(
            {
                "app.py": _ROUTE + "from rates import today\n@app.get('/')\nasync def home():\n"
                "    return await asyncio.to_thread(today)\n",
                "rates.py": "import requests\ndef today():\n    return requests.get('http://rates', timeout=3).json()\n",
            },
            why="the helper runs in a thread",
        ),
        Good(
            {
                "app.py": _ROUTE
                + "from rates import today\n@app.get('/')\nasync def home():\n    return await today()\n",
                "rates.py": "import httpx\nclient = httpx.AsyncClient()\nasync def today():\n"
                "    return (await client.get('http://rates')).json()\n",
            }
        ),
        Silent(
            {
                "app.py": _ROUTE + "from rates import today\n@app.get('/')\ndef home():\n    return today()\n",
                "rates.py": "import requests\ndef today():\n    return requests.get('http://rates', timeout=3).json()\n",
            },
            why="a plain route runs in a thread of its own",
        ),
        Silent(
            _ROUTE + "import time\n@app.get('/')\nasync def home():\n    time.sleep(1)\n",
            why="without a helper: another rule",
        ),
        Miss(
            {
                "app.py": _ROUTE
                + "import rates\n@app.get('/')\nasync def home():\n    return getattr(rates, 'today')()\n",
                "rates.py": "import time\ndef today():\n    time.sleep(1)\n",
            },
            why="the helper is chosen at run time",
        ),
    ],
)
def blocking_call_via_helper(call: CallSite, ask: Ask) -> Verdict:
    """A coroutine calls a helper that blocks somewhere below, and stops every other request with it.

    The helper is an ordinary function, perhaps in another file; nothing at the call shows that it waits.
    """
    if not ask.is_project(call) or ask.calls_coroutine(call):
        return harmless()  # work handed to a thread, or a coroutine that is judged where it blocks itself
    if ask.has_own_loop(call):
        return harmless()
    found = ask.blocks(call, _OUTSIDE)
    failing = unhandled(
        f"{call.shown}() blocks the event loop further down, in async {call.function.name}()",
        fix=suggest("use an asynchronous client in the helper, or await asyncio.to_thread(helper)"),
        cause=ask.place_of_work(found) if found.trace else "",
    )
    return found.judge(yes=failing, no=harmless()) or harmless()
