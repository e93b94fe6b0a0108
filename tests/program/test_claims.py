"""Claims of identity, and what proves them."""

import pytest

from durability.engine.linking import link
from durability.facts.collect import collect
from durability.program.links.modules import module_name
from durability.sources.project import manifests_of

FLASK = "from flask import Flask, request, session\nimport os, jwt, bcrypt, sqlite3, requests, uuid\napp = Flask(__name__)\n"
LOGIN = "@app.post('/{path}')\ndef {name}():\n    name = request.form['name']\n    password = request.form['password']\n{body}    session['user'] = name\n    return 'ok'\n"


def claims(files):
    """The claims of a program, as `kind: proof`."""
    facts = {path: collect(text, path, module_name(path)) for path, text in files.items()}
    context = link(facts, dict.fromkeys(facts, "first-party"), manifests_of({}))
    return [f"{item.kind}: {context.claims.proof(item)[0]}" for item in context.claims.all]


def login(body="", path="login", name="login", more=""):
    return {"app.py": FLASK + more + LOGIN.format(path=path, name=name, body=body)}


STORED = "def stored(name):\n    return sqlite3.connect('a.db').execute('SELECT hash FROM users WHERE name = ?', (name,)).fetchone()[0]\n"
PROOFS = {
    "nothing": ("", "no"),
    "the name is there": ("    if not name:\n        return 'no', 401\n", "no"),
    "the name is known": ("    if not stored(name):\n        return 'no', 401\n", "no"),
    "a password is there": ("    if not password or password == '':\n        return 'no', 401\n", "no"),
    "compared with its repetition": (
        "    if password != request.form['confirm_password']:\n        return 'no'\n",
        "no",
    ),
    "compared with itself": ("    if password != password:\n        return 'no', 401\n", "no"),
    "compared": ("    if password != stored(name):\n        return 'no', 401\n", "yes"),
    "the hash is compared": ("    if not bcrypt.checkpw(password, stored(name)):\n        return 'no', 401\n", "yes"),
    "the answer is dropped": ("    bcrypt.checkpw(password, stored(name))\n", "no"),
    "asked of the database": (
        "    if not sqlite3.connect('a.db').execute('SELECT 1 FROM users WHERE name = ? AND password = ?', (name, password)).fetchone():\n"
        "        return 'no', 401\n",
        "yes",
    ),
    "a secret of the surroundings": ("    if password != os.environ['PASSWORD']:\n        return 'no', 401\n", "yes"),
    "another service": ("    requests.post('https://login.example.org', json={'p': password}, timeout=3)\n", "unknown"),
    "an unknown check": ("    directory.authenticate(name, password)\n", "unknown"),
}


@pytest.mark.parametrize("case", PROOFS)
def test_what_proves_a_login(case):
    body, expected = PROOFS[case]
    assert claims(login(body, more=STORED)) == [f"granted: {expected}"]


def test_a_check_of_the_project_is_looked_into():
    body = "    if not check_password(name, password):\n        return 'no', 401\n"
    real = "def check_password(name, password):\n    return bcrypt.checkpw(password, stored(name))\n"
    sham = "def check_password(name, password):\n    return True\n"
    assert claims(login(body, more=STORED + real)) == ["granted: yes"]
    assert claims(login(body, more=STORED + sham)) == ["granted: no"]


def test_a_method_of_an_object_of_unknown_class_is_found_by_its_name():
    body = "    user = find(name)\n    if not user.check_password(password):\n        return 'no', 401\n"
    sham = "class User:\n    def check_password(self, password):\n        return True\n"
    assert claims(login(body) | {"models.py": sham}) == ["granted: no"]
    assert claims(login(body)) == ["granted: unknown"]


ASKS = "@app.post('/login')\ndef login():\n    email = request.json['email']\n    user = find(email)\n{body}    return {{'id': user.id}}\n"


def test_a_login_that_answers_with_an_id_is_one_too():
    assert claims({"app.py": FLASK + ASKS.format(body="")}) == ["login: no"]
    body = "    if user.password != request.json['password']:\n        return 'no', 401\n"
    assert claims({"app.py": FLASK + ASKS.format(body=body)}) == ["login: yes"]
    sends_on = "@app.post('/login')\ndef login():\n    return redirect('/api/login', code=307)\n"
    assert claims({"app.py": FLASK + sends_on}) == []


