"""What each level asks for, as data: thresholds, must-haves and the sentences that say what is missing."""

from typing import Literal

from msgspec import Struct

from durability.model import Kind, Lens, Level

SERVED: tuple[Kind, ...] = ("service", "app")
EVERY_KIND: tuple[Kind, ...] = ("service", "app", "cli", "library", "script")

LENS_QUESTION: dict[Lens, str] = {
    "scale": "what breaks when more people use it",
    "time": "what gets harder to change over time",
    "blindspot": "what goes wrong without anybody noticing",
}

COVERAGE_FLOOR = 0.4
SITES_FLOOR = 10
MODES_FLOOR = 3


class Threshold(Struct, frozen=True):
    """Least shown scores and coverage of a level."""

    level: Level
    score: float
    lens: float
    coverage: float


THRESHOLDS = (
    Threshold(level="pilot", score=40.0, lens=0.0, coverage=0.6),
    Threshold(level="production", score=65.0, lens=50.0, coverage=0.6),
    Threshold(level="durable", score=85.0, lens=75.0, coverage=0.6),
)

# Beyond these shares nobody can say what the program does.
OTHER_LANGUAGE_CEILING = 0.2
UNRESOLVED_CALLS_CEILING = 0.5


class MustHave(Struct, frozen=True):
    """A criterion that rules give evidence for.

    `share` is the least part of their sites that must be handled. Below 1.0 sites are counted as they are; at 1.0 a
    site that is merely possible does not count against it. `absent` is what it means that the rules ran and found no
    site: nothing to handle (met), or nothing to go by (unproven). No rules at all: nothing judges this yet. `unmet` may
    use {share}, the handled percentage. Where a level below Production lacks evidence, it is not held.
    """

    name: str
    level: Level
    rules: tuple[str, ...]
    share: float
    absent: Literal["met", "unproven"]
    hygiene: bool
    unmet: str
    unproven: str
    kinds: tuple[Kind, ...] = EVERY_KIND


MUST_HAVES = (
    MustHave(
        name="secrets",
        level="pilot",
        rules=("hardcoded-secret",),
        share=1.0,
        absent="met",
        hygiene=False,
        unmet="A password or key stands in the code: everyone who can read the code can use it.",
        unproven="Not yet evidenced: nothing has looked for passwords and keys in the code.",
    ),
    MustHave(
        name="declared-dependencies",
        level="pilot",
        rules=("undeclared-dependency", "framework-implied-dependency"),
        share=1.0,
        absent="met",
        hygiene=True,
        unmet="Something this program needs is not on its list of parts: on another machine it does not start.",
        unproven="Not yet evidenced: nothing has compared what the program uses with its list of parts.",
    ),
    MustHave(
        name="bounded-waiting",
        level="production",
        rules=("http-call-without-timeout", "llm-call-without-timeout"),
        share=0.9,
        absent="met",
        hygiene=False,
        unmet="Only {share} % of the calls to other services are known to give up when no answer comes; "
        "the others can keep every user waiting. 90 % must.",
        unproven="Not yet evidenced: nothing has checked whether calls to other services give up when no answer comes.",
    ),
    MustHave(
        name="safe-defaults",
        level="production",
        rules=("secret-with-default",),
        share=1.0,
        absent="met",
        hygiene=False,
        unmet="When a setting is forgotten, a password that everybody can read takes its place.",
        unproven="Not yet evidenced: nothing has checked what happens when a secret is not set.",
    ),
    MustHave(
        name="failure-paths",
        level="production",
        rules=("no-error-boundary",),
        share=0.8,
        absent="unproven",
        hygiene=False,
        unmet="Only {share} % of the ways into the program do something sensible when a step fails; 80 % must.",
        unproven="Not yet evidenced: whether a failing step ends in a clear answer rather than in a half-done one.",
    ),
    MustHave(
        name="locked-versions",
        level="production",
        rules=("unpinned-dependency",),
        share=1.0,
        absent="unproven",
        hygiene=True,
        unmet="The versions of its parts are left open: tomorrow's installation may be another program.",
        unproven="Not yet evidenced: whether the versions of its parts are fixed.",
    ),
    MustHave(
        name="structured-logging",
        level="production",
        rules=("print-as-logging",),
        share=0.9,
        absent="unproven",
        hygiene=True,
        unmet="Only {share} % of what the program writes down can be searched later; 90 % must, or after an incident "
        "nobody can tell what happened.",
        unproven="Not yet evidenced: whether the program writes down what happened in a way that can be searched.",
        kinds=SERVED,
    ),
    MustHave(
        name="tested-entry-points",
        level="production",
        rules=("entry-point-untested",),
        share=0.5,
        absent="unproven",
        hygiene=True,
        unmet="Tests try only {share} % of the ways into the program; 50 % must be tried.",
        unproven="Not yet evidenced: whether tests try at least half of the ways into the program.",
    ),
    MustHave(
        name="bounded-growth",
        level="durable",
        rules=("unbounded-cache-growth", "unbounded-conversation-history", "unbounded-lru-cache"),
        share=1.0,
        absent="met",
        hygiene=False,
        unmet="Something only ever grows, until memory or money runs out.",
        unproven="Not yet evidenced: whether everything that grows also shrinks.",
    ),
    MustHave(
        name="migrated-schema",
        level="durable",
        rules=("schema-ddl-in-app-code",),
        share=1.0,
        absent="met",
        hygiene=False,
        unmet="The database is laid out by the program itself: the next change of layout breaks data that exists.",
        unproven="Not yet evidenced: how the layout of stored data is changed.",
    ),
    MustHave(
        name="bounded-retries",
        level="durable",
        rules=("retry-without-cap", "retry-without-backoff", "non-idempotent-retry"),
        share=1.0,
        absent="met",
        hygiene=False,
        unmet="Something is tried again without an end or a pause, which turns a short outage into a long one.",
        unproven="Not yet evidenced: whether repeated attempts end and do no harm.",
    ),
    MustHave(
        name="tested-entry-points",
        level="durable",
        rules=("entry-point-untested",),
        share=0.8,
        absent="unproven",
        hygiene=True,
        unmet="Tests try only {share} % of the ways into the program; 80 % must be tried.",
        unproven="Not yet evidenced: whether tests try at least four in five ways into the program.",
    ),
)

STATIC_ONLY = (
    "Static scan alone: Durable not yet evidenced. It takes proof from outside the code, such as a load test, "
    "a restore that was tried, and somebody who is called when it fails."
)
GAP_RULES = (
    "done-before-recorded",
    "half-a-pair",
    "pending-work-only-in-memory",
    "recorded-before-done",
)
"""They judge what stands when the program stops between two lasting effects."""

STAKES_UNTRACED = (
    "Not yet evidenced: one step between two things that last could not be traced to what it does, so nobody knows "
    "what is left behind when it fails."
)
STAKES_UNPROVEN = (
    "Not yet evidenced: what is left behind when the program stops half-way through something that "
    "cannot be taken back ({kinds})."
)
