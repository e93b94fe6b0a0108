"""print-as-logging."""

from durability.api import (
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

_SERVED = ("route", "worker", "bot", "tool", "library", "import", "startup")
_ROUTE = "from flask import Flask\nimport logging\napp = Flask(__name__)\n"


@rule(
    lens="blindspot",
    severity="low",
    confidence="high",
    cwe=[778],
    sources=["The Twelve-Factor App, Logs"],
    story=Story(
        demo="The terminal shows what happens.",
        production="On a server nobody looks at the terminal: no time, no level, nothing to search when something went wrong last night.",
        trigger="the first question about yesterday",
    ),
    action="Write through a logger",
    minutes=(1, 3),
    sites=(calls(name="print", roles=_SERVED), calls(effect=("log", "telemetry"), roles=_SERVED)),
    examples=[
        Bad(_ROUTE + "@app.route('/')\ndef home():\n    print('hello')  # <-\n    return ''\n"),
        Bad(
            {
                "jobs.py": "def run():\n    print('running')  # <-\n",
                "app.py": _ROUTE + "import jobs\n@app.route('/')\ndef home():\n    jobs.run()\n    return ''\n",
            }
        ),
        Bad(
            _ROUTE
            + "log = logging.getLogger()\n@app.route('/')\ndef home():\n    print('INFO: hello')  # <-\n    return ''\n",
            why="a logger is made and not used",
            decoy=True,
        ),
        Good(_ROUTE + "@app.route('/')\ndef home():\n    logging.info('hello')\n    return ''\n"),
        Silent(
            "def main():\n    print('hello')\nif __name__ == '__main__':\n    main()\n",
            why="a command talks to the terminal",
        ),
        Miss(_ROUTE + "import sys\n@app.route('/')\ndef home():\n    sys.stdout.write('hello')\n    return ''\n"),
    ],
)
def print_as_logging(call: CallSite) -> Verdict | None:
    """The server prints instead of logging.

    What is printed has no time, no level and no place, and is often lost.
    """
    if call.name != "print":
        return handled()
    roles = call.reach.roles
    if roles & {"cli", "ui", "script"} and not roles & {"route", "worker", "bot", "tool"}:
        return None
    if call.argument("file") is not None or call.under_main_guard:
        return None
    return unhandled("prints instead of logging", cause=call.path, fix=suggest("use a logger"))
