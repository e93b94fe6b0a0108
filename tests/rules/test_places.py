"""A verdict hangs on what a program does, not on which file a part of it stands in (property P11)."""

from collections import Counter

import metamorphic
import pytest


def outcomes(sites):
    """How often each verdict was given, and where it stands by function."""
    return Counter((site.outcome, site.function.rsplit(".", 1)[-1]) for site in sites)


def sources(files):
    return {path: text for path, text in files.items() if path.endswith(".py")}


def test_merging_its_files_changes_nothing(case, judged):
    """Examples of one file, and those that cannot be merged by text alone, stay as they are."""
    merged = metamorphic.merge_all(sources(case.files))
    rest = {path: text for path, text in case.files.items() if path not in sources(case.files)}
    assert outcomes(judged(case.rule, merged | rest)) == outcomes(judged(case.rule, case.files))


@pytest.mark.parametrize("style", ["from", "alias", "package"])
def test_moving_functions_out_changes_nothing(case, judged, style):
    expected = outcomes(judged(case.rule, case.files))
    for path, text in sources(case.files).items():
        names = metamorphic.movable(text)
        if names and "/" not in path:
            files = metamorphic.split(case.files, path, names, "another_place", style)
            assert outcomes(judged(case.rule, files)) == expected
