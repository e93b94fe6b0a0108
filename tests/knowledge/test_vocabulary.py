"""Every word of the tables is documented, and every documented word is one."""

from typing import get_args

import msgspec

from durability.knowledge import Row, knowledge
from durability.knowledge.vocabulary import EFFECTS, MEANINGS, SINKS, Effect, Meaning, Sink


def test_every_word_is_documented() -> None:
    assert set(EFFECTS) == set(get_args(Effect))
    assert set(MEANINGS) == set(get_args(Meaning))
    assert set(SINKS) == set(get_args(Sink))


def test_rows_are_consistent() -> None:
    tables = knowledge()
    for name in tables.names():
        for row in tables.rows(name):
            assert not (row.blocking and row.async_), name
            assert row.attempts >= 1, name
            assert isinstance(row.timeout, str | None) or row.timeout >= 0, name
            assert not row.disputed, name
            assert not row.removed or row.instead, name


def test_versions_of_a_name_do_not_overlap() -> None:
    tables = knowledge()
    for name in tables.names():
        rows = tables.rows(name)
        for version in ("0.1", "0.28", "1.0", "1.5", "2.0", "3.0", "5.0", "6.5", "8.0", "2026.1"):
            row = tables.row(name, {rows[0].package: version})
            assert row is None or not row.disputed, (name, version)


def test_names_with_an_effect_have_it() -> None:
    tables = knowledge()
    listed = tables.names_with("charge")
    assert listed
    assert all(any(row.effect == "charge" for row in tables.rows(name)) for name in listed)


def test_rows_survive_a_round_trip() -> None:
    row = knowledge().rows("openai.OpenAI.chat.completions.create")[0]
    assert msgspec.msgpack.decode(msgspec.msgpack.encode(row), type=Row) == row
