"""route-without-auth."""

from durability.api import (
    Ask,
    Bad,
    EntrySite,
    Exposure,
    Good,
    Miss,
    Silent,
    Story,
    Unclear,
    Verdict,
    entry_points,
    handled,
    possibly,
    rule,
    suggest,
    unhandled,
    unsure,
)

_SHOWN = 3
_STORE = (
    "import sqlite3\ndef drop(key):\n    with sqlite3.connect('a.db') as db:\n"
    "        db.execute('DELETE FROM notes WHERE id = ?', (key,))\n"
)
_APP = "from fastapi import Depends, FastAPI, HTTPException, Header\n{more}app = FastAPI()\n"
_DELETE = "@app.delete('/notes/{key}')\ndef remove(key: int):{mark}\n    drop(key)\n    return {'ok': True}\n"
_CHECK = (
    "import os, secrets\nfrom fastapi import Header, HTTPException\n"
    "def check(x_token: str = Header()):\n    if not secrets.compare_digest(x_token, os.environ['TOKEN']):\n"
    "        raise HTTPException(401)\n"
)


def _delete(mark: str = "") -> str:
    return _DELETE.replace("{mark}", mark)


_GUESTS = (
    "from fastapi import FastAPI\nfrom motor.motor_asyncio import AsyncIOMotorClient\n"
    "db = AsyncIOMotorClient('mongodb://h')['inn']\napp = FastAPI()\n"
    "async def arrive(name: str, email: str):\n    await db.guests.insert_one({'name': name, 'email': email})\n"
)


