import re
from pathlib import Path

import pytest
from bandit.core.extension_loader import MANAGER

import durability_rules
from durability.bridges.bandit_quiet import QUIET
from durability.bridges.bandit_stories import SHOWN, Shown
from durability.bridges.mapping import EVIDENCE, ROWS, RUN, SECRETS, is_worth_showing, rule_name
from durability.model import LENSES

ALL = [*EVIDENCE, *SHOWN, *QUIET]


def names_in_bandit() -> dict[str, str]:
    plugins = {test_id: plugin.name for test_id, plugin in MANAGER.plugins_by_id.items()}
    return plugins | {test_id: entry["name"] for test_id, entry in MANAGER.blacklist_by_id.items()}


def test_every_test_that_bandit_ships_is_decided_once() -> None:
    assert sorted(row.test_id for row in ALL) == sorted(names_in_bandit())


def test_names_are_bandits_with_hyphens() -> None:
    assert {row.test_id: row.name.replace("-", "_") for row in ALL} == names_in_bandit()


def test_quiet_tests_are_not_run() -> None:
    assert not {row.test_id for row in QUIET} & RUN
    assert {row.test_id for row in QUIET} | RUN == set(ROWS)


def test_each_kind_counts_under_its_own_name() -> None:
    assert rule_name("B113") == "http-call-without-timeout"
    assert rule_name("B102") == "bandit/exec-used"
    assert rule_name("B101") is None
    assert rule_name("B999") is None


def test_evidence_goes_to_rules_that_exist() -> None:
    folders = Path(str(durability_rules.__file__)).parent
    rules = {path.stem.replace("_", "-") for path in folders.glob("*/*.py")}
    assert {row.rule for row in EVIDENCE} <= rules


def test_names_of_findings_are_distinct_and_plain() -> None:
    told = [rule_name(row.test_id) for row in SHOWN]
    assert len(set(told)) == len(SHOWN)
    assert all(name is not None and re.fullmatch(r"bandit/[a-zA-Z0-9-]+", name) for name in told)
    assert all(re.fullmatch(r"[a-z]+(-[a-z]+)+", row.rule) for row in EVIDENCE)


@pytest.mark.parametrize("row", SHOWN, ids=lambda row: row.name)
def test_stories_are_whole_sentences_without_jargon(row: Shown) -> None:
    for sentence in (row.story.demo, row.story.production):
        assert sentence[0].isupper() and sentence.endswith(".")
        assert ". " not in sentence
    assert row.summary[0].isupper() and not row.summary.endswith(".")
    assert row.story.trigger[0].islower() and not row.story.trigger.endswith(".")
    assert not re.search(r"\b(CWE|XSS|RCE|injection|deserial|CVE|vulnerab)", row.summary + row.story.production)
    assert row.lens in LENSES


def test_quiet_rows_say_why() -> None:
    assert all(len(row.reason.split()) >= 5 for row in QUIET)


def test_the_tests_that_repeat_a_secret_are_known() -> None:
    assert sorted(SECRETS) == ["B105", "B106", "B107"]


def test_conditions() -> None:
    assert is_worth_showing("B105", "low", "", "")
    assert not is_worth_showing("B101", "high", "", "")
    assert not is_worth_showing("B999", "high", "", "")
    assert is_worth_showing("B602", "high", "", "") and not is_worth_showing("B602", "low", "", "")
    assert is_worth_showing("B324", "high", "PASSWORD", "") and not is_worth_showing("B324", "high", "etag", "password")
    assert is_worth_showing("B202", "high", "tar", "") and not is_worth_showing("B202", "high", "ZipFile", "")
    assert is_worth_showing("B702", "medium", "", "'page.html'")
    assert not is_worth_showing("B702", "medium", "'page.html'", "https://example.org/page.html")
