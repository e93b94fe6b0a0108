"""llm-call-without-timeout."""

from durability.api import (
    SERVING,
    Bad,
    CallSite,
    Good,
    Miss,
    Silent,
    Story,
    Unclear,
    Verdict,
    calls,
    handled,
    rule,
    set_argument,
    unhandled,
    unsure,
)

ROUTE = "from fastapi import FastAPI\nfrom openai import OpenAI\napp = FastAPI()\n"


@rule(
    lens="scale",
    severity="high",
    confidence="high",
    cwe=[1088],
    sources=["openai-python README, Timeouts", "OWASP LLM Top 10 2025, LLM10"],
    story=Story(
        demo="The model answers in a few seconds.",
        production="When the model hangs, each waiting user holds a worker for ten minutes or more, and soon nobody is served.",
        trigger="the model provider is slow or down",
    ),
    action="Give every model call a time limit that a user would wait for",
    minutes=(2, 5),
    arms=["failure-taken-for-no"],
    sites=calls(effect="llm", roles=SERVING),
    examples=[
        Bad(
            ROUTE + "client = OpenAI()\n@app.post('/ask')\ndef ask(q: str):\n"
            "    return client.chat.completions.create(model='m', messages=[{'role': 'user', 'content': q}])  # <-\n",
            why="600 s by default, tried three times",
        ),
        Bad(
            {
                "app/ai.py": "from openai import OpenAI\nclient = OpenAI(api_key='k')\ndef reply(q):\n"
                "    return client.responses.create(model='m', input=q)  # <-\n",
                "app/main.py": "from fastapi import FastAPI\nfrom app.ai import reply\napp = FastAPI()\n"
                "@app.get('/')\ndef home(q: str):\n    return reply(q)\n",
            }
        ),
        Bad(
            ROUTE + "TIMEOUT = 30\nclient = OpenAI()\n@app.post('/ask')\ndef ask(q: str):\n"
            "    print('timeout', TIMEOUT)\n    return client.responses.create(model='m', input=q)  # <-\n",
            why="the limit is never passed on",
            decoy=True,
        ),
        Good(
            ROUTE + "client = OpenAI(timeout=20)\n@app.post('/ask')\ndef ask(q: str):\n"
            "    return client.responses.create(model='m', input=q)\n"
        ),
        Good(
            ROUTE + "client = OpenAI()\n@app.post('/ask')\ndef ask(q: str):\n"
            "    return client.with_options(timeout=15).responses.create(model='m', input=q)\n"
        ),
        Unclear(
            ROUTE + "client = OpenAI(**options)\n@app.post('/ask')\ndef ask(q: str):\n"
            "    return client.responses.create(model='m', input=q)\n"
        ),
        Silent("from openai import OpenAI\nprint(OpenAI().responses.create(model='m', input='hi'))", why="a script"),
        Miss(
            ROUTE
            + "@app.post('/ask')\ndef ask(q: str, client):\n    return client.responses.create(model='m', input=q)\n",
            why="what client is, is not known",
        ),
    ],
)
def llm_call_without_timeout(call: CallSite, *, longest: float = 60.0) -> Verdict | None:
    """A model call that users wait for may take many minutes to fail.

    Neither the call nor its client sets a time limit, and the library's own default is longer than a person or a
    worker can wait.
    """
    default = call.library.timeout
    if default is None:
        return None
    limit = call.value("timeout", default=default)
    failing = unhandled(f"{call.shown}() {_wait(default)}", fix=set_argument("timeout", 30.0), cause=call.origin)
    if limit.given is not None or limit.never.value == "unknown":
        return limit.never.judge(yes=failing, no=handled())
    if default == "unknown":
        return unsure("version")
    return failing if default == "never" or float(default) > longest else handled()


def _wait(default: object) -> str:
    return f"waits up to {default:.0f} s before it fails" if isinstance(default, float) else "waits for ever"
