"""http-call-in-loop."""

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
    harmless,
    rule,
    suggest,
    unhandled,
)

_ROUTE = "from fastapi import FastAPI\nimport asyncio, httpx, requests\napp = FastAPI()\n"
_REMOTE = ("http", "llm")
_FEW = 5
"""A loop over at most this many items, whatever the data, is no growth."""


@rule(
    lens="scale",
    severity="medium",
    confidence="high",
    cwe=[1050],
    sources=["Nygard, Release It! 2nd ed., Integration Points"],
    story=Story(
        demo="Three items, three quick answers.",
        production="Every item waits for the one before it; with a hundred items the page does not come before the visitor has left.",
        trigger="the list gets long, or the other side slow",
    ),
    action="Send one request for all items, or several at once with a limit",
    minutes=(20, 60),
    sites=(
        calls(effect=_REMOTE, in_loop=True, roles=("route", "bot", "ui", "tool")),
        calls(reaches=_REMOTE, in_loop=True, roles=("route", "bot", "ui", "tool")),
    ),
    examples=[
        Bad(
            _ROUTE + "@app.get('/')\ndef home(ids: list[int]):\n"
            "    return [requests.get(f'http://shop/{i}', timeout=3).json() for i in ids]  # <-\n"
        ),
        Bad(
            {
                "app.py": _ROUTE
                + "import rates as r\n@app.get('/')\nasync def home(names: list[str]):\n    found = {}\n"
                "    for name in names:\n        found[name] = await r.rate(name)  # <-\n    return found\n",
                "rates.py": "import httpx\nclient = httpx.AsyncClient()\nasync def rate(name):\n"
                "    return (await client.get(f'http://rates/{name}')).json()\n",
            },
            why="asynchronous, and still one after the other",
            decoy=True,
        ),
        Bad(
            {
                "app.py": _ROUTE
                + "from llm import Reader\nreader = Reader()\n@app.post('/')\ndef read(texts: list[str]):\n"
                "    out = []\n    for text in texts:\n        out.append(reader.vector(text))  # <-\n    return out\n",
                "llm/__init__.py": "from .reader import Reader\n",
                "llm/reader.py": "from openai import OpenAI\nclass Reader:\n    def __init__(self):\n        self.client = OpenAI()\n"
                "    def vector(self, text):\n        return self.client.embeddings.create(model='m', input=text)\n",
            },
            why="one embedding per text, though many fit in one request",
        ),
        Good(
            {
                "app.py": _ROUTE + "from rates import rate\n@app.get('/')\nasync def home(names: list[str]):\n"
                "    return await asyncio.gather(*[rate(name) for name in names])\n",
                "rates.py": "import asyncio, httpx\nclient = httpx.AsyncClient()\nfew = asyncio.Semaphore(5)\n"
                "async def rate(name):\n    async with few:\n        return (await client.get(f'http://rates/{name}')).json()\n",
            },
            why="at once, with a limit in the other file",
        ),
        Good(
            _ROUTE + "@app.get('/')\ndef home():\n"
            "    return [requests.get(f'http://{host}', timeout=3).status_code for host in ('a', 'b')]\n",
            why="two, whatever the data",
        ),
        Good(
            _ROUTE + "@app.get('/')\ndef home(ids: list[int]):\n"
            "    return [requests.get(f'http://shop/{i}', timeout=3).json() for i in ids[:3]]\n",
            why="the first three",
        ),
        Silent(
            "import requests\nfor i in range(99):\n    requests.get(f'http://shop/{i}', timeout=3)\n", why="a script"
        ),
        Silent(
            _ROUTE + "import time\n@app.get('/')\ndef home():\n    for attempt in range(5):\n        try:\n"
            "            return requests.get('http://shop', timeout=3).text\n        except OSError:\n"
            "            time.sleep(2 ** attempt)\n    raise RuntimeError('no answer')\n",
            why="it tries again",
        ),
        Miss(
            _ROUTE + "@app.get('/')\ndef home(ids: list[int]):\n    return list(map(one, ids))\ndef one(i):\n"
            "    return requests.get(f'http://shop/{i}', timeout=3).json()\n",
            why="map() is not seen as a loop",
        ),
    ],
)
def http_call_in_loop(call: CallSite, ask: Ask) -> Verdict | None:
    """A handler asks another service once per item, one after the other.

    The waiting times add up: ten times the items, ten times the wait.
    """
    if ask.in_retry(call):
        return None
    growing = ask.growing(call, _FEW)
    names = tuple(name for loop in growing for name in loop.targets)
    if names and ask.makes_coroutine(call) and not call.awaited:
        return handled()
    if not names or ask.stops_early(call):
        return harmless()
    if not ask.is_project(call):
        chain = ask.way(call)
        asks = ask.depends(call, names)
    else:
        chain = ask.keyed_chain(call, names, _REMOTE)
        asks = bool(chain)
    if not asks:
        return harmless()
    batch = f" ({call.library.batch})" if call.library.batch else ""
    return unhandled(
        f"{call.shown}() asks another service for each item, one after the other",
        fix=suggest(f"ask for all items in one request{batch}, or for several at once with a limit"),
        cause=f"{call.path}:{call.function.qualname}",
        trace=chain,
    )
