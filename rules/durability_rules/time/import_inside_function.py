"""import-inside-function."""

from durability.api import (
    Ask,
    Bad,
    FunctionSite,
    Good,
    Miss,
    Silent,
    Story,
    Verdict,
    functions,
    harmless,
    rule,
    suggest,
    unhandled,
)


@rule(
    lens="time",
    severity="low",
    confidence="high",
    cwe=[1047],
    sources=["PEP 8, Imports"],
    story=Story(
        demo="It works when the button is pressed.",
        production="What the program needs shows up only when a rare feature is first used: it starts without a part and fails in the middle.",
        trigger="a rarely used feature on a fresh machine",
    ),
    action="Import at the top of the module",
    minutes=(1, 5),
    sites=functions(),
    examples=[
        Bad("def run():  # <-\n    import requests\n    return requests.get('u', timeout=1)\n"),
        Bad("class Job:\n    def run(self):  # <-\n        from redis import Redis\n        return Redis()\n"),
        Bad(
            "import json\ndef run():  # <-\n    import requests\n    return json.dumps(requests.get('u', timeout=1).json())\n",
            decoy=True,
            why="one import on top, another inside",
        ),
        Good("import requests\ndef run():\n    return requests.get('u', timeout=1)\n"),
        Good(
            "def run():\n    try:\n        import orjson\n    except ImportError:\n        orjson = None\n    return orjson\n",
            why="optional",
        ),
        Good(
            {
                "app.py": "import requests\nimport job\n",
                "job.py": "def run():\n    import requests\n    return requests.get('u', timeout=1)\n",
            },
            why="the program does not start without it",
        ),
        Good(
            {
                "app.py": "def run():\n    from db import load\n    return load()\n",
                "db.py": "def load():\n    return 1\n",
            },
            why="the project's own",
        ),
        Good("def run():\n    import time\n    return time.monotonic()\n", why="always there"),
        Silent("import os\nprint(os.name)\n"),
        Miss("def run():\n    return __import__('requests').get('u', timeout=1)\n"),
    ],
)
def import_inside_function(function: FunctionSite, ask: Ask) -> Verdict:
    """A package is imported inside a function, and nowhere at the top of a module.

    That it is missing shows up when the function first runs, not when the program starts. The standard library and the
    project's own modules are always there; a command may load what only it needs.
    """
    hidden = ask.loaded_late(function)
    if not hidden or function.for_person or "startup" in function.reach.roles:
        return harmless()
    return unhandled(
        f"{function.function.name}() imports {hidden[0]}",
        fix=suggest("move the import to the top of the module"),
        cause=function.path,
    )
