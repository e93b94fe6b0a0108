"""thread-per-request."""

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
    rule,
    suggest,
    unhandled,
)

_ROUTE = "from flask import Flask\nimport threading\napp = Flask(__name__)\n"
_POOLS = ("concurrent.futures.ThreadPoolExecutor", "multiprocessing.pool.ThreadPool")
"""Pools of threads are bounded by default, and end with the request that made them."""


@rule(
    lens="scale",
    severity="medium",
    confidence="high",
    cwe=[400, 770],
    sources=["Python documentation, concurrent.futures", "Nygard, Release It! 2nd ed., Bulkheads"],
    story=Story(
        demo="One click starts one thread, and nobody notices it.",
        production="Every request starts another thread or process; a busy minute fills the memory and the machine stops answering.",
        trigger="more people use it than it has threads to spare",
    ),
    action="Hand the work to one bounded pool or queue that all requests share",
    minutes=(15, 60),
    sites=calls(
        name=(
            "threading.Thread",
            "threading.Timer",
            "multiprocessing.Process",
            "multiprocessing.Pool",
            *_POOLS,
            "concurrent.futures.ProcessPoolExecutor",
        ),
        roles=("route", "bot", "ui", "tool"),
    ),
    examples=[
        Bad(
            _ROUTE + "@app.post('/jobs')\ndef start():\n    threading.Thread(target=work).start()  # <-\n"
            "    return 'ok'\ndef work(): pass\n"
        ),
        Bad(
            {
                "app.py": "from fastapi import FastAPI\nimport jobs as j\napp = FastAPI()\n"
                "@app.post('/jobs')\ndef start():\n    j.begin(1)\n    return 'ok'\n",
                "jobs.py": "from multiprocessing import Process\ndef begin(n):\n"
                "    Process(target=work, args=(n,)).start()  # <-\ndef work(n): pass\n",
            },
            why="in a helper of another file",
        ),
        Bad(
            {
                "app.py": "from flask import Flask\nfrom work import Runner\napp = Flask(__name__)\nrunner = Runner()\n"
                "@app.post('/jobs')\ndef start():\n    runner.begin()\n    return 'ok'\n",
                "work/__init__.py": "from .runner import Runner\n",
                "work/runner.py": "import threading\nclass Runner:\n    def begin(self):\n"
                "        with threading.Lock():\n            t = threading.Thread(target=self.run)  # <-\n"
                "            t.start()\n    def run(self): pass\n",
            },
            why="a method behind a re-export; the lock is released before the thread ends",
            decoy=True,
        ),
        Good(
            {
                "app.py": _ROUTE
                + "from pool import submit\n@app.post('/jobs')\ndef start():\n    submit()\n    return 'ok'\n",
                "pool.py": "from concurrent.futures import ThreadPoolExecutor\n_pool = None\ndef submit():\n    global _pool\n"
                "    if _pool is None:\n        _pool = ThreadPoolExecutor(4)\n    _pool.submit(work)\ndef work(): pass\n",
            },
            why="one pool for all, made once in the other file",
        ),
        Good(
            _ROUTE + "from concurrent.futures import ThreadPoolExecutor\n@app.get('/')\ndef both():\n"
            "    with ThreadPoolExecutor(max_workers=2) as pool:\n        return str(list(pool.map(len, ['a', 'b'])))\n",
            why="bounded, and gone when the request is",
        ),
        Silent("import threading\nthreading.Thread(target=print).start()\n", why="a script starts one"),
        Silent(_ROUTE + "threading.Thread(target=print, daemon=True).start()\n", why="once, when the server starts"),
        Miss(
            _ROUTE + "starters = [threading.Thread]\n@app.post('/jobs')\ndef start():\n"
            "    starters[0](target=print).start()\n    return 'ok'\n",
            why="the class is taken out of a list",
        ),
    ],
)
def thread_per_request(call: CallSite, ask: Ask) -> Verdict:
    """A handler starts a thread or process of its own for each request.

    Nothing bounds how many run at once, and nobody waits for them when the server stops.
    """
    target = call.argument("target")
    if call.kept or call.name in _POOLS or (target is not None and target.text == "shutdown"):
        return handled()  # a server that stops itself does so once
    what = "process" if "rocess" in call.name else "thread"
    return unhandled(
        f"{call.shown}() starts a {what} per call of {call.function.name}()",
        fix=suggest("submit to one bounded pool made at start-up, or to a job queue"),
        cause=f"{call.path}:{call.function.qualname}",
        trace=ask.way(call),
    )
