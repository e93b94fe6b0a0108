"""one-lane-long-hold."""

from durability.api import (
    Ask,
    Bad,
    EntrySite,
    Good,
    Miss,
    Silent,
    Story,
    Verdict,
    entry_points,
    handled,
    rule,
    suggest,
    unhandled,
)

_ASKS = "    return client.responses.create(model='m', input=q{more}).output_text\n"
_ASK = "from openai import OpenAI\nclient = OpenAI()\ndef answer(q):{mark}\n" + _ASKS
_PAGE = (
    "import gradio as gr\n{head}with gr.Blocks() as page:\n    q = gr.Textbox()\n    a = gr.Textbox()\n    go = gr.Button()\n"
    "    go.click({what}, q, a{more})\npage.launch()\n"
)


@rule(
    lens="scale",
    severity="medium",
    confidence="medium",
    cwe=[400],
    sources=["Gradio documentation, Queuing: default_concurrency_limit is 1", "Python documentation, http.server"],
    story=Story(
        demo="One person asks, waits a moment and has the answer.",
        production="The second person waits until the first is done, and the tenth until nine are: all stand in one line.",
        trigger="several people use it at the same time and the other side is slow",
    ),
    action="Serve several at once, and give the wait an end that a person would accept",
    minutes=(5, 30),
    arms=["insert-guarded-only-by-read", "non-atomic-file-write", "module-global-request-state"],
    sites=entry_points(roles=("ui", "route", "bot")),
    examples=[
        Bad(_ASK.format(mark="  # <-", more="") + _PAGE.format(head="", what="answer", more="")),
        Bad(
            {
                "app.py": _PAGE.format(head="from model import answer as ask\n", what="ask", more=""),
                "model.py": _ASK.format(mark="  # <-", more=""),
            },
            why="the model is asked in another file",
        ),
        Bad(
            {
                "app.py": _PAGE.format(head="from ai import helper\n", what="helper.answer", more=""),
                "ai/__init__.py": "from .helper import Helper\nhelper = Helper()\n",
                "ai/helper.py": "from .net import load\nclass Helper:\n    def answer(self, q):  # <-\n        return load(q)\n",
                "ai/net.py": "import requests\ndef load(q):\n    return requests.post('https://m.example.org', json=q).text\n",
            },
            why="the wait has no end, two files away",
        ),
        Bad(
            "import asyncio\n"
            + _ASK.format(mark="  # <-", more="")
            + _PAGE.format(head="LANES = 8\n", what="answer", more=""),
            why="a number that nobody passes on",
            decoy=True,
        ),
        Good(
            _ASK.format(mark="", more=", timeout=10") + _PAGE.format(head="", what="answer", more=""),
            why="the wait ends soon, also after all tries",
        ),
        Good(
            {
                "app.py": _PAGE.format(head="from model import answer\n", what="answer", more=""),
                "model.py": "import requests\ndef answer(q):\n    return requests.post('https://m.example.org', json=q, timeout=9).text\n",
            },
            why="a limit in another file",
        ),
        Silent(
            _ASK.format(mark="", more="") + _PAGE.format(head="", what="answer", more=", concurrency_limit=8"),
            why="eight lanes",
        ),
        Silent(
            "from flask import Flask, request\napp = Flask(__name__)\n"
            + _ASK.format(mark="", more="")
            + "@app.get('/')\ndef home():\n    return answer(request.args['q'])\n",
            why="how many lanes there are hangs on how it is started",
        ),
        Miss(
            _ASK.format(mark="", more="")
            + "import gradio as gr\npage = gr.Interface(**{'fn': answer, 'inputs': 'text', 'outputs': 'text'})\npage.launch()\n",
            why="the handler is in a dictionary",
        ),
    ],
)
def one_lane_long_hold(entry: EntrySite, ask: Ask, *, seconds: float = 60.0) -> Verdict | None:
    """One event is served at a time, and one of them may take minutes.

    Everybody else waits in line for as long as the other side takes.
    """
    lanes = ask.lanes(entry)
    if lanes != 1:
        return None
    longest = ask.hold(entry)
    if longest is None or longest.longest <= seconds:
        return handled()
    return unhandled(
        f"{entry.entry.name} is served one at a time and may wait {longest.said}",
        fix=suggest("raise the concurrency limit, and pass a shorter timeout"),
        trace=longest.trace,
    )
