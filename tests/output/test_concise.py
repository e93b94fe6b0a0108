"""One line per finding, and the verdict last."""

import re

import pytest
from msgspec.structs import replace

from durability.model import SkippedFile
from durability.output import render


def test_lines_are_such_as_linters_print(demo):
    first, second, _, _, notebook, *_ = render(demo, "concise").splitlines()
    assert first == (
        "api/search.py:48:5: sql-built-from-input [critical] db.execute() runs a statement made from input"
        " (by way of api/routes.py:14 → api/search.py:48)"
    )
    assert second.endswith("requests.post() has no time limit (and 2 more places)")
    assert notebook == "notes.ipynb:cell 2:3:5: naive-datetime [medium] datetime.now() has no time zone"


def test_the_last_line_counts_and_gives_the_verdict(demo, samples):
    assert render(demo, "concise").splitlines()[-1] == (
        "7 findings, 1 suppressed, 1 accepted. Demo: Show it to people while you watch. Do not give it to users yet."
        " Score 26 of 100 (20 to 34)."
    )
    assert render(samples.PRODUCTION, "concise").splitlines()[-1] == (
        "1 finding. Production: Strangers may use it while nobody watches. Score 78 of 100 (74 to 83)."
    )
    assert render(samples.EMPTY, "concise") == (
        "0 findings. No score: Too little to judge: no places where it could fail (at least 10 are needed).\n"
    )


def test_an_interval_over_two_levels_stands_for_the_number(demo):
    wide = replace(demo, score=replace(demo.score, high=40.0))
    assert render(wide, "concise").endswith(" Score between 20 and 40 of 100.\n")
    just_there = replace(demo, level="pilot", score=replace(demo.score, value=50.0, low=40.0, high=64.9))
    assert render(just_there, "concise").endswith(" Score 50 of 100 (40 to 65).\n")
    short_of_it = replace(demo, score=replace(demo.score, value=39.97, high=39.98))
    assert render(short_of_it, "concise").endswith(" Score 39 of 100 (20 to 40).\n")


def test_the_verdict_names_the_part_it_is_on(demo):
    mixed = replace(demo, coverage=replace(demo.coverage, other_languages={"TypeScript": 2140}))
    assert " Judged on its Python part (50% of the code). Score" in render(mixed, "concise")
    assert "Python part" not in render(demo, "concise")


def test_a_suppressed_finding_has_no_line(demo):
    assert "jobs/sync.py:12" not in render(demo, "concise")
    assert "tools/seed.py" not in render(demo, "concise")


@pytest.mark.parametrize("sample", ["line break", "workflow after a break", "separators", "escape", "nul"])
def test_a_name_cannot_forge_a_line(samples, sample):
    text = samples.HOSTILE[sample]
    shown = render(samples.poisoned(samples.DEMO, text), "concise")
    assert len(shown.splitlines()) == 8
    assert all(re.search(r":\d+:\d+: .* \[\w+\] ", line) for line in shown.splitlines()[:-1])


def test_files_that_were_skipped_leave_it_short(demo):
    skipped = replace(demo.coverage, files_skipped=(SkippedFile("a.py", "not text"),) * 50)
    assert render(replace(demo, coverage=skipped), "concise") == render(demo, "concise")
