"""retry-without-cap."""

from durability.api import (
    Ask,
    Bad,
    CallSite,
    Good,
    LoopSite,
    Miss,
    Silent,
    Story,
    Verdict,
    calls,
    handled,
    loops,
    rule,
    suggest,
    unhandled,
)

_ALONE = frozenset({"cli", "startup", "import"})
"""One process that nobody else waits for."""

HEAD = "import requests, time\n"


@rule(
    lens="scale",
    severity="high",
    confidence="high",
    cwe=[835],
    sources=["Stoica et al., WASABI, SOSP 2024"],
    story=Story(
        demo="It works at the second try.",
        production="When the other service stays down, the work never ends: it holds its worker, and its costs, for ever.",
        trigger="another service is gone for good",
    ),
    action="Give up after a number of tries and say so",
    minutes=(5, 15),
    sites=(loops(), calls(effect="retry")),
    examples=[
        Bad(
            HEAD + "def load(u):\n    while True:  # <-\n        try:\n            return requests.get(u, timeout=5)\n"
            "        except requests.RequestException:\n            time.sleep(1)\n"
        ),
        Bad("import tenacity\n@tenacity.retry(wait=tenacity.wait_fixed(1))  # <-\ndef load():\n    ...\n"),
        Bad(
            HEAD + "MAX_RETRIES = 3\ndef load(u):\n    tries = 0\n    while True:  # <-\n        try:\n"
            "            return requests.get(u, timeout=5)\n        except requests.RequestException:\n            tries += 1\n"
            "            print('try', tries, 'of', MAX_RETRIES)\n            time.sleep(tries)\n",
            why="counts and never stops",
            decoy=True,
        ),
        Good(
            HEAD
            + "def load(u):\n    for attempt in range(3):\n        try:\n            return requests.get(u, timeout=5)\n"
            "        except requests.RequestException:\n            time.sleep(attempt)\n    raise RuntimeError('down')\n"
        ),
        Good(
            HEAD
            + "def load(u):\n    tries = 0\n    while True:\n        try:\n            return requests.get(u, timeout=5)\n"
            "        except requests.RequestException:\n            tries += 1\n            if tries > 3:\n                raise\n"
            "            time.sleep(tries)\n"
        ),
        Silent(
            HEAD
            + "def watch(u):\n    while True:\n        print(requests.get(u, timeout=5))\n        time.sleep(60)\n",
            why="a schedule, no retry",
        ),
        Miss(
            HEAD
            + "def load(u):\n    try:\n        return requests.get(u, timeout=5)\n    except OSError:\n        return load(u)\n"
        ),
    ],
)
def retry_without_cap(site: LoopSite | CallSite, ask: Ask) -> Verdict | None:
    """A failed call is repeated without end.

    Nothing counts the tries or watches the clock.
    """
    if isinstance(site, CallSite):
        return _decorated(site)
    if not ask.retries(site):
        return None
    if site.view.kind == "for" or not site.view.endless or site.gives_up:
        return handled()
    if ask.waits(site) != "not" and site.reach.roles <= _ALONE:
        return handled()  # a program that waits until another one is up keeps nobody else waiting
    return unhandled("tries again for ever", fix=suggest("count the tries, and raise when they are used up"))


def _decorated(call: CallSite) -> Verdict | None:
    bounds = {"tenacity.": ("stop",), "backoff.": ("max_tries", "max_time")}
    keywords = next((names for prefix, names in bounds.items() if call.name.startswith(prefix)), ())
    if not keywords:
        return None
    if call.has_unpacked or any(call.argument(name) is not None for name in keywords):
        return handled()
    return unhandled(f"{call.shown} tries again for ever unless told to stop", fix=suggest(f"pass {keywords[0]}="))
