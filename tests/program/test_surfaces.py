"""What a stranger can reach, what can be done there, and who asks who calls."""

import pytest

from durability.engine.linking import link
from durability.facts.collect import collect
from durability.program.links.modules import module_name
from durability.sources.project import manifests_of

API = "from fastapi import Depends, FastAPI, HTTPException, Request\nimport sqlite3\napp = FastAPI()\n"
DROP = "def drop(key):\n    sqlite3.connect('a.db').execute('DELETE FROM notes WHERE id = ?', (key,))\n"
ASK = "from openai import OpenAI\ndef ask(text):\n    return OpenAI().responses.create(model='m', input=text)\n"
PAGE = "import streamlit as st\nfrom model import ask\n{more}text = st.text_input('Question')\nif text:\n    st.write(ask(text))\n"


def surfaces(files, manifests=None):
    """The surfaces of a program, as `name: effects, authentication`."""
    facts = {path: collect(text, path, module_name(path)) for path, text in files.items()}
    context = link(facts, dict.fromkeys(facts, "first-party"), manifests_of(manifests or {}))
    return [
        f"{item.entry.name}: {' '.join(kind for kind, _ in item.effects)}, {item.authentication}"
        for item in (*context.surfaces.all, *context.surfaces.webhooks.values())
    ]


def route(head="@app.delete('/notes/{key}')", body="    drop(key)\n", more=""):
    return {"app.py": API + DROP + more + f"{head}\ndef remove(key: int, request: Request):\n{body}"}


def test_a_deletion_that_nobody_guards_is_open():
    assert surfaces(route()) == ["DELETE /notes/{key}: delete, open"]


def test_reading_is_no_surface_though_it_leaves_a_note():
    text = route("@app.get('/notes/{key}')")["app.py"].replace("def remove", "def show")
    assert surfaces({"app.py": text}) == []


@pytest.mark.parametrize(
    "path", ["/auth/drop", "/login", "/reset-password", "/sign-up", "/invites/{token}", "/drop/{reset_code}"]
)
def test_what_has_to_be_open_is_no_surface(path):
    assert surfaces(route(f"@app.post('{path}')")) == []


@pytest.mark.parametrize("path", ["/health", "/healthz", "/goods/{code}", "/zips/{zip_code}"])
def test_what_deletes_does_not_have_to_be_open_though_it_is_called_so(path):
    assert surfaces(route(f"@app.post('{path}')")) == [f"POST {path}: delete, open"]


@pytest.mark.parametrize(
    ("body", "found"),
    [
        ("db.orders.update_one({'stripe_session_id': session_id}, {'$set': {'paid': True}})", True),
        ("db.login_attempts.update_one({'user': session_id}, {'$set': {'n': 1}})", False),
        ("sql.execute('UPDATE orders SET session_id = ? WHERE id = 1', (session_id,))", True),
        ("sql.execute('UPDATE sessions SET seen = 1 WHERE id = ?', (session_id,))", False),
    ],
)
def test_the_table_says_whether_what_is_written_passes_and_not_what_it_is_looked_for_by(body, found):
    text = (
        API
        + "from pymongo import MongoClient\ndb = MongoClient('mongodb://h')['shop']\nsql = sqlite3.connect('a.db')\n"
    )
    text += f"@app.post('/x')\ndef x(session_id: str):\n    {body}\n"
    assert surfaces({"app.py": text}) == (["POST /x: change, open"] if found else [])


def test_a_reset_of_the_whole_system_does_not_have_to_be_open():
    assert surfaces(route("@app.post('/reset-system')")) == ["POST /reset-system: delete, open"]


def test_a_call_that_may_check_the_caller_leaves_it_open_whether_it_does():
    guarded = route(body="    gate.verify_token(request)\n    drop(key)\n", more="import gate\n")
    assert surfaces(guarded) == ["DELETE /notes/{key}: delete, unknown"]


def test_a_limit_holds_what_a_model_costs_and_nothing_else():
    head = "@app.post('/ask')\n@limiter.limit('5/minute')"
    limits = "from slowapi import Limiter\nlimiter = Limiter(key_func=str)\n"
    paid = route(head, "    ask(key)\n", "from model import ask\n" + limits) | {"model.py": ASK}
    assert surfaces(paid) == []
    assert surfaces(route(head, more=limits)) == ["POST /ask: delete, open"]


def test_a_server_that_answers_this_machine_only_has_none_unless_it_is_packed():
    local = "import uvicorn\nif __name__ == '__main__':\n    uvicorn.run(app, host='127.0.0.1')\n"
    files = {"app.py": route()["app.py"] + local}
    assert surfaces(files) == []
    assert surfaces(files, {"Dockerfile": "FROM python:3.12\nCMD python app.py\n"}) != []


