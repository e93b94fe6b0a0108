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
