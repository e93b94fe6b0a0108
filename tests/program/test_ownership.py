"""Whether a handler that is given a number looks at whose row it is."""

import pytest

from durability.engine.linking import link
from durability.facts.collect import collect
from durability.program.links.modules import module_name
from durability.sources.project import manifests_of

HEAD = (
    "from flask import Flask, abort, session\nimport sqlite3\napp = Flask(__name__)\n"
    "@app.before_request\ndef who():\n    if 'user_id' not in session:\n        abort(401)\n"
    "def db():\n    return sqlite3.connect('a.db')\n"
)
MINE = "@app.get('/notes')\ndef mine():\n    return db().execute('SELECT * FROM notes WHERE owner = ?', (session['user_id'],)).fetchall()\n"
DROP = "@app.{verb}('/notes/<int:note_id>')\ndef drop(note_id):\n{body}    return 'ok'\n"
PLAIN = "    db().execute('DELETE FROM notes WHERE id = ?', (note_id,))\n"


def owners(text, verb="delete", body=PLAIN, listing=MINE):
    """What each route does about the owner, as `address table: compared`."""
    files = {"app.py": HEAD + text + listing + DROP.format(verb=verb, body=body)}
    facts = {path: collect(source, path, module_name(path)) for path, source in files.items()}
    context = link(facts, dict.fromkeys(facts, "first-party"), manifests_of({}))
    found = ((route, context.ownerships.of(route)) for route in context.routes)
    return [f"{route.name} {item.table}: {item.compared}" for route, item in found if item is not None]


def test_a_row_that_is_taken_by_its_number_alone():
    assert owners("") == ["DELETE /notes/<int:note_id> notes: no"]


def test_rows_that_nobody_looks_for_by_their_owner_belong_to_nobody():
    assert owners("", listing="") == []


BODIES = {
    "asked with the owner": "    db().execute('DELETE FROM notes WHERE id = ? AND owner = ?', (note_id, session['user_id']))\n",
    "compared": "    row = load(note_id)\n    if row.owner != session['user_id']:\n        abort(404)\n" + PLAIN,
    "through a name": "    me = session.get('user_id')\n    if load(note_id).owner != me:\n        abort(404)\n"
    + PLAIN,
    "rights": "    if not can_access(note_id):\n        abort(404)\n" + PLAIN,
}


@pytest.mark.parametrize("name", BODIES)
def test_looking_at_who_is_asking(name):
    assert owners("", body=BODIES[name]) == ["DELETE /notes/<int:note_id> notes: yes"]


def test_a_line_in_the_log_is_no_look():
    body = "    app.logger.info('%s', session['user_id'])\n" + PLAIN
    assert owners("", body=body) == ["DELETE /notes/<int:note_id> notes: no"]


def test_who_is_asking_is_handed_to_something_unknown():
    body = "    gate.enter(session['user_id'])\n" + PLAIN
    assert owners("", body=body) == ["DELETE /notes/<int:note_id> notes: unknown"]


def test_those_who_look_after_all_rows_may():
    text = HEAD + MINE + DROP.format(verb="delete", body=PLAIN).replace("/notes/<", "/admin/notes/<")
    facts = {"app.py": collect(text, "app.py", module_name("app.py"))}
    context = link(facts, {"app.py": "first-party"}, manifests_of({}))
    assert all(context.ownerships.of(route) is None for route in context.routes)


API = (
    "from fastapi import Depends, FastAPI, Header, HTTPException\nimport jwt, sqlite3\napp = FastAPI()\n"
    "def db():\n    return sqlite3.connect('a.db')\n"
    "def me(authorization: str = Header()):\n    return jwt.decode(authorization, 'k' * 32, algorithms=['HS256'])\n"
    "def roles(*allowed):\n    def inner(user=Depends(me)):\n        if user['role'] not in allowed:\n            raise HTTPException(403)\n"
    "        return user\n    return inner\n"
    "@app.get('/notes')\ndef mine(user=Depends(me)):\n    return db().execute('SELECT * FROM notes WHERE owner = ?', (user['id'],)).fetchall()\n"
)


def asked(handler):
    facts = {"app.py": collect(API + handler, "app.py", module_name("app.py"))}
    context = link(facts, {"app.py": "first-party"}, manifests_of({}))
    found = [context.ownerships.of(route) for route in context.routes]
    return [f"{item.parameter}: {item.compared}" for item in found if item is not None]


HANDLERS = {
    "a number that is named like a person": (
        "@app.delete('/of/{customer_id}')\ndef drop(customer_id: int, who=Depends(me)):\n"
        "    db().execute('DELETE FROM notes WHERE owner = ?', (customer_id,))\n",
        ["customer_id: no"],
    ),
    "given on under that name": (
        "@app.delete('/of/{customer_id}')\ndef drop(customer_id: int, who=Depends(me)):\n    wipe(customer_id)\n"
        "def wipe(customer_id):\n    db().execute('DELETE FROM notes WHERE owner = ?', (customer_id,))\n",
        ["customer_id: no"],
    ),
    "what belongs to who is asking": (
        "@app.delete('/notes/{note_id}')\ndef drop(note_id: int, user=Depends(me)):\n    shop = user.shop\n"
        "    db().execute('DELETE FROM notes WHERE id = ? AND shop = ?', (note_id, shop))\n",
        ["note_id: yes"],
    ),
    "what the database has of who is asking": (
        "@app.delete('/notes/{note_id}')\ndef drop(note_id: int, user=Depends(me)):\n"
        "    shop = db().execute('SELECT id FROM shops WHERE owner = ?', (user['id'],)).fetchone()\n"
        "    db().execute('DELETE FROM notes WHERE id = ? AND shop = ?', (note_id, shop[0]))\n",
        ["note_id: yes"],
    ),
    "a role that ordinary people have": (
        "@app.delete('/notes/{note_id}')\ndef drop(note_id: int, who=Depends(roles('job_seeker'))):\n"
        "    db().execute('DELETE FROM notes WHERE id = ?', (note_id,))\n",
        ["note_id: no"],
    ),
    "a role of few": (
        "@app.delete('/notes/{note_id}')\ndef drop(note_id: int, who=Depends(roles('auditor'))):\n"
        "    db().execute('DELETE FROM notes WHERE id = ?', (note_id,))\n",
        [],
    ),
    "a short name": (
        "@app.delete('/notes/{nid}')\ndef drop(nid: str, who=Depends(me)):\n"
        "    db().execute('DELETE FROM notes WHERE id = ?', (nid,))\n",
        ["nid: no"],
    ),
}


@pytest.mark.parametrize("case", HANDLERS)
def test_who_is_asking_and_what_is_asked_for(case):
    handler, expected = HANDLERS[case]
    assert asked(handler) == expected
