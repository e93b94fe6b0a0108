"""What a handler leaves behind, in which order, and what stands when it stops."""

import pytest
from tests.program.test_program import linked

from durability.program.sequences.gaps import gaps

HEAD = "import sqlite3\nimport stripe\nimport smtplib\nimport requests\ndb = sqlite3.connect('a.db')\n"
INSERT = "db.execute('INSERT INTO t VALUES (1)')"
PAY = "stripe.Charge.create(amount=1)"
MAIL = "smtplib.SMTP('m').sendmail('a', 'b', 'c')"


def sequence(context, name, path="main.py"):
    functions = context.program.files[path].functions
    index = next(number for number, item in enumerate(functions) if item.qualname == name)
    return [effect.kind for item in context.sequences.of((path, index)) for effect in item.events]


def later(context, name, path="main.py"):
    functions = context.program.files[path].functions
    index = next(number for number, item in enumerate(functions) if item.qualname == name)
    return [effect.kind for item in context.sequences.of((path, index)) for effect in item.started]


def pairs(context, first, then):
    return [(gap.function.qualname, gap.first.shown, gap.then.shown) for gap in gaps(context, first, then)]


def body(*lines):
    return HEAD + "def f(x=None):\n" + "".join(f"    {line}\n" for line in lines)


@pytest.mark.parametrize(
    ("lines", "kinds"),
    [
        ((INSERT, "db.commit()", PAY), ["write", "record", "charge"]),
        (("with db:", f"    {INSERT}", PAY), ["write", "record", "charge"]),
        (("requests.get('u')", "requests.put('u')"), ["remote"]),
        (("requests.request('PUT', 'u')", "requests.request('GET', 'u')"), ["remote"]),
        (("print(open('a').read())", "open('a', 'w').write('x')"), ["file", "file"]),
        (("try:", "    return 1", "except OSError:", "    raise", "requests.put('u')"), []),
        (("try:", "    x = 1", "except OSError:", "    raise", "requests.put('u')"), ["remote"]),
        (("db.execute('SELECT 1')",), []),
    ],
)
def test_effects_stand_in_the_order_in_which_they_happen(lines, kinds):
    assert sequence(linked(main=body(*lines)), "f") == kinds


def test_what_a_helper_does_stands_where_it_is_called():
    context = linked(
        main=f"from pay import Till\nfrom store import keep\ntill = Till()\ndef f():\n    till.take()\n    keep()\n{HEAD}",
        pay=f"{HEAD}class Till:\n    def take(self):\n        {PAY}\n",
        store=f"{HEAD}def keep():\n    {INSERT}\n    db.commit()\n",
    )
    assert sequence(context, "f") == ["charge", "write", "record"]


def test_a_method_that_the_caller_names_says_whether_a_request_changes_anything():
    context = linked(
        main="from api import Api\napi = Api()\ndef f():\n    api.get()\ndef g():\n    api.cancel()\n",
        api="import requests\nclass Api:\n    def call(self, method, path):\n        return requests.request(method, path)\n"
        "    def get(self):\n        return self.call('GET', '/a')\n    def cancel(self):\n        return self.call('DELETE', '/a')\n",
    )
    assert sequence(context, "f") == []
    assert sequence(context, "g") == ["remote"]


def test_work_that_is_only_started_comes_later():
    context = linked(
        main=f"import asyncio\nimport threading\n{HEAD}def send():\n    {MAIL}\nasync def mail():\n    send()\n"
        "def f():\n    threading.Thread(target=send).start()\n"
        "async def g():\n    asyncio.create_task(mail())\n"
        "async def h():\n    await mail()\n    await asyncio.gather(mail(), mail())\n",
    )
    assert "message" not in sequence(context, "f")
    assert later(context, "f") == ["message"]
    assert "message" not in sequence(context, "g")
    assert later(context, "g") == ["message"]
    assert sequence(context, "h").count("message") == 3
    assert later(context, "h") == []


@pytest.mark.parametrize(
    "lines",
    [
        ("if x:", f"    {PAY}", "else:", f"    {MAIL}"),
        ("if x:", f"    {PAY}", "    return 1", MAIL),
        (f"return {PAY}", MAIL),
        ("try:", "    with x:", f"        {PAY}", "    return 1", "except ValueError:", "    print(x)", MAIL),
        ("try:", f"    {PAY}", "except ValueError:", f"    {MAIL}"),
        (MAIL, PAY),
    ],
)
def test_what_does_not_follow_is_no_gap(lines):
    assert pairs(linked(main=body(*lines)), ("charge",), ("message",)) == []


@pytest.mark.parametrize(
    "lines",
    [
        (PAY, MAIL),
        ("if x:", f"    {PAY}", MAIL),
        (PAY, "if x:", f"    {MAIL}"),
        ("for y in x:", f"    {PAY}", MAIL),
        ("try:", f"    {PAY}", "except ValueError:", "    raise", MAIL),
    ],
)
def test_what_follows_is_a_gap(lines):
    assert len(pairs(linked(main=body(*lines)), ("charge",), ("message",))) == 1


def test_a_gap_lies_in_the_innermost_function_that_has_both_halves():
    context = linked(main=body(PAY, MAIL) + "def g():\n    f()\ndef h():\n    f()\n    g()\n")
    assert {name for name, _, _ in pairs(context, ("charge",), ("message",))} == {"f"}


def test_functions_that_call_each_other_come_to_an_end():
    context = linked(main=HEAD + f"def f():\n    {PAY}\n    g()\ndef g():\n    f()\n    {MAIL}\n")
    assert sorted(set(sequence(context, "f"))) in (["charge"], ["charge", "message"])


