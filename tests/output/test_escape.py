"""What happens to hostile text and to secrets before anybody sees them."""

import json
import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from durability.output.escape import encodable, inert_json, markdown, mask, plain

ANY = st.text(st.characters(exclude_categories=()))
HARMLESS_CATEGORIES = {"Cc", "Cf", "Cs", "Zl", "Zp"}


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("src/app.py", "src/app.py"),
        ("größe 漢字 👍", "größe 漢字 👍"),
        ("a\nb\r\n", "a\\x0ab\\x0d\\x0a"),
        ("a\tb", "a b"),
        ("\x1b[31mred\x1b]8;;http://x\x07", "\\x1b[31mred\\x1b]8;;http://x\\x07"),
        ("\x9b31m\x85\x7f", "\\x9b31m\\x85\\x7f"),
        ("a\u202eb\u2066c\u200f", "a\\u202eb\\u2066c\\u200f"),
        ("a\u200bb\ufeff\u00ad", "a\\u200bb\\ufeff\\xad"),
        ("\u2028\u2029", "\\u2028\\u2029"),
        ("\udcff\ud800", "\\udcff\\ud800"),
        ("\U000e0041", "\\U000e0041"),
        ("::error::x", ":\\x3aerror::x"),
        ("  ::set-output name=a,b=c::d", "  :\\x3aset-output name=a,b=c::d"),
        ("##[group]a ##vso[b]", "#\\x23[group]a #\\x23vso[b]"),
        ("x[::2] and a::b", "x[::2] and a::b"),
        ("## title", "## title"),
    ],
)
def test_what_acts_is_shown_as_an_escape(text, shown):
    assert plain(text) == shown


@given(ANY)
def test_nothing_that_acts_is_left(text):
    shown = plain(text)
    assert not re.search("[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff]", shown)
    assert shown.encode("utf-8").decode("utf-8") == shown
    assert not shown.lstrip().startswith("::error::")


def test_every_format_character_of_the_basic_plane_is_escaped():
    """Characters without a shape; the few scripts whose marks are of this kind stand in them for something to see."""
    seen = {chr(code) for code in range(0x10000) if unicodedata.category(chr(code)) in HARMLESS_CATEGORIES}
    left = {char for char in seen if plain(char) == char}
    assert {unicodedata.name(char).split()[0] for char in left} <= {"ARABIC", "SYRIAC"}


def test_escaping_is_linear():
    """Each of these would take hours if a search began anew at every character."""
    size = 200_000
    for piece in ("sk-", "eyJ-", "eyJ.", "a-", "-----BEGIN ", "://", "::a ", "##", "hf_a", "://a:", "1234567890:"):
        text = piece * (size // len(piece))
        assert len(plain(text)) >= size // 4
    assert plain("x" * size) == "x" * size


# --- secrets ----------------------------------------------------------------------------------------------------------

# Put together here so that no scanner takes this file for a leak.
BODY = "a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8"
KEYS = {
    "openai": ("sk-", BODY),
    "openai project": ("sk-proj-", BODY + "_" + BODY),
    "anthropic": ("sk-ant-", "api03-" + BODY),
    "stripe": ("sk_" + "live_", BODY[:24]),
    "stripe restricted": ("rk_" + "test_", BODY[:24]),
    "aws": ("AKIA", "A1B2C3D4E5F6G7H8"),
    "github": ("ghp" + "_", BODY),
    "github fine": ("github" + "_pat_", BODY),
    "gitlab": ("glpat" + "-", BODY[:20]),
    "slack": ("xoxb" + "-", "123456789012-" + BODY[:24]),
    "google": ("AIza", "Sy" + BODY[:33]),
    "sendgrid": ("SG.", BODY[:22] + "." + BODY),
    "hugging face": ("hf" + "_", BODY[:34]),
    "npm": ("npm" + "_", BODY),
    "bearer": ("Bearer ", BODY),
}


@pytest.mark.parametrize("kind", KEYS)
@pytest.mark.parametrize("around", ["{}", "key='{}'", "x={}, y", "https://api.example/?k={}&z=1", "a/{}"])
def test_keys_are_cut_short(kind, around):
    prefix, body = KEYS[kind]
    masked = mask(around.format(prefix + body))
    assert prefix + "…" in masked
    assert body not in masked
    assert body[-8:] not in masked


@pytest.mark.parametrize(
    ("secret", "masked"),
    [
        ("postgresql://app:hunter2@db/x", "postgresql://app:…@db/x"),
        ("redis://:hunter2@cache:6379", "redis://:…@cache:6379"),
        ("https://u:p@ss@host/a", "https://u:…@host/a"),
        ("eyJ" + BODY[:20] + ".eyJ" + BODY[:20] + "." + BODY, "eyJ…"),
        ("bot 123456789:" + BODY[:35] + " end", "bot 123456789:… end"),
        ("-----BEGIN RSA PRIVATE " + "KEY-----\nMII" + BODY, "-----BEGIN RSA PRIVATE KEY…"),
    ],
)
def test_other_secrets_are_cut_short(secret, masked):
    assert mask(secret) == masked
    assert mask(masked) == masked


@pytest.mark.parametrize(
    "text",
    [
        "examples/sk-learn-pipelines-and-more/app.py",
        "src/npm_package_management/hf_tokenizer_wrapper.py",
        "secret_santa_gift_exchange_2024.py",
        "https://example.com:8080/a@b",
        "http://localhost:5000",
        "http-call-without-timeout",
        "key-value-store-implementation",
        "0123456789abcdef",
        "user@example.com",
    ],
)
def test_what_is_no_secret_stays(text):
    assert mask(text) == text


@given(ANY)
def test_masking_twice_is_masking_once(text):
    assert mask(mask(text)) == mask(text)
    assert plain(text) == plain(mask(text))


# --- Markdown and JSON ------------------------------------------------------------------------------------------------


def test_markdown_shows_what_it_is_given():
    assert markdown("a_b") == "a\\_b"
    for hostile in (
        "![x](http://e)",
        "<script>",
        "[a](javascript:x)",
        "&#x202e;",
        "`code`",
        "a | b",
        "@team",
        "www.a.b",
    ):
        assert re.fullmatch(r"(?:\\[!-/:-@\[-`{-~]|[^!-/:-@\[-`{-~])*", markdown(hostile))
        assert re.sub(r"\\(.)", r"\1", markdown(hostile)) == hostile


@given(st.recursive(st.text() | st.integers(), lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner)))
def test_json_made_inert_says_the_same(value):
    inert = inert_json(json.dumps(value, ensure_ascii=False, indent=1))
    assert json.loads(inert) == value
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\U000e0000-\U000e0fff]", inert)


def test_json_closes_no_script():
    inert = inert_json(json.dumps("</script><!-- ##[error]x"))
    assert "</" not in inert and "<!--" not in inert and "##[" not in inert
    assert json.loads(inert) == "</script><!-- ##[error]x"


@given(ANY)
def test_encodable_text_can_be_encoded(text):
    assert encodable(text).encode("utf-8").decode("utf-8") == encodable(text)
