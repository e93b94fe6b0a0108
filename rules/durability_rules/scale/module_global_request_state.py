"""module-global-request-state."""

from durability.api import (
    SERVING,
    Ask,
    Bad,
    Good,
    Miss,
    Silent,
    StateSite,
    Story,
    Unclear,
    Verdict,
    harmless,
    rule,
    states,
    suggest,
    unhandled,
    unsure,
)

_ROUTE = "from flask import Flask, request\napp = Flask(__name__)\n"


@rule(
    lens="scale",
    severity="medium",
    confidence="high",
    preview=True,
    cwe=[362],
    sources=["The Twelve-Factor App, Processes"],
    story=Story(
        demo="One person, one process.",
        production="Two visitors overwrite each other's values: one is shown what the other asked for, and a second server knows nothing of either.",
        trigger="two people use it at once, or a second server is started",
    ),
    action="Pass it along with the request, or keep it per user in a database",
    minutes=(15, 60),
    sites=states(roles=SERVING),
    examples=[
        Bad(
            {
                "state.py": "user = None  # <-\n\ndef enter(name):\n    global user\n    user = name\n",
                "app.py": _ROUTE + "import state as st\n\n@app.route('/login')\ndef login():\n"
                "    st.enter(request.args['name'])\n    return 'ok'\n\n@app.route('/me')\ndef me():\n"
                "    return str(st.user)\n",
            },
            why="two files, through an alias",
        ),
        Bad(
            {
                "core/__init__.py": "from .current import choose, chosen\n",
                "core/current.py": "selected = ''  # <-\n\ndef choose(name):\n    global selected\n    selected = name\n\n"
                "def chosen():\n    return selected\n",
                "app.py": _ROUTE + "from core import choose, chosen\n\n@app.route('/choose')\ndef pick():\n"
                "    choose(request.args['file'])\n    return 'ok'\n\n@app.route('/show')\ndef show():\n"
                "    return chosen()\n",
            },
            why="three files: behind functions that a package re-exports",
        ),
        Bad(
            _ROUTE
            + "count = 0  # <-\n\n@app.route('/')\ndef home():\n    global count\n    count += 1\n    return str(count)\n"
        ),
        Bad(
            _ROUTE + "import threading\nlock = threading.Lock()\ncount = 0  # <-\n\n@app.route('/')\ndef home():\n"
            "    global count\n    with lock:\n        pass\n    count += 1\n    return str(count)\n",
            why="the lock guards nothing",
            decoy=True,
        ),
        Bad(
            _ROUTE + "class Screen:\n    last = ''  # <-\n\n    def show(self, text):\n        Screen.last = text\n\n"
            "    def again(self):\n        return Screen.last\n\n@app.route('/show')\ndef show():\n"
            "    Screen().show(request.args['q'])\n    return ''\n\n@app.route('/again')\ndef again():\n"
            "    return Screen().again()\n",
            why="an attribute of the class is one for everybody",
        ),
        Good(
            {
                "clients.py": "client = None\n\ndef get():\n    global client\n    if client is None:\n"
                "        client = make()\n    return client\n\ndef make():\n    return object()\n",
                "app.py": _ROUTE + "import clients\n\n@app.route('/')\ndef home():\n    return str(clients.get())\n",
            },
            why="made once, in another file",
        ),
        Good(
            _ROUTE + "import threading\nlock = threading.Lock()\ncount = 0\n\n@app.route('/')\ndef home():\n"
            "    global count\n    with lock:\n        count += 1\n    return str(count)\n",
        ),
        Unclear(
            _ROUTE + "from models import load\nmodel = None\n\n@app.route('/reload')\ndef reload():\n    global model\n"
            "    model = load()\n    return 'ok'\n\n@app.route('/')\ndef home():\n    return str(model)\n",
            why="may be the same for everybody",
        ),
        Silent("count = 0\ndef main():\n    global count\n    count += 1\nif __name__ == '__main__':\n    main()\n"),
        Silent(
            _ROUTE + "@app.route('/')\ndef home():\n    count = 0\n    count += 1\n    return str(count)\n",
            why="a name of the function",
        ),
        Miss(
            _ROUTE + "class Box:\n    pass\nbox = Box()\n\n@app.route('/')\ndef home():\n"
            "    setattr(box, 'user', request.args['n'])\n    return str(getattr(box, 'user'))\n",
            why="attributes set by name",
        ),
    ],
)
def module_global_request_state(state: StateSite, ask: Ask) -> Verdict | None:
    """What one request sets under a shared name, another request reads.

    Every request of the process shares that name, and no other process sees it.
    """
    changed = ask.changes(state)
    if not changed:
        return None
    loose = [event for event in changed if not ask.is_settled(event)]
    if not loose:
        return harmless()
    read = ask.readers(state, changed)
    counted = [event for event in loose if ask.origin(state, event) == "itself"]
    given = [event for event in loose if read and ask.origin(state, event) == "outside"]
    if not counted and not given:
        return unsure("unresolved") if read else None
    first = (given or counted)[0]
    return unhandled(
        f"{state.name} is one for all users, and requests change it",
        fix=suggest("pass it along with the request, or keep it per user in a database"),
        cause=state.cause,
        trace=(ask.step(state, first), *(ask.step(state, event) for event in read[:1])),
    )
