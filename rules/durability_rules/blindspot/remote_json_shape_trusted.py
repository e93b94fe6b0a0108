"""remote-json-shape-trusted."""

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
    Verdict,
    calls,
    handled,
    rule,
    suggest,
    unhandled,
)

_APP = "import requests\nfrom flask import Flask\napp = Flask(__name__)\n"
_API = (
    "import requests\n\n\ndef search(city):\n"
    "    response = requests.get('https://geo.example/search', params={'q': city}, timeout=5)\n"
    "    response.raise_for_status()\n    return response.json()\n"
)


@rule(
    lens="blindspot",
    severity="medium",
    confidence="high",
    cwe=[20],
    sources=["OWASP API Security Top 10 2023, API10 Unsafe Consumption of APIs"],
    story=Story(
        demo="The other service answers with exactly what its documentation shows.",
        production="The other service changes its answer or finds nothing, and people get a server error.",
        trigger="another service answers in a shape that nobody tried",
    ),
    action="Check the answer before reaching into it, or handle what is missing",
    minutes=(5, 20),
    sites=calls(gives="remote json", roles=SERVING),
    examples=[
        Bad(
            _APP + "@app.get('/weather')\ndef weather():\n"
            "    data = requests.get('https://weather.example/now', timeout=5).json()  # <-\n"
            "    return {'sky': data['weather'][0]['description']}\n"
        ),
        Bad(
            {
                "app.py": "from flask import Flask\nimport geo as places\napp = Flask(__name__)\n\n\n"
                "@app.get('/where/<city>')\ndef where(city):\n"
                "    return {'at': places.search(city)['results'][0]['location']}  # <-\n",
                "geo.py": _API,
            },
            why="the request is in another file",
        ),
        Bad(
            {
                "app.py": "from flask import Flask\nfrom geo import Places\napp = Flask(__name__)\nplaces = Places()\n\n\n"
                "@app.get('/where/<city>')\ndef where(city):\n    found = places.find(city)  # <-\n"
                "    return {'at': found['results'][0]['location']}\n",
                "geo/__init__.py": "from .places import Places\n",
                "geo/places.py": "from geo.api import search as ask\n\n\nclass Places:\n"
                "    def find(self, city):\n        return ask(city)\n",
                "geo/api.py": _API,
            },
            why="a method hands on what a third file asked for",
        ),
        Bad(
            _APP + "@app.get('/weather')\ndef weather():\n"
            "    data = requests.get('https://weather.example/now', timeout=5).json()  # <-\n"
            "    if data is None:\n        return 'no weather', 502\n"
            "    return {'sky': data['weather'][0]['description']}\n",
            why="that there is an answer says nothing about its shape",
            decoy=True,
        ),
        Bad(
            _APP + "@app.get('/weather')\ndef weather():\n    try:\n"
            "        data = requests.get('https://weather.example/now', timeout=5).json()  # <-\n"
            "        return {'sky': data['weather'][0]['description']}\n"
            "    except requests.RequestException:\n        return 'no weather', 502\n",
            why="the handler takes a failing request, not a missing key",
            decoy=True,
        ),
        Good(
            _APP + "@app.get('/weather')\ndef weather():\n"
            "    data = requests.get('https://weather.example/now', timeout=5).json()\n"
            "    if not data.get('weather'):\n        return 'no weather', 502\n"
            "    return {'sky': data['weather'][0]['description']}\n"
        ),
        Good(
            {
                "app.py": "from flask import Flask\nfrom forecast import sky\napp = Flask(__name__)\n\n\n"
                "@app.get('/weather')\ndef weather():\n    try:\n        return {'sky': sky()}\n"
                "    except (KeyError, IndexError):\n        return 'no weather', 502\n",
                "forecast.py": "import requests\n\n\ndef sky():\n"
                "    data = requests.get('https://weather.example/now', timeout=5).json()\n"
                "    return data['weather'][0]['description']\n",
            },
            why="whoever asks takes the surprise",
        ),
        Silent(
            _APP + "@app.get('/user')\ndef user():\n"
            "    return requests.get('https://users.example/me', timeout=5).json()['name']\n",
            why="one key of a contract",
        ),
        Silent("import requests\nprint(requests.get('https://a.example').json()['a'][0]['b'])\n", why="a script"),
        Bad(
            _APP + "@app.get('/weather')\ndef weather():\n"
            "    data = requests.get('https://weather.example/now', timeout=5).json()  # <-\n"
            "    today = data['weather']\n    return {'sky': today[0]['description']}\n",
            why="one level per statement",
        ),
        Miss(
            _APP + "@app.get('/weather')\ndef weather():\n"
            "    data = requests.get('https://weather.example/now', timeout=5).json()\n"
            "    return {'skies': [day['sky']['text'] for day in data['days']]}\n",
            why="the elements of a list are not followed",
        ),
    ],
)
def remote_json_shape_trusted(call: CallSite, ask: Ask) -> Verdict | None:
    """The program reaches deep into what another service sent, and nothing copes when it looks different.

    A missing key or an empty list raises in the middle of a request.
    """
    reaches = ask.json_reaches(call)
    if not reaches:
        return None
    trusting = next((reach for reach in reaches if not reach.guarded), None)
    if trusting is None:
        return handled()
    return unhandled(
        f"{trusting.written} is read from a remote answer whose shape nothing checks",
        fix=suggest("check the answer against a model, or handle KeyError and IndexError"),
        trace=(
            Step(call.path, call.line, f"calls {call.shown}()"),
            *ask.json_origin(call).steps,
            Step(call.path, trusting.line, f"reads {trusting.written}"),
        ),
    )
