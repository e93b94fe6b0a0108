"""hardcoded-secret."""

import base64
import binascii
import math
import re
from collections import Counter

from durability.api import (
    Bad,
    CallSite,
    Good,
    Miss,
    Silent,
    Story,
    TextSite,
    Verdict,
    calls,
    handled,
    rule,
    suggest,
    texts,
    unhandled,
)
from durability.facts.literals import is_secret_name, keeps_password

SHAPES = (
    re.compile(r"\bsk-(?:proj-|ant-|or-v1-|svcacct-)?[A-Za-z0-9_-]{20,}"),
    re.compile(r"\b[rs]k_live_[A-Za-z0-9]{16,}"),
    re.compile(r"\bAIza[0-9A-Za-z_-]{35}"),
    re.compile(r"\bgh[pousr]_[A-Za-z0-9]{36,}|\bgithub_pat_[A-Za-z0-9_]{50,}|\bglpat-[A-Za-z0-9_-]{20,}"),
    re.compile(r"\bxox[abprs]-[A-Za-z0-9-]{10,}"),
    re.compile(r"\b(?:AKIA|ASIA)[0-9A-Z]{16}\b"),
    re.compile(r"\bSG\.[A-Za-z0-9_-]{16,}\.[A-Za-z0-9_-]{16,}"),
    re.compile(r"\b(?:hf|gsk|npm|pypi|r8)_[A-Za-z0-9]{30,}"),
    re.compile(r"\beyJ[A-Za-z0-9_-]{10,}\.eyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}"),
    re.compile(r"-----BEGIN (?:RSA |EC |OPENSSH |DSA |PGP )?PRIVATE KEY-----\s+[A-Za-z0-9+/=\s]{64,}"),
    re.compile(r"\b\d{8,10}:AA[A-Za-z0-9_-]{33}\b"),
    re.compile(
        r"^[a-z][a-z0-9+]*://[^/\s:@{}]+:(?!(?:password|pass|postgres|root|user|secret|example|changeme|\*+|<)[^@]*@)[^@\s{}/]{6,}@(?!localhost|127\.|db\b|host\b|postgres\b)"
    ),
)
_PLACEHOLDER = re.compile(
    r"your|example|change|replace|placeholder|dummy|sample|insert|todo|xxx|\.\.\.|<|>|\$\{|\{\{|%s|test|fake|mock|demo|default|secret[-_ ]?key|here|none|null|redacted|\*\*",
    re.IGNORECASE,
)

_ABOUT = re.compile(
    r"pattern|regex|url|uri|path|file|field|header|name|type|prefix|suffix|format|label|help|message|hint|title|column|method|algorithm|scheme|hash|wrong|invalid|incorrect",
    re.IGNORECASE,
)
"""Words that make a name speak about a secret instead of holding one."""
_ON_CHAIN = re.compile(r"prog(?:rams?)?(?:_|$)|mint|contract|addr|pub(?:lic)?_?key", re.IGNORECASE)
"""Words of names for what a blockchain publishes: who holds the address can spend nothing."""
_ADDRESS = re.compile(r"0x[0-9a-fA-F]{40}")
_BASE_58 = re.compile(r"[1-9A-HJ-NP-Za-km-z]{32,44}")
_GENERATED = re.compile(r"(?:django-insecure-)?([a-z0-9!@#$%^&*(\-_=+)]{40,64})")
"""What `django-admin startproject` writes, and `get_random_secret_key()` gives."""
_HEXADECIMAL = re.compile(r"[0-9a-f]{32,128}|[0-9A-F]{32,128}")
"""What `openssl rand -hex 32` and `secrets.token_hex()` give."""
_STAND_IN = re.compile(r"dummy|fake|placeholder|change|your|example|xxx|test|demo|mock", re.IGNORECASE)
_NO_ACCOUNT = re.compile(r"dummy|fake|decoy|timing|sham|missing|unknown", re.IGNORECASE)
_WEAK = re.compile(r"pass|secur|strong|secret|admin|qwer|1234", re.IGNORECASE)
_HERE = re.compile(r"localhost|127\.0\.0\.1|0\.0\.0\.0|")


