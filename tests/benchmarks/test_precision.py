"""benchmarks.precision: the table that is kept, what it demands of rules, and what no longer fits it."""

from pathlib import Path

import pytest
from benchmarks.precision.__main__ import main, scored_rules, told
from benchmarks.precision.freshness import SAMPLE, drift, wanted
from benchmarks.precision.labels import COLUMNS, TABLE, Label, read_labels
from benchmarks.precision.shares import shares

from durability.config import Config
from durability.engine.pack import load_rules
from durability.engine.scan import ScanOptions, scan_project
from durability.errors import UsageError
from durability.model import Finding

SCORED = "http-call-without-timeout"
HEAD = "\t".join(COLUMNS)
ROUTE = "import requests\nfrom flask import Flask\napp = Flask(__name__)\n"


def label(number: int, answer: str = "right", *, rule: str = SCORED, repo: str = "o/n", kind: str = "demo") -> Label:
    return Label(repo, "c" * 40, kind, rule, "app.py", number, f"{number:016x}", answer, "seen")  # type: ignore[arg-type]


def row(item: Label) -> str:
    return "\t".join(str(part) for part in item)


def table(folder: Path, *rows: str) -> Path:
    path = folder / "labels.tsv"
    path.write_text("\n".join((HEAD, *rows)) + "\n", encoding="utf-8")
    return path


def project(folder: Path, calls: int) -> Path:
    root = folder / "o+n"
    root.mkdir()
    routes = (
        f"@app.get('/{number}')\ndef r{number}():\n    return requests.get('u').text\n" for number in range(calls)
    )
    (root / "app.py").write_text(ROUTE + "".join(routes), encoding="utf-8")
    return root


def findings(root: Path) -> tuple[Finding, ...]:
    return scan_project(root, ScanOptions(Config())).findings


def test_the_kept_table_demands_nothing_more() -> None:
    assert main([]) == 0


def test_kept_labels_name_rules_commits_and_places() -> None:
    rules = {rule.name for rule in load_rules()}
    for item in read_labels(TABLE):
        assert item.rule in rules or item.rule.startswith("bandit/"), item
        assert len(item.commit) == 40, item
        assert item.path and not item.path.startswith("/"), item
        assert item.kind in ("demo", "production"), item


def test_many_demos_were_read() -> None:
    assert len({item.repo for item in read_labels(TABLE) if item.kind == "demo"}) >= 20


@pytest.mark.parametrize(
    ("right", "useless", "wrong", "code"), [(9, 1, 0, 0), (9, 0, 1, 0), (4, 1, 0, 1), (8, 1, 1, 1), (0, 4, 0, 0)]
)
def test_a_scored_rule_must_be_right_nine_times_in_ten(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], right: int, useless: int, wrong: int, code: int
) -> None:
    answers = ["right"] * right + ["useless"] * useless + ["wrong"] * wrong
    kept = table(tmp_path, *(row(label(number, answer)) for number, answer in enumerate(answers, start=1)))
    assert main(["--labels", str(kept)]) == code
    out = capsys.readouterr().out
    assert ("below 90%" in out) == (code == 1)
    assert f"{len(answers):5} {right:6} {wrong:6} {useless:8}" in out


def test_what_carries_no_points_may_be_useless(tmp_path: Path) -> None:
    unscored = next(rule.name for rule in load_rules() if not rule.info.scored)
    kept = table(tmp_path, *(row(label(number, "useless", rule=unscored)) for number in range(1, 10)))
    assert main(["--labels", str(kept)]) == 0


def test_rules_are_scored_as_the_pack_says() -> None:
    assert SCORED in scored_rules()


def test_shares_are_told_by_rule_in_order() -> None:
    rows = shares([label(1, rule="b"), label(2, "wrong", rule="a"), label(3, rule="b")], frozenset())
    assert [(item.rule, item.right, item.wrong, item.labelled) for item in rows] == [("a", 0, 1, 1), ("b", 2, 0, 2)]


@pytest.mark.parametrize(
    ("rows", "says"),
    [
        (["too\tfew"], "2 columns"),
        ([row(label(1, "perhaps"))], "'perhaps' is none of right, wrong, useless"),
        ([row(label(1)), row(label(1))], "has a label already"),
        ([row(label(1)).replace("\t1\t", "\tone\t")], "is no number"),
        ([row(label(1)).removesuffix("seen") + " "], "why is it right"),
    ],
)
def test_a_table_that_is_not_sound_is_one_clear_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], rows: list[str], says: str
) -> None:
    kept = table(tmp_path, *rows)
    with pytest.raises(UsageError, match=says):
        read_labels(kept)
    assert main(["--labels", str(kept)]) == 2
    assert capsys.readouterr().err.count("\n") == 1


def test_a_missing_or_headless_table_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot read"):
        read_labels(tmp_path / "none.tsv")
    (tmp_path / "bare.tsv").write_text(row(label(1)) + "\n", encoding="utf-8")
    with pytest.raises(UsageError, match="the columns must be"):
        read_labels(tmp_path / "bare.tsv")


def test_against_names_findings_without_a_label_and_labels_without_a_finding(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    found = findings(project(tmp_path, 1))
    assert any(item.rule == SCORED for item in found)
    fitting = [
        row(Label("o/n", "c" * 40, "demo", item.rule, item.path, item.line, item.fingerprint, "right", "seen"))
        for item in found
    ]
    assert main(["--labels", str(table(tmp_path, *fitting)), "--against", str(tmp_path)]) == 0
    capsys.readouterr()
    assert main(["--labels", str(table(tmp_path, *fitting[1:], row(label(99)))), "--against", str(tmp_path)]) == 1
    out = capsys.readouterr().out
    assert f"no label: o/n {found[0].path}:{found[0].line} {found[0].rule} {found[0].fingerprint}" in out
    assert f"no finding: o/n app.py:99 {SCORED} {99:016x}" in out
    assert out.count("no label:") == out.count("no finding:") == 1


def test_a_repository_that_is_not_there_is_named_and_left_out(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    kept = table(tmp_path, row(label(1, repo="some/where")))
    assert main(["--labels", str(kept), "--against", str(tmp_path)]) == 0
    assert "missing: some/where" in capsys.readouterr().err


def test_all_of_a_demo_is_read_and_a_sample_of_the_others(tmp_path: Path) -> None:
    found = findings(project(tmp_path, SAMPLE + 4))
    timeouts = [item for item in found if item.rule == SCORED]
    assert len(timeouts) > SAMPLE
    assert wanted(found, "demo") == list(found)
    sample = [item for item in wanted(found, "production") if item.rule == SCORED]
    assert len(sample) == SAMPLE
    assert wanted(tuple(reversed(found)), "production") == wanted(found, "production")


def test_labels_of_repositories_that_were_not_scanned_still_fit() -> None:
    nothing = drift([label(1)], {})
    assert told(nothing) == ""
