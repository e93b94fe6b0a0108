"""The first screen: what it decides, what it says in which words, and that it fits."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace
from rich.cells import cell_len

from durability.model import Acceptance, Blocker, LensScores, SkippedFile, Suppression
from durability.output import render

STYLE = re.compile(r"\x1b\[[0-9;]*m")


def screen(report, **paper):
    return render(report, "human", **{"width": 80, **paper})


def flat(text):
    """The text without its line breaks, to look for sentences in."""
    return " ".join(text.split())


def block(text, title):
    """The lines from the one that holds the title to the next empty one."""
    lines = text.splitlines()
    start = next(number for number, line in enumerate(lines) if title in line)
    end = next((number for number in range(start, len(lines)) if not lines[number].strip()), len(lines))
    return lines[start:end]


# --- the decision -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("level", "sentence"),
    [
        ("demo", "Show it to people while you watch. Do not give it to users yet."),
        ("pilot", "Give it to a few people you know"),
        ("production", "Strangers may use it while nobody watches."),
        ("durable", "today and in two years"),
    ],
)
def test_each_level_is_a_permission(demo, level, sentence):
    shown = screen(replace(demo, level=level))
    assert re.search(rf"^  {level.upper()} +\S", shown, re.MULTILINE)
    assert sentence in flat(shown)
    assert flat(shown).index(sentence) < flat(shown).index("Score")


def test_the_first_blocker_and_the_stakes_come_before_the_number(demo):
    lines = block(screen(demo), "What keeps it from Pilot")
    assert lines[0] == " What keeps it from Pilot (and 1 other reason)"
    told = flat("\n".join(lines))
    assert "Somebody types a piece of a database command into a field" in told
    assert "Proven: db.execute() runs a statement made from input (1 of 21 places)" in told
    assert "api/search.py:48; done right at api/orders.py:12, copy it" in told
    assert "At stake: it takes or moves money (POST /pay)" in told
    assert "At stake: it messages people (POST /a, POST /b, POST /c and 1 more)" in told
    assert screen(demo).index("At stake") < screen(demo).index("Score")


def test_what_the_blocker_tells_is_not_told_twice(demo):
    assert flat(screen(demo)).count("Somebody types a piece") == 1
    assert "What else goes wrong in real use" in screen(demo)
    without = replace(demo, blockers=(Blocker("score", None, None, "The score is under 40."),))
    assert flat(screen(without)).count("Somebody types a piece") == 1
    assert "What goes wrong in real use" in screen(without)
    assert flat("\n".join(block(screen(without), "What keeps it"))).startswith(
        "What keeps it from Pilot The score is under 40. At stake"
    )


def test_a_blocker_keeps_what_it_says_beyond_the_story(demo):
    hedged = replace(demo.blockers[0], reason="It could not be told whether this can happen here: a leak.")
    assert "It could not be told whether" in flat(screen(replace(demo, blockers=(hedged,))))
    counted = replace(demo.blockers[0], reason=demo.blockers[0].reason + " (9 more places)")
    assert "9 more places" not in screen(replace(demo, blockers=(counted,)))


def test_nothing_keeps_the_highest_level(demo):
    assert "What keeps it" not in screen(replace(demo, level="durable", blockers=()))


# --- the number -------------------------------------------------------------------------------------------------------


def test_score_and_dials(demo):
    lines = block(screen(demo), "Score")
    assert lines[0] == " Score 26 of 100 (20 to 34)"
    assert [line.split()[-1] for line in lines[1:]] == ["41", "33", "22"]
    assert [line.count("█") for line in lines[1:]] == [8, 6, 4]
    assert {line.count("█") + line.count("░") for line in lines[1:]} == {20}


def test_the_interval_alone_where_it_spans_two_levels(demo):
    wide = screen(replace(demo, score=replace(demo.score, low=20.0, high=44.5)))
    assert " Score between 20 and 45 of 100: too little was seen to say more exactly" in wide
    assert "26" not in "".join(block(wide, "Score"))


def test_the_score_for_a_declared_use(samples):
    assert " Score 78 of 100 (74 to 83); 81 for the use that was declared" in screen(samples.PRODUCTION)


def test_a_lens_without_anything_to_judge(samples):
    (line,) = [line for line in block(screen(samples.PRODUCTION), "Score") if "Stays easy" in line]
    assert line.endswith("nothing to judge")


def test_a_score_is_never_rounded_up(demo):
    high = replace(demo, score=replace(demo.score, value=99.96, low=99.9, high=99.97), level="durable")
    assert " Score 99 of 100 (99 to 100)" in screen(high)
    whole = replace(
        demo, score=replace(demo.score, value=100.0, low=97.0, high=100.0, lenses=LensScores(100.0, 0.0, 1))
    )
    assert " Score 100 of 100 (97 to 100)" in screen(whole)
    assert [line.count("█") for line in block(screen(whole), "Score")[1:]] == [20, 0, 0]


# --- stories ----------------------------------------------------------------------------------------------------------


def stories(report):
    return block(screen(report), "goes wrong in real use")[1:]


def test_stories_start_with_what_happens_to_people(demo):
    told = flat("\n".join(stories(demo)))
    assert told.startswith(
        "1 A customer pays, the payment service stops answering, and every other customer waits too."
    )
    assert "Likely: requests.post() has no time limit (3 of 10 places, 2 unclear)" in told
    assert "api/pay.py:31 and 2 more places; done right at api/rates.py:7, copy it" in told
    assert "Possible: db.execute() runs once per row" in told
    assert "notes.ipynb cell 2:3" in told


def test_stories_name_no_rule_severity_or_weakness(demo):
    told = "\n".join([*block(screen(demo), "What keeps it"), *stories(demo)])
    for info in demo.rules:
        assert info.name not in told
    assert not re.search(r"\b(critical|high|medium|low|cwe)\b", told, re.IGNORECASE)


def test_the_worst_story_comes_first(demo):
    query, slow, other = (
        replace(
            demo.findings[3], rule=name, points=points, story=replace(demo.findings[3].story, production=f"{name}.")
        )
        for name, points in (("first", 1.0), ("second", 3.0), ("third", 2.0))
    )
    report = replace(demo, findings=(query, slow, other), blockers=())
    order = re.compile(r"\b(first|second|third)\.")
    assert order.findall(screen(report)) == ["second", "third", "first"]
    held = replace(report, blockers=(Blocker("score", None, None, "Low."), Blocker("first", None, None, "Held.")))
    assert order.findall(screen(held)) == ["first", "second", "third"]
    worse = replace(report, findings=(*report.findings[:2], replace(other, severity="critical")))
    assert order.findall(screen(worse)) == ["third", "second", "first"]


def test_at_most_five_stories_one_per_rule(demo):
    base = demo.findings[3]
    rules = [
        replace(base, rule=f"rule-{number}", story=replace(base.story, production=f"Thing {number} breaks."))
        for number in range(9)
    ]
    told = stories(replace(demo, findings=(*rules, *rules)))
    assert [line.split()[0] for line in told if re.match(r" {1,4}\d ", line)] == ["1", "2", "3", "4", "5"]


def test_two_rules_with_one_story_tell_it_once(demo):
    twice = [replace(demo.findings[3], rule=name) for name in ("rule-one", "rule-two")]
    told = stories(replace(demo, findings=tuple(twice)))
    assert [line.split()[0] for line in told if re.match(r" {1,4}\d ", line)] == ["1"]


def test_what_is_hidden_refuted_or_slight_is_no_story(demo):
    first = demo.findings[1]
    for quiet in (
        replace(first, suppressed=Suppression("reason")),
        replace(first, evidence="refuted"),
        replace(first, severity="low"),
    ):
        assert "goes wrong in real use" not in screen(replace(demo, findings=(quiet,)))
    assert "goes wrong in real use" in screen(replace(demo, findings=(first,)))


def test_what_nobody_reaches_comes_last(demo):
    idle = replace(demo.findings[1], role="unreached")
    told = flat("\n".join(stories(replace(demo, findings=(idle, demo.findings[5])))))
    assert told.index("Next month it breaks by itself.") < told.index("A customer pays")


# --- fixes ------------------------------------------------------------------------------------------------------------


def test_the_next_three_fixes(demo):
    lines = block(screen(demo), "Mend next")
    table = [line.split() for line in lines]
    assert table[0] == ["Mend", "next", "points", "minutes"]
    assert [row[-2:] for row in table if row[0] in "123"] == [["level", "5-15"], ["+9.1", "4"], ["0", "10-30"]]
    assert "durability explain sql-built-from-input; Pilot needs it" in lines[2]
    assert lines[4].endswith("durability explain http-call-without-timeout")
    assert "Ask once" not in "".join(lines)


@pytest.mark.parametrize(("gain", "shown"), [(0.0, "0"), (0.1, "+0.1"), (0.6, "+0.6"), (12.34, "+12.3")])
def test_what_a_fix_gains(demo, gain, shown):
    step = replace(demo.plan[1], gain=gain)
    assert f" {shown} " in block(screen(replace(demo, plan=(step,))), "Mend next")[1]


def test_what_the_fixes_unlock(demo):
    assert "With these and 1 more of 4 it reaches Pilot." in screen(demo)
    assert "With these it reaches Pilot." in screen(replace(demo, plan=demo.plan[1:]))
    locked = replace(demo, plan=tuple(replace(step, unlocks=None) for step in demo.plan))
    assert "it reaches" not in screen(locked)


# --- what was not seen, and the way on --------------------------------------------------------------------------------


def test_what_was_not_seen_is_said(demo, samples):
    shown = flat(screen(demo))
    assert "2 files not analysed (such as legacy/old.py: too deep)" in shown
    assert "6% of the calls lead where we could not follow" in shown
    assert "1 of our own checks crashed (query-in-loop)" in flat(screen(samples.CRASHED))
    assert "Not seen" not in screen(samples.PRODUCTION)
    measured = replace(demo.coverage, metrics_missing=(SkippedFile("a.py", "x"),))
    assert "1 file not measured for complexity" in flat(screen(replace(demo, coverage=measured)))


def test_other_languages_are_said_with_the_verdict(demo):
    mixed = replace(demo, coverage=replace(demo.coverage, other_languages={"Go": 3000, "CSS": 210}))
    assert "Judged on its Python part (40% of the code)." in screen(mixed)
    assert screen(mixed).index("Judged on") < screen(mixed).index("Score")
    assert "Judged on" not in screen(demo)


def test_what_was_left_out_is_counted(demo):
    shown = flat(screen(demo))
    assert "1 finding hidden by comments in the code, still part of the score" in shown
    assert "1 accepted risk, not part of the score" in shown
    assert Acceptance("why", "who", "2030-01-01").expires not in shown


def test_the_way_on(demo, samples):
    assert [" ".join(line.split()) for line in screen(demo).splitlines()[-3:]] == [
        "All 7 findings durability --output-format concise",
        "Why one of them matters durability explain PATH:LINE",
        "What is looked for durability rules",
    ]
    assert "The one finding durability --output-format concise" in flat(screen(samples.PRODUCTION))
    assert " Both findings" in screen(replace(demo, findings=demo.findings[:2]))
    nothing = screen(replace(samples.PRODUCTION, findings=()))
    assert "Nothing found that these rules look for." in nothing
    assert flat(nothing).endswith("What is looked for durability rules")


@pytest.mark.parametrize(("number", "said"), [(1, "1 file, 1 line\n"), (2, "2 files, 2 lines\n")])
def test_one_is_not_many(samples, number, said):
    project = replace(samples.EMPTY.project, files=number, lines=number)
    assert said in screen(replace(samples.EMPTY, project=project))
    assert not re.search(r"\b1 \w+s\b(?! of)", screen(samples.PRODUCTION).split("\n", 1)[0])


# --- no score ---------------------------------------------------------------------------------------------------------


def test_no_score_says_why_and_what_to_add(samples):
    shown = flat(screen(samples.EMPTY))
    assert "NO SCORE Too little to judge: no places where it could fail (at least 10 are needed)." in shown
    assert "A score takes the whole program" in shown
    assert "of 100" not in shown


def test_no_score_is_never_green(samples):
    for sample in (samples.EMPTY, samples.CRASHED):
        coloured = screen(sample, color=True)
        assert not re.search(r"\x1b\[[0-9;]*(32|42|92|102)[;m]", coloured)
    assert re.search(r"\x1b\[[0-9;]*42m PRODUCTION ", screen(samples.PRODUCTION, color=True))


def test_no_points_without_a_score(samples):
    lines = block(screen(samples.CRASHED), "Mend next")
    assert [lines[number].split()[-1] for number in (0, 1, 3, 5)] == ["minutes", "5-15", "4", "10-30"]
    assert not re.search(r"points|level|\b0\b", "\n".join(lines))


def test_a_crash_is_ours_and_what_was_found_still_told(samples):
    shown = flat(screen(samples.CRASHED))
    assert "The fault is this tool's: please report it." in shown
    assert "What to mend in any case (and 1 other reason) Somebody types" in shown
    assert "Mend next" in shown
    assert "it reaches" not in screen(replace(samples.CRASHED, plan=samples.DEMO.plan))


# --- paper ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("width", [1, 60, 72, 80, 100, 300])
def test_no_line_is_wider_than_the_paper(report, width):
    for unicode in (True, False):
        lines = screen(report, width=width, unicode=unicode).splitlines()
        assert max(map(cell_len, lines)) <= max(60, min(width, 100))
        assert not any(line.endswith(" ") for line in lines)


def test_colour_changes_nothing_but_colour(report):
    coloured = STYLE.sub("", screen(report, color=True))
    assert [line.rstrip() for line in coloured.splitlines()] == screen(report).splitlines()
    assert "\x1b" not in screen(report)


@pytest.mark.parametrize(
    "variable", ["NO_COLOR=1", "FORCE_COLOR=1", "COLUMNS=70", "LINES=9", "TERM=dumb", "TTY_COMPATIBLE=1"]
)
@pytest.mark.parametrize("color", [True, False])
def test_the_environment_has_no_say(demo, monkeypatch, variable, color):
    monkeypatch.setenv("TERM", "xterm")
    before = screen(demo, width=100, color=color)
    monkeypatch.setenv(*variable.split("="))
    assert screen(demo, width=100, color=color) == before


def test_colours_stand_on_their_own_ground(demo):
    """Coloured text would vanish on some background; bars are no text, and badges bring their background."""
    text = STYLE.split(screen(demo, color=True))
    codes = ["", *STYLE.findall(screen(demo, color=True))]
    for code, piece in zip(codes, text, strict=True):
        parts = re.findall(r"\d+", code)
        coloured = [part for part in parts if re.fullmatch(r"3[1-7]|9\d", part)]
        if coloured and piece.strip():
            assert set(piece) <= {"█", "░"} or any(part.startswith("4") and len(part) == 2 for part in parts), piece


def test_plain_characters_where_there_are_no_others(demo):
    project = replace(demo.project, name="größe – “漢”…")
    shown = screen(replace(demo, project=project), unicode=False)
    assert shown.isascii()
    assert shown.splitlines()[0].startswith(' gr\\xf6\\xdfe - "\\u6f22"...   FastAPI')
    assert "########............" in shown


@settings(max_examples=60)
@given(data=st.data(), width=st.integers(40, 120), unicode=st.booleans(), color=st.booleans())
def test_any_report_fits(samples, data, width, unicode, color):
    report = data.draw(samples.reports(samples.ANY_TEXT))
    shown = STYLE.sub("", screen(report, width=width, unicode=unicode, color=color))
    assert max(map(cell_len, shown.split("\n"))) <= max(60, min(width, 100))
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff]", shown)
    assert unicode or shown.isascii()
