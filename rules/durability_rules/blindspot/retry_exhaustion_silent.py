"""retry-exhaustion-silent."""

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

_TRY = (
    "def load(url):\n    for attempt in range(3):  # <-\n        try:\n"
    "            return requests.get(url, timeout=3).json()\n        except requests.RequestException as error:\n"
    "            {on_error}\n{end}"
)
_HEAD = "import logging, requests, time\n"


@rule(
    lens="blindspot",
    severity="medium",
    confidence="high",
    cwe=[392],
    sources=["Stoica et al., If At First You Don't Succeed, Try, Try, Again...?, SOSP 2024"],
    story=Story(
        demo="The second try works.",
        production="When every try has failed, the program goes on with nothing in its hands and says that all is well; people act on an empty answer.",
        trigger="the other side is down for longer than the tries last",
    ),
    action="Raise the last error when all tries have failed",
    minutes=(5, 15),
    arms=["no-error-boundary"],
    sites=loops(),
    examples=[
        Bad(_HEAD + _TRY.format(on_error="time.sleep(2 ** attempt)", end="    return {}\n")),
        Bad(
            {
                "app.py": "import client as c\nprint(c.load('http://shop')['total'])\n",
                "client.py": _HEAD + _TRY.format(on_error="logging.warning('again: %s', error)", end=""),
            },
            why="it logs each try and falls off the end",
            decoy=True,
        ),
        Bad(
            {
                "app.py": "from shop import Client\nprint(Client().load('http://shop'))\n",
                "shop/__init__.py": "from .client import Client\n",
                "shop/client.py": _HEAD + "from .send import send\nclass Client:\n    def load(self, url):\n"
                "        for attempt in range(3):  # <-\n            try:\n                return send(url)\n"
                "            except OSError:\n                time.sleep(2 ** attempt)\n        return None\n",
                "shop/send.py": "import requests\ndef send(url):\n    return requests.get(url, timeout=3)\n",
            },
            why="a method behind a re-export, the call in a third file",
        ),
        Good(
            _HEAD
            + _TRY.format(on_error="time.sleep(2 ** attempt)", end="    raise RuntimeError('no answer')\n").replace(
                "  # <-", ""
            )
        ),
        Good(
            _HEAD + _TRY.format(on_error="if attempt == 2:\n                raise", end="").replace("  # <-", ""),
            why="the last try lets the error go",
        ),
        Good(
            {
                "app.py": "from client import load\nprint(load('http://shop'))\n",
                "client.py": _HEAD
                + "from errors import give_up\n"
                + _TRY.format(on_error="time.sleep(1)", end="    give_up(url)\n").replace("  # <-", ""),
                "errors.py": "def give_up(url):\n    raise RuntimeError(url)\n",
            },
            why="a helper of another file raises",
        ),
        Silent(_HEAD + "for url in open('urls'):\n    print(requests.get(url, timeout=3).text)\n", why="no retry"),
        Miss(
            _HEAD
            + "def load(url, left=3):\n    try:\n        return requests.get(url, timeout=3)\n    except OSError:\n"
            "        return load(url, left - 1) if left else None\n",
            why="a recursion instead of a loop",
        ),
    ],
)
def retry_exhaustion_silent(loop: LoopSite, ask: Ask) -> Verdict | None:
    """After the last failed try the function goes on as if there were an answer.

    What it gives back (nothing, an empty value) looks like an answer of the other side.
    """
    if not ask.retries(loop) or loop.view.endless:
        return None
    end = ask.after_tries(loop)
    if not end:
        return handled()
    return unhandled(f"after the last try it {end}", fix=suggest("keep the last error and raise it after the loop"))
