"""Everything from scanned code is hostile text: what acts on a terminal, a log or a page is made visible or inert."""

import re

# --- secrets ----------------------------------------------------------------------------------------------------------

# Prefix and body of keys as their providers shape them. A body is long and holds a digit, so that `sk-learn-pipelines`
# stays what it is. No key starts inside a word: that keeps the search linear on any text.
_PREFIXED = re.compile(
    r"(?<![\w-])("
    r"sk-(?:proj-|svcacct-|admin-|ant-|or-)?|[srp]k_(?:live|test)_|whsec_|AIza|ya29\.|GOCSPX-|gh[pousr]_|github_pat_|glpat-"
    r"|xox[abeoprs]-|xapp-|AKIA|ASIA|SG\.|hf_|gsk_|npm_|pypi-|r8_|xai-|pplx-|do[opr]_v1_|dapi|shp(?:at|ca|pa|ss)_|hv[sb]\."
    r"|lin_api_|ntn_|secret_|sb[pu]_|sb_secret_|key-|sq0(?:atp|csp)-|sntrys_|AccountKey=|SharedAccessKey=|[Bb]earer "
    r")([A-Za-z0-9_\-.~+/=]{16,})"
)
_BOT = re.compile(r"(?<!\w)(\d{8,10}:)([A-Za-z0-9_-]{35})(?![\w-])")
_TOKEN = re.compile(r"(?<![\w-])(eyJ)[\w-]{8,}\.[\w-]{8,}(?:\.[\w-]*)?")
_PRIVATE_KEY = re.compile(r"(-----BEGIN [A-Z ]{0,40}PRIVATE KEY)(?!…).*", re.DOTALL)
_USERINFO = re.compile(r"(://[^/\s:@]*:)[^/\s]+(@)")
_RUN = re.compile(r"[A-Za-z0-9]{12,}")
_DIGIT = re.compile(r"\d")


def mask(text: str) -> str:
    """The text with known key shapes, tokens and passwords in addresses cut short after what names their kind.

    The engine masks what it knows to be a secret; this is the last line of defence for what it does not.
    """
    if len(text) < 8:
        return text
    text = _PRIVATE_KEY.sub(r"\1…", text)
    text = _TOKEN.sub(r"\1…", text)
    text = _PREFIXED.sub(_cut, text)
    text = _BOT.sub(r"\1…", text)
    return _USERINFO.sub(r"\1…\2", text)


def _cut(found: re.Match[str]) -> str:
    body = found[2]
    return f"{found[1]}…" if _DIGIT.search(body) and _RUN.search(body) else found[0]


# --- what acts on whoever shows the text ------------------------------------------------------------------------------

# By number rather than by category, so that every version of Python escapes the same: control characters, soft hyphen,
# marks and overrides of direction, invisible characters and separators, surrogates, variation selectors, tags.
_ACTIVE = (
    "\x00-\x1f\x7f-\x9f\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164"
    "\ud800-\udfff\ufe00-\ufe0f\ufeff\uffa0\ufff0-\uffff\U000e0000-\U000e0fff"
)
_SHOWN_AS_ESCAPE = re.compile(f"[{_ACTIVE}]")
# `::error::` and `##[error]` at the start of a line are commands to the services that run builds.
_WORKFLOW = re.compile(r"::(?=[A-Za-z][\w-]{0,40}(?:::|\s[^\n]*?::))|##(?=\[|vso\[)")
_PUNCTUATION = re.compile(r"([!-/:-@\[-`{-~])")


def plain(text: str) -> str:
    """The text on one line, secrets masked, with whatever acts on a terminal or a build log written as an escape."""
    shown = _SHOWN_AS_ESCAPE.sub(_escape, mask(text).replace("\t", " "))
    return _WORKFLOW.sub(lambda found: f"{found[0][0]}\\x{ord(found[0][1]):02x}", shown)


def _escape(found: re.Match[str]) -> str:
    code = ord(found[0])
    if code < 0x100:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def markdown(text: str) -> str:
    """The text as Markdown that shows it: every character that could mean something there is escaped."""
    return _PUNCTUATION.sub(r"\\\1", plain(text))


# --- JSON -------------------------------------------------------------------------------------------------------------

# Line ends stand between the values; what follows ends a script or is a command where JSON is put into a page or a log.
_IN_JSON = re.compile(f"(?!\n)[{_ACTIVE}]|<(?=/|!--)|(?<=#)#(?=\\[|vso\\[)")


def encodable(text: str) -> str:
    """The text with unpaired surrogates, which UTF-8 cannot carry, written as escapes."""
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


def inert_json(encoded: str) -> str:
    """The same JSON with what acts on a terminal, a page or a build log as JSON escapes: it decodes to the same."""
    return _IN_JSON.sub(_json_escape, encoded)


def _json_escape(found: re.Match[str]) -> str:
    code = ord(found[0])
    if code < 0x10000:
        return f"\\u{code:04x}"
    code -= 0x10000
    return f"\\u{0xD800 + (code >> 10):04x}\\u{0xDC00 + (code & 0x3FF):04x}"
