"""Where results go, in which format, and what the options change in them."""

import json

import pytest

RULE = "http-call-without-timeout"


def rules(text: str) -> set[str]:
    return {finding["rule"] for finding in json.loads(text)["findings"]}


def test_one_scan_many_files(run, prototype, tmp_path):
    outcome = run(
        prototype, "--output-format", "json", "--output-file", tmp_path / "out.json", "--report", f"json={tmp_path}/a",
        "--report", f"concise={tmp_path}/b",
    )  # fmt: skip
    assert outcome == (0, "", "")
    assert (tmp_path / "out.json").read_bytes() == (tmp_path / "a").read_bytes()
    assert rules((tmp_path / "a").read_text("utf-8")) > {RULE}
    assert RULE in (tmp_path / "b").read_text("utf-8")


def test_a_report_beside_standard_output(run, prototype, tmp_path):
    outcome = run(prototype, "--report", f"json={tmp_path}/a=b.json", "--output-format", "concise")
    assert outcome.out.count(RULE) >= 3
    assert rules((tmp_path / "a=b.json").read_text("utf-8")) > {RULE}


def test_a_file_is_written_without_colour_and_in_utf8(run, prototype, tmp_path, monkeypatch):
    monkeypatch.setenv("TERM", "xterm")
    run(prototype, "--output-file", tmp_path / "report.txt")
    assert "\x1b" not in (tmp_path / "report.txt").read_text("utf-8")


def test_colour_when_asked_for(run, prototype):
    assert "\x1b[" in run(prototype, "--color", "always").out
    assert "\x1b" not in run(prototype).out
    assert "\x1b" not in run(prototype, "--color", "always", "--output-format", "json").out


def test_plain_characters_where_the_encoding_has_no_others(script, prototype):
    plain = script(prototype, env={"PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"})
    assert plain.code == 0
    assert plain.out.isascii()
    assert "\\u" not in plain.out


def test_machine_formats_are_utf8_whatever_the_terminal_takes(script, prototype):
    (prototype / "größe.py").write_text((prototype / "app.py").read_text())
    plain = script(prototype, "--output-format", "json", env={"PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"})
    assert plain == script(prototype, "--output-format", "json")
    assert "größe.py" in {finding["path"] for finding in json.loads(plain.out)["findings"]}


@pytest.mark.parametrize("option", [["--select", RULE], ["--select", "http-call-*"], ["--ignore", "time,blindspot"]])
def test_selecting_changes_findings_and_not_the_score(run, prototype, option):
    everything = json.loads(run(prototype, "--output-format", "json").out)
    some = json.loads(run(prototype, "--output-format", "json", *option).out)
    shown = {finding["rule"] for finding in some["findings"]}
    assert RULE in shown
    assert "sql-built-from-input" not in shown
    assert {**some, "findings": []} == {**everything, "findings": []}


def test_selecting_changes_the_gate(run, prototype):
    assert run("check", prototype, "--select", "time").code == 0
    assert run("check", prototype, "--ignore", "scale", "--ignore", "blindspot").code == 0
    assert run("check", prototype, "--select", RULE).code == 1
    assert run("check", prototype, "--select", RULE, "--per-file-ignores", f"app.py:{RULE}").code == 0


def test_an_option_replaces_a_setting(run, prototype):
    (prototype / "durability.toml").write_text('select = ["time"]\nfail-on = "medium"\n')
    assert run("check", prototype).code == 0
    assert run("check", prototype, "--select", RULE).code == 1
    assert run("check", prototype, "--isolated").code == 1
    other = prototype / "other.toml"
    other.write_text(f'select = ["{RULE}"]')
    assert run("check", prototype, "--config", other).code == 1
    assert run("check", prototype, "--config", other, "--fail-on", "critical").code == 0


@pytest.mark.parametrize(
    ("options", "code"), [(["--fail-under", "0"], 0), (["--fail-under", "99"], 1), (["--fail-on", "critical"], 1)]
)
def test_the_gate_has_options(run, prototype, options, code):
    assert run("check", prototype, *options).code == code


def test_a_setting_that_decides_nothing_yet_says_so(run, prototype):
    (prototype / "durability.toml").write_text("max-drop = 2\n")
    outcome = run("check", prototype)
    assert outcome.code == 1
    assert "max-drop" in outcome.err.splitlines()[0]


def test_strict_makes_an_unreadable_file_an_error(run, hardened):
    (hardened / "broken.py").write_text("def (:\n")
    assert run("check", hardened).code == 0
    outcome = run("check", hardened, "--strict")
    assert outcome.code == 2
    assert outcome.err.startswith("durability: not analysed: broken.py: ")
    assert len(outcome.err.splitlines()) == 1


