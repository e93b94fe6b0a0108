"""http-call-without-timeout."""

from durability.api import (
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
    set_argument,
    unhandled,
)


@rule(
    lens="scale",
    severity="high",
    confidence="high",
    cwe=[1088],
    sources=["Nygard, Release It!, 2nd edition: Timeouts", "requests documentation: Timeouts"],
    story=Story(
        demo="The other service answers at once.",
        production="One service that stops answering holds every worker, until the whole product stands still.",
        trigger="another service hangs",
    ),
    action="Give every outgoing call a time limit",
    minutes=(2, 5),
    arms=["failure-taken-for-no"],
    sites=calls(effect="http"),
    examples=[
        Bad("import requests\nrequests.get(url)  # <-", fixed="import requests\nrequests.get(url, timeout=10.0)"),
        Bad("from requests import Session\ns = Session()\ns.post(url, json={})  # <-"),
        Bad(
            "import requests\nLIMIT = None\nrequests.get(url, timeout=LIMIT)  # <-",
            why="the name stands for no limit",
            decoy=True,
        ),
        Bad(
            {
                "app/net.py": "import requests\nsession = requests.Session()\n",
                "app/main.py": "from app.net import session\ndef load(url):\n    return session.get(url)  # <-\n",
            }
        ),
        Bad(
            "import asyncio, requests\nasync def load(url):\n    return await asyncio.to_thread(requests.get, url)  # <-",
            why="the thread that asks waits for ever",
        ),
        Bad("import requests, threading\nthreading.Thread(target=requests.post, args=(url,)).start()  # <-"),
        Good("import requests\nrequests.get(url, timeout=3)"),
        Good(
            "import asyncio, requests\nasync def load(url):\n    return await asyncio.to_thread(requests.get, url, timeout=3)"
        ),
        Good(
            "import requests, threading\nthreading.Thread(target=requests.post, args=(url,), kwargs={'timeout': 3}).start()"
        ),
        Good("import httpx\nhttpx.get(url)", why="5 s by default"),
        Good("import httpx\nc = httpx.Client(timeout=5)\nc.get(url)"),
        Unclear("import requests\nrequests.get(url, **options)", why="a limit may be passed through"),
        Silent("cache.get(url)"),
        Silent(
            "import websockets\nasync def listen(connection: websockets.asyncio.client.ClientConnection):\n"
            "    while True:\n        print(await connection.recv())\n",
            why="its keepalive notices when the other side is gone",
        ),
        Miss("def run(s):\n    s.get(url)", why="the type of s is not known"),
    ],
)
def http_call_without_timeout(call: CallSite, *, seconds: float = 10.0) -> Verdict | None:
    """A call to another service can wait for ever.

    The call has no time limit of its own, the client it is made on sets none, and the library's default is to wait.
    """
    if call.name.startswith("socket."):
        return None  # whoever speaks to a socket keeps time elsewhere: by selectors, by the socket's own setting
    limit = call.value("timeout", default=call.library.timeout)
    if limit.given is None and call.library.timeout is None:
        return None
    failing = unhandled(f"{call.shown}() has no time limit", fix=set_argument("timeout", seconds), cause=call.origin)
    return limit.never.judge(yes=failing, no=handled())