def test_set_up_that_runs_with_the_first_request_is_no_effect_of_it():
    body = "    init_db()\n"
    more = "def init_db():\n    sqlite3.connect('a.db').execute('INSERT INTO kinds VALUES (1)')\n"
    assert surfaces(route("@app.post('/notes')", body, more)) == []


def test_asking_the_caller_for_money_costs_nobody_else_any():
    body = "    stripe.checkout.Session.create(mode='payment')\n"
    assert surfaces(route("@app.post('/buy')", body, "import stripe\n")) == []
    body = "    stripe.Refund.create(payment_intent=key)\n"
    assert surfaces(route("@app.post('/back')", body, "import stripe\n")) == ["POST /back: charge, open"]


def test_a_guest_may_add_something_where_all_else_asks_who_calls():
    guard = "from fastapi import Header\ndef who(token: str = Header()):\n    if token != 'x':\n        raise HTTPException(401)\n"
    guarded = "".join(
        f"@app.delete('/{name}/{{key}}', dependencies=[Depends(who)])\ndef {name}(key: int):\n    drop(key)\n"
        for name in ("a", "b", "c", "d")
    )
    add = "from pymongo import MongoClient\n@app.post('/orders')\ndef order(name: str):\n    MongoClient().shop.orders.insert_one({'n': name})\n"
    found = surfaces({"app.py": API + DROP + guard + guarded + add})
    assert len(found) == 4
    assert all(item.endswith("required") for item in found)
    assert surfaces({"app.py": API + add}) == ["POST /orders: change, open"]


PAGES = {
    "nothing": ("", "open"),
    "login": ("if not st.user.is_logged_in:\n    st.login()\n    st.stop()\n", "required"),
    "state": ("if not st.session_state.get('authenticated'):\n    st.stop()\n", "required"),
    "only set": ("if 'logged_in' not in st.session_state:\n    st.session_state.logged_in = False\n", "open"),
}


@pytest.mark.parametrize("name", PAGES)
def test_pages(name):
    more, expected = PAGES[name]
    files = {"page.py": PAGE.format(more=more), "model.py": ASK}
    assert surfaces(files) == [f"page.py: llm, {expected}"]


def test_who_brings_the_key_pays():
    more = "key = st.text_input('OpenAI API key', type='password')\n"
    assert surfaces({"page.py": PAGE.format(more=more), "model.py": ASK}) == []


def test_a_login_before_the_navigation_stands_before_each_page():
    files = {
        "main.py": "import streamlit as st\nif not st.session_state.get('logged_in'):\n    st.stop()\nst.navigation([st.Page('page.py')]).run()\n",
        "page.py": PAGE.format(more=""),
        "model.py": ASK,
    }
    assert surfaces(files) == ["page.py: llm, required"]


BOT = (
    "from telegram.ext import Application, MessageHandler, filters\nfrom model import ask\n{more}"
    "async def answer(update, context):\n{body}    await update.message.reply_text(ask(update.message.text))\n"
    "app = Application.builder().token('t').build()\napp.add_handler(MessageHandler({which}, answer))\n"
)
BOTS = {
    "anybody": ({"more": "", "body": "", "which": "filters.TEXT"}, "open"),
    "list": (
        {
            "more": "ALLOWED = {1, 2}\n",
            "body": "    if update.effective_user.id not in ALLOWED:\n        return\n",
            "which": "filters.TEXT",
        },
        "required",
    ),
    "filter": ({"more": "", "body": "", "which": "filters.User(7)"}, "required"),
}


@pytest.mark.parametrize("name", BOTS)
def test_bots_that_anybody_can_write_to(name):
    words, expected = BOTS[name]
    assert surfaces({"bot.py": BOT.format(**words), "model.py": ASK}) == [f"answer: llm, {expected}"]


def test_a_bot_that_stores_what_its_users_write_is_none():
    store = (
        "import sqlite3\ndef ask(text):\n    sqlite3.connect('a.db').execute('INSERT INTO notes VALUES (?)', (text,))\n"
    )
    assert surfaces({"bot.py": BOT.format(more="", body="", which="filters.TEXT"), "model.py": store}) == []


TOOL = (
    "from mcp.server.fastmcp import FastMCP\nimport sqlite3\nmcp = FastMCP('notes'{auth})\n"
    + DROP
    + "@mcp.tool()\ndef remove(key: int):\n    drop(key)\nif __name__ == '__main__':\n    mcp.run({how})\n"
)
TOOLS = {
    "stdio": ("", "", []),
    "network": ("", "transport='sse'", ["remove: delete, open"]),
    "token": (", auth=load()", "transport='streamable-http'", ["remove: delete, required"]),
}


