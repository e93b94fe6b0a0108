"""The contract that every rule passes: its words are whole, its examples are enough, and they get the verdicts shown."""

import ast
import re
from collections import Counter
from pathlib import Path

import pytest

import durability_rules
from durability.engine.examples import MARK, marked_lines
from durability.engine.pack import load_rules
from durability.engine.rules import Bad, Good, Miss, Silent

PACK = Path(durability_rules.__file__).parent
REASONS = {"passed through", "unresolved", "escapes", "dynamic", "version", "budget"}


def test_every_file_of_the_pack_is_a_rule_that_the_engine_loads():
    files = {path.stem.replace("_", "-") for path in PACK.rglob("*.py") if path.stem != "__init__"}
    assert [rule.name for rule in load_rules()] == sorted(files)
    assert len(files) >= 25


# Words.


def test_name_is_that_of_the_file_and_lens_that_of_the_folder(rule):
    assert (PACK / rule.info.lens / f"{rule.name.replace('-', '_')}.py").is_file()
    assert re.fullmatch(r"[a-z]+(-[a-z0-9]+)+", rule.name)


def test_story_is_whole(rule):
    story = rule.info.story
    for sentence in (story.demo, story.production):
        assert re.fullmatch(r"[A-Z].+\.", sentence)
        assert len(sentence.split()) > 2
    assert len(story.trigger.split()) > 1
    assert not story.trigger.endswith("."), "it completes a sentence that begins with `when`"
    assert len({story.demo, story.production, story.trigger}) == 3


def test_says_what_to_do_and_how_long_it_takes(rule):
    assert re.fullmatch(r"[A-Z][a-z]+,? .+[^.]", rule.info.action)
    low, high = rule.info.minutes
    assert 0 < low <= high


def test_docstring_is_a_summary_and_a_description(rule):
    assert re.fullmatch(r"[A-Z].+\.", rule.info.summary)
    assert re.fullmatch(r"[A-Z].+\.", rule.info.description)
    assert rule.info.sources


def test_arms_only_rules_that_exist(rule):
    known = {item.name for item in load_rules()}
    assert set(rule.info.arms) <= known - {rule.name}


# Enough examples.


def test_has_enough_examples(rule):
    counts = Counter(type(example) for example in rule.examples)
    assert counts[Bad] >= 2
    assert counts[Good] >= 1, "a rule without a counted Good cannot be scored"
    assert counts[Silent] >= 1
    assert counts[Miss] >= 1, "say what it does not see"


WHOLE_PROGRAM = {
    "identity-without-proof", "object-ownership-unchecked", "route-without-auth",
    "done-before-recorded", "half-a-pair", "multi-write-without-transaction", "one-lane-long-hold", "pending-work-only-in-memory",
    "recorded-before-done",
    "background-failure-invisible", "blocking-call-via-helper", "busy-wait", "connection-never-closed",
    "destructive-without-guard", "download-without-cap", "entry-point-untested", "error-masked-as-empty",
    "check-then-act-race", "error-reported-as-success", "failure-taken-for-no", "file-read-whole-in-request", "fire-and-forget-task", "http-call-in-loop", "insert-guarded-only-by-read",
    "list-endpoint-without-pagination", "llm-output-executed", "llm-output-parsed-unguarded",
    "missing-index-on-filter-column", "model-load-per-request", "model-value-unchecked", "module-global-request-state", "mutable-default-or-class-state",
    "n-plus-one-via-helper", "no-connection-pool", "no-error-boundary", "no-exception-telemetry",
    "non-atomic-file-write", "none-result-unguarded", "non-idempotent-retry", "orm-lazy-load-in-loop", "path-from-user-input",
    "placeholder-return", "quadratic-membership", "remote-json-shape-trusted", "retry-exhaustion-silent",
    "retry-nested-amplification", "ssrf-user-url", "state-lost-on-restart", "switch-that-nothing-flips", "sync-db-in-async-route",
    "thread-per-request", "unbounded-cache-growth", "webhook-signature-unverified", "unbounded-fanout",
}  # fmt: skip
"""Rules whose failure crosses functions and files."""


@pytest.mark.parametrize("name", sorted(WHOLE_PROGRAM))
def test_is_shown_in_two_and_in_three_files(name):
    [rule] = [item for item in load_rules() if item.name == name]
    sizes = [_python_files(example) for example in rule.examples if isinstance(example, Bad)]
    assert 2 in sizes, "a failing example in two files"
    assert any(size >= 3 for size in sizes), "a failing example in three files"
    assert any(_python_files(example) > 1 for example in rule.examples if isinstance(example, Good)), (
        "a Good across files"
    )


def _python_files(example):
    return 1 if isinstance(example.code, str) else sum(path.endswith(".py") for path in example.code)


def test_has_a_decoy(rule):
    """A failing example that has the word and not the protection."""
    assert any(isinstance(example, Bad) and example.decoy for example in rule.examples)


def test_marks_its_bad_examples_and_no_others(rule):
    for example in rule.examples:
        assert bool(marked_lines(example.code)) == isinstance(example, Bad)


def test_no_two_examples_are_the_same(rule):
    shown = [str(example.code).replace(MARK, "").strip() for example in rule.examples if not isinstance(example, Miss)]
    assert len(set(shown)) == len(shown)


def test_examples_are_programs(case):
    """People copy them into their editors: what Python itself refuses is no example."""
    for path, text in case.files.items():
        if path.endswith(".py"):
            compile(text, path, "exec", dont_inherit=True, flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)


# Verdicts.


@pytest.mark.kinds("bad")
def test_bad_fails_exactly_where_it_is_marked(case, judged):
    failing = [site for site in judged(case.rule, case.files) if site.outcome == "unhandled"]
    assert {(site.place.path, site.place.line) for site in failing} == marked_lines(case.files)
    assert all(site.message for site in failing)


@pytest.mark.kinds("good")
def test_good_is_counted_as_handled(case, judged):
    assert {site.outcome for site in judged(case.rule, case.files)} == {"handled"}


@pytest.mark.kinds("partial")
def test_partial_says_what_is_missing(case, judged):
    partly = [site for site in judged(case.rule, case.files) if site.outcome == "partial"]
    assert partly
    assert all(site.missing and site.message for site in partly)


@pytest.mark.kinds("silent")
def test_silent_has_no_site(case, judged):
    assert judged(case.rule, case.files) == []


@pytest.mark.kinds("unclear")
def test_unclear_is_unknown_with_a_reason(case, judged):
    sites = judged(case.rule, case.files)
    assert {site.outcome for site in sites} == {"unknown"}
    assert {site.reason for site in sites} <= REASONS


@pytest.mark.kinds("miss")
def test_a_miss_is_still_missed(case, judged):
    found = [site for site in judged(case.rule, case.files) if site.outcome == "unhandled"]
    assert not found, "the rule sees it now: make it a Bad"


@pytest.mark.kinds("bad")
def test_the_fixed_text_is_a_program_that_copes(case, judged):
    if case.example.fixed:
        ast.parse(case.example.fixed)
        sites = judged(case.rule, {"example.py": case.example.fixed})
        assert {site.outcome for site in sites} == {"handled"}
