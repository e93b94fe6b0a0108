"""blocking-call-in-async."""

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

ROUTE = "from fastapi import FastAPI\nimport asyncio, time, requests, httpx, sqlite3\napp = FastAPI()\n"
OUTSIDE = ("http", "llm", "sleep", "process", "message", "charge", "refund", "blocking", "model.load")
OFFLOADED = (
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
    action="Use the asynchronous client, or make the route a plain `def`",
    minutes=(5, 20),
    arms=["insert-guarded-only-by-read", "non-atomic-file-write", "shared-sqlite-connection"],
    sites=(calls(effect=OUTSIDE, roles=SERVING, in_async=True), calls(name=OFFLOADED, roles=SERVING, in_async=True)),
    examples=[
        Bad(ROUTE + "@app.get('/')\nasync def home(u: str):\n    return requests.get(u, timeout=5).text  # <-\n"),
        Bad(ROUTE + "@app.get('/')\nasync def home():\n    time.sleep(2)  # <-\n"),
        Bad(
            ROUTE + "@app.get('/')\nasync def home(u: str):\n    await asyncio.sleep(0)\n"
            "    return requests.post(u, timeout=5).text  # <-\n",
            why="awaiting something else does not help",
            decoy=True,
        ),
        Good(
            ROUTE + "client = httpx.AsyncClient()\n@app.get('/')\nasync def home(u: str):\n"
            "    return (await client.get(u)).text\n"
        ),
        Good(
            ROUTE
            + "@app.get('/')\nasync def home(u: str):\n    return await asyncio.to_thread(requests.get, u, timeout=5)\n"
        ),
        Good(
            ROUTE
            + "@app.get('/')\nasync def home(u: str, v: str):\n    both = [asyncio.to_thread(requests.get, each, timeout=5) for each in (u, v)]\n"
            "    return await asyncio.gather(*both)\n",
            why="several at once, each in a thread",
        ),
        Silent(
            ROUTE + "@app.get('/')\ndef home(u: str):\n    return requests.get(u, timeout=5).text\n",
            why="runs in a thread",
        ),
        Miss(
            ROUTE + "def load(u):\n    return requests.get(u, timeout=5)\n@app.get('/')\nasync def home(u: str):\n"
            "    return load(u).text\n",
            why="through a helper: another rule",
        ),
    ],
)
def blocking_call_in_async(call: CallSite, ask: Ask) -> Verdict:
    """A coroutine makes a call that blocks, and stops every other request with it.

    An event loop runs one thing at a time; a call that does not await keeps the loop from serving anyone else.
    """
    if not call.library.blocking or call.awaited or call.elsewhere or any(maker.awaited for maker in ask.makers(call)):
        return harmless()
    return unhandled(
        f"{call.shown}() blocks the event loop in async {call.function.name}()",
        fix=suggest("await an asynchronous client, move the call to a thread, or make the function a plain def"),
        cause=f"{call.path}:{call.function.qualname}",
    )
