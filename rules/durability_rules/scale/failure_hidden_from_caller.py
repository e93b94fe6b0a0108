"""failure-hidden-from-caller."""

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

SMALLEST = 3
OUTSIDE = ("db", "http", "llm", "process", "message", "charge", "enqueue", "cache")
"""What can be overloaded, down, or slow for somebody else's reasons."""
_BODY = "    a = one(x)\n    b = two(a)\n    c = three(b)\n"
_ASKS = "import sqlite3\ndb = sqlite3.connect('x')\ndef one(x):\n    return db.execute('SELECT 1', x)\n"
_INNER = "        a = one(x)\n        b = two(a)\n        c = three(b)\n        return c\n"


@rule(
    lens="scale",
    severity="medium",
    confidence="high",
    cwe=[396],
    sources=["Nygard, Release It!, 2nd edition: Fail Fast"],
    story=Story(
        demo="Nothing ever crashes.",
        production="When something it depends on is overloaded, nobody can tell: nothing backs off, nothing tries later, and it all stays slow.",
        trigger="a service or the database is overloaded",
    ),
    action="Guard single calls with the errors they raise, not whole functions with everything",
    minutes=(10, 20),
    sites=functions(),
    examples=[
        Bad(_ASKS + "def run(x):  # <-\n    try:\n" + _INNER + "    except Exception:\n        return None\n"),
        Bad(_ASKS + "def run(x):  # <-\n    try:\n" + _INNER + "    except:\n        print('failed')\n"),
        Bad(
            _ASKS
            + "import logging\ndef run(x):  # <-\n    try:\n"
            + _INNER
            + "    except Exception as error:\n        logging.exception(error)\n        return {'ok': False}\n",
            decoy=True,
            why="told to the log, not to the caller",
        ),
        Good("def run(x):\n" + _BODY + "    return c\n"),
        Good(
            _ASKS
            + "def run(x):\n    try:\n"
            + _INNER
            + "    except Exception as error:\n        raise RunError(x) from error\n"
        ),
        Good(
            _ASKS
            + "def run(x):\n    try:\n"
            + _INNER
            + "    except Exception as error:\n        return {'status': 'error', 'why': str(error)}\n",
            why="the answer carries the error",
        ),
        Good(
            _ASKS
            + "import logging\ndef run(x, answer):\n    try:\n"
            + _INNER
            + "    except Exception:\n        logging.exception('failed')\n        answer.set_status(500)\n",
            why="traced, and said to whoever asked",
        ),
        Good(
            _ASKS
            + "def run(x):\n    found = {}\n    try:\n"
            + _INNER.replace("return c", "found['c'] = c")
            + "    except Exception as error:\n        found['error'] = str(error)\n    return found\n",
            why="so does what it fills",
        ),
        Good(
            _ASKS
            + "def run(x):\n    try:\n"
            + _INNER
            + "    except Exception:\n        return {'error': 'failed'}, 500\n",
            why="the client is told",
        ),
        Good(
            _ASKS
            + "def run(x):\n"
            + _BODY
            + "    d = four(c)\n    try:\n        e = five(d)\n        f = six(e)\n    except Exception:\n        f = None\n    return f\n"
        ),
        Good(
            "def run(x):\n    try:\n" + _INNER + "    except Exception:\n        return None\n",
            why="nothing outside is asked that could be overloaded",
        ),
        Good(
            _ASKS + "def run(x):\n    try:\n" + _INNER + "    except Exception:\n        return x\n",
            why="the caller has what it had before",
        ),
        Silent("def run(x):\n    return x\n", why="too small to say"),
        Miss(
            _ASKS
            + "def run(x):\n    try:\n"
            + _INNER
            + "    except (OSError, ValueError, KeyError, TypeError):\n        return None\n"
        ),
    ],
)
def failure_hidden_from_caller(function: FunctionSite, ask: Ask) -> Verdict | None:
    """Most of a function that asks another system runs under a handler that catches everything.

    Its caller never learns what failed, so a lost connection cannot be tried again and an overload cannot be shed.
    """
    total = function.function.statements
    if total < SMALLEST:
        return None
    share = function.broadly_guarded_statements / total
    if share > 0.4 and any(ask.has_effect(call, effect) for call in function.calls_here() for effect in OUTSIDE):
        return unhandled(
            f"{share:.0%} of {function.function.name}() runs under a handler that catches everything",
            fix=suggest("guard single calls with the errors they raise"),
            cause=function.path,
        )
    return harmless()