@pytest.mark.parametrize("name", TOOLS)
def test_tools_that_are_offered_over_the_network(name):
    auth, how, expected = TOOLS[name]
    assert surfaces({"tools.py": TOOL.format(auth=auth, how=how)}) == expected


HOOK = "import stripe\n@app.post('/webhooks/stripe')\nasync def paid(request: Request):\n    body = await request.body()\n{check}    drop(1)\n    return 'ok'\n"
CHECKS = {
    "none": ("    event = body\n", "open"),
    "raises": ("    event = stripe.Webhook.construct_event(body, 's', 'k')\n", "required"),
    "answered": (
        "    try:\n        event = stripe.Webhook.construct_event(body, 's', 'k')\n    except ValueError:\n        return 'no', 400\n",
        "required",
    ),
    "passed over": (
        "    try:\n        event = stripe.Webhook.construct_event(body, 's', 'k')\n    except Exception:\n        event = body\n",
        "open",
    ),
}


@pytest.mark.parametrize("name", CHECKS)
def test_webhooks_whose_sender_is_checked(name):
    check, expected = CHECKS[name]
    files = {"app.py": API + DROP + HOOK.format(check=check)}
    assert surfaces(files) == [f"POST /webhooks/stripe: delete, {expected}"]


@pytest.mark.parametrize(
    ("options", "expected"),
    [("'k', algorithms=['HS256']", "required"), ("options={'verify_signature': False}", "unknown")],
)
def test_a_token_whose_signature_raises(options, expected):
    guard = f"import jwt\ndef who(token: str):\n    return jwt.decode(token, {options})\n"
    text = "@app.delete('/notes/{key}')\ndef remove(key: int, user=Depends(who)):\n    drop(key)\n"
    assert surfaces({"app.py": API + DROP + guard + text}) == [f"DELETE /notes/{{key}}: delete, {expected}"]


PEOPLE = "def add(email):\n    sqlite3.connect('a.db').execute('INSERT INTO people (email) VALUES (?)', (email,))\n"
READS = {
    "SELECT * FROM people": ["GET /people: personal, open"],
    "SELECT id, email FROM people WHERE id = 1": ["GET /people: personal, open"],
    "SELECT COUNT(*) FROM people": [],
    "SELECT id FROM people": [],
    "SELECT * FROM kinds": [],
}


@pytest.mark.parametrize("statement", READS)
def test_reading_what_belongs_to_people(statement):
    read = f"@app.get('/people')\ndef people():\n    return sqlite3.connect('a.db').execute('{statement}').fetchall()\n"
    assert surfaces({"app.py": API + PEOPLE + read}) == READS[statement]


def test_a_change_that_is_put_together_call_by_call():
    more = "from supabase import create_client\nstore = create_client('u', 'k')\n"
    body = "    store.table('notes').delete().eq('id', key).execute()\n"
    assert surfaces(route(body=body, more=more)) == ["DELETE /notes/{key}: delete, open"]
    body = "    return store.table('notes').select('id').eq('id', key).execute()\n"
    assert surfaces(route(body=body, more=more)) == []


def test_a_handler_that_compares_a_secret_itself_may_refuse_in_its_own_way():
    body = "    if request.query_params['token'] != load():\n        return hang_up()\n    drop(key)\n"
    assert surfaces(route(body=body)) == ["DELETE /notes/{key}: delete, unknown"]


def test_an_address_that_is_read_and_says_that_it_deletes():
    assert surfaces(route("@app.get('/delete/{key}')")) == ["GET /delete/{key}: delete, open"]


def test_who_sends_the_key_of_the_model_pays():
    made = "    OpenAI(api_key=request.key).responses.create(model='m', input=key)\n"
    assert surfaces(route("@app.post('/ask')", made, "from openai import OpenAI\n")) == []
    made = "    OpenAI(api_key=KEY).responses.create(model='m', input=key)\n"
    assert surfaces(route("@app.post('/ask')", made, "from openai import OpenAI\n")) == ["POST /ask: llm, open"]


def test_a_gate_before_the_program_says_who_is_asking():
    body = "    if not request.headers.get('X-MS-CLIENT-PRINCIPAL-NAME'):\n        raise HTTPException(401)\n    drop(key)\n"
    assert surfaces(route(body=body)) == ["DELETE /notes/{key}: delete, required"]
