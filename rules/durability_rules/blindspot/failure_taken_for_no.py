"""failure-taken-for-no."""

from durability.api import (
    SERVING,
    Ask,
    Bad,
    Good,
    HandlerSite,
    Miss,
    Silent,
    Story,
    Verdict,
    checks,
    handled,
    rule,
    suggest,
    unhandled,
)

_NARROW = frozenset(
    {"DoesNotExist", "NotFound", "NoResultFound", "ObjectDoesNotExist", "FileNotFoundError", "KeyError"}
)
_APP = "import requests\nfrom fastapi import FastAPI\napp = FastAPI()\n"
_PAID = (
    "import requests\ndef is_paid(order):\n    try:\n        return requests.get('https://pay.example/' + order, timeout=5).json()['paid']\n"
    "    except Exception:{}\n        {}\n"
)
_CANCEL = (
    "from fastapi import FastAPI\nimport shop as s\nfrom store import db\napp = FastAPI()\n@app.post('/sweep')\ndef sweep(order: str):\n"
    "    {}\n        db.execute('DELETE FROM orders WHERE id = ?', (order,))\n        db.commit()\n"
)
_STORE = "import sqlite3\ndb = sqlite3.connect('shop.db')\n"
_SYNC = (
    _APP
    + "from store import db\n@app.post('/sync')\ndef sync():\n    there = set()\n    for page in range(9):\n        try:\n"
    "            there.update(requests.get(f'https://api.example/{{page}}', timeout=5).json())\n        except Exception{}\n"
    "    known = {{row[0] for row in db.execute('SELECT id FROM items LIMIT 100')}}\n    for gone in known - there:\n"
    "        db.execute('DELETE FROM items WHERE id = ?', (gone,))\n    db.commit()\n"
)


@rule(
    lens="blindspot",
    severity="high",
    confidence="high",
    cwe=[636, 755],
    sources=[
        "Yuan et al., Simple Testing Can Prevent Most Critical Failures, OSDI 2014",
        "CWE-636: Not Failing Securely",
    ],
    story=Story(
        demo="The other side always answers.",
        production="Another service does not answer once; the program takes that for a no, and cancels, deletes or sends for people who did nothing wrong.",
        trigger="a check cannot be made",
    ),
    action="Act only on an answer: let a check that failed stop what hangs on it",
    minutes=(10, 40),
    sites=checks(roles=SERVING),
    examples=[
        Bad(
            {
                "app.py": _CANCEL.format("if not s.is_paid(order):"),
                "shop.py": _PAID.format("  # <-", "return False"),
                "store.py": _STORE,
            },
            why="an outage of the payment service cancels every order",
        ),
        Bad(
            {
                "app.py": _CANCEL.format(
                    "paid = s.is_paid(order)\n    if paid is None:\n        print('no answer')\n    if not paid:"
                ),
                "shop/__init__.py": "from .paying import is_paid\n",
                "shop/paying.py": _PAID.format("  # <-", "print('down')\n        return None"),
                "store.py": _STORE,
            },
            why="it writes a line about the failure, and goes on to delete",
            decoy=True,
        ),
        Bad(
            {"app.py": _SYNC.format(":  # <-\n            continue"), "store.py": _STORE},
            why="what one page would have named is deleted",
        ),
        Bad(
            _APP + "import stripe\n@app.post('/renew')\ndef renew(user: str):\n    active = False\n    try:\n"
            "        active = requests.get('https://api.example/' + user, timeout=5).json()['active']\n    except Exception:  # <-\n"
            "        pass\n    if active:\n        return 'ok'\n    stripe.Charge.create(amount=5, currency='eur', customer=user)\n",
            why="who could not be looked up is charged again",
        ),
        Good(
            {
                "app.py": _CANCEL.format("if not s.is_paid(order):"),
                "shop.py": _PAID.format("", "raise"),
                "store.py": _STORE,
            },
            why="the failure travels, and nothing is deleted",
        ),
        Good(
            {
                "app.py": _CANCEL.format("if s.is_expired(order):"),
                "shop.py": _PAID.replace("is_paid", "is_expired").format("", "return False"),
                "store.py": _STORE,
            },
            why="empty means that nothing happens",
        ),
        Good(
            {
                "app.py": _CANCEL.format(
                    "paid = s.is_paid(order)\n    if paid is None:\n        return\n    if not paid:"
                ),
                "shop.py": _PAID.format("", "return None"),
                "store.py": _STORE,
            },
            why="no answer is told apart from no",
        ),
        Good(
            {
                "app.py": _CANCEL.format("if s.is_paid(order) is False:"),
                "shop.py": _PAID.format("", "return None"),
                "store.py": _STORE,
            },
            why="only a no is a no",
        ),
        Good(
            {"app.py": _SYNC.format(":\n            raise"), "store.py": _STORE},
            why="a page that fails stops the whole",
        ),
        Silent(
            {
                "app.py": _CANCEL.format("if not s.is_paid(order):").replace(
                    "DELETE FROM orders", "SELECT 1 FROM orders"
                ),
                "shop.py": _PAID.format("", "return False"),
                "store.py": _STORE,
            },
            why="nothing final hangs on it",
        ),
        Miss(
            {
                "app.py": _CANCEL.format("states = {order: s.is_paid(order)}\n    if not states[order]:"),
                "shop.py": _PAID.format("", "return False"),
                "store.py": _STORE,
            },
            why="the result goes through a dictionary",
        ),
    ],
)
def failure_taken_for_no(handler: HandlerSite, ask: Ask) -> Verdict:
    """A check that could not be made comes back empty, the program reads that as "no", and something final follows.

    Final are deleting, cancelling, charging, refunding and writing to people.
    """
    found = ask.mistaken(handler)
    if found.outcome == "waits" or (
        handler.types and all(name.rpartition(".")[2] in _NARROW for name in handler.types)
    ):
        return handled()
    return unhandled(
        f"a check that fails counts as a no, and then: {found.what}",
        fix=suggest("raise here, or return a third value, and do nothing when there is no answer"),
        cause=handler.path,
        trace=found.trace,
    )
