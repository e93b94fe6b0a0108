"""`explain`, `rules` and `config`."""

import json

import pytest

RULE = "http-call-without-timeout"


def test_a_rule_is_explained_whole(run):
    outcome = run("explain", RULE)
    assert outcome.code == 0
    for part in (
        RULE,
        "In the demo",
        "In production",
        "When",
        "Fails",
        "Holds",
        "How to mend it",
        "CWE-1088",
        "timeout=",
    ):
        assert part in outcome.out
    assert max(map(len, outcome.out.splitlines())) <= 88


def test_a_rule_as_data(run):
    data = json.loads(run("explain", RULE, "--output-format", "json").out)
    assert (data["name"], data["lens"], data["severity"], data["scored"]) == (RULE, "scale", "high", True)
    assert {example["kind"] for example in data["examples"]} >= {"bad", "good", "silent"}
    assert data["story"]["production"]


def test_headings_stand_out_only_in_colour(run):
    assert "\x1b[1m" in run("explain", RULE, "--color", "always").out
    assert "\x1b" not in run("explain", RULE).out


def test_what_bandit_finds_is_explained_too(run):
    outcome = run("explain", "bandit/pickle")
    assert "bandit's test B301" in outcome.out
    assert "not scored" in outcome.out


def test_a_place_is_explained(run, prototype):
    outcome = run("explain", f"{prototype}/app.py:14")
    assert outcome.code == 0
    assert f"app.py:14  {RULE}\n" in outcome.out
    for part in ("in production", "runs in        customers (route)", "mend           add timeout=", f"explain {RULE}"):
        assert part in outcome.out
    with_column = run("explain", f"{prototype}/app.py:14:13")
    assert with_column == outcome


def test_a_place_as_data(run, prototype):
    data = json.loads(run("explain", f"{prototype}/app.py:14", "--output-format", "json").out)
    assert RULE in {finding["rule"] for finding in data["findings"]}


def test_a_place_where_all_is_well(run, hardened):
    outcome = run("explain", f"{hardened}/app.py:20")
    assert outcome.code == 0
    assert f"app.py:20  {RULE}  handled: nothing to mend\n" in outcome.out


@pytest.mark.parametrize(
    ("place", "said"),
    [
        ("app.py:2", "nothing was found at app.py:2; the nearest is at line "),
        (".:3", ". is a folder: a place is FILE:LINE"),
        ("gone.py:3", "no such file or folder: gone.py"),
        ("http-call-without-timeot", f"there is no rule 'http-call-without-timeot'; did you mean '{RULE}'?"),
    ],
)
def test_what_cannot_be_explained(run, prototype, monkeypatch, place, said):
    monkeypatch.chdir(prototype)
    outcome = run("explain", place)
    assert (outcome.code, outcome.out) == (2, "")
    assert outcome.err.startswith(f"durability: {said}")


def test_the_rules_are_listed_once_each(run):
    outcome = run("rules")
    lines = outcome.out.splitlines()
    assert lines[0].split() == ["RULE", "LENS", "SEVERITY", "SCORED", "WHAT", "IT", "SAYS"]
    names = [line.split()[0] for line in lines[1:]]
    assert len(names) == len(set(names))
    assert {RULE, "bandit/pickle", "unused-suppression"} <= set(names)
    listed = [rule["name"] for rule in json.loads(run("rules", "--output-format", "json").out)]
    assert listed == names


def test_every_rule_that_is_listed_can_be_explained(run):
    from durability.catalogue import catalogue
    from durability.rule_page import page

    for entry in catalogue():
        assert page(entry).startswith(f"{entry.name}\n")


def test_every_name_in_a_report_can_be_explained(prototype):
    import durability

    data = durability.scan(prototype).data
    names = {name for step in data.plan for name in step.rules} | {row.rule for row in data.modes}
    names |= {finding.rule for finding in data.findings}
    assert len(names) > 5
    for name in sorted(names):
        assert durability.explain(name).startswith(name)


def test_settings_say_who_decided(run, prototype):
    (prototype / "durability.toml").write_text('fail-on = "low"\n[product]\nusers = "team"\n')
    data = json.loads(run("config", prototype / "app.py", "--output-format", "json").out)
    assert data["root"] == str(prototype)
    file = str(prototype / "durability.toml")
    assert data["settings"]["fail-on"] == {"value": "low", "from": file}
    assert data["settings"]["product"]["value"]["users"] == "team"
    assert data["settings"]["select"] == {"value": [], "from": "built in"}
    isolated = json.loads(run("config", prototype, "--isolated", "--output-format", "json").out)
    assert {setting["from"] for setting in isolated["settings"].values()} == {"built in"}
    table = [line.split() for line in run("config", prototype).out.splitlines()]
    assert ["fail-on", '"low"', file] in table


def test_settings_that_select_nothing_are_refused(run, prototype):
    (prototype / "durability.toml").write_text('select = ["querry-in-loop"]\n')
    outcome = run("config", prototype)
    assert (outcome.code, outcome.out) == (2, "")
    assert "did you mean 'query-in-loop'?" in outcome.err
