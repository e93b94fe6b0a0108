"""no-exception-telemetry."""

from durability.api import (
    Ask,
    Bad,
    Good,
    Miss,
    ProjectSite,
    Silent,
    Story,
    Verdict,
    handled,
    project,
    rule,
    suggest,
    unhandled,
)

_APP = "from flask import Flask\nimport sqlite3\napp = Flask(__name__)\n"
_PAY = (
    "@app.post('/pay')\ndef pay():\n    try:\n        sqlite3.connect('a.db').execute('INSERT INTO t VALUES (1)')\n"
    "    except Exception as error:\n        {report}\n        return 'no', 500\n    return 'ok'\n"
)


@rule(
    lens="blindspot",
    severity="medium",
    confidence="high",
    cwe=[778, 223],
    sources=["Yuan et al., Be Conservative: Enhancing Failure Diagnosis with Proactive Logging, OSDI 2012"],
    story=Story(
        demo="Whoever wrote it sees the error on the screen.",
        production="Something fails for a customer at night, and in the morning nothing tells what it was or where; it happens again.",
        trigger="something fails while nobody watches",
    ),
    action="Record each caught error with its trace, or report it to an error tracker",
    minutes=(15, 60),
    repository=True,
    sites=project(),
    examples=[
        Bad(
            {
                "app.py": _APP.replace("from flask", "from flask", 1).replace(
                    "import Flask\n", "import Flask  # <-\n", 1
                )
                + _PAY.format(report="print(error)")
            }
        ),
        Bad(
            {
                "app.py": "from flask import Flask  # <-\nimport store as s\napp = Flask(__name__)\n@app.post('/pay')\ndef pay():\n"
                "    return s.pay()\n",
                "store.py": "import logging, sqlite3\ndef pay():\n    try:\n"
                "        sqlite3.connect('a.db').execute('INSERT INTO t VALUES (1)')\n    except Exception as error:\n"
                "        logging.error('failed: %s', error)\n        return 'no'\n    return 'ok'\n",
            },
            why="a line in the log, without the place it comes from",
            decoy=True,
        ),
        Bad(
            {
                "app.py": "from flask import Flask  # <-\nfrom shop import Shop\napp = Flask(__name__)\nshop = Shop()\n"
                "@app.post('/pay')\ndef pay():\n    return shop.pay()\n",
                "shop/__init__.py": "from .pay import Shop\n",
                "shop/pay.py": "import requests\nclass Shop:\n    def pay(self):\n        try:\n"
                "            return requests.post('http://bank', timeout=3).text\n        except requests.RequestException:\n"
                "            return 'no'\n",
            },
            why="behind a re-export",
        ),
        Good({"app.py": _APP + "import logging\n" + _PAY.format(report="logging.exception('not paid')")}),
        Good(
            {
                "app.py": _APP + "import tracking\n" + _PAY.format(report="print(error)"),
                "tracking.py": "import sentry_sdk\nsentry_sdk.init()\n",
            },
            why="an error tracker, set up in the other file",
        ),
        Silent({"app.py": _APP + "@app.get('/')\ndef home():\n    return 'hello'\n"}, why="nothing is caught"),
        Silent(
            {"load.py": "try:\n    print(open('x').read())\nexcept OSError as error:\n    print(error)\n"},
            why="a person watches",
        ),
        Miss(
            {
                "app.py": _APP
                + "import logging\n"
                + _PAY.format(report="print(error)")
                + "@app.get('/x')\ndef other():\n    try:\n        pass\n"
                "    except Exception:\n        logging.exception('x')\n"
            },
            why="one place that does is enough",
        ),
    ],
)
def no_exception_telemetry(site: ProjectSite, ask: Ask) -> Verdict | None:
    """Errors are caught while people are served, and none is recorded with its trace.

    What is left of a failure is a line of text or nothing: not what failed, nor where.
    """
    caught = ask.caught_while_serving()
    if caught == "none":
        return None
    if caught == "traced" or ask.has_tracker():
        return handled()
    return unhandled(
        "no caught error is recorded with its trace, and no error tracker is set up",
        fix=suggest("use logger.exception() in handlers, or set up an error tracker"),
    )
