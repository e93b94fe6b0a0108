"""unbounded-fanout."""

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
    unsure,
)

_ROUTE = "import asyncio\nfrom fastapi import FastAPI\napp = FastAPI()\n"
_FETCH = "import asyncio\n\nasync def fetch(link):\n    await asyncio.sleep(1)\n    return link\n"
_GATHER = "@app.post('/all')\nasync def every(links: list[str]):\n    return await "


@rule(
    lens="scale",
    severity="medium",
    confidence="medium",
    cwe=[770, 400],
    sources=["Python docs, asyncio.Semaphore", "Nygard, Release It! 2nd ed., Bulkheads"],
    story=Story(
        demo="Three links, three quick requests side by side.",
        production="Somebody sends a long list, and everything on it starts at the same moment: the other side refuses, or memory runs out.",
        trigger="the list is long",
    ),
    action="Let only a fixed number run at the same time",
    minutes=(10, 30),
    preview=True,
    sites=calls(name=("asyncio.gather", "asyncio.create_task", "threading.Thread"), roles=SERVING),
    examples=[
        Bad(
            {
                "work.py": _FETCH,
                "app.py": _ROUTE
                + "import work as w\n\n"
                + _GATHER
                + "asyncio.gather(*[w.fetch(link) for link in links])  # <-\n",
            },
            why="two files, through an alias",
        ),
        Bad(
            {
                "pages/__init__.py": "from .reader import pages\n",
                "pages/reader.py": "import asyncio\n\nclass Reader:\n    async def one(self, link):\n"
                "        return link\n\n    async def every(self, links):\n"
                "        return await asyncio.gather(*(self.one(link) for link in links))  # <-\n\npages = Reader()\n",
                "app.py": _ROUTE + "from pages import pages\n\n" + _GATHER + "pages.every(links)\n",
            },
            why="three files: in a method of an object that the package re-exports",
        ),
        Bad(
            _ROUTE
            + _FETCH
            + "limit = asyncio.Semaphore(5)\n\n"
            + _GATHER
            + "asyncio.gather(*[fetch(link) for link in links])  # <-\n",
            why="a semaphore that nobody asks",
            decoy=True,
        ),
        Good(
            {
                "work.py": "import asyncio\ngate = asyncio.Semaphore(5)\n\nasync def fetch(link):\n"
                "    async with gate:\n        return link\n",
                "app.py": _ROUTE
                + "import work\n\n"
                + _GATHER
                + "asyncio.gather(*[work.fetch(link) for link in links])\n",
            },
            why="the limit is in the other file",
        ),
        Good(
            _ROUTE + _FETCH + "\n@app.get('/two')\nasync def two():\n"
            "    return await asyncio.gather(*[fetch(link) for link in ('a', 'b')])\n",
        ),
        Silent(
            _ROUTE + _FETCH + "\n@app.get('/two')\nasync def two():\n    return [await fetch('a'), await fetch('b')]\n"
        ),
        Miss(
            _ROUTE + _FETCH + "\n@app.post('/all')\nasync def every(links: list[str]):\n"
            "    return await asyncio.gather(*map(fetch, links))\n",
            why="through map",
        ),
    ],
)
def unbounded_fanout(call: CallSite, ask: Ask) -> Verdict | None:
    """One piece of work is started for each item, all at once.

    The number follows what somebody sends or what the table holds, and nothing makes the rest wait.
    """
    amount = ask.fanout(call)
    if amount == "one":
        return None
    if amount == "unknown":
        return unsure("unresolved")
    if amount != "many":
        return handled()
    return unhandled(
        f"{call.shown}() starts one piece of work per item, all at once",
        fix=suggest("let each one wait for its turn: `async with asyncio.Semaphore(10)`, or a pool with max_workers"),
        trace=ask.way(call),
    )