def _for_browsers() -> str:
    parts = ('{"alg": "HS256", "typ": "JWT"}', '{"iss": "supabase", "role": "anon", "iat": 1700000000}')
    return ".".join([*(base64.urlsafe_b64encode(part.encode()).decode().rstrip("=") for part in parts), "q7Zk" * 11])


@rule(
    lens="blindspot",
    severity="critical",
    confidence="high",
    cwe=[798],
    sources=["GitGuardian, State of Secrets Sprawl 2026"],
    story=Story(
        demo="The key is in the code, so it works everywhere at once.",
        production="Everybody who sees the code can use the account behind the key, and run up its bill or read its data.",
        trigger="the code is shared",
    ),
    action="Move secrets to the environment and replace the ones that were in the code",
    minutes=(10, 30),
    sites=(texts(), calls(effect="env.read")),
    examples=[
        Bad("API_KEY = 'sk-" + "a1B2c3D4" * 4 + "'  # <-"),
        Bad("import psycopg2\npsycopg2.connect(host='db', password='vB7#kq92LmXw')  # <-"),
        Bad(
            "import os\nPASSWORD = os.environ['PASSWORD']\nADMIN_PASSWORD = 'tR5$wq81ZnPk'  # <-",
            why="another one is read from the environment",
            decoy=True,
        ),
        Bad(
            "SECRET_KEY = 'django-insecure-b(7w^f0&zk!s-2q)xv$e_m+9c@h1jy=u*4r%o#6tnd(8g5lpai'  # <-",
            why="the key that Django wrote when the project was made",
        ),
        Bad(
            "DATABASES = {'default': {'HOST': 'db.shop.example', 'PASSWORD': 'vB7#kq92LmXw'}}  # <-",
            why="in a table of settings",
        ),
        Bad(
            {
                "seed.py": "from accounts import save\nfrom hashes import hash_password\n"
                "def seed():\n    save('admin@shop.example', hash_password('Admin123!'))  # <-\n",
                "hashes.py": "import bcrypt\ndef hash_password(text):\n    return bcrypt.hashpw(text.encode(), bcrypt.gensalt())\n",
            },
            why="the administrator's password is the one that is written here",
        ),
        Bad(
            "import jwt\nJWT_SECRET = '5f2c9e1b7a4d8036bc1e9f5d27a3840c6e9b1d5f7a2c4e8069d3b5f1a7c2e840'  # <-\n"
            "def sign(who):\n    return jwt.encode({'sub': who}, JWT_SECRET, algorithm='HS256')\n",
            why="random bytes, written as hexadecimal digits",
        ),
        Good("import os\nAPI_KEY = os.environ['API_KEY']"),
        Good("import os\ntoken = os.getenv('BOT_TOKEN')"),
        Silent("API_KEY = 'your-api-key-here'", why="a placeholder"),
        Silent("TOKEN_URL = 'https://example.org/oauth/token'\npassword_field = 'password'"),
        Silent(
            "TOKEN_PROGRAM = 'Fk3TqWmZ9sVdR7yXpLh2NcBgJ5aEuKo8CtM4iDv6HxPz'\n"
            "BILLING_TOKEN = '0x52908400098527886E0F7030069857D2E4169EE7'",
            why="addresses on a blockchain, which everybody may know",
        ),
        Silent(
            "import bcrypt\nDUMMY_HASH = bcrypt.hashpw(b'no such account', bcrypt.gensalt())",
            why="compared with when there is no account",
        ),
        Silent(
            "def change(user, form):\n    user.set_password(form.cleaned_data['password'])",
            why="the name of the field that somebody fills in",
        ),
        Silent("REQUEST = {'login': 'ada', 'password': 'Xk92mQ!sdf7w'}", why="not a table of settings"),
        Silent(
            f"SUPABASE_KEY = '{_for_browsers()}'",
            why="its payload says that it is the key that every visitor gets",
        ),
        Miss("key = base64.b64decode('c2VjcmV0LXZhbHVl')"),
    ],
)
def hardcoded_secret(site: TextSite | CallSite) -> Verdict | None:
    """A key or password is written in the code.

    The value has the shape of a provider's key, or is random text given to a name that speaks of a secret.
    """
    if isinstance(site, CallSite):
        name = site.argument("key", 0)
        return handled() if name is not None and name.kind == "text" and is_secret_name(name.text) else None
    if _is_known_password(site):
        return unhandled(
            f"an account gets a password that is written here ({site.text[:3]}…)",
            fix=suggest("take the first password from the environment, or have the person choose one"),
            cause=f"passwords that are written in {site.path}",
        )
    if not _is_secret(site):
        return None
    what = f"{site.bound} holds" if site.bound else "the code holds"
    return unhandled(
        f"{what} a secret ({site.text[:3]}…)",
        fix=suggest("read it from the environment, and replace the value: it is known now"),
    )


