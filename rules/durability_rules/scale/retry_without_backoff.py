"""retry-without-backoff."""

from durability.api import (
    Ask,
    Bad,
    CallSite,
    Good,
    LoopSite,
    Miss,
    Partial,
    Silent,
    Story,
    Verdict,
    calls,
    handled,
    loops,
    partial,
    rule,
    suggest,
    unhandled,
)

_ALONE = frozenset({"cli", "startup", "import"})
"""One process that nobody else waits for."""

HEAD = "import requests, time, random\n"


@rule(
    lens="scale",
    severity="medium",
    confidence="high",
    cwe=[400],
    sources=["Stoica et al., WASABI, SOSP 2024", "Huang et al., Metastable Failures in the Wild, OSDI 2022"],
    story=Story(
        demo="The second try works.",
        production="When the other service struggles, every client hammers it again at once and keeps it down.",
        trigger="another service is overloaded",
    ),
    action="Wait longer after each failed try, with some randomness",
    minutes=(5, 15),
    sites=(loops(), calls(effect="retry")),
    examples=[
        Bad(
            HEAD
            + "def load(u):\n    for attempt in range(3):  # <-\n        try:\n            return requests.get(u, timeout=5)\n"
            "        except requests.RequestException:\n            continue\n"
        ),
        Bad(
            HEAD + "def load(u):\n    while True:  # <-\n        try:\n            r = requests.get(u, timeout=5)\n"
            "            break\n        except Exception as error:\n            print('retrying', error)\n    return r\n"
        ),
        Bad(
            HEAD + "def load(u):\n    time.sleep(1)\n    for attempt in range(3):  # <-\n        try:\n"
            "            return requests.get(u, timeout=5)\n        except requests.RequestException:\n"
            "            backoff = 2 ** attempt\n",
            why="computes a wait and never waits",
            decoy=True,
        ),
        Good(
            HEAD
            + "def load(u):\n    for attempt in range(3):\n        try:\n            return requests.get(u, timeout=5)\n"
            "        except requests.RequestException:\n            time.sleep(2 ** attempt + random.random())\n"
        ),
        Good("import tenacity\n@tenacity.retry(wait=tenacity.wait_exponential())\ndef load():\n    ...\n"),
        Partial(
            HEAD + "from flask import Flask\napp = Flask(__name__)\n@app.get('/<u>')\n"
            "def load(u):\n    for attempt in range(3):\n        try:\n            return requests.get(u, timeout=5).text\n"
            "        except requests.RequestException:\n            time.sleep(1)\n"
        ),
        Good(
            HEAD
            + "def wait():\n    for attempt in range(20):\n        try:\n            return requests.get('http://db', timeout=5)\n"
            "        except requests.RequestException:\n            time.sleep(1)\nif __name__ == '__main__':\n    wait()\n",
            why="one process that waits for another to start",
        ),
        Silent(
            HEAD + "from taken import Taken\ndef put(u, base):\n    name = base\n    while True:\n        try:\n"
            "            return requests.put(u + name, timeout=5)\n        except Taken:\n            name = name + '_'\n",
            why="asks for something else each time",
        ),
        Silent(
            HEAD + "def load(urls):\n    for u in urls:\n        try:\n            print(requests.get(u, timeout=5))\n"
            "        except requests.RequestException:\n            continue\n",
            why="goes on to the next item",
        ),
        Miss(
            HEAD
            + "def load(u, n=3):\n    try:\n        return requests.get(u, timeout=5)\n    except OSError:\n        return load(u, n - 1)\n"
        ),
    ],
)
def retry_without_backoff(site: LoopSite | CallSite, ask: Ask) -> Verdict | None:
    """A failed call is repeated at once.

    The other side gets more load at the moment it can bear least.
    """
    if isinstance(site, CallSite):
        return _decorated(site)
    if not ask.retries(site):
        return None
    waits = ask.waits(site)
    if waits == "growing" or (waits == "constant" and site.reach.roles <= _ALONE):
        return handled()  # one process that waits until another is up does no harm
    advice = suggest("sleep between tries, twice as long each time, plus a random part")
    if waits == "constant":
        return partial(
            "tries again after the same wait each time", missing="a wait that grows, with some randomness", fix=advice
        )
    return unhandled("tries again without waiting", fix=advice)


def _decorated(call: CallSite) -> Verdict | None:
    if not call.name.startswith("tenacity."):
        return handled() if call.name.startswith("backoff.") else None
    if call.has_unpacked or call.argument("wait") is not None:
        return handled()
    return unhandled(
        "tenacity tries again without waiting unless told to", fix=suggest("pass wait=wait_random_exponential()")
    )
