"""Which string literals a file's facts keep: addresses, paths, key shapes and values of secret-like names."""

import re

SECRET_NAME = re.compile(
    r"(?:^|_|\b)(?:secret|passwd|password|pwd|passphrase|api_?key|apikey|access_?key|private_?key|auth_?token|"
    r"access_?token|refresh_?token|bot_?token|token|jwt_?secret|client_?secret|signing_?key|encryption_?key|"
    r"secret_?key|credential|dsn|webhook_?url)s?(?:$|_|\b)",
    re.IGNORECASE,
)
_HASHERS = re.compile(
    r"(?:^|[._])(?:hash_?(?:pw|pwd|pass|passwords?)|(?:make|set|encrypt)_password|get_hashed_password|password_hash)$"
    r"|(?:pwd|passw|crypt|hasher|argon2|\bph)\w*\.(?:hash|encrypt)$",
    re.IGNORECASE,
)
_MAKERS = re.compile(r"^(?:create|make|add|new|register)_?(?:super_?|admin_?)?user(?:_?account)?$", re.IGNORECASE)
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")

_ADDRESS = re.compile(
    r"^[a-z][a-z0-9+.\-]{1,20}://|^(?:localhost|127\.0\.0\.1|0\.0\.0\.0|\d{1,3}(?:\.\d{1,3}){3})(?::\d+)?\b"
)
_PATH = re.compile(r"^(?:/(?:Users|home|root)/|[A-Za-z]:[\\/]|~/|\\\\)")
_KEY_SHAPE = re.compile(
    r"sk-|sk_(?:live|test)_|rk_live_|AIza|gh[pousr]_|github_pat_|glpat-|xox[abprs]-|AKIA|ASIA|SG\.|hf_|gsk_|ya29\.|"
    r"eyJ[A-Za-z0-9_-]{8,}\.|-----BEGIN|npm_|pypi-|dop_v1_|key-[0-9a-f]{8}|AC[0-9a-f]{32}|\d{8,10}:AA"
)


def is_secret_name(name: str) -> bool:
    """Whether a name speaks of a secret, in snake, camel or upper case."""
    return bool(SECRET_NAME.search(_CAMEL.sub("_", name)))


def keeps_password(target: str) -> bool:
    """Whether a callee, by its name as written, hashes a password or makes an account that has one."""
    return _hashes(target) or _MAKERS.match(target.rsplit(".", 1)[-1]) is not None


def name_of_argument(target: str, position: int) -> str:
    """The name that a positional argument is known under: what a hash is made of is a password."""
    return "password" if position == 0 and _hashes(target) else ""


def _hashes(target: str) -> bool:
    return _HASHERS.search(target) is not None


def is_interesting(text: str, bound: str) -> bool:
    """Whether a literal is kept as a fact of its own."""
    if not text:
        return False
    if _ADDRESS.match(text) or _PATH.match(text) or (len(text) > 8 and _KEY_SHAPE.search(text) is not None):
        return True
    return bool(bound) and is_secret_name(bound)
