"""Mistakes in a table are told with the file and the row."""

from pathlib import Path

import pytest

from durability.errors import UsageError
from durability.knowledge.compiler import read_tables, write_compiled
from durability.knowledge.tables import load


def folder_with(tmp_path: Path, text: str) -> Path:
    (tmp_path / "http.toml").write_text(text, encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[[row]\n", "not valid TOML"),
        ('[[rows]]\nname = "a.b"\neffect = "http"\n', "unknown table 'rows'"),
        ('[row]\nname = "a.b"\neffect = "http"\n', "unknown table 'row'"),
        ('[[row]]\nname = "a.b"\neffect = "htttp"\n', "Invalid enum value 'htttp'"),
        ('[[row]]\nname = "a.b"\neffect = "http"\ntimout = 3\n', "unknown field `timout`"),
        ('[[row]]\nname = "a.b"\neffect = "http"\ntimeout = "none"\n', "timeout"),
        ('[[row]]\nname = "a.b"\neffect = "http"\nfaults = ["late"]\n', "faults"),
        ('[[row]]\nname = "a.b"\neffect = "http"\nreturns = "a.Missing"\n', "a.Missing is no name in any table"),
        ('[[row]]\nname = "a.b"\neffect = "http"\nparents = ["q.R"]\n', "q.R is no name in any table"),
        ('[[row]]\nname = "a.{b,c"\neffect = "http"\n', "braces do not match"),
        ('[[row]]\nname = "a.b}"\neffect = "http"\n', "braces do not match"),
        ('[[row]]\nname = "a..b"\neffect = "http"\n', "is not a dotted name"),
        ('[[row]]\neffect = "http"\n', "is not a dotted name"),
        ('[[row]]\nname = "a.b"\neffect = "http"\nversions = ">>1"\n', "is not a version specifier"),
        ('[[row]]\nname = "a.{b,b}"\neffect = "http"\n', "is there twice"),
        ('[[alias]]\nname = "a.b"\nof = "c.d"\n', "c.d is no name in any table"),
        ('[[implied]]\nname = "a.b"\nneeds = ["x"]\nwhy = "w"\npattern = "("\n', "is not a regular expression"),
        ('[[host]]\npattern = "("\neffect = "llm"\n', "is not a regular expression"),
        ('[[host]]\npattern = "a"\neffect = "spend"\n', "Invalid enum value 'spend'"),
        ('[[entry]]\nname = "a.b"\nkind = "decorator"\nrole = "chef"\n', "Invalid enum value 'chef'"),
    ],
)
def test_each_mistake_is_told(tmp_path: Path, text: str, says: str) -> None:
    with pytest.raises(UsageError) as caught:
        read_tables(folder_with(tmp_path, text))
    assert says in str(caught.value)
    assert str(caught.value).startswith("http.toml: ")


def test_the_row_is_named(tmp_path: Path) -> None:
    text = '[[row]]\nname = "a.b"\neffect = "http"\n\n[[row]]\nname = "a.c"\neffect = "oops"\n'
    with pytest.raises(UsageError, match=r"http\.toml: row 2 \(a\.c\)"):
        read_tables(folder_with(tmp_path, text))


def test_defaults_come_from_the_effect(tmp_path: Path) -> None:
    text = '[[row]]\nname = "a.{b,c}"\neffect = "http"\n[[row]]\nname = "a.d"\neffect = "http"\nawaitable = true\n'
    tables = load(write(tmp_path, text))
    (plain,), (awaited,) = tables.rows("a.b"), tables.rows("a.d")
    assert plain.blocking
    assert "timeout" in plain.faults
    assert awaited.async_
    assert not awaited.blocking
    assert tables.rows("a.c")[0].effect == "http"


def write(tmp_path: Path, text: str) -> Path:
    target = tmp_path / "compiled.msgpack"
    write_compiled(folder_with(tmp_path, text), target)
    return target


