"""identity-without-proof."""

from durability.api import (
    Ask,
    Bad,
    ClaimSite,
    Good,
    Miss,
    Silent,
    Story,
    Unclear,
    Verdict,
    claims,
    handled,
    rule,
    suggest,
    unhandled,
)

_FLASK = "from flask import Flask, request, session\n{more}app = Flask(__name__)\n"
_LOGIN = "@app.post('/login')\ndef login():\n{body}    session['user'] = request.form['name']{mark}\n    return 'ok'\n"
_API = "from fastapi import Depends, FastAPI, Header, HTTPException\n{more}app = FastAPI()\n"
_TOKEN = "import jwt\ndef token_for(email):\n    return jwt.encode({'sub': email}, 'k' * 32, algorithm='HS256')\n"
_ASK = (
    "@app.post('/login')\ndef login(email: str, password: str):\n{body}    return {{'token': token_for(email)}}{mark}\n"
)
_USERS = "import sqlite3\ndef stored(email):\n    return sqlite3.connect('a.db').execute('SELECT hash FROM users WHERE email = ?', (email,)).fetchone()[0]\n"
_JOIN = (
    "from pydantic import BaseModel\nfrom sqlalchemy.orm import DeclarativeBase, Session\nfrom enum import Enum\n"
    "class Base(DeclarativeBase):\n    pass\nclass User(Base):\n    __tablename__ = 'users'\n"
    "def get_db():\n    return Session()\nclass Role(str, Enum):\n    {roles}\nclass Joining(BaseModel):\n    email: str\n    role: Role\n"
    "@app.post('/register')\ndef register(asked: Joining, db: Session = Depends(get_db)):\n{body}"
    "    db.add(User(email=asked.email, role={role})){mark}\n    db.commit()\n"
)
_CHECK = "check a password, a code or a signature first, or let a login service do it"
_GIVE = "give every new account the same role, and let an administrator change it"
_SAID = {
    "granted": "through {} whoever asks becomes that user, and nothing checks who they are",
    "login": "{} lets in whoever asks, and nothing checks a password or a code",
    "taken": "{} is taken for the user, and anybody can send it",
    "assumed": "{} looks at nothing that the caller sends, so whoever calls is that user",
    "chosen": "whoever registers sets {} as they like, and so makes themselves an administrator",
    "decoded": "{} reads who it is from a token whose signature nobody checks",
}