def test_a_suppressed_finding_does_not_fail(run, prototype):
    hide = ["sql-built-from-input", "query-in-loop", "swallowed-exception", RULE]
    text = (prototype / "app.py").read_text()
    lines = [f"{line}  # durability: ignore[{', '.join(hide)}] a demo" if line.startswith("    ") else line
             for line in text.split("\n")]  # fmt: skip
    (prototype / "app.py").write_text("\n".join(lines))
    outcome = run("check", prototype)
    assert outcome.code == 0, outcome.err


def test_a_part_of_a_project_is_reported_alone(run, prototype):
    (prototype / "jobs").mkdir()
    (prototype / "jobs" / "sync.py").write_text("import requests\n\nrequests.get('https://example.com')\n")
    outcome = run(prototype / "jobs", "--output-format", "json")
    part, whole = json.loads(outcome.out), json.loads(run(prototype, "--output-format", "json").out)
    assert {finding["path"] for finding in part["findings"]} == {"jobs/sync.py"}
    assert part["score"] == whole["score"]


def test_excluded_files_are_not_analysed(run, prototype):
    (prototype / "old.py").write_text((prototype / "app.py").read_text())
    outcome = run(prototype, "--exclude", "old.py", "--output-format", "json")
    assert {finding["path"] for finding in json.loads(outcome.out)["findings"]} == {"app.py"}
    named = run("check", prototype / "old.py", "--exclude", "old.py")
    assert named == (2, "", "durability: excluded by the settings: old.py\n")
    passed_over = run("check", prototype / "old.py", "--exclude", "old.py", "--force-exclude")
    assert passed_over == (0, "", "durability: excluded by the settings: old.py\n")


def test_sites_only_when_asked_for(run, prototype):
    assert "sites" not in json.loads(run(prototype, "--output-format", "json").out)
    sites = json.loads(run(prototype, "--output-format", "json", "--sites").out)["sites"]
    assert {"handled", "unhandled"} <= {site["outcome"] for site in sites}


def test_statistics(run, prototype):
    outcome = run(prototype, "--statistics")
    lines = [line.split() for line in outcome.out.splitlines()]
    assert ["3", "high", RULE] in lines
    assert [int(count) for count, _, _ in lines] == sorted((int(count) for count, _, _ in lines), reverse=True)
    refused = run(prototype, "--statistics", "--output-format", "json")
    assert (refused.code, refused.out) == (2, "")


def test_show_files(run, prototype):
    (prototype / "tests").mkdir()
    (prototype / "tests" / "test_app.py").write_text("x = 1\n")
    assert run(prototype, "--show-files").out == "app.py  (first-party)\ntests/test_app.py  (test)\n"
    assert run(prototype / "tests", "--show-files").out == "tests/test_app.py  (test)\n"
    assert run(prototype, "--show-files", "--exclude", "*.py").code == 2


def test_the_same_bytes_twice(run, prototype):
    for name in ("human", "concise", "json", "jsonl", "sarif"):
        assert run(prototype, "--output-format", name) == run(prototype, "--output-format", name)


def test_an_internal_error_is_one_line_and_shows_more_when_asked(run, prototype, monkeypatch):
    def broken(*arguments: object) -> None:
        raise KeyError("x")

    monkeypatch.setattr("durability.scanned.scan_project", broken)
    outcome = run(prototype)
    assert outcome.code == 2
    (line,) = outcome.err.splitlines()
    assert line.startswith("durability: internal error at test_results.py:")
    assert "KeyError: 'x'; please report it" in line
    assert "Traceback (most recent call last)" in run(prototype, "--traceback").err
    monkeypatch.setenv("DURABILITY_TRACEBACK", "1")
    assert "Traceback (most recent call last)" in run(prototype).err


def test_a_crashed_rule_is_an_error_after_everything_is_printed(run, prototype, monkeypatch):
    from msgspec.structs import replace

    from durability.engine.pack import load_rules

    def crash(*arguments: object, **options: object) -> None:
        raise ZeroDivisionError("no judgement")

    def rules_with_a_broken_one(packs: object = ()) -> tuple[object, ...]:
        return tuple(replace(rule, judge=crash) if rule.name == RULE else rule for rule in load_rules())

    monkeypatch.setattr("durability.engine.scan.load_rules", rules_with_a_broken_one)
    for command in ("scan", "check"):
        outcome = run(command, prototype, "--output-format", "json")
        assert outcome.code == 2
        assert f"the rule {RULE} crashed on app.py: " in outcome.err
        data = json.loads(outcome.out)
        assert data["score"] is None
        assert data["findings"]
