"""broad-exception-handler."""

import re

from durability.api import (
    Bad,
    Good,
    HandlerSite,
    Miss,
    Partial,
    Silent,
    Story,
    Verdict,
    handled,
    handlers,
    harmless,
    partial,
    rule,
    suggest,
    unhandled,
)

_PROBE = re.compile(r"(^|_)(health|healthz|healthcheck|status|ready|readiness|liveness|ping|probe)(_|$)")
"""Functions whose answer is whether something works: a failure is what they are there to report."""


@rule(
    lens="blindspot",
    severity="medium",
    confidence="high",
    cwe=[396],
    sources=["Yuan et al., Simple Testing Can Prevent Most Critical Failures, OSDI 2014"],
    story=Story(
        demo="Whatever goes wrong, the page still shows something.",
        production="Mistakes in the code look like passing trouble: nobody sees them, and they stay for months.",
        trigger="any mistake at all",
    ),
    action="Catch only the errors you expect, and let the others reach one place that reports them",
    minutes=(3, 10),
    sites=handlers(),
    examples=[
        Bad("def load(x):\n    try:\n        return fetch(x)\n    except Exception:  # <-\n        return None\n"),
        Bad("def load(x):\n    try:\n        return fetch(x)\n    except:  # <-\n        print('failed')\n"),
        Bad(
            "import logging\ndef load(x):\n    try:\n        return fetch(x)\n    except Exception as error:  # <-\n"
            "        logging.error('failed %s', error)\n        return []\n",
            why="a log line is not handling: the caller goes on",
            decoy=True,
        ),
        Good("def load(x):\n    try:\n        return fetch(x)\n    except ConnectionError:\n        return None\n"),
        Good(
            "def load(x):\n    try:\n        return fetch(x)\n    except Exception as error:\n        raise LoadError(x) from error\n"
        ),
        Partial(
            "def load(x):\n    try:\n        return fetch(x)\n    except Exception:\n        raise LoadError(x) from None\n"
        ),
        Good(
            "import logging\ndef load(x):\n    try:\n        return fetch(x)\n    except Exception:\n        logging.exception('failed')\n        return None\n",
            why="the trace tells a mistake from bad luck",
        ),
        Good(
            "import sys\ndef load(x):\n    try:\n        return fetch(x)\n    except Exception as error:\n        print(error)\n        sys.exit(1)\n",
            why="nothing goes on",
        ),
        Good(
            "def load(x, future):\n    try:\n        future.set_result(fetch(x))\n    except Exception as error:\n        future.set_exception(error)\n",
            why="whoever waits gets the error",
        ),
        Good(
            "def load(places):\n    last = None\n    for place in places:\n        try:\n            return fetch(place)\n        except Exception as error:\n            last = error\n    raise LoadError() from last\n",
            why="kept, and raised when nothing worked",
        ),
        Good(
            "def check(state):\n    try:\n        fetch()\n    except Exception as error:\n        state.add_error('fetch', repr(error))\n",
            why="it is what the check reports",
        ),
        Good(
            "def load(x):\n    try:\n        return fetch(x)\n    except Exception:\n        return fetch('copy of ' + x)\n",
            why="the other way may fail aloud",
        ),
        Good(
            "def health():\n    try:\n        fetch()\n    except Exception as error:\n        return {'status': 'down', 'why': str(error)}\n    return {'status': 'up'}\n",
            why="a failure is what it is there to report",
        ),
        Good(
            "import click\n@click.command()\ndef load():\n    try:\n        fetch()\n    except Exception as error:\n        click.echo(f'failed: {error}')\n",
            why="the person at the terminal reads it",
        ),
        Silent("def load(x):\n    return fetch(x)\n"),
        Silent("try:\n    import orjson as json\nexcept Exception:\n    import json\n", why="an optional part"),
        Miss(
            "def load(x):\n    try:\n        return fetch(x)\n    except (OSError, ValueError, TypeError, KeyError):\n        return None\n"
        ),
    ],
)
def broad_exception_handler(handler: HandlerSite) -> Verdict | None:
    """Every error is caught, also those that are mistakes in the code.

    The handler catches everything, does not raise and keeps no trace, so a wrong name looks the same as a lost
    connection. A trace in the log, the end of the process, or the error shown to the person at the terminal tells them.
    """
    if handler.only_loads:
        return None
    if not handler.broad or (handler.reraises and not handler.hides_cause):
        return harmless()
    if handler.tries_another:
        return harmless()
    if _PROBE.search(handler.function.name) and (handler.tells_caller or handler.answers_failure):
        return harmless()
    if handler.keeps_trace:
        return handled()
    if handler.ends_process or handler.hands_on or handler.tells_person:
        return harmless()
    advice = suggest("name the errors you expect; let the rest travel")
    if handler.reraises:
        return partial(
            "every error becomes another one", missing="the cause of the error", fix=advice, cause=handler.path
        )
    return unhandled("catches every error and goes on", fix=advice, cause=handler.path)
