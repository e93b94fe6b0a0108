"""fire-and-forget-task."""

from durability.api import (
    Ask,
    Bad,
    CallSite,
    Good,
    Miss,
    Silent,
    Step,
    Story,
    Verdict,
    calls,
    handled,
    rule,
    suggest,
    unhandled,
)

_ROUTE = "import asyncio\nfrom fastapi import FastAPI\napp = FastAPI()\n"
_SEND = "async def send(to):\n    await asyncio.sleep(1)\n"


@rule(
    lens="blindspot",
    severity="medium",
    confidence="high",
    cwe=[391],
    sources=["Python docs, asyncio.create_task: save a reference to the result"],
    story=Story(
        demo="The task starts, and is done before anybody looks.",
        production="A customer's mail is left half sent: the task vanishes or fails on the way, and nobody is told.",
        trigger="memory is tidied up while the task waits, or the task raises",
    ),
    action="Keep each task until it is done, and look at how it ended",
    minutes=(10, 30),
    sites=calls(name=("asyncio.create_task", "asyncio.ensure_future", "asyncio.*.create_task", "*.loop.create_task")),
    examples=[
        Bad(
            {
                "jobs.py": "import asyncio\n"
                + _SEND
                + "\ndef start(to):\n    return asyncio.create_task(send(to))  # <-\n",
                "app.py": _ROUTE + "import jobs as work\n\n@app.post('/buy')\nasync def buy(to: str):\n"
                "    work.start(to)\n    return 'ok'\n",
            },
            why="two files: the helper gives the task back and the caller, who calls it by another name, drops it",
        ),
        Bad(
            {
                "post/__init__.py": "from .counter import office\n",
                "post/counter.py": "import asyncio\n" + _SEND + "\nclass Office:\n    def start(self, to):\n"
                "        return asyncio.create_task(send(to))  # <-\n\noffice = Office()\n",
                "app.py": _ROUTE + "from post import office\n\n@app.post('/buy')\nasync def buy(to: str):\n"
                "    office.start(to)\n    return 'ok'\n",
            },
            why="three files: a method of an object that the package re-exports",
        ),
        Bad(
            _ROUTE + _SEND + "\n@app.post('/buy')\nasync def buy(to: str):\n    asyncio.create_task(send(to))  # <-\n"
            "    return 'ok'\n"
        ),
        Bad(
            _ROUTE + _SEND + "\n@app.post('/buy')\nasync def buy(to: str):\n"
            "    asyncio.create_task(send(to)).add_done_callback(print)  # <-\n    return 'ok'\n",
            why="a callback keeps no reference to the task",
            decoy=True,
        ),
        Good(
            {
                "jobs.py": "import asyncio\nkept = set()\n" + _SEND + "\ndef start(to):\n"
                "    task = asyncio.create_task(send(to))\n    kept.add(task)\n"
                "    task.add_done_callback(kept.discard)\n",
                "app.py": _ROUTE + "import jobs\n\n@app.post('/buy')\nasync def buy(to: str):\n    jobs.start(to)\n"
                "    return 'ok'\n",
            },
            why="the other file keeps it until it is done",
        ),
        Good(
            _ROUTE
            + _SEND
            + "\n@app.post('/buy')\nasync def buy(to: str):\n    async with asyncio.TaskGroup() as group:\n"
            "        group.create_task(send(to))\n    return 'ok'\n",
        ),
        Silent(_ROUTE + _SEND + "\n@app.post('/buy')\nasync def buy(to: str):\n    await send(to)\n    return 'ok'\n"),
        Miss(
            _ROUTE + _SEND + "\n@app.post('/buy')\nasync def buy(to: str):\n    task = asyncio.create_task(send(to))\n"
            "    print(task)\n    return 'ok'\n",
            why="bound to a name that ends with the function",
        ),
    ],
)
def fire_and_forget_task(call: CallSite, ask: Ask) -> Verdict | None:
    """A task is started and nothing keeps it.

    The event loop holds tasks only weakly, so one that nobody keeps may disappear while it waits, and what it raises
    is shown to nobody.
    """
    if "TaskGroup" in call.name:
        return handled()
    dropped = ask.dropped(call)
    if not dropped:
        return handled()
    steps = tuple(Step(item.path, item.line, f"{item.shown}() is dropped") for item in dropped[:1])
    return unhandled(
        "nothing keeps the task",
        fix=suggest("keep it in a set, with task.add_done_callback(tasks.discard), or use asyncio.TaskGroup"),
        trace=(*(() if dropped[0] is call else (Step(call.path, call.line, "starts a task"),)), *steps),
    )
