"""busy-wait."""

from durability.api import (
    Ask,
    Bad,
    Good,
    LoopSite,
    Miss,
    Silent,
    Story,
    Verdict,
    handled,
    loops,
    rule,
    suggest,
    unhandled,
)

_JOB = "import threading\nworker = threading.Thread(target=print)\nworker.start()\n"


@rule(
    lens="scale",
    severity="medium",
    confidence="high",
    cwe=[400, 835],
    sources=["Herlihy and Shavit, The Art of Multiprocessor Programming, 7.1"],
    story=Story(
        demo="The answer is there before anybody notices the wait.",
        production="While it waits, one processor does nothing but ask; everything else on the machine gets slower, and the other side is asked without a break.",
        trigger="what it waits for takes longer than a moment",
    ),
    action="Wait with a pause, an event or a blocking call",
    minutes=(5, 20),
    sites=loops(),
    examples=[
        Bad(_JOB + "while worker.is_alive():  # <-\n    pass\n"),
        Bad(
            {
                "main.py": "from jobs import Job\ndef run():\n    job = Job()\n    while not job.done():  # <-\n        continue\nrun()\n",
                "jobs.py": "import requests\nclass Job:\n    def done(self):\n"
                "        return requests.get('http://jobs/1', timeout=3).json()['done']\n",
            },
            why="each round asks the other side, through a method in another file",
        ),
        Bad(
            {
                "main.py": "from jobs import wait as w\nw(3)\n",
                "jobs/__init__.py": "from .waiting import wait\n",
                "jobs/waiting.py": "import requests, time\ndef status(n):\n    return requests.get(f'http://jobs/{n}', timeout=3).json()\n"
                "def wait(n):\n    time.sleep(1)\n    state = status(n)\n    while state.get('open'):  # <-\n        state = status(n)\n",
            },
            why="it sleeps, but not in the loop",
            decoy=True,
        ),
        Good(_JOB + "import time\nwhile worker.is_alive():\n    time.sleep(0.2)\n"),
        Good(
            {
                "main.py": "from jobs import pause\nimport os\nwhile not os.path.exists('ready'):\n    pause()\n",
                "jobs.py": "import time\ndef pause():\n    time.sleep(1)\n",
            },
            why="the pause is in another file",
        ),
        Silent("total = 0\nfor n in range(3):\n    total += n\n", why="no waiting"),
        Silent("n = 0\nwhile n < 3:\n    n += 1\n", why="it counts"),
        Miss(
            _JOB + "def again():\n    if worker.is_alive():\n        again()\nagain()\n",
            why="a recursion instead of a loop",
        ),
    ],
)
def busy_wait(loop: LoopSite, ask: Ask) -> Verdict | None:
    """A loop asks again and again whether it may go on, without a pause.

    It takes a whole processor while it waits, and asks as fast as the other side answers.
    """
    if not ask.polls(loop):
        return None
    if ask.rests(loop):
        return handled()
    return unhandled("the loop asks again without a pause", fix=suggest("sleep, or wait on an event, in each round"))
