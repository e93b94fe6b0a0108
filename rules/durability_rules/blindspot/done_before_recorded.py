"""done-before-recorded."""

from durability.api import (
    Ask,
    Bad,
    GapSite,
    Good,
    Miss,
    Silent,
    Story,
    Verdict,
    gaps,
    handled,
    rule,
    suggest,
    unhandled,
)

_HEAD = "import sqlite3\nimport stripe\nfrom flask import Flask, request\napp = Flask(__name__)\ndb = sqlite3.connect('a.db')\n"
_CHARGE = "stripe.Charge.create(amount=900, currency='eur')"


@rule(
    lens="blindspot",
    severity="high",
    confidence="medium",
    cwe=[841],
    sources=[
        "Garcia-Molina and Salem, Sagas, SIGMOD 1987",
        "Stripe API reference, Idempotent requests",
        "ISO/IEC 5055, CWE-662",
    ],
    story=Story(
        demo="The payment goes through and the order is written right after it.",
        production="A customer has paid, the program stops in that moment, and nothing here knows of the payment.",
        trigger="the program stops or the database fails right after the payment",
    ),
    action="Write down what is about to be paid before it is paid, and settle it afterwards",
    minutes=(30, 90),
    sites=gaps(first="charge", then=("record", "file")),
    examples=[
        Bad(
            _HEAD + "@app.post('/buy')\ndef buy():\n"
            f"    paid = {_CHARGE}  # <-\n"
            "    db.execute('INSERT INTO orders VALUES (?)', (paid.id,))\n    db.commit()\n    return 'ok'\n"
        ),
        Bad(
            {
                "app.py": "from flask import Flask\nimport shop\napp = Flask(__name__)\n"
                "@app.post('/buy')\ndef buy():\n    return shop.Shop().buy()\n",
                "shop.py": "import sqlite3\nfrom pay import take as charge\nclass Shop:\n    def __init__(self):\n"
                "        self.db = sqlite3.connect('a.db')\n    def buy(self):\n        paid = charge(900)  # <-\n"
                "        self.db.execute('INSERT INTO orders VALUES (?)', (paid,))\n        self.db.commit()\n        return 'ok'\n",
                "pay/__init__.py": "from .cards import take\n",
                "pay/cards.py": "import stripe\ndef take(amount):\n    return stripe.Charge.create(amount=amount, currency='eur').id\n",
            },
            why="the payment is two files away",
        ),
        Bad(
            _HEAD + "@app.post('/buy')\ndef buy():\n    db.execute('UPDATE visits SET seen = 1')\n    db.commit()\n"
            f"    print('about to charge')\n    paid = {_CHARGE}  # <-\n"
            "    db.execute('INSERT INTO orders VALUES (?)', (paid.id,))\n    db.commit()\n    return 'ok'\n",
            why="what was written before is about something else, and a line on the screen is no record",
            decoy=True,
        ),
        Bad(
            {
                "app.py": "from flask import Flask\nfrom pay import take\nimport sqlite3\napp = Flask(__name__)\ndb = sqlite3.connect('a.db')\n"
                "@app.post('/buy')\ndef buy():\n    take(900)  # <-\n    db.execute('INSERT INTO orders VALUES (1)')\n    db.commit()\n    return 'ok'\n",
                "pay.py": "import stripe\ndef take(amount):\n    stripe.Charge.create(amount=amount, currency='eur')\n",
            }
        ),
        Good(
            _HEAD
            + "@app.post('/buy')\ndef buy():\n    db.execute('INSERT INTO orders (state) VALUES (?)', ('open',))\n    db.commit()\n"
            f"    {_CHARGE}\n    db.execute('UPDATE orders SET state = ?', ('paid',))\n    db.commit()\n    return 'ok'\n",
            why="a record stands before the payment",
        ),
        Good(
            _HEAD + "@app.post('/buy')\ndef buy():\n    paid = stripe.Charge.create(amount=900, currency='eur', "
            "idempotency_key=request.form['order'])\n    db.execute('INSERT INTO orders VALUES (?)', (paid.id,))\n    db.commit()\n    return 'ok'\n",
            why="the same request again is no second payment",
        ),
        Good(
            _HEAD + f"@app.post('/buy')\ndef buy():\n    paid = {_CHARGE}\n    try:\n"
            "        db.execute('INSERT INTO orders VALUES (?)', (paid.id,))\n        db.commit()\n    except sqlite3.Error:\n"
            "        stripe.Refund.create(charge=paid.id)\n        raise\n    return 'ok'\n",
            why="given back when it cannot be written down",
        ),
        Good(
            {
                "app.py": "from flask import Flask\nfrom orders import opened\nfrom pay import settle\napp = Flask(__name__)\n"
                "@app.post('/buy')\ndef buy():\n    opened()\n    settle()\n    return 'ok'\n",
                "orders.py": "import sqlite3\ndb = sqlite3.connect('a.db')\ndef opened():\n    db.execute('INSERT INTO orders (state) VALUES (0)')\n    db.commit()\n",
                "pay.py": "import stripe\nfrom orders import db\ndef settle():\n    stripe.Charge.create(amount=9, currency='eur')\n"
                "    db.execute('UPDATE orders SET state = 1')\n    db.commit()\n",
            },
            why="the caller has written it down, in another file",
        ),
        Good(
            _HEAD + "from apscheduler.schedulers.background import BackgroundScheduler\n"
            "def settle():\n    for row in db.execute(\"SELECT id FROM orders WHERE state = 'open' LIMIT 50\").fetchall():\n"
            "        if stripe.PaymentIntent.retrieve(row[0]).status == 'succeeded':\n"
            "            db.execute('UPDATE orders SET state = ? WHERE id = ?', ('paid', row[0]))\n            db.commit()\n"
            "plan = BackgroundScheduler()\nplan.add_job(settle, 'interval', minutes=5)\nplan.start()\n"
            "@app.post('/buy')\ndef buy():\n    db.execute('INSERT INTO orders (state) VALUES (?)', ('open',))\n    db.commit()\n"
            f"    {_CHARGE}\n    db.execute('UPDATE orders SET state = ?', ('paid',))\n    db.commit()\n    return 'ok'\n",
            why="what is still open is settled on a schedule",
        ),
        Silent(
            _HEAD + f"@app.post('/buy')\ndef buy():\n    {_CHARGE}\n    return 'ok'\n", why="nothing is written at all"
        ),
        Miss(
            _HEAD
            + "import requests\n@app.post('/buy')\ndef buy():\n    requests.post('https://pay.example.org/charges', timeout=5)\n"
            "    db.execute('INSERT INTO orders VALUES (1)')\n    db.commit()\n    return 'ok'\n",
            why="a payment by a plain request",
        ),
    ],
)
def done_before_recorded(gap: GapSite, ask: Ask) -> Verdict:
    """Money moves, and the only record of it is written afterwards.

    What stands when the program stops in between is the payment alone.
    """
    if ask.recorded_before(gap) or ask.is_repeatable(gap.first) or ask.settled(gap):
        return handled()
    return unhandled(
        f"after {gap.first.shown}() and before {gap.then.shown}(): the money has moved and nothing here says so",
        fix=suggest("commit a pending record before the payment, and give the payment its key as idempotency key"),
        trace=gap.trace,
    )
