"""http-session-per-call."""

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

ROUTE = "from fastapi import FastAPI\nimport httpx\napp = FastAPI()\n"


@rule(
    lens="scale",
    severity="medium",
    confidence="medium",
    cwe=[1072],
    sources=["httpx documentation, Clients", "aiohttp documentation, Client quickstart", "ISO/IEC 5055, CWE-1072"],
    story=Story(
        demo="A request now and then: a new connection costs nothing that anyone notices.",
        production="Each request sets up its own connections and throws them away; under load most time goes into that and ports run out.",
        trigger="many people use it at once",
    ),
    action="Make one HTTP client per process and close it at shutdown",
    minutes=(5, 20),
    sites=calls(makes="http"),
    examples=[
        Bad(
            ROUTE + "@app.get('/rate')\nasync def rate():\n    async with httpx.AsyncClient() as client:  # <-\n"
            "        return (await client.get('https://api.example.org')).json()\n"
        ),
        Bad(
            {
                "net.py": "import requests\ndef load(u):\n    s = requests.Session()  # <-\n    return s.get(u, timeout=3)\n",
                "main.py": "from flask import Flask\nimport net\napp = Flask(__name__)\n@app.route('/')\n"
                "def home():\n    return net.load('https://api.example.org').text\n",
            }
        ),
        Bad(
            ROUTE + "SESSION = 'one'\n@app.get('/rate')\ndef rate():\n    session = httpx.Client()  # <-\n"
            "    return session.get('https://api.example.org').json()\n",
            decoy=True,
        ),
        Good(
            ROUTE + "client = httpx.AsyncClient()\n@app.get('/rate')\nasync def rate():\n"
            "    return (await client.get('https://api.example.org')).json()\n"
        ),
        Good(
            ROUTE + "class Rates:\n    def __init__(self):\n        self.http = httpx.Client()\nrates = Rates()\n"
            "@app.get('/rate')\ndef rate():\n    return rates.http.get('https://api.example.org').json()\n"
        ),
        Bad(
            ROUTE + "class Rates:\n    def __init__(self):\n        self.http = httpx.Client()  # <-\n"
            "@app.get('/rate')\ndef rate():\n    return Rates().http.get('https://api.example.org').json()\n",
            why="the object that holds it is made for each request",
        ),
        Silent("import requests\ndef main():\n    requests.Session()\nif __name__ == '__main__':\n    main()\n"),
        Miss(ROUTE + "@app.get('/rate')\ndef rate():\n    return httpx.get('https://api.example.org').json()\n"),
    ],
)
def http_session_per_call(call: CallSite, ask: Ask) -> Verdict | None:
    """An HTTP client is built for each request instead of once.

    A client keeps connections open so that the next call is quick; one that lives for a single request never gets to.
    """
    if call.at_import or call.name == "tornado.httpclient.AsyncHTTPClient":  # Tornado keeps one per loop
        return handled()
    if not call.reach.roles.intersection(SERVING):
        return handled() if call.kept else None
    way = ask.made_again(call)
    if way is None:
        return handled()
    return unhandled(
        f"{call.shown}() is built on every call",
        fix=suggest("keep one client for the process"),
        trace=way if len(way) > 1 else (),
    )
