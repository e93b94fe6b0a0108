"""ssrf-user-url."""

from durability.api import (
    SERVING,
    Ask,
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
    suggest,
    unhandled,
)

API = (
    "from fastapi import FastAPI, HTTPException\nfrom urllib.parse import urlparse\nimport requests\napp = FastAPI()\n"
)


@rule(
    lens="blindspot",
    severity="high",
    confidence="high",
    cwe=[918],
    sources=["OWASP API Security Top 10 2023, API7", "CWE-918"],
    story=Story(
        demo="People paste the address of an article.",
        production="Somebody gives the address of a machine inside your network, and your server fetches its secrets for them.",
        trigger="somebody sends an address that only your server can reach",
    ),
    action="Fetch only from hosts that you list",
    minutes=(10, 40),
    sites=calls(effect=("http", "file.read", "file.open"), roles=SERVING),
    examples=[
        Bad(API + "@app.get('/preview')\ndef preview(url: str):\n    return requests.get(url, timeout=5).text  # <-\n"),
        Bad(
            API + "@app.get('/preview')\ndef preview(url: str):\n    parsed = urlparse(url)\n"
            "    if parsed.scheme not in ('http', 'https'):\n        raise HTTPException(400)\n"
            "    return requests.get(url, timeout=5).text  # <-\n",
            why="a listed scheme says nothing of the host",
            decoy=True,
        ),
        Bad(
            {
                "app.py": "from flask import Flask, request\nfrom fetch import page as load\napp = Flask(__name__)\n"
                "@app.route('/p')\ndef p():\n    return load(request.args.get('u'))\n",
                "fetch.py": "import requests\ndef page(url):\n    return requests.get(url, timeout=5).text  # <-\n",
            }
        ),
        Bad(
            {
                "app.py": "from fastapi import FastAPI\nfrom pydantic import BaseModel\nimport net\napp = FastAPI()\n"
                "class Job(BaseModel):\n    url: str\n@app.post('/jobs')\ndef add(job: Job):\n"
                "    return net.Fetcher().fetch(job.url)\n",
                "net/__init__.py": "from .fetcher import Fetcher\n",
                "net/fetcher.py": "import httpx\nfrom .address import full\nclass Fetcher:\n    def fetch(self, url):\n"
                "        return httpx.get(full(url)).text  # <-\n",
                "net/address.py": "def full(url):\n    return url if '://' in url else 'https://' + url\n",
            }
        ),
        Good(
            API + "HOSTS = {'example.org'}\n@app.get('/preview')\ndef preview(url: str):\n"
            "    if urlparse(url).hostname not in HOSTS:\n        raise HTTPException(400)\n"
            "    return requests.get(url, timeout=5).text\n"
        ),
        Good(
            API + "@app.get('/weather')\ndef weather(city: str):\n"
            "    return requests.get(f'https://api.example.org/v1/{city}', timeout=5).text\n",
            why="the host is written down",
        ),
        Good(
            API + "import httpx\nclient = httpx.Client(base_url='https://api.example.org')\n@app.get('/repos')\n"
            "def repo(owner: str):\n    return client.get(f'/repos/{owner}').text + client.get('users/' + owner).text\n",
            why="a path within the client's host",
        ),
        Bad(
            API + "@app.get('/preview')\ndef preview(host: str):\n"
            "    return requests.get('https:' + f'//{host}/repos/', timeout=5).text  # <-\n",
            why="two slashes, and then the host",
            decoy=True,
        ),
        Good(
            {
                "app.py": "from flask import Flask, request\nfrom fetch import page\napp = Flask(__name__)\n"
                "@app.route('/p')\ndef p():\n    return page(request.args.get('u'))\n",
                "fetch.py": "import requests\nfrom urllib.parse import urlparse\nHOSTS = ('example.org',)\n"
                "def page(url):\n    host = urlparse(url).hostname\n    if host not in HOSTS:\n"
                "        raise ValueError(url)\n    return requests.get(url, timeout=5).text\n",
            },
            why="listed hosts only, in the other file",
        ),
        Unclear(
            API + "@app.get('/preview')\ndef preview(url: str):\n    if not is_public(url):\n"
            "        raise HTTPException(400)\n    return requests.get(url, timeout=5).text\n"
        ),
        Silent("def load(cache, url):\n    return cache.get(url)\n"),
        Miss(
            API + "seen = {}\n@app.post('/name')\ndef keep(url: str):\n    seen['last'] = url\n    return {}\n"
            "@app.get('/doc')\ndef doc():\n    return requests.get(seen['last'], timeout=5).text\n",
            why="kept in a table between two requests",
        ),
    ],
)
def ssrf_user_url(call: CallSite, ask: Ask) -> Verdict | None:
    """The server fetches whatever address a visitor gives.

    An address from outside is asked for by the server, which may reach what the visitor may not.
    """
    if ask.sink(call) != "url":
        return None
    found = ask.flow(call, "external")
    failing = unhandled(
        f"{call.shown}() asks for an address that came from outside",
        fix=suggest("test the host against a list before asking"),
        cause=found.source,
    )
    return found.raw.judge(yes=failing, no=handled())
