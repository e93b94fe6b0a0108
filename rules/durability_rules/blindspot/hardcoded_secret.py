"""hardcoded-secret."""

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
from durability.facts.literals import is_secret_name

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
    r"pattern|regex|url|uri|path|file|field|header|name|type|prefix|suffix|format|label|help|message|hint|title|column|method|algorithm|scheme|hash",
    re.IGNORECASE,
)
"""Words that make a name speak about a secret instead of holding one."""


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
        Good("import os\nAPI_KEY = os.environ['API_KEY']"),
        Good("import os\ntoken = os.getenv('BOT_TOKEN')"),
        Silent("API_KEY = 'your-api-key-here'", why="a placeholder"),
        Silent("TOKEN_URL = 'https://example.org/oauth/token'\npassword_field = 'password'"),
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
    if not _is_secret(site):
        return None
    what = f"{site.bound} holds" if site.bound else "the code holds"
    return unhandled(
        f"{what} a secret ({site.text[:3]}…)",
        fix=suggest("read it from the environment, and replace the value: it is known now"),
    )


def _is_secret(site: TextSite) -> bool:
    if any(shape.search(site.text) for shape in SHAPES):
        return not re.search(r"x{6}|your|example|placeholder", site.text, re.IGNORECASE) and _entropy(site.text) > 3.0
    if not site.bound or site.where == "dict" or not is_secret_name(site.bound) or _ABOUT.search(site.bound):
        return False
    call = site.call
    if call is not None and call.library.effect == "env.read":
        return False
    text = site.text
    if re.fullmatch(r"[A-Za-z_]\w*(?:\.\w+){2,}", text):
        return False  # a dotted path
    random = (
        10 <= len(text) <= 200
        and not re.search(r"\s|://|^[/.]|[\\(\[{]", text)
        and _kinds(text) >= 3
        and re.search(r"\d", text)
    )
    return bool(random) and not _PLACEHOLDER.search(text) and _entropy(text) > 3.0


def _kinds(text: str) -> int:
    return sum(bool(re.search(pattern, text)) for pattern in (r"[a-z]", r"[A-Z]", r"\d", r"[^\w\s]"))


def _entropy(text: str) -> float:
    counts = Counter(text)
    return -sum(n / len(text) * math.log2(n / len(text)) for n in counts.values())