def test_line_endings_do_not_change_the_digest(tmp_path: Path) -> None:
    text = '[[row]]\nname = "a.b"\neffect = "http"\n'
    first = read_tables(folder_with(tmp_path, text))
    (tmp_path / "http.toml").write_bytes(text.replace("\n", "\r\n").encode())
    assert read_tables(tmp_path) == first


def test_a_change_of_the_tables_changes_the_digest(tmp_path: Path) -> None:
    first = read_tables(folder_with(tmp_path, '[[row]]\nname = "a.b"\neffect = "http"\n'))
    second = read_tables(folder_with(tmp_path, '[[row]]\nname = "a.b"\neffect = "llm"\n'))
    assert first.digest != second.digest


@pytest.mark.parametrize("content", [b"", b"\xc1", b"\x93\x01"])
def test_a_damaged_compiled_file_is_a_clear_error(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "compiled.msgpack").write_bytes(content)
    with pytest.raises(UsageError, match=r"python -m durability\.knowledge"):
        load(tmp_path / "compiled.msgpack")


def test_a_missing_compiled_file_is_a_clear_error(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot be read"):
        load(tmp_path / "nowhere.msgpack")


LATTICE = """
[[row]]
name = "shop.Client"
effect = "constructs"
returns = "shop.Client"
timeout = 7.0
attempts = 2

[[row]]
name = "shop.Client.orders"
effect = "none"
attribute = true
returns = "shop.Orders"

[[row]]
name = "shop.Orders.{create,list}"
effect = "http"
timeout = "never"

[[row]]
name = "shop.base.Model.ask"
effect = "llm"
timeout = "unknown"
timeout_receiver = true
returns = "shop.base.Model"

[[row]]
name = "shop.base.Model.__getitem__"
effect = "none"
returns = "shop.Orders"

[[row]]
name = "shop.Fast"
effect = "constructs"
timeout = 3.0
versions = "<2"
returns = "shop.Fast"
awaitable_parents = ["shop.base.Model"]

[[row]]
name = "shop.Fast"
effect = "constructs"
timeout = 4.0
versions = ">=2"
returns = "shop.Fast"
awaitable_parents = ["shop.base.Model"]

[[row]]
name = "shop.Loop"
effect = "constructs"
parents = ["shop.Pool"]

[[row]]
name = "shop.Pool"
effect = "constructs"
parents = ["shop.Loop"]

[[alias]]
name = "old_shop"
of = "shop"
package = "old-shop"

[[quiet]]
name = "shop.types"
"""


def test_what_is_lent_and_how_it_changes(tmp_path: Path) -> None:
    tables = load(write(tmp_path, LATTICE))
    assert [row.effect for row in tables.rows("shop.Client.orders.create")] == ["http"]
    asked = tables.rows("shop.Fast.ask")
    assert [(row.timeout, row.versions, row.async_, row.blocking) for row in asked] == [
        (3.0, "<2", True, False),
        (4.0, ">=2", True, False),
    ]
    assert {row.returns for row in asked} == {"shop.Fast"}
    assert tables.rows("shop.base.Model[].create")[0].effect == "http"


def test_an_alias_carries_its_own_package(tmp_path: Path) -> None:
    tables = load(write(tmp_path, LATTICE))
    (row,) = tables.rows("old_shop.Client")
    assert (row.package, row.returns, row.name) == ("old-shop", "old_shop.Client", "old_shop.Client")


def test_parents_in_a_circle_end(tmp_path: Path) -> None:
    assert load(write(tmp_path, LATTICE)).rows("shop.Loop.anything") == ()


def test_names_under_a_quiet_prefix_do_nothing(tmp_path: Path) -> None:
    tables = load(write(tmp_path, LATTICE))
    assert [row.effect for row in tables.rows("shop.types.Thing().name[].strip")] == ["none"]
    assert tables.rows("shop.typesetter") == ()
