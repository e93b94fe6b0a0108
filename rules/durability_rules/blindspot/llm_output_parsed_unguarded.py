"""llm-output-parsed-unguarded."""

from durability.api import (
    SERVING,
    Ask,
    Bad,
    CallSite,
    Good,
    Miss,
    Silent,
    Step,
    Story,
    Unclear,
    Verdict,
    calls,
    handled,
    rule,
    suggest,
    unhandled,
)

_APP = "import json\nfrom flask import Flask\nfrom openai import OpenAI\napp = Flask(__name__)\nclient = OpenAI()\n"
_MODEL = (
    "from openai import OpenAI\nclient = OpenAI()\n\n\ndef complete(prompt):\n"
    "    answer = client.chat.completions.create(model='m', messages=[{'role': 'user', 'content': prompt}])\n"
    "    return answer.choices[0].message.content.strip()\n"
)


@rule(
    lens="blindspot",
    severity="high",
    confidence="high",
    cwe=[20, 1426],
    sources=["OWASP Top 10 for LLM Applications 2025, LLM05 Improper Output Handling"],
    story=Story(
        demo="The model answers with clean JSON each time somebody shows it.",
        production="The model adds a friendly sentence around its answer, and the person gets a server error instead.",
        trigger="the model answers in another form than it was asked for",
    ),
    action="Ask the model for structured output, and handle an answer that cannot be parsed",
    minutes=(10, 30),
    sites=calls(gives="model text", roles=SERVING),
    examples=[
        Bad(
            _APP + "@app.get('/plan')\ndef plan():\n"
            "    answer = client.chat.completions.create(model='m', messages=[])\n"
            "    return json.loads(answer.choices[0].message.content)  # <-\n"
        ),
        Bad(
            {
                "app.py": "import json\nfrom flask import Flask\nfrom model import complete as ask\napp = Flask(__name__)\n\n\n"
                "@app.get('/plan')\ndef plan():\n    return json.loads(ask('A plan as JSON, please.'))  # <-\n",
                "model.py": _MODEL,
            },
            why="the model is asked in another file",
        ),
        Bad(
            {
                "app.py": "from flask import Flask\nfrom ai import Coach\napp = Flask(__name__)\ncoach = Coach()\n\n\n"
                "@app.get('/score')\ndef score():\n    return {'score': coach.score()}\n",
                "ai/__init__.py": "from .coach import Coach\n",
                "ai/coach.py": "from ai.model import complete\n\n\nclass Coach:\n    def score(self):\n"
                "        text = complete('A score from 1 to 5.')\n        return int(text)  # <-\n",
                "ai/model.py": _MODEL,
            },
            why="a number out of prose, three files from the route",
        ),
        Bad(
            _APP + "@app.get('/plan')\ndef plan():\n"
            "    answer = client.chat.completions.create(model='m', messages=[])\n"
            "    text = answer.choices[0].message.content\n    if not text:\n        return 'no plan', 502\n"
            "    return json.loads(text)  # <-\n",
            why="that there is text says nothing about its form",
            decoy=True,
        ),
        Bad(
            _APP + "@app.get('/plan')\ndef plan():\n"
            "    answer = client.chat.completions.create(model='m', messages=[])\n    try:\n"
            "        return json.loads(answer.choices[0].message.content)  # <-\n"
            "    except KeyError:\n        return 'no plan', 502\n",
            why="the handler takes another error",
            decoy=True,
        ),
        Bad(
            "import logging\n" + _APP + "@app.get('/plan')\ndef plan():\n"
            "    answer = client.chat.completions.create(model='m', messages=[])\n    try:\n"
            "        return json.loads(answer.choices[0].message.content)  # <-\n"
            "    except ValueError:\n        logging.exception('no JSON')\n        raise\n",
            why="it is written down, and goes on",
            decoy=True,
        ),
        Good(
            _APP + "@app.get('/plan')\ndef plan():\n"
            "    answer = client.chat.completions.create(model='m', messages=[])\n    try:\n"
            "        return json.loads(answer.choices[0].message.content)\n"
            "    except json.JSONDecodeError:\n        return 'no plan', 502\n"
        ),
        Good(
            _APP + "@app.get('/plan')\ndef plan():\n    answer = client.chat.completions.create(\n"
            "        model='m', messages=[], response_format={'type': 'json_object'})\n"
            "    return json.loads(answer.choices[0].message.content)\n",
            why="the model is held to JSON",
        ),
        Good(
            {
                "app.py": "from flask import Flask\nfrom plans import plan as make\napp = Flask(__name__)\n\n\n"
                "@app.get('/plan')\ndef plan():\n    try:\n        return make()\n"
                "    except ValueError:\n        return 'no plan', 502\n",
                "plans.py": "import json\nfrom model import complete\n\n\ndef plan():\n    return json.loads(complete('JSON'))\n",
                "model.py": _MODEL,
            },
            why="whoever asks takes what cannot be parsed",
        ),
        Silent(
            _APP + "@app.get('/hello')\ndef hello():\n"
            "    return client.chat.completions.create(model='m', messages=[]).choices[0].message.content\n",
            why="the text is shown as it is",
        ),
        Silent(_APP + "@app.get('/')\ndef home():\n    return json.loads('{}')\n", why="no model wrote it"),
        Unclear(
            _APP + "@app.get('/plan')\ndef plan():\n"
            "    answer = client.chat.completions.create(**app.config['OPTIONS'])\n"
            "    return json.loads(answer.choices[0].message.content)\n",
            why="the options may ask for JSON",
        ),
        Miss(
            _APP + "@app.get('/plan')\ndef plan():\n"
            "    answer = client.chat.completions.create(model='m', messages=[])\n"
            "    lines = [line for line in answer.choices[0].message.content.splitlines()]\n"
            "    return json.loads(lines[0])\n",
            why="not followed through a comprehension",
        ),
    ],
)
def llm_output_parsed_unguarded(call: CallSite, ask: Ask) -> Verdict | None:
    """Text that a model wrote is parsed as if it always had the form that was asked for.

    Models add prose, code fences or nothing at all; the parser raises in the middle of a request.
    """
    parsed, copes = ask.model_text(call)
    return copes.judge(
        yes=handled(),
        no=unhandled(
            f"{call.shown}() parses what a model wrote, and nothing takes an answer in another form",
            fix=suggest(
                "ask for structured output, and handle the parser's error with a second try or a clear message"
            ),
            trace=(*parsed.steps, Step(call.path, call.line, f"{call.shown}() parses it")),
        ),
    )
