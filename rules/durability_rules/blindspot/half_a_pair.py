"""half-a-pair."""

from durability.api import (
    SERVING,
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

_HEAD = "import boto3\nimport stripe\nfrom flask import Flask\napp = Flask(__name__)\ns3 = boto3.client('s3')\n"
_CHARGE = "    paid = stripe.Charge.create(amount=900, currency='eur')"
_STORE = "    s3.put_object(Bucket='tickets', Key='1', Body=b'x')"


@rule(
    lens="blindspot",
    severity="high",
    confidence="medium",
    cwe=[841],
    sources=["Garcia-Molina and Salem, Sagas, SIGMOD 1987", "Richardson, Microservices Patterns, 4: Sagas"],
    story=Story(
        demo="Both steps work, one after the other.",
        production="A customer pays, the second step fails, and nothing takes the first one back.",
        trigger="the second service fails after the first has done its part",
    ),
    action="Take the first step back when the second fails",
    minutes=(30, 120),
    sites=gaps(first=("charge", "remote"), then=("charge", "remote")),
    examples=[
        Bad(_HEAD + f"@app.post('/buy')\ndef buy():\n{_CHARGE}  # <-\n{_STORE}\n    return paid.id\n"),
        Bad(
            {
                "app.py": "from flask import Flask\nimport pay\nfrom files import Tickets\napp = Flask(__name__)\n"
                "@app.post('/buy')\ndef buy():\n    pay.take(900)  # <-\n    Tickets().create()\n    return 'ok'\n",
                "pay.py": "import stripe\ndef take(amount):\n    stripe.Charge.create(amount=amount, currency='eur')\n",
                "files/__init__.py": "from .tickets import Tickets\n",
                "files/tickets.py": "import boto3\ns3 = boto3.client('s3')\nclass Tickets:\n    def create(self):\n"
                "        s3.put_object(Bucket='tickets', Key='1', Body=b'x')\n",
            },
            why="the money in one file, the ticket in another",
        ),
        Bad(
            {
                "app.py": "import stripe\nfrom flask import Flask\nfrom book import reserve\napp = Flask(__name__)\n"
                "@app.post('/buy')\ndef buy():\n    reserve()  # <-\n    stripe.Charge.create(amount=9, currency='eur')\n    return 'ok'\n",
                "book.py": "import requests\ndef reserve():\n    requests.put('https://seats.example.org/1', timeout=5)\n",
            },
            why="a seat is held, and the payment fails",
        ),
        Bad(
            _HEAD + f"@app.post('/buy')\ndef buy():\n{_CHARGE}  # <-\n    try:\n    {_STORE}\n"
            "    except Exception as error:\n        print('please refund', error)\n    return paid.id\n",
            why="asks for a refund on the screen, and makes none",
            decoy=True,
        ),
        Good(
            _HEAD + f"@app.post('/buy')\ndef buy():\n{_CHARGE}\n    try:\n    {_STORE}\n"
            "    except Exception:\n        stripe.Refund.create(charge=paid.id)\n        raise\n    return paid.id\n"
        ),
        Good(
            {
                "app.py": "from flask import Flask\nfrom pay import give_back, take\nfrom tickets import create\napp = Flask(__name__)\n"
                "@app.post('/buy')\ndef buy():\n    take(900)\n    try:\n        create()\n    except Exception:\n"
                "        give_back()\n        raise\n    return 'ok'\n",
                "pay.py": "import stripe\ndef take(amount):\n    stripe.Charge.create(amount=amount, currency='eur')\n"
                "def give_back():\n    stripe.Refund.create(charge='1')\n",
                "tickets.py": "import boto3\ns3 = boto3.client('s3')\ndef create():\n    s3.put_object(Bucket='t', Key='1', Body=b'x')\n",
            },
            why="taken back by a helper in another file",
        ),
        Good(
            _HEAD
            + "import requests\nfrom flask import request\n@app.post('/buy')\ndef buy():\n    paid = stripe.PaymentIntent.create(amount=900, currency='eur', confirm=True, "
            "idempotency_key=request.form['order'])\n    requests.put('https://tickets.example.org/1', timeout=5)\n    return paid.id\n",
            why="whoever tries again pays once, and gets the same ticket",
        ),
        Good(
            _HEAD
            + "import sqlite3\nfrom apscheduler.schedulers.background import BackgroundScheduler\ndb = sqlite3.connect('a.db')\n"
            "def deliver():\n    s3.put_object(Bucket='tickets', Key='1', Body=b'x')\n"
            "def resume():\n    for row in db.execute('SELECT id FROM orders WHERE ticket IS NULL LIMIT 50').fetchall():\n        deliver()\n"
            "plan = BackgroundScheduler()\nplan.add_job(resume, 'interval', minutes=5)\nplan.start()\n"
            "@app.post('/buy')\ndef buy():\n    db.execute('INSERT INTO orders DEFAULT VALUES')\n    db.commit()\n"
            f"{_CHARGE}\n    deliver()\n    return paid.id\n",
            why="what has no ticket yet is found again on a schedule",
        ),
        Bad(
            _HEAD
            + "import sqlite3\nfrom apscheduler.schedulers.background import BackgroundScheduler\ndb = sqlite3.connect('a.db')\n"
            "def report():\n    print(db.execute('SELECT count(*) FROM orders').fetchone())\n"
            "plan = BackgroundScheduler()\nplan.add_job(report, 'interval', minutes=5)\nplan.start()\n"
            "@app.post('/buy')\ndef buy():\n    db.execute('INSERT INTO orders DEFAULT VALUES')\n    db.commit()\n"
            f"{_CHARGE}  # <-\n{_STORE}\n    return paid.id\n",
            why="what runs on a schedule counts the orders and delivers none",
            decoy=True,
        ),
        Silent(
            _HEAD
            + f"import os\n@app.post('/buy')\ndef buy():\n    if os.getenv('FREE'):\n    {_STORE}\n        return 'ok'\n{_CHARGE}\n    return paid.id\n",
            why="one or the other",
        ),
        Silent(
            _HEAD + "@app.post('/link')\ndef link():\n    price = stripe.Price.create(unit_amount=9, currency='eur')\n"
            "    page = stripe.PaymentLink.create(line_items=[{'price': price.id}])\n"
            "    held = stripe.PaymentIntent.create(amount=9, currency='eur')\n" + _STORE + "\n    return page.url\n",
            why="nobody has paid yet",
        ),
        Bad(
            _HEAD + "@app.post('/buy')\ndef buy():\n"
            f"    paid = stripe.PaymentIntent.create(amount=9, currency='eur', confirm=True)  # <-\n{_STORE}\n    return paid.id\n",
            why="confirmed at once, it is a payment",
        ),
        Silent(
            "import requests\nfrom flask import Flask\napp = Flask(__name__)\n@app.get('/')\ndef home():\n"
            "    a = requests.post('https://a.example.org/search', timeout=3).json()\n"
            "    b = requests.post('https://b.example.org/search', timeout=3).json()\n    return {'a': a, 'b': b}\n",
            why="a plain POST may be a question",
        ),
        Miss(
            _HEAD
            + "import requests\n@app.post('/buy')\ndef checkout():\n    requests.post('https://seats.example.org/1/hold', timeout=5)\n"
            f"{_CHARGE}\n    return paid.id\n",
            why="a plain POST that is no question",
        ),
    ],
)
def half_a_pair(gap: GapSite, ask: Ask) -> Verdict | None:
    """Two services are changed one after the other, and the first is never changed back when the second fails.

    Each of the two is right; together they leave half of something.
    """
    if not gap.reach.roles.intersection(SERVING) or not ask.leaves_harm(gap.first):
        return None
    if not ask.surely_changes(gap.first) or not ask.surely_changes(gap.then):
        return None
    if ask.settled(gap):
        return handled()
    return unhandled(
        f"{gap.first.shown}() stands when {gap.then.shown}() fails, and nothing takes it back",
        fix=suggest("undo the first in the handler of the second, or record both steps and settle them later"),
        trace=gap.trace,
    )
