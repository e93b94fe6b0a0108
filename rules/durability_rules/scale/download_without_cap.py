"""download-without-cap."""

from durability.api import (
    Ask,
    Bad,
    CallSite,
    Good,
    Miss,
    Silent,
    Story,
    Verdict,
    calls,
    handled,
    rule,
    suggest,
    unhandled,
)

_ROUTE = "from flask import Flask, request\nimport requests\napp = Flask(__name__)\n"
_STREAMING = frozenset({"iter_content", "iter_bytes", "iter_chunked", "iter_raw", "aiter_bytes", "iter_lines"})


@rule(
    lens="scale",
    severity="medium",
    confidence="medium",
    cwe=[770, 409],
    sources=["OWASP API Security 2023, API4 Unrestricted Resource Consumption"],
    story=Story(
        demo="The picture behind the address is small.",
        production="Somebody gives the address of something endless; the server loads it into memory until it is killed, and everybody is thrown out.",
        trigger="somebody gives an address of something very large",
    ),
    action="Read what others send in pieces, and stop at a limit",
    minutes=(15, 40),
    sites=calls(effect="http", roles=("route", "bot", "ui", "tool")),
    examples=[
        Bad(
            _ROUTE
            + "@app.post('/')\ndef load():\n    return requests.get(request.form['url'], timeout=5).content  # <-\n"
        ),
        Bad(
            {
                "app.py": _ROUTE
                + "import fetch as f\n@app.post('/')\ndef load():\n    return f.text(request.form['url'])\n",
                "fetch.py": "import requests\nMAX_BYTES = 1000\ndef text(url):\n    body = requests.get(url, timeout=5).text  # <-\n"
                "    return body[:MAX_BYTES]\n",
            },
            why="cut after all of it was read",
            decoy=True,
        ),
        Bad(
            {
                "app.py": _ROUTE + "from tools import Loader\nloader = Loader()\n@app.post('/')\ndef load():\n"
                "    return loader.load(request.form['url'])\n",
                "tools/__init__.py": "from .loader import Loader\n",
                "tools/loader.py": "import requests\nclass Loader:\n    def load(self, url):\n"
                "        return requests.get(url, timeout=5).text  # <-\n",
            },
            why="in a method behind a re-export",
        ),
        Good(
            {
                "app.py": _ROUTE
                + "from fetch import text\n@app.post('/')\ndef load():\n    return text(request.form['url'])\n",
                "fetch.py": "import requests\ndef text(url):\n    answer = requests.get(url, timeout=5, stream=True)\n    body = b''\n"
                "    for part in answer.iter_content(8192):\n        body += part\n        if len(body) > 1_000_000:\n"
                "            raise ValueError('too large')\n    return body\n",
            },
            why="in pieces, up to a limit, in the other file",
        ),
        Good(
            _ROUTE
            + "@app.get('/')\ndef rates():\n    return requests.get('https://rates.example/today', timeout=5).text\n",
            why="an address of our own choice",
        ),
        Good(
            _ROUTE + "import httpx\nclient = httpx.Client(base_url='https://api.example.org')\n@app.post('/')\n"
            "def load():\n    return client.get(f\"/repos/{request.form['name']}\").text\n",
            why="a path within the client's host",
        ),
        Silent("import requests\nprint(requests.get(input(), timeout=5).text)\n", why="a script"),
        Miss(
            _ROUTE
            + "import subprocess\n@app.post('/')\ndef load():\n    return subprocess.check_output(['curl', request.form['url']])\n",
            why="another program downloads",
        ),
    ],
)
def download_without_cap(call: CallSite, ask: Ask) -> Verdict | None:
    """The server reads whole what stands behind an address that somebody else chose.

    Nobody knows how large it is before it is read; memory is gone before a check comes.
    """
    if ask.sink(call) != "url":
        return None
    if _STREAMING & ask.attributes_of(call):
        return handled()
    found = ask.flow(call, "external")
    failing = unhandled(
        f"{call.shown}() reads all that stands behind an address from outside",
        fix=suggest("pass stream=True, read in pieces and stop at a limit"),
        cause=found.source,
    )
    return found.raw.judge(yes=failing, no=handled())