@pytest.mark.parametrize("name", ["register", "sign_up", "create_account", "guest_login"])
def test_a_new_account_is_no_claim(name):
    assert claims(login(path=name, name=name)) == []


def test_a_guest_with_a_random_name_is_no_claim():
    assert (
        claims(
            {
                "app.py": FLASK
                + "@app.get('/')\ndef home():\n    session['user_id'] = str(uuid.uuid4())\n    return ''\n"
            }
        )
        == []
    )


def test_signing_a_text_for_another_service_is_no_claim():
    text = "def sign():\n    return jwt.encode({'iss': 'app', 'exp': 9}, os.environ['KEY'])\n@app.get('/')\ndef home():\n    return sign()\n"
    assert claims({"app.py": FLASK + text}) == []


TAKEN = {
    "header": ("request.headers.get('X-User-Id')", ["taken: no"]),
    "cookie": ("request.cookies.get('username')", ["taken: no"]),
    "item": ("request.headers['X-User-Email']", ["taken: no"]),
    "secret": ("request.headers.get('X-Api-Key')", []),
    "session": ("request.cookies.get('session_id')", []),
    "proxy": ("request.headers.get('X-Forwarded-User')", []),
    "answer": ("requests.get('https://a.example.org', timeout=3).headers.get('X-User-Id')", []),
}


@pytest.mark.parametrize("case", TAKEN)
def test_what_is_taken_for_the_user(case):
    value, expected = TAKEN[case]
    assert (
        claims({"app.py": FLASK + f"@app.get('/mine')\ndef mine():\n    who = {value}\n    return load(who)\n"})
        == expected
    )


def test_a_header_beside_a_signature_is_proven():
    body = "    who = request.headers.get('X-User-Id')\n    if request.headers.get('X-Sign') != sign(who):\n        return 'no', 401\n"
    text = (
        FLASK
        + "def sign(who):\n    return hash(who + os.environ['KEY'])\n@app.get('/mine')\ndef mine():\n"
        + body
        + "    return who\n"
    )
    assert claims({"app.py": text.replace("X-Sign'", "X-Signature'")}) == ["taken: yes"]


@pytest.mark.parametrize(
    ("options", "expected"),
    [("'k', algorithms=['HS256']", "yes"), ("options={'verify_signature': False}", "no"), ("'k', verify=False", "no")],
)
def test_signed_tokens(options, expected):
    text = f"@app.get('/mine')\ndef mine():\n    return jwt.decode(request.args['t'], {options})['sub']\n"
    assert claims({"app.py": FLASK + text}) == [f"decoded: {expected}"]


API = "from fastapi import Depends, FastAPI, Header, Request\nimport jwt\napp = FastAPI()\n"
MINE = "@app.get('/mine')\ndef mine(user=Depends(current_user)):\n    return user\n"
USERS = {
    "nothing": ("def current_user(db=Depends(get_db)):\n    return db.first()\n", ["assumed: no"]),
    "address": ("def current_user(user_id: str):\n    return load(user_id)\n", ["taken: no"]),
    "header": ("def current_user(user_id: str = Header()):\n    return load(user_id)\n", ["taken: no"]),
    "request": ("def current_user(request: Request):\n    return request.state.user\n", []),
    "token": (
        "def current_user(token: str = Header()):\n    return jwt.decode(token, 'k', algorithms=['HS256'])\n",
        ["assumed: yes", "decoded: yes"],
    ),
}


@pytest.mark.parametrize("case", USERS)
def test_dependencies_that_stand_for_the_user(case):
    text, expected = USERS[case]
    assert sorted(claims({"app.py": API + "def get_db():\n    return open_db()\n" + text + MINE})) == expected


def test_a_login_that_only_sends_a_code_lets_nobody_in():
    text = "@app.post('/login')\ndef login():\n    email = request.json['email']\n    store(f'otp:{email}', new_code())\n    return 'sent'\n"
    assert claims({"app.py": FLASK + text}) == []


def test_who_has_logged_in_may_change_what_the_session_says():
    text = "@app.post('/profile')\ndef profile():\n    session['email'] = request.form['email']\n    return 'ok'\n"
    guard = "@app.before_request\ndef who():\n    if 'user_id' not in session:\n        return redirect('/login')\n"
    assert claims({"app.py": FLASK + guard + text}) == ["granted: yes"]
    assert claims({"app.py": FLASK + text}) == ["granted: no"]


