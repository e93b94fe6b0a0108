"""retry-nested-amplification."""

from durability.api import (
    Ask,
    Attempts,
    Bad,
    CallSite,
    FunctionSite,
    Good,
    LoopSite,
    Miss,
    Silent,
    Story,
    Unclear,
    Verdict,
    functions,
    handled,
    loops,
    rule,
    suggest,
    unhandled,
    unsure,
)

_LOOP = (
    "def answer(text):\n    for attempt in range(4):  # <-\n        try:\n            return {call}\n"
    "        except Exception:\n            time.sleep(2 ** attempt)\n    raise RuntimeError('no answer')\n"
)
_ASK = "client.chat.completions.create(model='m', messages=[{'role': 'user', 'content': text}])"


@rule(
    lens="scale",
    severity="medium",
    confidence="high",
    cwe=[400],
    sources=[
        "Brooker, Exponential Backoff and Jitter",
        "Bronson et al., Metastable Failures in Distributed Systems, HotOS 2021",
    ],
    story=Story(
        demo="The other side answers at the first try.",
        production="When the other side is down, every request is sent several times by the program and several times again by the library below it; the outage gets worse and people wait for the product of both.",
        trigger="the other side is slow or down",
    ),
    action="Retry in one place only, and switch the other one off",
    minutes=(10, 30),
    sites=(loops(), functions()),
    examples=[
        Bad("import time\nfrom openai import OpenAI\nclient = OpenAI()\n" + _LOOP.format(call=_ASK)),
        Bad(
            {
                "app.py": "import time, llm as l\n" + _LOOP.format(call="l.ask(text)"),
                "llm.py": "import anthropic\nclient = anthropic.Anthropic(timeout=20)\ndef ask(text):\n"
                "    return client.messages.create(model='m', max_tokens=9, messages=[{'role': 'user', 'content': text}])\n",
            },
            why="a timeout on the client bounds each try, not their number",
            decoy=True,
        ),
        Bad(
            {
                "app.py": "from tenacity import retry, stop_after_attempt\nfrom services import Model\nmodel = Model()\n"
                "@retry(stop=stop_after_attempt(3))\ndef answer(text):  # <-\n    return model.ask(text)\n",
                "services/__init__.py": "from .model import Model\n",
                "services/model.py": "from openai import OpenAI\nclass Model:\n    def __init__(self):\n"
                "        self.client = OpenAI()\n    def ask(self, text):\n"
                "        return self.client.responses.create(model='m', input=text)\n",
            },
            why="a decorator around a client that retries, behind a method and a re-export",
        ),
        Good(
            {
                "app.py": "import time\nfrom llm import ask\n" + _LOOP.format(call="ask(text)").replace("  # <-", ""),
                "llm.py": "from openai import OpenAI\nclient = OpenAI(max_retries=0)\ndef ask(text):\n    return "
                + _ASK
                + "\n",
            },
            why="the client's own retry is switched off in the other file",
        ),
        Good(
            "import time, requests\ndef load(url):\n    for attempt in range(3):\n        try:\n"
            "            return requests.get(url, timeout=3)\n        except OSError:\n            time.sleep(2 ** attempt)\n"
            "    raise RuntimeError('no answer')\n",
            why="requests does not retry by itself",
        ),
        Unclear(
            "import time\nfrom openai import OpenAI\nfrom settings import RETRIES\nclient = OpenAI(max_retries=RETRIES)\n"
            + _LOOP.format(call=_ASK).replace("  # <-", "")
        ),
        Silent(
            "from openai import OpenAI\nclient = OpenAI()\ndef answer(text):\n    return " + _ASK + "\n",
            why="retried once",
        ),
        Miss(
            "import time, requests\nfrom requests.adapters import HTTPAdapter, Retry\ns = requests.Session()\n"
            "s.mount('https://', HTTPAdapter(max_retries=Retry(3)))\n"
            + _LOOP.format(call="s.get(text, timeout=3)").replace("  # <-", ""),
            why="the retries of an adapter are not seen",
        ),
    ],
)
def retry_nested_amplification(site: LoopSite | FunctionSite, ask: Ask) -> Verdict | None:
    """A retry goes round a call that already retries by itself.

    The tries multiply: four rounds of a client that tries three times are twelve requests to a service in trouble.
    """
    if isinstance(site, LoopSite):
        if not ask.retries(site):
            return None
        tried: tuple[CallSite, ...] = tuple(call for handler in site.handlers_inside for call in handler.guarded_calls)
        what = "the loop"
    else:
        library = ask.retried_by(site)
        if not library:
            return None
        tried, what = tuple(site.calls_here()), library
    found = [ask.attempts(call) for call in tried]
    worst = max(found, key=_weight, default=Attempts(0))
    if worst.count is not None and worst.count < 2:
        return handled()
    if worst.count is None and not worst.trace[-1].note.endswith(
        ("tenacity", "backoff", "retry", "retrying", "stamina")
    ):
        return unsure("dynamic")
    times = f" {worst.count} times" if worst.count else ""
    return unhandled(
        f"{what} repeats a call that is tried{times} by itself",
        fix=suggest("switch off one of the two (max_retries=0 on the client)"),
        trace=worst.trace,
    )


def _weight(found: Attempts) -> tuple[int, int]:
    return (found.count or 0, 1 if found.count is None else 0)
