"""Small projects by hand, for tests that look at one thing."""

from types import SimpleNamespace

import pytest

from durability.model import Acceptance, JudgedSite, Place, RuleInfo, Story, Suppression
from durability.score import Evidence


def rule(name, lens="scale", severity="medium", **more):
    story = Story(demo="It works.", production=f"A person meets {name}.", trigger="a busy day")
    fixed = {"confidence": "high", "summary": f"{name} happens", "description": ""}
    return RuleInfo(name=name, lens=lens, severity=severity, story=story, **{**fixed, **more})


def site(rule, line, outcome="unhandled", path="app.py", **more):
    place = Place(path=path, line=line, column=1, end_line=line, end_column=9)
    fixed = {"fingerprint": f"{rule}@{path}:{line}", "function": f"f{line}", "message": "says what was found"}
    return JudgedSite(rule=rule, place=place, outcome=outcome, **{**fixed, **more})


def sites(rule, outcomes, **more):
    """A site per letter: h(andled), p(artial), u(nhandled), ? (unknown)."""
    names = {"h": "handled", "p": "partial", "u": "unhandled", "?": "unknown"}
    return tuple(site(rule, line, names[letter], **more) for line, letter in enumerate(outcomes, 1))


def evidence(rules, found, **more):
    return Evidence(sites=tuple(found), rules={one.name: one for one in rules}, **{"statements": 500, **more})


# A project above the evidence floor in which all is handled: one mode per lens, four sites each.
GROUND_RULES = (rule("ground-scale"), rule("ground-time", "time"), rule("ground-blindspot", "blindspot"))
GROUND = tuple(found for one in GROUND_RULES for found in sites(one.name, "hhhh", path="ground.py"))


@pytest.fixture(scope="session")
def make():
    return SimpleNamespace(
        rule=rule,
        site=site,
        sites=sites,
        evidence=evidence,
        ground=GROUND,
        ground_rules=GROUND_RULES,
        suppressed=Suppression(reason="we know"),
        accepted=Acceptance(reason="we live with it", owner="ana", expires="2030-01-01"),
    )
