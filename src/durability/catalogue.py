"""Every name under which something can be found, selected and explained: rules, bandit's tests, suppression checks."""

from collections.abc import Sequence

from msgspec import Struct

from durability.bridges.bandit_stories import SHOWN
from durability.engine.contradictions import RULE as CONTRADICTED
from durability.engine.contradictions import STORY as CONTRADICTED_STORY
from durability.engine.pack import load_rules
from durability.engine.rules import Example
from durability.errors import UsageError
from durability.model import Lens, RuleInfo, Severity, Story
from durability.naming import nearest
from durability.score.complexity import RULE as COMPLEXITY

_COMMENTS = {
    "malformed-suppression": "A comment that should hide a finding cannot be read, or gives no reason",
    "unknown-suppression": "A comment hides findings of a rule that does not exist",
    "unused-suppression": "A comment hides nothing",
}
_CONTEXT = {CONTRADICTED: "The declared context says less than the code shows"}
_COMMENT_STORY = Story(
    demo="A comment says that something may be ignored.",
    production="Nobody can tell whether the comment still hides a failure, or why.",
    trigger="the code around the comment changes",
)


class Entry(Struct, frozen=True):
    """What there is to know of one name. `severity` is None where each finding has its own; `info` where we judge."""

    name: str
    lens: Lens
    pack: str
    summary: str
    story: Story
    severity: Severity | None = None
    info: RuleInfo | None = None
    examples: tuple[Example, ...] = ()
    bandit: str = ""

    @property
    def scored(self) -> bool:
        """Whether its sites carry points in the core score."""
        return self.info is not None and self.info.scored and self.pack == "core"


def catalogue(packs: Sequence[str] = ()) -> tuple[Entry, ...]:
    """All entries, sorted by pack (ours first), lens and name. `packs` names installed rule packs to include.

    Raises UsageError when no rules are installed or a pack is missing.
    """
    entries = [_judged(rule.info, rule.examples) for rule in load_rules(packs)]
    entries.append(_judged(COMPLEXITY, ()))
    entries += [
        Entry(f"bandit/{shown.name}", shown.lens, "bandit", shown.summary, shown.story, bandit=shown.test_id)
        for shown in SHOWN
    ]
    entries += [
        Entry(name, "blindspot", "comments", summary, _COMMENT_STORY, "low") for name, summary in _COMMENTS.items()
    ]
    entries += [
        Entry(name, "blindspot", "context", summary, CONTRADICTED_STORY, "high") for name, summary in _CONTEXT.items()
    ]
    return tuple(sorted(entries, key=lambda entry: (entry.pack != "core", entry.pack, entry.lens, entry.name)))


def _judged(info: RuleInfo, examples: tuple[Example, ...]) -> Entry:
    return Entry(info.name, info.lens, info.pack, info.summary, info.story, info.severity, info, examples)


def find(name: str, entries: Sequence[Entry]) -> Entry:
    """The entry of that name. Raises UsageError with the nearest name when there is none."""
    by_name = {entry.name: entry for entry in entries}
    if name not in by_name:
        raise UsageError(
            f"there is no rule {name!r}{nearest(name, list(by_name)) or '; `durability rules` lists them'}"
        )
    return by_name[name]
