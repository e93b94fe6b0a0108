"""Whether a program uses anything that browsers send along by themselves."""

import pytest

from durability.engine.linking import link
from durability.facts.collect import collect
from durability.program.links.modules import module_name
from durability.sources.project import manifests_of

USED = {
    "set": "def f(response):\n    response.set_cookie('sid', 'x')\n",
    "read": "def f(request):\n    return request.cookies.get('sid')\n",
    "read by item": "def f(request):\n    who = request.cookies['sid']\n    return who\n",
    "header": "def f(response):\n    response.headers['Set-Cookie'] = 'sid=x'\n",
    "parameter": "from fastapi import Cookie\ndef f(sid: str = Cookie()):\n    return sid\n",
    "session": "from flask import session\ndef f():\n    return session['user']\n",
    "middleware": "from starlette.middleware.sessions import SessionMiddleware\napp.add_middleware(SessionMiddleware)\n",
    "kept password": "from fastapi.security import HTTPBasic\nask = HTTPBasic()\n",
}
UNUSED = {
    "nothing": "def f():\n    return 1\n",
    "token": "from fastapi.security import HTTPBearer\nask = HTTPBearer()\n",
    "another service's": "import requests\ndef f():\n    s = requests.Session()\n    return s.cookies.get('sid')\n",
    "of a database": "from sqlalchemy.orm import Session\ndef f(session: Session):\n    return session.get(User, 1)\n",
}


def cookies(text):
    facts = {"app.py": collect(text, "app.py", module_name("app.py"))}
    return link(facts, dict.fromkeys(facts, "first-party"), manifests_of({})).cookies


@pytest.mark.parametrize("case", USED)
def test_used(case):
    assert cookies(USED[case]) is not None


@pytest.mark.parametrize("case", UNUSED)
def test_unused(case):
    assert cookies(UNUSED[case]) is None
