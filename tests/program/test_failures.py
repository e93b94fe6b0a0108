"""Which answers say that it worked."""

import pytest

from durability.facts.model import Value
from durability.program.failing.failures import says_success


def _answer(key: str, kind: str, text: str) -> Value:
    return Value("dict", parts=(Value("text", key), Value(kind, text)))


@pytest.mark.parametrize(
    "value", [_answer("status", "text", "ok"), _answer("success", "const", "True"), Value("text", "Saved.")]
)
def test_says_success(value):
    assert says_success(value)


@pytest.mark.parametrize(
    "value", [None, _answer("status", "text", "failed"), _answer("success", "const", "False"), Value("name", "ok")]
)
def test_does_not_say_success(value):
    assert not says_success(value)
