"""Settings: what is read, from which file, and what is said of what is wrong."""

import json
from datetime import date
from pathlib import Path

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from durability.config import BUILT_IN, KEYS, Config, Feature, find_config, read_config, schema
from durability.errors import UsageError

SCHEMA = Path(__file__).resolve().parents[1] / "src" / "durability" / "config.schema.json"

EVERYTHING = """
select = ["scale", "http-*"]
ignore = ["print-as-logging"]
exclude = ["old/"]
packs = ["acme"]
scored-packs = ["acme"]
fail-on = "medium"
fail-under = 60
max-drop = 2.5
cache-dir = ".cache/durability"

[per-file-ignores]
"scripts/*.py" = ["time"]

[product]
users = "team"
data = "none"
peak_requests_per_minute = 30
lifetime = "weeks"

[[accept]]
rule = "query-in-loop"
path = "reports/*"
reason = "ten rows"
owner = "Ana"
expires = 2027-03-31

[[feature]]
name = "Checkout"
why = "pays the bills"
entry = ["POST /pay"]
critical = true

[[answer]]
question = "who-refunds"
text = "The shop's office does, by hand."
owner = "Ana"
expires = 2027-03-31
"""


def message(folder: Path, text: str, name: str = "durability.toml") -> str:
    """What is said of a file with that text, without the folder's own path."""
    (folder / name).write_text(text, "utf-8")
    with pytest.raises(UsageError) as raised:
        find_config(folder)
    said = str(raised.value).replace(f"{folder}/", "")
    assert "\n" not in said
    return said


def test_no_file_means_built_in_settings(tmp_path):
    assert find_config(tmp_path) == BUILT_IN


def test_every_setting_is_read(tmp_path):
    (tmp_path / "durability.toml").write_text(EVERYTHING)
    loaded = find_config(tmp_path)
    config = loaded.config
    assert loaded.file == str(tmp_path / "durability.toml")
    assert set(loaded.keys) == set(KEYS[""])
    assert config.select == ("scale", "http-*")
    assert config.per_file_ignores == {"scripts/*.py": ("time",)}
    assert config.fail_on == "medium"
    assert (config.fail_under, config.max_drop) == (60.0, 2.5)
    assert config.accept[0].expires == date(2027, 3, 31)
    assert config.product is not None
    assert config.product.peak_requests_per_minute == 30
    assert config.feature == (Feature("Checkout", "pays the bills", ("POST /pay",), True),)


def test_pyproject_holds_the_same_in_its_table(tmp_path):
    (tmp_path / "pyproject.toml").write_text('[project]\nname = "x"\n[tool.durability]\nfail-on = "low"\n')
    loaded = find_config(tmp_path)
    assert loaded.config == Config(fail_on="low")
    assert loaded.keys == ("fail-on",)


def test_the_own_file_goes_before_pyproject(tmp_path):
    (tmp_path / "pyproject.toml").write_text('[tool.durability]\nfail-on = "low"\n')
    (tmp_path / "durability.toml").write_text('fail-on = "critical"\n')
    assert find_config(tmp_path).config.fail_on == "critical"


def test_an_expiry_may_be_text(tmp_path):
    (tmp_path / "durability.toml").write_text(EVERYTHING.replace("2027-03-31", '"2027-03-31"'))
    assert find_config(tmp_path).config.accept[0].expires == date(2027, 3, 31)


def test_a_broken_pyproject_that_says_nothing_to_us_is_passed_over(tmp_path):
    (tmp_path / "pyproject.toml").write_text("[project\nname=")
    assert find_config(tmp_path) == BUILT_IN


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('selct = ["time"]', "durability.toml:1: unknown key 'selct'; did you mean 'select'?"),
        ("\n\nmax_drop = 1", "durability.toml:3: unknown key 'max_drop'; did you mean 'max-drop'?"),
        ('[product]\nuser = "self"', "durability.toml:2: unknown key 'user' in 'product'; did you mean 'users'?"),
        ("zzz = 1", f"durability.toml:1: unknown key 'zzz'; known keys: {', '.join(KEYS[''])}"),
        ('select = "time"', "durability.toml:1: select must be a list, not text"),
        ("exclude = [3]", "durability.toml:1: exclude[1] must be text, not a whole number"),
        ("fail-under = 101", "durability.toml:1: fail-under must be at most 100"),
        ("fail-under = -1", "durability.toml:1: fail-under must be at least 0"),
        ("product = 5", "durability.toml:1: product must be a table, not a whole number"),
        (
            'fail-on = "hihg"',
            "durability.toml:1: fail-on is 'hihg', which is none of critical, high, medium, low; did you mean 'high'?",
        ),
        (
            '[product]\n# who\nusers = "me"',
            "durability.toml:3: product.users is 'me', which is none of self, team, public",
        ),
        (
            EVERYTHING + '\n[[accept]]\nrule = "x"\nowner = "Ana"\nexpires = 2027-01-01',
            "durability.toml:40: accept[2] has no 'reason'",
        ),
        (
            EVERYTHING + '\n[[accept]]\nrule = "x"\nowner = "Ana"\nreson = "r"',
            "durability.toml:43: unknown key 'reson' in 'accept'; did you mean 'reason'?",
        ),
        (EVERYTHING.replace('"ten rows"', '""'), "durability.toml:24: accept[1].reason must not be empty"),
        (
            EVERYTHING.replace("2027-03-31", '"soon"'),
            "durability.toml:26: accept[1].expires must be a date such as 2027-01-31",
        ),
        ("select = [", "durability.toml is not valid TOML: Invalid value (at end of document)"),
    ],
)
def test_what_is_wrong_is_said_in_one_line_with_its_place(tmp_path, text, said):
    assert message(tmp_path, text) == said