def test_a_long_chain_needs_no_recursion():
    count = 3000
    text = HEAD + f"def f0():\n    {PAY}\n" + "".join(f"def f{n}():\n    f{n - 1}()\n" for n in range(1, count))
    assert sequence(linked(main=text), f"f{count - 1}") == ["charge"]


MANAGER = (
    "import sqlite3\nfrom contextlib import contextmanager\n@contextmanager\ndef cursor():\n    db = sqlite3.connect('a.db')\n"
    "    try:\n        yield db.cursor()\n        db.commit()\n    finally:\n        db.close()\n"
)


def test_what_a_context_manager_of_the_program_commits_stands_at_the_end_of_its_block():
    context = linked(
        main=f"{HEAD}from store import cursor\ndef f():\n    with cursor() as c:\n        c.execute('INSERT INTO t VALUES (1)')\n"
        f"        {PAY}\n    {MAIL}\ndef g():\n    with cursor() as c:\n        c.execute('SELECT 1')\n",
        store=MANAGER,
    )
    assert sequence(context, "f") == ["write", "charge", "record", "message"]
    assert sequence(context, "g") == []


def test_a_statement_that_is_built_call_by_call_stands_where_it_is_run():
    head = "import os\nfrom supabase import create_client\ndb = create_client(os.environ['URL'], os.environ['KEY'])\n"
    context = linked(
        main=f"{head}def f():\n    db.table('a').insert({{'x': 1}}).execute()\n    db.table('a').select('*').execute()\n"
        "    query = db.table('b').delete()\n    query.eq('x', 1).execute()\n"
    )
    assert sequence(context, "f") == ["record", "record"]


def test_an_object_that_a_query_gives_back_is_stored_as_one_of_its_class():
    context = linked(
        main="from django.core.mail import send_mail\nfrom models import Order\ndef f():\n    for order in Order.objects.filter(sent=False):\n"
        "        order.sent = True\n        order.save()\n        order.tell()\n",
        models="from django.core.mail import send_mail\nfrom django.db import models\nclass Order(models.Model):\n"
        "    sent = models.BooleanField(default=False)\n    def tell(self):\n        send_mail('a', 'b', 'c', ['d'])\n",
    )
    assert sequence(context, "f") == ["record", "message"]


def test_a_service_that_a_setter_puts_into_a_module_is_the_one_that_is_given():
    context = linked(
        main="import handlers\nfrom store import Store\nhandlers.use(Store())\n",
        handlers="store = None\ndef use(given):\n    global store\n    store = given\ndef f(given):\n    store.keep()\n    given.keep()\n",
        store=f"{HEAD}class Store:\n    def keep(self):\n        {INSERT}\n        db.commit()\n",
    )
    assert sequence(context, "f", "handlers.py") == ["write", "record"]


def test_a_method_of_an_object_made_on_the_spot_is_what_a_thread_runs():
    context = linked(
        main=f"import threading\n{HEAD}class Till:\n    def take(self):\n        {PAY}\ndef f():\n    till = Till()\n"
        "    threading.Thread(target=till.take).start()\ndef g():\n    threading.Thread(target=Till().take).start()\n"
    )
    assert later(context, "f") == ["charge"]
    assert later(context, "g") == ["charge"]


def test_what_stands_in_for_a_real_object_has_its_methods():
    context = linked(
        main=f"import os\n{HEAD}class Till:\n    def take(self):\n        {PAY}\nclass FakeTill:\n    def take(self):\n        pass\n"
        "class Other:\n    def take(self):\n        pass\ntill = Till() if os.getenv('KEY') else FakeTill()\n"
        "either = Till() if os.getenv('KEY') else Other()\ndef f():\n    till.take()\ndef g():\n    either.take()\n"
    )
    assert sequence(context, "f") == ["charge"]
    assert sequence(context, "g") == []


def test_a_job_in_a_queue_and_a_registered_handler_are_no_steps_of_who_hands_them_over():
    context = linked(
        main=f"from redis import Redis\nfrom rq import Queue\nfrom flask import Flask\n{HEAD}app = Flask(__name__)\n"
        f"queue = Queue(connection=Redis())\ndef job():\n    {PAY}\ndef page():\n    {PAY}\n    return ''\n"
        "def f():\n    queue.enqueue(job)\ndef g():\n    app.add_url_rule('/', view_func=page)\n"
    )
    assert sequence(context, "f") == ["enqueue"]
    assert sequence(context, "g") == []


SAVE = f"def save(row, commit=True, quiet=None):\n    {INSERT}\n    if commit:\n        db.commit()\n    elif not quiet:\n        {MAIL}\n"


@pytest.mark.parametrize(
    ("call", "kinds"),
    [
        ("save(1)", ["write", "record"]),
        ("save(1, commit=False)", ["write", "message"]),
        ("save(1, False, True)", ["write"]),
        ("save(1, x)", ["write", "record", "message"]),
    ],
)
def test_a_branch_that_a_constant_turns_off_leaves_nothing(call, kinds):
    assert sequence(linked(main=f"{HEAD}{SAVE}def f(x):\n    {call}\n"), "f") == kinds


def test_constants_that_are_handed_round_in_a_circle_end():
    pair = "".join(
        f"def {one}(x, go=True, on=True):\n    {INSERT}\n    if go:\n        {other}(x, go=False)\n        {other}(x, on=False)\n"
        f"    if on:\n        {one}(x, False, True)\n        {other}(x, True, False)\n        db.commit()\n"
        for one, other in (("a", "b"), ("b", "a"))
    )
    found = linked(main=f"{HEAD}{pair}def f(x):\n    a(x, go=False)\n    b(x)\n")
    assert {"write", "record"} == set(sequence(found, "f"))
