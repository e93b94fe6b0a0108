"""check-then-act-race."""

from durability.api import (
    Ask,
    Bad,
    CallSite,
    Good,
    Miss,
    Silent,
    Story,
    Verdict,
    handled,
    rule,
    suggest,
    tested_rows,
    unhandled,
)

_ROUTE = "from flask import Flask, request\napp = Flask(__name__)\n"
_BASE = (
    "from sqlalchemy import Boolean, Column, Integer\nfrom sqlalchemy.orm import declarative_base\nBase = declarative_base()\n"
    "class Account(Base):\n    __tablename__ = 'accounts'\n    id = Column(Integer, primary_key=True)\n    balance = Column(Integer)\n"
    "    used = Column(Boolean, default=False)\n"
)
_PAY = (
    _ROUTE
    + "from sqlalchemy.orm import Session\nimport models as m\n@app.post('/pay')\ndef pay(db: Session):\n    n = request.json['n']\n"
    "    account = db.query(m.Account).filter(m.Account.id == request.json['id']){}.first(){}\n    if account.balance < n:\n"
    "        return 'no', 402\n    account.balance -= n\n    db.commit()\n    return 'ok'\n"
)
_SQL = (
    _ROUTE
    + "import sqlite3\ndb = sqlite3.connect('a.db')\n@app.post('/pay')\ndef pay():\n    user, n = request.json['id'], request.json['n']\n{}"
    "    row = db.execute('SELECT balance FROM accounts WHERE id = ?', (user,)).fetchone(){}\n    if row[0] < n:\n        return 'no', 402\n"
    "    db.execute('UPDATE accounts SET balance = {} WHERE {}', (n, user))\n    db.commit()\n    return 'ok'\n"
)
_STORE = (
    "import sqlite3\nclass Store:\n    def __init__(self):\n        self.db = sqlite3.connect('a.db')\n    def balance(self, user):\n"
    "        row = self.db.execute('SELECT balance FROM accounts WHERE id = ?', (user,)).fetchone()\n        return row[0]\n    def take(self, user, n):\n"
    "        self.db.execute('UPDATE accounts SET balance = balance - ? WHERE id = ?{}', (n, user))\n        self.db.commit()\n"
)
_TAKING = (
    _ROUTE
    + "from store import Store\nstore = Store()\n@app.post('/pay')\ndef pay():\n    user, n = request.json['id'], request.json['n']\n"
    "    if store.balance(user) < n:{}\n        return 'no', 402\n    store.take(user, n)\n    return 'ok'\n"
)
_MONGO = (
    _ROUTE + "from pymongo import MongoClient\ncodes = MongoClient().shop.codes\n@app.post('/redeem')\ndef redeem():\n"
    "    code = codes.find_one({'code': request.json['code']})__MARK__\n    if code['left'] < 1:\n        return 'no', 409\n"
    "    codes.update_one({'code': code['code']__TEST__}, {'$inc': {'left': -1}})\n    return 'ok'\n"
)
_SEATS = {
    "urls.py": "from django.urls import path\nfrom views import book\nurlpatterns = [path('book/<int:pk>/', book)]\n",
    "models.py": "from django.db import models\nclass Tour(models.Model):\n    seats = models.PositiveIntegerField()\n",
    "views.py": "from django.db import transaction\nfrom django.http import HttpResponse\nfrom django.shortcuts import get_object_or_404\n"
    "from models import Tour\n@transaction.atomic\ndef book(request, pk):\n    n = int(request.POST['n'])\n"
    "    tour = get_object_or_404(Tour{}, id=pk){}\n    if tour.seats < n:\n        return HttpResponse('full')\n"
    "    tour.seats -= n\n    tour.save()\n    return HttpResponse('booked')\n",
}
_FREE = (
    _ROUTE
    + "import sqlite3\ndb = sqlite3.connect('a.db')\n@app.post('/book')\ndef book():\n    room, n = request.json['id'], request.json['n']\n"
    "    row = db.execute('SELECT seats, taken FROM rooms WHERE id = ?', (room,)).fetchone(){}\n    free = row['seats'] - row['taken']\n"
    "    if free < n:\n        return 'full', 409\n    db.execute('UPDATE rooms SET taken = ? WHERE id = ?{}', (row['taken'] + n, room))\n"
    "    db.commit()\n    return 'ok'\n"
)


