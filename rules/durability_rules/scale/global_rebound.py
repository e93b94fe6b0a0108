"""global-rebound."""

from durability.api import (
    SERVING,
    Bad,
    FunctionSite,
    Good,
    Miss,
    Silent,
    Story,
    Verdict,
    functions,
    handled,
    rule,
    suggest,
    unhandled,
)

_ROUTE = "from flask import Flask\napp = Flask(__name__)\n"


@rule(
    lens="scale",
    severity="low",
    confidence="high",
    cwe=[362],
    sources=["The Twelve-Factor App, Processes"],
    story=Story(
        demo="One person, one process.",
        production="Two visitors overwrite each other's values, and a second server does not know what the first one knows.",
        trigger="two requests at once, or a second server",
    ),
    action="Keep state in the database or pass it along",
    minutes=(15, 60),
    sites=functions(roles=(*SERVING, "library")),
    examples=[
        Bad(
            _ROUTE
            + "count = 0\n@app.route('/')\ndef home():  # <-\n    global count\n    count += 1\n    return str(count)\n"
        ),
        Bad(
            {
                "state.py": "user = None\ndef login(name):  # <-\n    global user\n    user = name\n",
                "app.py": _ROUTE + "import state\n@app.route('/')\ndef home():\n    state.login('a')\n    return ''\n",
            }
        ),
        Bad(
            _ROUTE
            + "import threading\nlock = threading.Lock()\ncount = 0\n@app.route('/')\ndef home():  # <-\n    global count\n    with lock:\n        pass\n    count += 1\n    return str(count)\n",
            why="the lock guards nothing",
            decoy=True,
        ),
        Good(_ROUTE + "@app.route('/')\ndef home():\n    return ''\n"),
        Good(
            _ROUTE
            + "client = None\ndef get():\n    global client\n    if client is None:\n        client = make()\n    return client\n@app.route('/')\ndef home():\n    return get().text\n",
            why="made once",
        ),
        Silent("count = 0\ndef main():\n    global count\n    count += 1\nif __name__ == '__main__':\n    main()\n"),
        Miss(_ROUTE + "state = {}\n@app.route('/')\ndef home():\n    state['n'] = 1\n    return ''\n"),
    ],
)
def global_rebound(function: FunctionSite) -> Verdict:
    """A function that serves requests rebinds a name of its module.

    Every request of the process shares that name, and no other process sees it.
    """
    if not function.function.globals or function.rebinds_once:
        return handled()
    names = ", ".join(sorted(set(function.function.globals)))
    return unhandled(
        f"{function.function.name}() rebinds {names} for everybody",
        fix=suggest("keep it in the database, or pass it along"),
    )