def _is_known_password(site: TextSite) -> bool:
    """Whether a password that is hashed, or given to a new account, is a literal; not one that nobody can use."""
    call = site.call
    if call is None or site.where != "argument" or not keeps_password(call.shown):
        return False
    if (
        not is_secret_name(site.bound)
        or not _is_itself_given(site, call)
        or (call.shown.endswith("set_password") and len(call.arguments) > 1)
    ):
        return False
    unused = _STAND_IN.search(site.text) or any(_NO_ACCOUNT.search(name) for name in (*call.into, site.function.name))
    return len(site.text) > 3 and not unused and not site.for_development


def _is_itself_given(site: TextSite, call: CallSite) -> bool:
    """Whether a literal is an argument, at most encoded; not the name under which one is looked up."""
    values = [item.value for item in call.arguments]
    values += [part for value in values if value.text.endswith("encode") for part in value.parts]
    return any(value.kind == "text" and value.text == site.text for value in values)


def _is_secret(site: TextSite) -> bool:
    text = site.text
    if any(shape.search(text) for shape in SHAPES):
        stand_in = re.search(r"x{6}|your|example|placeholder", text, re.IGNORECASE)
        return not stand_in and _entropy(text) > 3.0 and not _is_for_browsers(text)
    if not site.bound or not is_secret_name(site.bound) or _ABOUT.search(site.bound) or _is_on_chain(site):
        return False
    call = site.call
    if site.is_setting_default or (call is not None and call.library.effect == "env.read"):
        return False  # secret-with-default tells it
    generated = _GENERATED.fullmatch(text)
    if generated is not None and _kinds(generated[1]) == 3 and _entropy(generated[1]) > 4.0:
        return not site.for_development
    if site.where == "dict" and not _is_set_up(site):
        return False
    if _HEXADECIMAL.fullmatch(text) and _kinds(text) == 2 and _entropy(text) > 3.0:
        return not site.for_development
    if re.fullmatch(r"[A-Za-z_]\w*(?:\.\w+){2,}", text):
        return False  # a dotted path
    random = (
        10 <= len(text) <= 200
        and not re.search(r"\s|://|^[/.]|[\\(\[{]", text)
        and _kinds(text) >= 3
        and re.search(r"\d", text)
    )
    return bool(random) and not _PLACEHOLDER.search(text) and _entropy(text) > 3.0


def _is_set_up(site: TextSite) -> bool:
    """Whether a value of a dict belongs to a set-up, as of a database: not to a request or an example of one."""
    beside = site.beside
    elsewhere = _HERE.fullmatch(beside.get("HOST", "elsewhere")) is None
    return site.bound.isupper() and elsewhere and not _WEAK.search(site.text)


def _is_on_chain(site: TextSite) -> bool:
    if _ADDRESS.fullmatch(site.text):
        return True
    return _ON_CHAIN.search(site.bound) is not None and _BASE_58.fullmatch(site.text) is not None


def _is_for_browsers(text: str) -> bool:
    """Whether a token is the one of Supabase that every visitor gets: its payload says so."""
    pieces = text.split(".")
    if len(pieces) != 3:
        return False
    try:
        payload = base64.urlsafe_b64decode(pieces[1] + "=" * (-len(pieces[1]) % 4))
    except (binascii.Error, ValueError):
        return False
    return re.search(rb'"role"\s*:\s*"anon"', payload) is not None


def _kinds(text: str) -> int:
    return sum(bool(re.search(pattern, text)) for pattern in (r"[a-z]", r"[A-Z]", r"\d", r"[^\w\s]"))


def _entropy(text: str) -> float:
    counts = Counter(text)
    return -sum(n / len(text) * math.log2(n / len(text)) for n in counts.values())