@rule(
    lens="time",
    severity="high",
    confidence="high",
    cwe=[362, 367],
    sources=["Warszawski and Bailis, ACIDRain, SIGMOD 2017", "CWE-367: Time-of-check Time-of-use Race Condition"],
    story=Story(
        demo="One person does one thing at a time.",
        production="Two requests at the same moment both see enough left, both are served: more is given out than there was.",
        trigger="two requests at once",
    ),
    action="Let one statement test and change the row, or lock the row while it is looked at",
    minutes=(15, 60),
    sites=tested_rows(roles=("route", "ui", "bot", "tool", "worker")),
    examples=[
        Bad({"app.py": _PAY.format("", "  # <-"), "models.py": _BASE}, why="two files, an alias"),
        Bad(
            {
                "app.py": _TAKING.format("  # <-"),
                "store/__init__.py": "from .accounts import Store\n",
                "store/accounts.py": _STORE.format(""),
            },
            why="look and change are methods behind a re-export",
        ),
        Bad(
            _SQL.format("", "  # <-", "balance - ?", "id = ?"), why="in SQL; counting in the statement does not test it"
        ),
        Bad(
            _SQL.format("    db.execute('BEGIN')\n", "  # <-", "balance - ?", "id = ?"),
            why="a transaction that takes no lock before it looks",
            decoy=True,
        ),
        Bad(
            {
                "app.py": _ROUTE
                + "import smtplib\nfrom sqlalchemy.orm import Session\nfrom models import Account\n@app.post('/redeem')\ndef redeem(db: Session):\n"
                "    code = db.query(Account).filter_by(id=request.json['id']).first()  # <-\n    if code.used:\n        return 'used', 409\n"
                "    code.used = True\n    db.commit()\n    smtplib.SMTP('mail').sendmail('a', 'b', 'a voucher')\n    return 'ok'\n",
                "models.py": _BASE,
            },
            why="a mark that lets a message go out once",
        ),
        Bad(
            {**_SEATS, "views.py": _SEATS["views.py"].format("", "  # <-")},
            why="found or not found; a transaction that locks nothing",
            decoy=True,
        ),
        Good(
            {**_SEATS, "views.py": _SEATS["views.py"].format(".objects.select_for_update()", "")},
            why="the row that is found is locked",
        ),
        Bad(_MONGO.replace("__MARK__", "  # <-").replace("__TEST__", ""), why="documents"),
        Bad(
            {
                "app.py": _ROUTE
                + "import store\n@app.post('/pay')\ndef pay():\n    bill = store.load(request.json['id'])  # <-\n"
                "    if bill['status'] == 'paid':\n        return 'paid before', 409\n    store.settle(bill['id'])\n    return 'ok'\n",
                "store.py": "import sqlite3\ndb = sqlite3.connect('a.db')\ndef as_dict(row):\n    return dict(row) if row else None\n"
                "def load(n):\n    return as_dict(db.execute('SELECT * FROM bills WHERE id = ?', (n,)).fetchone())\n"
                "def settle(n):\n    db.execute(\"UPDATE bills SET status = 'paid' WHERE id = ?\", (n,))\n"
                "    db.execute('INSERT INTO payments (bill) VALUES (?)', (n,))\n    db.commit()\n",
            },
            why="the row comes in another shape, and a payment hangs on the mark",
        ),
        Bad(_FREE.format("  # <-", ""), why="the test asks for a name that was made from the columns, in Python"),
        Bad(
            _MONGO.replace("__MARK__", "  # <-")
            .replace("__TEST__", "")
            .replace("'$inc': {'left': -1}", "'$set': {'left': code['left'] - 1}"),
            why="what is set was counted from what was read",
        ),
        Bad(
            {
                "app.py": _ROUTE
                + "from sqlalchemy.orm import Session\nfrom models import Flat, Lease, State\n@app.post('/let')\ndef let(db: Session):\n"
                "    flat = db.query(Flat).filter(Flat.id == request.json['id']).first()  # <-\n"
                "    if flat.state == State.taken:\n        return 'taken', 409\n    db.add(Lease(flat_id=flat.id))\n"
                "    flat.state = State.taken\n    db.commit()\n    return 'ok'\n",
                "models.py": "import enum\nfrom sqlalchemy import Column, Enum, Integer\nfrom sqlalchemy.orm import declarative_base\n"
                "Base = declarative_base()\nclass State(enum.Enum):\n    free = 'free'\n    taken = 'taken'\nclass Flat(Base):\n"
                "    __tablename__ = 'flats'\n    id = Column(Integer, primary_key=True)\n    state = Column(Enum(State))\nclass Lease(Base):\n"
                "    __tablename__ = 'leases'\n    id = Column(Integer, primary_key=True)\n    flat_id = Column(Integer)\n",
            },
            why="a mark that is a member of an enumeration lets a row be put in",
        ),
        Good(_FREE.format("", " AND taken <= ?"), why="the statement tests the counted column again"),
        Good(
            _MONGO.replace("__MARK__", "").replace("__TEST__", ", 'left': {'$gte': 1}"), why="the filter tests it again"
        ),
        Good({"app.py": _PAY.format(".with_for_update()", ""), "models.py": _BASE}, why="the row is locked"),
        Good(_SQL.format("", "", "balance - ?", "id = ? AND balance >= 1"), why="the statement tests it again"),
        Good(
            _SQL.format("    db.execute('BEGIN IMMEDIATE')\n", "", "balance - ?", "id = ?"),
            why="the write lock is taken before the look",
        ),
        Good(
            {
                "app.py": _TAKING.format(""),
                "store/__init__.py": "from .accounts import Store\n",
                "store/accounts.py": _STORE.format(" AND balance >= 1"),
            },
            why="the statement in the other file tests it again",
        ),
        Silent(
            {
                "app.py": _ROUTE
                + "from sqlalchemy.orm import Session\nfrom models import Account\n@app.post('/close')\ndef close(db: Session):\n"
                "    account = db.query(Account).filter_by(id=request.json['id']).first()\n    if account.used:\n        return 'closed'\n"
                "    account.used = True\n    db.commit()\n    return 'ok'\n",
                "models.py": _BASE,
            },
            why="twice the same mark does no harm",
        ),
        Miss(
            {
                "app.py": _ROUTE
                + "from sqlalchemy.orm import Session\nfrom models import Account\n@app.post('/view')\ndef view(db: Session):\n"
                "    account = db.query(Account).filter_by(id=request.json['id']).first()\n    account.balance += 1\n    db.commit()\n    return 'ok'\n",
                "models.py": _BASE,
            },
            why="a count that nothing tests may lose one",
        ),
    ],
)
def check_then_act_race(call: CallSite, ask: Ask) -> Verdict:
    """A row is read and tested, and then changed because of the test, with nothing that keeps a second request out.

    Both requests test the same old value.
    """
    race = ask.race(call)
    if race.guard:
        return handled()
    columns = ", ".join(race.columns)
    return unhandled(
        f"{race.table} ({columns}) is tested here and changed later: two requests both pass the test",
        fix=suggest(
            f"test {columns} in the WHERE of the update and look at its row count, or lock the row (FOR UPDATE)"
        ),
        cause=f"{race.table}:{columns}",
        trace=race.trace,
    )