@rule(
    lens="blindspot",
    severity="high",
    confidence="high",
    cwe=[306, 862],
    sources=["OWASP API Security Top 10 2023, API2 and API5", "CWE-306: Missing Authentication for Critical Function"],
    story=Story(
        demo="Only the author knows the address.",
        production="A stranger finds the address and does what only the owner should: reads, changes or deletes what others stored, or spends the owner's money.",
        trigger="somebody tries the address",
    ),
    action="Ask who calls before anything is paid for, sent, changed or deleted",
    minutes=(30, 120),
    sites=entry_points(roles=("route", "ui", "bot", "tool")),
    examples=[
        Bad(_APP.format(more="") + _STORE + _delete("  # <-"), why="whoever sends DELETE is obeyed"),
        Bad(
            {
                "app.py": _APP.format(more="from store import drop as remove_note\n")
                + _delete("  # <-").replace("    drop(key)", "    remove_note(key)"),
                "store.py": _STORE,
            },
            why="the deletion is in another file",
        ),
        Bad(
            {
                "app.py": "from flask import Flask\nfrom shop import pages as p\napp = Flask(__name__)\napp.register_blueprint(p.notes)\n",
                "shop/__init__.py": "",
                "shop/pages.py": "from flask import Blueprint\nfrom shop.data import Notes\nnotes = Blueprint('notes', __name__)\nstore = Notes()\n"
                "@notes.post('/drop/<int:key>')\ndef remove(key):  # <-\n    store.drop(key)\n    return 'ok'\n",
                "shop/data/__init__.py": "from .store import Notes\n",
                "shop/data/store.py": "import sqlite3\nclass Notes:\n    def drop(self, key):\n        with sqlite3.connect('a.db') as db:\n"
                "            db.execute('DELETE FROM notes WHERE id = ?', (key,))\n",
            },
            why="through a blueprint, a method and a re-export",
        ),
        Bad(
            {
                "app.py": _APP.format(more="from store import drop\nfrom guard import check\n") + _delete("  # <-"),
                "store.py": _STORE,
                "guard.py": "from fastapi import Header\ndef check(x_token: str = Header('')):\n    return bool(x_token)\n",
            },
            why="the check is imported and nobody calls it",
            decoy=True,
        ),
        Bad(
            _APP.format(more="")
            + _STORE
            + "def who(x_token: str = Header('')):\n    return x_token or 'guest'\n"
            + _delete("  # <-").replace("key: int", "key: int, user=Depends(who)"),
            why="the dependency lets guests in",
            decoy=True,
        ),
        Bad(
            "import gradio as gr\nfrom openai import OpenAI\ndef answer(text):  # <-\n"
            "    return OpenAI().responses.create(model='m', input=text, timeout=9).output_text\n"
            "gr.Interface(fn=answer, inputs='text', outputs='text').launch(server_name='0.0.0.0', auth=None)\n",
            why="no login is asked for",
            decoy=True,
        ),
        Bad(
            _GUESTS
            + "@app.get('/guests')\nasync def guests():  # <-\n    return await db.guests.find({}, {'_id': 0}).to_list(100)\n",
            why="a list that anybody may read shows the addresses of all guests",
        ),
        Good(
            {
                "app.py": _APP.format(more="from guard import check\nfrom store import drop\n").replace(
                    "FastAPI()", "FastAPI(dependencies=[Depends(check)])"
                )
                + _delete(),
                "store.py": _STORE,
                "guard.py": _CHECK,
            },
            why="the whole application asks, in another file",
        ),
        Good(
            "from flask import Flask, abort, session\napp = Flask(__name__)\n"
            + _STORE
            + "@app.before_request\ndef who():\n    if 'user' not in session:\n        abort(401)\n"
            "@app.delete('/notes/<int:key>')\ndef remove(key):\n    drop(key)\n    return 'ok'\n",
            why="asked before each request",
        ),
        Good(
            "import gradio as gr\nfrom openai import OpenAI\ndef answer(text):\n"
            "    return OpenAI().responses.create(model='m', input=text, timeout=9).output_text\n"
            "def known(name, password):\n    return (name, password) in load()\n"
            "gr.Interface(fn=answer, inputs='text', outputs='text').launch(server_name='0.0.0.0', auth=known)\n",
            why="the page asks for a login",
        ),
        Silent(
            "from fastapi import FastAPI\nfrom openai import OpenAI\nfrom slowapi import Limiter\nfrom slowapi.util import get_remote_address\n"
            "limiter = Limiter(key_func=get_remote_address)\napp = FastAPI()\n@app.post('/ask')\n@limiter.limit('5/minute')\n"
            "def ask(text: str):\n    return OpenAI().responses.create(model='m', input=text, timeout=9).output_text\n",
            why="open on purpose, and a limit holds the cost",
        ),
        Unclear(
            _APP.format(more="from gate import verify_caller_token\n")
            + _STORE
            + _delete().replace("    drop(key)", "    verify_caller_token()\n    drop(key)"),
            why="what the check does is not in sight",
        ),
        Silent(
            _APP.format(more="") + _STORE + "@app.get('/notes')\ndef notes():\n    return ['a', 'b']\n"
            "@app.post('/auth/reset-password')\ndef reset(key: int):\n    drop(key)\n",
            why="reading harms nobody, and who has lost a password cannot show one",
        ),
        Silent(
            _GUESTS
            + "@app.get('/taken')\nasync def taken(email: str):\n    row = await db.guests.find_one({'email': email})\n    return row is not None\n"
            "@app.get('/sizes')\nasync def sizes():\n    rows = await db.guests.find().to_list(100)\n    return [{'size': row['size']} for row in rows]\n",
            why="a row that is only looked up, and lists without what is personal",
        ),
        Silent(
            _APP.format(more="import uvicorn\n")
            + _STORE
            + _delete()
            + "if __name__ == '__main__':\n    uvicorn.run(app, host='127.0.0.1')\n",
            why="it answers this machine only",
        ),
        Silent(
            _STORE
            + "import argparse\nif __name__ == '__main__':\n    p = argparse.ArgumentParser()\n    p.add_argument('key')\n    drop(p.parse_args().key)\n",
            why="only its author runs it",
        ),
        Good(
            {
                "views.py": "from django.contrib.auth.decorators import login_required\n"
                "from django.utils.decorators import method_decorator\nfrom django.views import View\n"
                "from notes.models import Note\n\n\n"
                "@method_decorator(login_required(login_url='/enter/'), name='dispatch')\nclass Remove(View):\n"
                "    def post(self, request, key):\n        Note.objects.filter(pk=key).delete()\n",
                "notes/models.py": "from django.db import models\n\n\nclass Note(models.Model):\n"
                "    text = models.TextField()\n",
                "urls.py": "from django.urls import path\nfrom views import Remove\n"
                "urlpatterns = [path('notes/<int:key>/', Remove.as_view())]\n",
            },
            why="the class carries the login with its own address",
        ),
        Miss(
            _APP.format(more="import shutil\n") + "@app.post('/wipe')\ndef wipe():\n    shutil.rmtree('uploads')\n",
            why="files that are deleted are often the program's own",
        ),
    ],
)
def route_without_auth(entry: EntrySite, ask: Ask) -> Verdict | None:
    """Anybody who finds the address can spend money, write to people, see who they are, or change what is stored.

    All such ways into the program are one finding, as one check in front of them is one edit. What has to be open
    (login, sign-up, password reset, health) and what only reads, unless it shows personal data, is left out.
    """
    surface = ask.surface(entry)
    if surface is None:
        return None
    if surface.authentication == "required":
        return handled()
    if surface.authentication == "unknown":
        return unsure("unresolved")
    found = unhandled(
        _said(ask.exposure),
        fix=suggest("let a dependency, a decorator or a middleware refuse whoever does not show who they are"),
        cause="nobody asks who calls",
        trace=ask.way_to_harm(surface),
    )
    return possibly(found) if surface.only_adds else found


def _said(exposed: Exposure) -> str:
    if exposed.all == 1:
        return f"the one entry point that may {exposed.do} lets anybody in: {exposed.names[0]}"
    share = f"all {exposed.all}" if exposed.open == exposed.all else f"{exposed.open} of {exposed.all}"
    more = f" and {exposed.open - _SHOWN} more" if exposed.open > _SHOWN else ""
    return f"{share} entry points that {exposed.do} let anybody in: {', '.join(exposed.names[:_SHOWN])}{more}"
