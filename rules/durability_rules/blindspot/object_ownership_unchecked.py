"""object-ownership-unchecked."""

from durability.api import (
    Ask,
    Bad,
    EntrySite,
    Good,
    Miss,
    Silent,
    Story,
    Unclear,
    Verdict,
    entry_points,
    handled,
    rule,
    suggest,
    unhandled,
    unsure,
)

_AUTH = (
    "import jwt\nfrom fastapi import Header\n"
    "def current_user(authorization: str = Header()):\n"
    "    return jwt.decode(authorization, 'k' * 32, algorithms=['HS256'])['sub']\n"
)
_HEAD = "from fastapi import Depends, FastAPI, HTTPException\nfrom auth import current_user\n{more}app = FastAPI()\n"
_LIST = (
    "@app.get('/notes')\ndef mine(user: str = Depends(current_user)):\n"
    "    return db().execute('SELECT * FROM notes WHERE owner = ?', (user,)).fetchall()\n"
)
_DB = "import sqlite3\ndef db():\n    return sqlite3.connect('a.db')\n"
_DROP = (
    "@app.delete('/notes/{{note_id}}')\ndef drop(note_id: int, user: str = Depends(current_user)):{mark}\n"
    "{body}    return {{'ok': True}}\n"
)
_PLAIN = "    db().execute('DELETE FROM notes WHERE id = ?', (note_id,))\n"


@rule(
    lens="blindspot",
    severity="high",
    confidence="medium",
    cwe=[639],
    sources=["OWASP API Security Top 10 2023, API1 Broken Object Level Authorization", "CWE-639"],
    story=Story(
        demo="Everybody opens only what is their own.",
        production="Somebody who is logged in changes the number in the address and reads, changes or deletes what belongs to another.",
        trigger="somebody tries another number",
    ),
    action="Look for a row by its number and by who is asking",
    minutes=(10, 40),
    preview=True,
    sites=entry_points(roles=("route",)),
    examples=[
        Bad(
            {
                "app.py": _HEAD.format(more="from store import db\n")
                + _LIST
                + _DROP.format(body=_PLAIN, mark="  # <-"),
                "auth.py": _AUTH,
                "store.py": _DB,
            },
            why="the list is filtered by its owner, the deletion is not",
        ),
        Bad(
            {
                "app.py": _HEAD.format(more=_DB) + _LIST + _DROP.format(body=_PLAIN, mark="  # <-"),
                "auth.py": _AUTH,
            },
            why="the store beside it",
        ),
        Bad(
            {
                "app.py": _HEAD.format(more="from store import Notes\nnotes = Notes()\n")
                + "@app.get('/notes')\ndef mine(user: str = Depends(current_user)):\n    return notes.of(user)\n"
                + _DROP.format(body="    notes.drop(note_id)\n", mark="  # <-"),
                "auth.py": _AUTH,
                "store/__init__.py": "from .notes import Notes\n",
                "store/notes.py": "from store.base import db\nclass Notes:\n    def of(self, owner):\n"
                "        return db().execute('SELECT * FROM notes WHERE owner = ?', (owner,)).fetchall()\n"
                "    def drop(self, note_id):\n        db().execute('DELETE FROM notes WHERE id = ?', (note_id,))\n",
                "store/base.py": _DB,
            },
            why="through a method and a re-export",
        ),
        Bad(
            {
                "app.py": _HEAD.format(
                    more="from store import db\nimport logging\nlogger = logging.getLogger(__name__)\n"
                )
                + _LIST
                + _DROP.format(body="    logger.info('%s drops %s', user, note_id)\n" + _PLAIN, mark="  # <-"),
                "auth.py": _AUTH,
                "store.py": _DB,
            },
            why="who asks is written down, and not looked at",
            decoy=True,
        ),
        Bad(
            {
                "app.py": _HEAD.format(more="from store import db\n")
                + _LIST
                + _DROP.format(body=_PLAIN, mark="  # <-"),
                "auth.py": _AUTH,
                "store.py": _DB
                + "def is_owner(user, note_id):\n    return db().execute('SELECT 1 FROM notes WHERE id = ? AND owner = ?', (note_id, user))\n",
            },
            why="the check is there and nobody calls it",
            decoy=True,
        ),
        Good(
            {
                "app.py": _HEAD.format(more="from store import db\n")
                + _LIST
                + _DROP.format(
                    body="    db().execute('DELETE FROM notes WHERE id = ? AND owner = ?', (note_id, user))\n", mark=""
                ),
                "auth.py": _AUTH,
                "store.py": _DB,
            },
            why="asked for by number and owner",
        ),
        Good(
            {
                "app.py": _HEAD.format(more="from store import db, is_owner\n")
                + _LIST
                + _DROP.format(
                    body="    if not is_owner(user, note_id):\n        raise HTTPException(404)\n" + _PLAIN, mark=""
                ),
                "auth.py": _AUTH,
                "store.py": _DB
                + "def is_owner(user, note_id):\n    return db().execute('SELECT 1 FROM notes WHERE id = ? AND owner = ?', (note_id, user)).fetchone()\n",
            },
            why="the owner is compared in another file",
        ),
        Unclear(
            {
                "app.py": _HEAD.format(more="from store import db\nimport gate\n")
                + _LIST
                + _DROP.format(body="    gate.enter(user)\n" + _PLAIN, mark=""),
                "auth.py": _AUTH,
                "store.py": _DB,
            },
            why="what becomes of the user is not in sight",
        ),
        Silent(
            {
                "app.py": _HEAD.format(more="from store import db\n")
                + "@app.get('/products/{product_id}')\ndef one(product_id: int, user: str = Depends(current_user)):\n"
                "    return db().execute('SELECT * FROM products WHERE id = ?', (product_id,)).fetchone()\n",
                "auth.py": _AUTH,
                "store.py": _DB,
            },
            why="rows that belong to nobody",
        ),
        Miss(
            {
                "app.py": _HEAD.format(more="from store import db\n")
                + _LIST
                + "@app.post('/drop')\ndef drop(form: dict, user: str = Depends(current_user)):\n"
                "    db().execute('DELETE FROM notes WHERE id = ?', (form['id'],))\n",
                "auth.py": _AUTH,
                "store.py": _DB,
            },
            why="the number is in the body",
        ),
    ],
)
def object_ownership_unchecked(entry: EntrySite, ask: Ask) -> Verdict | None:
    """Whoever is logged in reaches the rows of others by their number.

    Other functions look for rows of the same table by who is asking; this one takes the number from the address and
    nothing on its way looks at who is asking.
    """
    found = ask.ownership(entry)
    if found is None:
        return None
    if found.compared == "unknown":
        return unsure("passed through")
    if found.compared == "yes":
        return handled()
    return unhandled(
        f"{entry.entry.name} takes any {found.parameter} of {found.table} and never looks at who is asking",
        fix=suggest("ask for the row by its number and its owner, and answer 404 when there is none"),
        trace=found.shown_at,
    )
