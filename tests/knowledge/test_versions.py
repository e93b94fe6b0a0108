"""Which row holds for the versions that a project asks for."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from durability.knowledge import knowledge

NAME = "redis.Redis.get"


@pytest.mark.parametrize(
    ("asked", "timeout"),
    [
        ({"redis": "7.1.0"}, "never"),
        ({"redis": "8.0.0"}, 5.0),
        ({"redis": "8.0.0b1"}, 5.0),
        ({"redis": "<8"}, "never"),
        ({"redis": "==5.*"}, "never"),
        ({"redis": "~=7.1"}, "never"),
        ({"redis": ">=5,<8.0"}, "never"),
        ({"redis": ">=5"}, 5.0),
        ({"redis": ""}, 5.0),
        ({}, 5.0),
        ({"Redis": "6"}, "never"),
    ],
)
def test_locked_else_newest_admitted_else_newest(asked: dict[str, str], timeout: float | str) -> None:
    row = knowledge().row(NAME, asked)
    assert row is not None
    assert (row.timeout, row.disputed) == (timeout, ())


@pytest.mark.parametrize("asked", ["5.0.1 || 8.1.0", "<8||>=8", "git+https://example.org/redis.git"])
def test_a_disputed_column_is_unknown_and_named(asked: str) -> None:
    row = knowledge().row(NAME, {"redis": asked})
    assert row is not None
    assert row.timeout == "unknown"
    assert row.disputed == ("timeout", "attempts")
    assert row.effect == "db.query"


@given(st.tuples(st.integers(0, 30), st.integers(0, 30), st.integers(0, 30)))
def test_every_locked_version_has_one_answer(version: tuple[int, int, int]) -> None:
    row = knowledge().row(NAME, {"redis": ".".join(map(str, version))})
    assert row is not None
    assert row.timeout == ("never" if version < (8, 0, 0) else 5.0)


def test_versions_of_another_distribution_do_not_count() -> None:
    row = knowledge().row(NAME, {"requests": "2.0"})
    assert row is not None
    assert row.timeout == 5.0