def test_settings_that_are_nested_without_end_are_refused_in_one_line(tmp_path):
    assert message(tmp_path, "a = " + "[" * 100_000).startswith("durability.toml is ")


def test_pyproject_lines_count_from_the_top_of_the_file(tmp_path):
    text = '[project]\nselect = "x"\n\n[tool.durability]\nselect = "x"\n'
    assert message(tmp_path, text, "pyproject.toml") == "pyproject.toml:5: select must be a list, not text"


def test_a_table_of_pyproject_may_be_wrong_itself(tmp_path):
    said = message(tmp_path, "[tool]\ndurability = 3\n", "pyproject.toml")
    assert said == "pyproject.toml: tool.durability must be a table"


def test_settings_that_are_not_utf8(tmp_path):
    (tmp_path / "durability.toml").write_bytes(b'select = ["\xff"]')
    with pytest.raises(UsageError, match="not UTF-8"):
        find_config(tmp_path)


def test_settings_that_are_a_folder_are_none(tmp_path):
    (tmp_path / "durability.toml").mkdir()
    assert find_config(tmp_path) == BUILT_IN


def test_a_named_file_is_read_whatever_it_is_called(tmp_path):
    file = tmp_path / "strict.toml"
    file.write_text('fail-on = "low"')
    assert read_config(file).config.fail_on == "low"
    file.write_text('[tool.durability]\nfail-on = "medium"')
    assert read_config(file).config.fail_on == "medium"


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("absent.toml", "cannot read .*absent.toml: no such file"),
        (".", "is not a file"),
        ("pyproject.toml", "there is no"),
    ],
)
def test_a_named_file_that_holds_no_settings(tmp_path, name, said):
    (tmp_path / "pyproject.toml").write_text("[project]\n")
    with pytest.raises(UsageError, match=said):
        read_config(tmp_path / name)


def test_the_published_schema_is_in_step():
    assert SCHEMA.read_text("utf-8") == schema(), "run: python -m durability.config > src/durability/config.schema.json"


def test_the_published_schema_takes_what_we_take_and_nothing_else(tmp_path):
    published = json.loads(SCHEMA.read_text("utf-8"))
    good = {
        "select": ["scale"],
        "per-file-ignores": {"a.py": ["time"]},
        "product": {"users": "team"},
        "accept": [{"rule": "r", "reason": "x", "owner": "o", "expires": "2027-01-01"}],
    }
    jsonschema.validate(good, published)
    for bad in ({"selct": []}, {"fail-under": 101}, {"product": {"users": "me"}}, {"accept": [{"rule": "r"}]}):
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate(bad, published)


KEY = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), max_size=8)
VALUE = st.recursive(
    st.none() | st.integers(-5, 5) | st.text("ab\"'\\[]=\n", max_size=4),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(KEY, inner, max_size=2),
    max_leaves=4,
)


def toml(value: object) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{json.dumps(key)} = {toml(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(toml, value)) + "]"
    return "false" if value is None else json.dumps(value)


@given(st.dictionaries(KEY | st.sampled_from(KEYS[""]), VALUE, max_size=4))
def test_whatever_stands_there_it_is_read_or_refused_in_one_line(tmp_path_factory, table):
    file = tmp_path_factory.getbasetemp() / "any.toml"
    file.write_text("".join(f"{json.dumps(key)} = {toml(value)}\n" for key, value in table.items()), "utf-8")
    try:
        loaded = read_config(file)
    except UsageError as error:
        assert len(str(error).splitlines()) == 1
    else:
        assert set(loaded.keys) == set(table)
