"""Functions that are hard to change, as sites of one rule: the risk profile of cyclomatic complexity."""

from collections.abc import Iterable

from durability.model import Outcome, RuleInfo, Story, UnitComplexity
from durability.score.groups import FAILING_SHARE, Group, Member

HARD_TO_CHANGE = "hard-to-change-unit"

# Statements that weigh as one site. Counting units beside a rate by statements would let one tiny bad function lift
# the mode's weight without its rate, and so raise the score.
STATEMENTS_PER_SITE = 10.0

RULE = RuleInfo(
    name=HARD_TO_CHANGE,
    lens="time",
    severity="medium",
    confidence="high",
    summary="A function has so many branches that nobody can change it safely",
    description="Cyclomatic complexity above 10 counts half, above 20 in full; functions weigh by their statements.",
    story=Story(
        demo="It was written once and works.",
        production="Somebody has to change this part and breaks a case that nobody remembered.",
        trigger="the next change",
    ),
    minutes=(45, 180),
    action="Split the functions that branch the most into smaller ones",
)


def unit_outcome(complexity: int) -> Outcome:
    """Simple up to 10, moderate up to 20 (partial), hard to change above."""
    if complexity <= 10:
        return "handled"
    return "partial" if complexity <= 20 else "unhandled"


def unit_fingerprint(unit: UnitComplexity) -> str:
    """What points and plan call a function; lines are left out, so formatting does not change it."""
    return f"{HARD_TO_CHANGE}:{unit.path}:{unit.name}"


def group_units(units: Iterable[UnitComplexity]) -> tuple[Group, ...]:
    """Each function on its own, weighed by its statements and its reach."""
    return tuple(
        Group(
            cluster=(unit.path, unit.name),
            members=(
                Member(
                    fingerprint=unit_fingerprint(unit),
                    weight=unit.reach * unit.statements / STATEMENTS_PER_SITE,
                    share=FAILING_SHARE[unit_outcome(unit.complexity)],
                ),
            ),
        )
        for unit in sorted(units, key=lambda unit: (unit.path, unit.name, unit.line, unit.complexity, unit.statements))
        if unit.reach > 0 and unit.statements > 0
    )


def group_unmeasured(files: Iterable[tuple[str, int]]) -> tuple[Group, ...]:
    """Files whose complexity is unknown, weighed by their statements."""
    return tuple(
        Group(("unmeasured", path), (Member("", statements / STATEMENTS_PER_SITE, None),))
        for path, statements in sorted(files)
        if statements > 0
    )
