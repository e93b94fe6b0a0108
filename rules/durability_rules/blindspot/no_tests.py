"""no-tests."""

from durability.api import (
    Ask,
    Bad,
    Good,
    Miss,
    ProjectSite,
    Silent,
    Story,
    Verdict,
    handled,
    project,
    rule,
    suggest,
    unhandled,
)


@rule(
    lens="blindspot",
    severity="medium",
    confidence="high",
    sources=["Yuan et al., Simple Testing Can Prevent Most Critical Failures, OSDI 2014"],
    story=Story(
        demo="It was tried by hand.",
        production="Each change may break something that worked, and the first to notice are the people who use it.",
        trigger="the next change",
    ),
    action="Write a test for each thing a user can do",
    minutes=(60, 240),
    repository=True,
    sites=project(),
    examples=[
        Bad({"app.py": "def pay():  # <-\n    pass\n"}),
        Bad({"app.py": "import os  # <-\n", "util.py": "x = 1\n"}),
        Bad(
            {"app.py": "test = True  # <-\n", "testing_notes.py": "x = 1\n"},
            decoy=True,
            why="called testing, tests nothing",
        ),
        Good(
            {
                "app.py": "def pay():\n    pass\n",
                "tests/test_app.py": "import app\ndef test_pay():\n    assert app.pay() is None\n",
            }
        ),
        Good(
            {
                "app.py": "from fastapi import FastAPI\napp = FastAPI()\n@app.post('/api/pay')\ndef pay():\n    return {}\n",
                "tests/test_api.py": "import os, requests\nBASE = os.environ.get('URL', 'http://localhost').rstrip('/')\n"
                "API = f'{BASE}/api'\ndef test_pay():\n    assert requests.post(f'{API}/pay', timeout=5).ok\n",
            },
            why="it asks the running program",
        ),
        Bad(
            {
                "app.py": "from fastapi import FastAPI  # <-\napp = FastAPI()\n@app.post('/api/pay')\ndef pay():\n    return {}\n",
                "tests/test_api.py": "import requests\ndef test_net():\n    assert requests.get('https://example.org/', timeout=5).ok\n",
            },
            why="it asks somebody else",
            decoy=True,
        ),
        Silent({}),
        Miss(
            {"app.py": "def pay():\n    pass\n", "tests/test_app.py": "import app\ndef test_pay():\n    pass\n"},
            why="a test that tests nothing",
        ),
    ],
)
def no_tests(site: ProjectSite, ask: Ask) -> Verdict:
    """No test uses this code.

    There are no tests, or none that imports the program or asks for one of its addresses.
    """
    if ask.tested_modules() or ask.is_asked_by_tests():
        return handled()
    return unhandled("no test imports this code", fix=suggest("start with one test per route or command"))