@rule(
    lens="blindspot",
    severity="critical",
    confidence="high",
    cwe=[287, 290, 347],
    sources=["OWASP Top 10 2021, A07 Identification and Authentication Failures", "CWE-287: Improper Authentication"],
    story=Story(
        demo="The author logs in with the right name.",
        production="A stranger is taken for the person they name, or for the owner outright: sees what that person sees and acts as them.",
        trigger="somebody says that they are somebody else",
    ),
    action="Have people prove who they are before the program believes it",
    minutes=(30, 120),
    sites=claims(),
    examples=[
        Bad(
            _FLASK.format(more="") + _LOGIN.format(body="", mark="  # <-"),
            why="whoever gives a name is that person",
        ),
        Bad(
            {
                "app.py": _API.format(more="from tokens import token_for\n") + _ASK.format(body="", mark="  # <-"),
                "tokens.py": _TOKEN,
            },
            why="a signed token for any address, made in another file",
        ),
        Bad(
            {
                "app.py": _API.format(more="import auth as a\nissuer = a.Issuer()\n")
                + _ASK.format(body="", mark="  # <-").replace("token_for(", "issuer.token_for("),
                "auth/__init__.py": "from .issuing import Issuer\n",
                "auth/issuing.py": "import jwt\nclass Issuer:\n    def token_for(self, email):\n"
                "        return jwt.encode({'sub': email}, 'k' * 32, algorithm='HS256')\n",
            },
            why="through a method and a re-export",
        ),
        Bad(
            _API.format(more="") + "def current_user(x_user_id: str = Header()):  # <-\n    return x_user_id\n"
            "@app.get('/mine')\ndef mine(user: str = Depends(current_user)):\n    return load(user)\n",
            why="a header that anybody can write",
        ),
        Bad(
            {
                "app.py": _API.format(more="from deps import current_user\n")
                + "@app.delete('/mine')\ndef drop(user=Depends(current_user)):\n    return forget(user)\n",
                "deps.py": "from fastapi import HTTPException\nfrom users import first\ndef current_user():  # <-\n    user = first()\n"
                "    if user is None:\n        raise HTTPException(401)\n    return user\n",
                "users.py": "import sqlite3\ndef first():\n    return sqlite3.connect('a.db').execute('SELECT id FROM users LIMIT 1').fetchone()\n",
            },
            why="everybody is the first user, and 401 is for nobody",
            decoy=True,
        ),
        Bad(
            _API.format(more="import jwt\n") + "def current_user(authorization: str = Header()):\n"
            "    return jwt.decode(authorization, options={'verify_signature': False})['sub']  # <-\n"
            "@app.get('/mine')\ndef mine(user: str = Depends(current_user)):\n    return load(user)\n",
            why="the signature is not looked at",
            decoy=True,
        ),
        Bad(
            _FLASK.format(more="def verify_password(name, password):\n    return True\n")
            + _LOGIN.format(
                body="    if not verify_password(request.form['name'], request.form['password']):\n        return 'no', 401\n",
                mark="  # <-",
            ),
            why="a check that says yes to everybody",
            decoy=True,
        ),
        Bad(
            _FLASK.format(more="")
            + _LOGIN.format(
                body="    password = request.form['password']\n    if password != password:\n        return 'no', 401\n",
                mark="  # <-",
            ),
            why="compared with itself",
            decoy=True,
        ),
        Bad(
            _API.format(more="")
            + _JOIN.format(roles="buyer = 1\n    admin = 2", body="", role="asked.role", mark="  # <-"),
            why="whoever registers says that they are an administrator",
        ),
        Good(
            _API.format(more="") + _JOIN.format(roles="buyer = 1\n    admin = 2", body="", role="'buyer'", mark=""),
            why="everybody starts with the same role",
        ),
        Good(
            _API.format(more="")
            + _JOIN.format(
                roles="buyer = 1\n    admin = 2",
                body="    if asked.role not in (Role.buyer,):\n        raise HTTPException(400)\n",
                role="asked.role",
                mark="",
            ),
            why="the roles that may be asked for are listed",
        ),
        Good(
            _API.format(more="") + _JOIN.format(roles="buyer = 1\n    seller = 2", body="", role="asked.role", mark=""),
            why="there is no role to be wary of",
        ),
        Good(
            {
                "app.py": _API.format(more="from passwords import matches\nfrom tokens import token_for\n")
                + _ASK.format(body="    if not matches(email, password):\n        raise HTTPException(401)\n", mark=""),
                "tokens.py": _TOKEN,
                "passwords.py": "import bcrypt\nfrom users import stored\ndef matches(email, password):\n"
                "    return bcrypt.checkpw(password.encode(), stored(email))\n",
                "users.py": _USERS,
            },
            why="the password is checked two files away",
        ),
        Good(
            _FLASK.format(more="from werkzeug.security import check_password_hash\n")
            + _USERS
            + _LOGIN.format(
                body="    if not check_password_hash(stored(request.form['name']), request.form['password']):\n        return 'no', 401\n",
                mark="",
            ),
            why="the hash of the password is compared",
        ),
        Good(
            {
                "app.py": _API.format(
                    more="import asyncio, bcrypt\nfrom tokens import token_for\nfrom users import stored\n"
                )
                + "@app.post('/login')\nasync def login(email: str, password: str):\n"
                "    same = await asyncio.to_thread(bcrypt.checkpw, password.encode(), stored(email))\n"
                "    if not same:\n        raise HTTPException(401)\n    return {'token': token_for(email)}\n",
                "tokens.py": _TOKEN,
                "users.py": _USERS,
            },
            why="the hash of the password is compared in a thread",
        ),
        Good(
            _API.format(more="import jwt\n") + "def current_user(authorization: str = Header()):\n"
            "    return jwt.decode(authorization, 'k' * 32, algorithms=['HS256'])['sub']\n"
            "@app.get('/mine')\ndef mine(user: str = Depends(current_user)):\n    return load(user)\n",
            why="the signature is checked",
        ),
        Good(
            "from flask import Flask, session\nfrom authlib.integrations.flask_client import OAuth\napp = Flask(__name__)\noauth = OAuth(app)\n"
            "oauth.register('google')\n@app.get('/callback')\ndef callback():\n    token = oauth.google.authorize_access_token()\n"
            "    session['user'] = token['userinfo']['email']\n    return 'ok'\n",
            why="another service has checked",
        ),
        Good(
            _FLASK.format(more="")
            + "codes = {}\n"
            + _LOGIN.format(
                body="    if codes.get(request.form['name']) != request.form['code']:\n        return 'no', 401\n",
                mark="",
            ),
            why="the code that was sent to them is compared",
        ),
        Unclear(
            _FLASK.format(more="from directory import authenticate\n")
            + _LOGIN.format(body="    authenticate(request.form['name'], request.form['password'])\n", mark=""),
            why="the check is not in sight",
        ),
        Silent(
            _FLASK.format(more="import uuid\n")
            + "@app.get('/')\ndef home():\n    session['user_id'] = str(uuid.uuid4())\n    return 'hello'\n",
            why="a guest gets a new name of their own",
        ),
        Silent(
            _FLASK.format(more="") + "@app.post('/register')\ndef register():\n    save(request.form['name'])\n"
            "    session['user'] = request.form['name']\n    return 'ok'\n",
            why="a new account belongs to whoever makes it",
        ),
        Miss(
            _API.format(more="")
            + "@app.post('/orders')\ndef order(user_id: int, item: str):\n    return save(user_id, item)\n",
            why="a field of the request that says whose order it is",
        ),
    ],
)
def identity_without_proof(claim: ClaimSite, ask: Ask) -> Verdict | None:
    """The program takes somebody's word for who they are.

    A session or a signed token is handed out, or a header, cookie or unsigned token is taken for the user, and
    nothing on the way compares a password or code, checks a signature, or asks another login. Or whoever registers
    chooses the role that is stored, the administrator's with the others.
    """
    return ask.proven(claim).judge(
        yes=handled(),
        no=unhandled(
            _SAID[claim.kind].format(claim.shown),
            fix=suggest(_GIVE if claim.kind == "chosen" else _CHECK),
            trace=claim.trace,
        ),
    )