def test_a_nickname_is_no_identity_unless_a_login_writes_it():
    text = "@app.post('/{path}')\ndef {path}():\n    session['username'] = request.form['username']\n    return 'ok'\n"
    assert claims({"app.py": FLASK + text.format(path="join")}) == []
    assert claims({"app.py": FLASK + text.format(path="login")}) == ["granted: no"]


def test_a_token_for_a_link_that_is_sent_is_no_claim():
    text = "@app.post('/forgot-password')\ndef forgot():\n    send(jwt.encode({'sub': request.json['email']}, 'k'))\n    return 'sent'\n"
    assert claims({"app.py": FLASK + text}) == []


def test_a_visitor_who_is_known_again_by_a_random_cookie_claims_nothing():
    text = "@app.get('/')\ndef home():\n    who = request.cookies.get('user_id') or str(uuid.uuid4())\n    return who\n"
    assert claims({"app.py": FLASK + text}) == []


SESSIONS = {
    "flask's": ("from flask import session\n", "", ["granted: no"]),
    "under another name": ("from flask import session as session\n", "", ["granted: no"]),
    "a dict": ("", "    session = {}\n", []),
    "what a store gave": ("", "    session = store.find(request.form['name'])\n", []),
    "the request's": ("", "    session = request.session\n", ["granted: no"]),
    "aiohttp's": ("from aiohttp_session import get_session\n", "    session = get_session(request)\n", ["granted: no"]),
}


@pytest.mark.parametrize("case", SESSIONS)
def test_only_the_session_of_a_framework_says_who_somebody_is(case):
    imported, bound, expected = SESSIONS[case]
    head = FLASK.replace(", session", "") + imported
    body = (
        "@app.post('/enter')\ndef enter():\n"
        + bound
        + "    session['user_id'] = request.form['name']\n    return 'ok'\n"
    )
    assert claims({"app.py": head + body}) == expected


HANDED = {
    "executor": "    ok = loop.run_in_executor(None, partial(bcrypt.checkpw, password, stored(name)))\n",
    "thread": "    ok = asyncio.to_thread(bcrypt.checkpw, password, stored(name))\n",
    "method": "    ok = run_in_threadpool(hashes.verify, password, stored(name))\n",
}


@pytest.mark.parametrize("case", HANDED)
def test_a_check_that_is_handed_over_proves_as_well(case):
    more = (
        "import asyncio\nfrom functools import partial\nfrom argon2 import PasswordHasher\n"
        "from starlette.concurrency import run_in_threadpool\nhashes = PasswordHasher()\nloop = asyncio.new_event_loop()\n"
    )
    body = HANDED[case] + "    if not ok:\n        return 'no', 401\n"
    assert claims(login(body, more=STORED + more)) == ["granted: yes"]


DJANGO = (
    "from django import forms\nfrom django.contrib.auth import authenticate, login\nfrom django.contrib.auth.forms import AuthenticationForm\n"
    "from django.shortcuts import redirect\nfrom django.urls import path\n"
    "class Short(AuthenticationForm):\n    pass\n"
    "class Own(forms.Form):\n    name = forms.CharField()\n    def clean_name(self):\n"
    "        self.user = authenticate(name=self.data['name'], key=self.data['key'])\n        return self.user\n"
    "class Plain(forms.Form):\n    name = forms.CharField()\n    def clean_name(self):\n"
    "        self.user = User.objects.get(name=self.cleaned_data['name'])\n        return self.user\n"
)
VIEW = "def enter(request):\n    form = {}\n{}    login(request, form.user)\n    return redirect('/')\nurlpatterns = [path('in/', enter)]\n"
CHECKED = "    if not form.is_valid():\n        return redirect('/in')\n"
FORMS = {
    "Django's own": ("AuthenticationForm(request, data=request.POST)", CHECKED, "yes"),
    "made from Django's own": ("Short(request, data=request.POST)", CHECKED, "yes"),
    "that is never asked": ("AuthenticationForm(request, data=request.POST)", "", "no"),
    "whose cleaning verifies": ("Own(request.POST)", CHECKED, "yes"),
    "whose cleaning only looks up the name": ("Plain(request.POST)", CHECKED, "no"),
}


@pytest.mark.parametrize("case", FORMS)
def test_a_form_proves_who_logs_in(case):
    form, body, expected = FORMS[case]
    assert claims({"app.py": DJANGO + VIEW.format(form, body)}) == [f"granted: {expected}"]
