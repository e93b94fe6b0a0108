"""multi-write-without-transaction."""

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

_HEAD = "import sqlite3\nfrom flask import Flask\napp = Flask(__name__)\ndb = sqlite3.connect('a.db')\n"
_ORDER = "    made = db.execute('INSERT INTO orders DEFAULT VALUES')"
_LINE = "    db.execute('INSERT INTO lines (order_id) VALUES (?)', (made.lastrowid,))"


@rule(
    lens="blindspot",
    severity="medium",
    confidence="medium",
    preview=True,
    cwe=[662, 841],
    sources=["SQLAlchemy documentation, Transactions and Connection Management", "ISO/IEC 5055, CWE-662"],
    story=Story(
        demo="Both rows are written, one after the other.",
        production="An order without its lines: the program stopped between the two, and the half that was written stays.",
        trigger="the program stops or an error comes up between the two",
    ),
    action="Write what belongs together in one transaction, with one commit at the end",
    minutes=(10, 40),
    sites=(gaps(first="record", then="record", roles=SERVING), gaps(first="write", then="write", roles=SERVING)),
    examples=[
        Bad(
            _HEAD
            + f"@app.post('/buy')\ndef buy():\n{_ORDER}\n    db.commit()  # <-\n{_LINE}\n    db.commit()\n    return 'ok'\n"
        ),
        Bad(
            {
                "app.py": "from flask import Flask\nimport store as st\napp = Flask(__name__)\n@app.post('/buy')\ndef buy():\n"
                "    shop = st.Orders()\n    number = shop.open()  # <-\n    shop.add(number)\n    return 'ok'\n",
                "store/__init__.py": "from .orders import Orders\n",
                "store/orders.py": "import sqlite3\nclass Orders:\n    def __init__(self):\n        self.db = sqlite3.connect('a.db')\n"
                "    def open(self):\n        made = self.db.execute('INSERT INTO orders DEFAULT VALUES')\n        self.db.commit()\n"
                "        return made.lastrowid\n"
                "    def add(self, number):\n        self.db.execute('INSERT INTO lines (order_id) VALUES (?)', (number,))\n        self.db.commit()\n",
            },
            why="each helper commits for itself",
        ),
        Bad(
            {
                "app.py": "from flask import Flask\nfrom pymongo import MongoClient\nfrom lines import add\napp = Flask(__name__)\n"
                "db = MongoClient().shop\n@app.post('/buy')\ndef buy():\n    made = db.orders.insert_one({})  # <-\n"
                "    add(db, made.inserted_id)\n    return 'ok'\n",
                "lines.py": "def add(db, order):\n    from pymongo import MongoClient\n    MongoClient().shop.lines.insert_one({'order': order})\n",
            },
            why="each write stands at once",
        ),
        Bad(
            _HEAD
            + f"@app.post('/buy')\ndef buy():\n    # one transaction\n{_ORDER}\n    db.commit()  # <-\n    db.execute('BEGIN')\n"
            f"{_LINE}\n    db.commit()\n    return 'ok'\n",
            why="a transaction around the second half alone",
            decoy=True,
        ),
        Bad(
            "from flask import Flask\nfrom pymongo import MongoClient\napp = Flask(__name__)\ndb = MongoClient().shop\n"
            "@app.post('/buy')\ndef buy():\n    number = str(db.orders.insert_one({}).inserted_id)  # <-\n"
            "    line = {'order': number}\n    db.lines.insert_one(line)\n    return 'ok'\n",
            why="the number is a part of what the first gave",
        ),
        Bad(
            "from uuid import uuid4\nfrom flask import Flask\nfrom pymongo import MongoClient\napp = Flask(__name__)\ndb = MongoClient().shop\n"
            "@app.post('/buy')\ndef buy():\n    number = str(uuid4())\n    db.orders.insert_one({'number': number})  # <-\n"
            "    db.lines.insert_one({'order': number})\n    return 'ok'\n",
            why="both carry a number that was made before",
        ),
        Bad(
            "from django.db import models\nfrom django.urls import path\nclass Buyer(models.Model):\n    pass\n"
            "class Card(models.Model):\n    buyer = models.ForeignKey(Buyer, on_delete=models.CASCADE)\n"
            "def join(request):\n    buyer = Buyer()\n    buyer.save()  # <-\n    Card.objects.create(buyer=buyer)\n"
            "    return None\nurlpatterns = [path('join', join)]\n",
            why="a row that stores itself",
        ),
        Bad(
            "from flask import Flask\nfrom sqlalchemy import Column, ForeignKey, Integer\nfrom sqlalchemy.orm import Session, declarative_base\n"
            "app = Flask(__name__)\nBase = declarative_base()\nclass Firm(Base):\n    __tablename__ = 'firms'\n    id = Column(Integer, primary_key=True)\n"
            "class Person(Base):\n    __tablename__ = 'people'\n    id = Column(Integer, primary_key=True)\n    firm = Column(ForeignKey('firms.id'))\n"
            "@app.post('/join')\ndef join(db: Session):\n    firm = Firm()\n    db.add(firm)\n    db.commit()  # <-\n"
            "    person = Person(firm=firm.id)\n    db.add(person)\n    db.commit()\n    return 'ok'\n",
            why="the second row is made from the first before it is added",
        ),
        Bad(
            "from flask import Flask, request\nfrom pymongo import MongoClient\napp = Flask(__name__)\ndb = MongoClient().shop\n"
            "def put(mail):\n    new = {'mail': mail}\n    db.people.insert_one(new)\n    return new\n"
            "@app.post('/come')\ndef come():\n    mail = request.json['mail']\n    found = db.people.find_one({'mail': mail})\n"
            "    if found is None:\n        found = put(mail)\n    return found['mail']\n"
            "@app.post('/buy')\ndef buy():\n    buyer = put(request.json['mail'])  # <-\n"
            "    db.orders.insert_one({'buyer': buyer})\n    return 'ok'\n",
            why="another caller of the same function looks first",
        ),
        Good(
            {
                "app.py": "from flask import Flask\nimport store\napp = Flask(__name__)\n@app.post('/buy')\ndef buy():\n"
                "    made = store.add_order(commit=False)\n    store.add_line(made)\n    return 'ok'\n",
                "store.py": "import sqlite3\ndb = sqlite3.connect('a.db')\ndef add_order(commit=True):\n"
                "    made = db.execute('INSERT INTO orders DEFAULT VALUES')\n    if commit:\n        db.commit()\n"
                "    return made.lastrowid\ndef add_line(order, commit=True):\n"
                "    db.execute('INSERT INTO lines (order_id) VALUES (?)', (order,))\n    if commit:\n        db.commit()\n",
            },
            why="the first is told not to commit",
        ),
        Bad(
            {
                "app.py": "from flask import Flask\nimport store\napp = Flask(__name__)\n@app.post('/buy')\ndef buy():\n"
                "    made = store.add_order()  # <-\n    store.add_line(made)\n    return 'ok'\n",
                "store.py": "import sqlite3\ndb = sqlite3.connect('a.db')\ndef add_order(commit=True):\n"
                "    made = db.execute('INSERT INTO orders DEFAULT VALUES')\n    if commit:\n        db.commit()\n"
                "    return made.lastrowid\ndef add_line(order, commit=True):\n"
                "    db.execute('INSERT INTO lines (order_id) VALUES (?)', (order,))\n    if commit:\n        db.commit()\n",
            },
            why="it commits unless it is told not to",
            decoy=True,
        ),
        Good(
            "from django.db import models\nfrom django.urls import path\nclass Buyer(models.Model):\n    name = models.TextField()\n"
            "class Card(models.Model):\n    buyer = models.ForeignKey(Buyer, on_delete=models.CASCADE)\n"
            "def join(request):\n    try:\n        buyer = Buyer.objects.get(name=request.POST['name'])\n    except Buyer.DoesNotExist:\n"
            "        buyer = Buyer()\n        buyer.save()\n    Card.objects.create(buyer=buyer)\n"
            "    return None\nurlpatterns = [path('join', join)]\n",
            why="who tries again finds the first row",
        ),
        Good(
            _HEAD + f"@app.post('/buy')\ndef buy():\n{_ORDER}\n{_LINE}\n    db.commit()\n    return 'ok'\n",
            why="one commit",
        ),
        Good(
            "from django.db import models, transaction\nfrom django.urls import path\nclass Order(models.Model):\n    pass\n"
            "class Line(models.Model):\n    order = models.ForeignKey(Order, on_delete=models.CASCADE)\n"
            "def buy(request):\n    with transaction.atomic():\n        order = Order.objects.create()\n        Line.objects.create(order=order)\n"
            "    return None\nurlpatterns = [path('buy', buy)]\n",
            why="a block that commits or rolls back as a whole",
        ),
        Good(
            "from django.db import models, transaction\nfrom django.urls import path\nclass Order(models.Model):\n    pass\n"
            "class Line(models.Model):\n    order = models.ForeignKey(Order, on_delete=models.CASCADE)\n"
            "@transaction.atomic\ndef buy(request):\n    order = Order.objects.create()\n    Line.objects.create(order=order)\n"
            "    return None\nurlpatterns = [path('buy', buy)]\n",
            why="a function that is one transaction",
        ),
        Good(
            {
                "app.py": "from flask import Flask\nfrom store import db, open_order, add\napp = Flask(__name__)\n@app.post('/buy')\ndef buy():\n"
                "    number = open_order()\n    add(number)\n    db.commit()\n    return 'ok'\n",
                "store.py": "import sqlite3\ndb = sqlite3.connect('a.db')\ndef open_order():\n"
                "    return db.execute('INSERT INTO orders DEFAULT VALUES').lastrowid\n"
                "def add(number):\n    db.execute('INSERT INTO lines (order_id) VALUES (?)', (number,))\n",
            },
            why="the helpers write, the handler commits",
        ),
        Good(
            "from flask import Flask, request\nfrom pymongo import MongoClient\napp = Flask(__name__)\ndb = MongoClient().shop\n"
            "def person(mail):\n    found = db.people.find_one({'mail': mail})\n    if found:\n        return found\n"
            "    new = {'mail': mail}\n    db.people.insert_one(new)\n    return new\n"
            "@app.post('/buy')\ndef buy():\n    buyer = person(request.json['mail'])\n"
            "    db.orders.insert_one({'buyer': buyer})\n    return 'ok'\n",
            why="who tries again finds the first half",
        ),
        Silent(
            _HEAD + "@app.post('/buy')\ndef buy():\n    db.execute('UPDATE visits SET n = n + 1')\n    db.commit()\n"
            "    db.execute('INSERT INTO orders DEFAULT VALUES')\n    db.commit()\n    return 'ok'\n",
            why="the second does not need the first",
        ),
        Miss(
            _HEAD
            + "@app.post('/buy')\ndef buy():\n    db.execute('INSERT INTO orders DEFAULT VALUES')\n    db.commit()\n"
            "    db.execute('INSERT INTO lines SELECT max(id) FROM orders')\n    db.commit()\n    return 'ok'\n",
            why="the second finds the first by a query",
        ),
    ],
)
def multi_write_without_transaction(gap: GapSite, ask: Ask) -> Verdict | None:
    """What belongs together is written in two steps that each stand alone.

    The second needs what the first has made; between the two, half of it is there.
    """
    if not ask.needs_first(gap):
        return None
    if gap.first.kind == "write" or ask.found_again(gap.first) or ask.settled(gap):
        return handled()
    first, then = ask.about(gap.first), ask.about(gap.then)
    return unhandled(
        f"what is written to {first} stands before {then if then != first else 'the second step'}, which needs it",
        fix=suggest("leave out the first commit (flush gives the id), or put both in one transaction"),
        trace=gap.trace,
    )
