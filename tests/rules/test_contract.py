"""The contract that every rule passes for nothing: its examples, its words, answers that do not hang on spelling."""

import inspect
from collections.abc import Mapping
from functools import cache
from pathlib import Path

import pytest

from durability.engine.examples import judge_example, marked_lines
from durability.engine.pack import load_rules
from durability.engine.rules import Bad, Example, Good, Miss, Partial, Rule, Silent, Unclear
from durability.model import JudgedSite
from durability.sources.text import decode

RULES = load_rules()
Sources = str | Mapping[str, str]


def named(*kinds: type) -> list:
    found = []
    for rule in RULES:
        counts: dict[str, int] = {}
        for example in rule.examples:
            kind = type(example).__name__.lower()
            counts[kind] = counts.get(kind, 0) + 1
            if isinstance(example, kinds):
                found.append(pytest.param(rule, example, id=f"{rule.name}-{kind}-{counts[kind]}"))
    return found


@cache
def _judged(name: str, key: tuple[tuple[str, str], ...]) -> tuple[JudgedSite, ...]:
    rule = next(item for item in RULES if item.name == name)
    return tuple(judge_example(rule, dict(key)))


def judged(rule: Rule, code: Sources) -> tuple[JudgedSite, ...]:
    files = {"example.py": code} if isinstance(code, str) else code
    return _judged(rule.name, tuple(sorted(files.items())))


def failing(sites: tuple[JudgedSite, ...]) -> set[tuple[str, int]]:
    return {(site.place.path, site.place.line) for site in sites if site.outcome == "unhandled"}


def outcomes(sites: tuple[JudgedSite, ...]) -> list[str]:
    return sorted(site.outcome for site in sites)


def changed(example: Example, change) -> Sources:
    if isinstance(example.code, str):
        return change(example.code)
    return {path: change(text) if path.endswith(".py") else text for path, text in example.code.items()}


# Examples.


@pytest.mark.parametrize(("rule", "example"), named(Bad))
def test_bad_fails_where_it_is_marked(rule, example):
    assert marked_lines(example.code), "mark the failing lines with # <-"
    assert failing(judged(rule, example.code)) == marked_lines(example.code)


@pytest.mark.parametrize(("rule", "example"), named(Good))
def test_good_is_counted_as_handled(rule, example):
    sites = judged(rule, example.code)
    assert sites
    assert {site.outcome for site in sites} == {"handled"}


@pytest.mark.parametrize(("rule", "example"), named(Partial))
def test_partial_says_what_is_missing(rule, example):
    partly = [site for site in judged(rule, example.code) if site.outcome == "partial"]
    assert partly
    assert all(site.missing for site in partly)


@pytest.mark.parametrize(("rule", "example"), named(Silent))
def test_silent_has_no_site(rule, example):
    assert not judged(rule, example.code)


@pytest.mark.parametrize(("rule", "example"), named(Unclear))
def test_unclear_is_unknown_with_a_reason(rule, example):
    sites = judged(rule, example.code)
    assert sites
    assert all(site.outcome == "unknown" and site.reason for site in sites)


@pytest.mark.parametrize(("rule", "example"), named(Miss))
def test_a_miss_is_still_missed(rule, example):
    assert "unhandled" not in outcomes(judged(rule, example.code)), "the rule sees it now: make it a Bad"


# Spelling changes nothing.


@pytest.mark.parametrize(("rule", "example"), named(Bad, Good))
def test_line_ends_and_marks_change_nothing(rule, example):
    def respelled(text: str) -> str:
        return decode(b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode())

    assert outcomes(judged(rule, changed(example, respelled))) == outcomes(judged(rule, example.code))


@pytest.mark.parametrize(("rule", "example"), named(Bad, Good))
def test_tabs_change_nothing(rule, example):
    assert outcomes(judged(rule, changed(example, _tabbed))) == outcomes(judged(rule, example.code))


def _tabbed(text: str) -> str:
    lines = []
    for line in text.split("\n"):
        body = line.lstrip(" ")
        lines.append("\t" * ((len(line) - len(body)) // 4) + body)
    return "\n".join(lines)


@pytest.mark.parametrize(("rule", "example"), named(Bad))
def test_a_line_above_moves_the_finding_with_its_code(rule, example):
    project_level = rule.info.repository
    moved = {(path, line if project_level else line + 1) for path, line in failing(judged(rule, example.code))}
    assert failing(judged(rule, changed(example, lambda text: "\n" + text))) == moved


@pytest.mark.parametrize(("rule", "example"), named(Bad))
def test_fingerprints_survive_a_line_above(rule, example):
    before = {site.fingerprint for site in judged(rule, example.code)}
    after = {site.fingerprint for site in judged(rule, changed(example, lambda text: "# a remark\n" + text))}
    assert after == before


@pytest.mark.parametrize(("rule", "example"), [item for item in named(Bad) if not item.values[0].info.repository])
def test_its_own_suppression_hides_it_and_keeps_it_counted(rule, example):
    def silenced(text: str) -> str:
        return text.replace("# <-", f"# durability: ignore[{rule.name}] known")

    sites = judged(rule, changed(example, silenced))
    assert outcomes(sites) == outcomes(judged(rule, example.code))
    assert all(site.suppressed is not None for site in sites if site.outcome == "unhandled")


# Words.


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_it_is_called_like_its_file(rule):
    file = Path(inspect.getsourcefile(rule.judge) or "")
    assert file.stem == rule.name.replace("-", "_")
    assert file.parent.name == rule.info.lens


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_its_story_is_whole(rule):
    story = rule.info.story
    for sentence in (story.demo, story.production):
        assert sentence[0].isupper()
        assert sentence.endswith(".")
    assert story.trigger
    assert not story.trigger.endswith(".")
    assert rule.info.summary.endswith(".")
    assert rule.info.description
    assert rule.info.action
    assert 0 < rule.info.minutes[0] <= rule.info.minutes[1]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_it_shows_what_fails_what_holds_and_what_is_none_of_its_business(rule):
    kinds = [type(example) for example in rule.examples]
    assert kinds.count(Bad) >= 2
    assert Good in kinds, "a rule without a counted Good cannot be scored"
    assert Silent in kinds
    assert Miss in kinds, "say what it does not see"
    assert any(isinstance(example, Bad) and example.decoy for example in rule.examples)


def test_names_are_unique():
    names = [rule.name for rule in RULES]
    assert len(set(names)) == len(names)


def test_the_rules_of_the_first_release_are_all_there():
    assert len(RULES) >= 25
