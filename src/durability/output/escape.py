"""Everything from scanned code is hostile text: control characters made visible, secrets masked."""

import re
import unicodedata

_BIDI = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_KEYS = re.compile(
    r"\b(sk-|sk_live_|sk_test_|rk_live_|AIza|gh[pousr]_|github_pat_|glpat-|xox[abprs]-|AKIA|ASIA|SG\.|hf_|gsk_|npm_|pypi-)"
    r"([A-Za-z0-9_\-.]{12,})"
)
_USERINFO = re.compile(r"(\b[a-z][a-z0-9+.\-]*://[^/\s:@]+:)[^@\s/]+(@)", re.IGNORECASE)


def mask(text: str) -> str:
    """The text with known key shapes and passwords in addresses cut short."""
    return _USERINFO.sub(r"\1…\2", _KEYS.sub(lambda found: f"{found[1]}…", text))


def plain(text: str) -> str:
    """The text on one line, with control, direction and unpaired surrogate characters written as escapes."""
    return "".join(_shown(char) for char in mask(text))


def _shown(char: str) -> str:
    if char == "\t":
        return " "
    code = ord(char)
    if code < 32 or 127 <= code < 160 or char in _BIDI or 0xD800 <= code <= 0xDFFF:
        return f"\\x{code:02x}" if code < 256 else f"\\u{code:04x}"
    return f"\\u{code:04x}" if unicodedata.category(char) in ("Zl", "Zp") else char


def encodable(text: str) -> str:
    """The text with unpaired surrogates written as escapes, so that it can be encoded as UTF-8."""
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


def markdown(text: str) -> str:
    """The text with characters that mean something in Markdown escaped."""
    return re.sub(r"([\\`*_{}\[\]<>()#+!|~])", r"\\\1", plain(text))
