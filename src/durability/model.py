"""Frozen structs that travel from the engine to the score and the writers; they hold no logic."""

from typing import Literal

from msgspec import Struct, field

Lens = Literal["scale", "time", "blindspot"]
Severity = Literal["critical", "high", "medium", "low"]
Confidence = Literal["high", "medium", "low"]
Evidence = Literal["possible", "likely", "proven", "refuted"]
Outcome = Literal["handled", "partial", "unhandled", "unknown"]
Level = Literal["demo", "pilot", "production", "durable"]
Role = Literal[
    "route", "worker", "ui", "bot", "tool", "cli", "startup", "import", "library", "script", "test", "unreached"
]
Kind = Literal["service", "app", "cli", "library", "script"]
Safety = Literal["safe", "unsafe", "suggest"]

LENSES: tuple[Lens, ...] = ("scale", "time", "blindspot")
SEVERITIES: tuple[Severity, ...] = ("critical", "high", "medium", "low")
LEVELS: tuple[Level, ...] = ("demo", "pilot", "production", "durable")


class Story(Struct, frozen=True):
    """What a person would see: in the demo, in production, and what brings it about."""

    demo: str
    production: str
    trigger: str


class Step(Struct, frozen=True):
    """One place on the chain that leads to a failure."""

    path: str
    line: int
    note: str


class Place(Struct, frozen=True):
    """A span in a file: 1-based lines and columns (characters); in notebooks lines count inside `cell`."""

    path: str
    line: int
    column: int
    end_line: int
    end_column: int
    cell: int | None = None


class Fix(Struct, frozen=True):
    """An edit as data: what kind, with which arguments, and how safe it is."""

    kind: str
    arguments: dict[str, str | int | float | bool | None]
    safety: Safety
    summary: str


class Suppression(Struct, frozen=True):
    """Why a site is hidden from findings; it still counts in the score."""

    reason: str


class Acceptance(Struct, frozen=True):
    """A written, owned, dated decision to live with a site; it leaves the score until it expires."""

    reason: str
    owner: str
    expires: str


class RuleInfo(Struct, frozen=True):
    """What is said of a rule outside the engine; severity and confidence are constants of the rule."""

    name: str
    lens: Lens
    severity: Severity
    confidence: Confidence
    summary: str
    description: str
    story: Story
    cwe: tuple[int, ...] = ()
    sources: tuple[str, ...] = ()
    preview: bool = False
    advisory: bool = False
    repository: bool = False
    minutes: tuple[int, int] = (5, 15)
    action: str = ""
    arms: tuple[str, ...] = ()
    pack: str = "core"
    options: dict[str, str | int | float | bool] = field(default_factory=dict)

    @property
    def scored(self) -> bool:
        """Whether sites of this rule carry points."""
        return not (self.preview or self.advisory) and self.confidence != "low"


class JudgedSite(Struct, frozen=True):
    """One opportunity to fail and what was found there: the unit of suppression, fingerprint, diff and points."""

    rule: str
    place: Place
    outcome: Outcome
    message: str
    fingerprint: str
    function: str = ""
    role: Role = "library"
    entry_points: tuple[str, ...] = ()
    reach: float = 1.0
    evidence: Evidence = "likely"
    reason: str = ""
    missing: str = ""
    cause: str = ""
    clone: str = ""
    trace: tuple[Step, ...] = ()
    fix: Fix | None = None
    suppressed: Suppression | None = None
    accepted: Acceptance | None = None
    example: bool = True


class Finding(Struct, frozen=True):
    """Open sites of one rule that one edit would mend, with all their places."""

    rule: str
    lens: Lens
    severity: Severity
    confidence: Confidence
    evidence: Evidence
    message: str
    story: Story
    path: str
    line: int
    column: int
    end_line: int
    end_column: int
    cell: int | None
    function: str
    role: Role
    cause: str
    trace: tuple[Step, ...]
    features: tuple[str, ...]
    points: float
    fingerprint: str
    state: Literal["new", "known", "new-rule"] | None
    example: "Example | None"
    locations: tuple[Place, ...]
    suppressed: Suppression | None
    fix: Fix | None


class Example(Struct, frozen=True):
    """Where the same thing is done right in this project."""

    path: str
    line: int


class LensScores(Struct, frozen=True):
    """Shown score per lens, 0 to 100; None where a rule of that lens crashed."""

    scale: float | None
    time: float | None
    blindspot: float | None


class Score(Struct, frozen=True):
    """The demo-versus-production score, 0 to 100 with one decimal, and its interval."""

    value: float
    low: float
    high: float
    declared: float | None
    lenses: LensScores


class Blocker(Struct, frozen=True):
    """What holds the level down. `path` and `line` are None for a criterion of the whole project."""

    rule: str
    path: str | None
    line: int | None
    reason: str


class ModeRow(Struct, frozen=True):
    """Sites of one rule by outcome, and the points they cost."""

    rule: str
    lens: Lens
    handled: int
    partial: int
    unhandled: int
    unknown: int
    points: float


class FeatureRow(Struct, frozen=True):
    """A product feature and what its failure modes cost.

    `findings` counts the failure modes open on its entry points. No entry points: promised, not built. `tested`:
    some test reaches one of them. Not `declared`: the row of the entry points that no feature names.
    """

    name: str
    entry_points: tuple[str, ...]
    findings: int
    points: float
    why: str = ""
    critical: bool = False
    tested: bool = False
    declared: bool = True


class PlanStep(Struct, frozen=True):
    """One edit of the plan: what to do, what it gains, how long it takes in minutes, what it unlocks."""

    action: str
    rules: tuple[str, ...]
    findings: tuple[str, ...]
    gain: float
    minutes_low: int
    minutes_high: int
    unlocks: Level | None
    after: tuple[str, ...]


class Because(Struct, frozen=True):
    """A place that raises a question."""

    path: str
    line: int
    note: str


class Answer(Struct, frozen=True):
    """A person's answer to a question, with who stands for it and until when."""

    text: str
    owner: str
    expires: str


class Question(Struct, frozen=True):
    """What no tool can judge and somebody must decide."""

    id: str
    asks: str
    because: tuple[Because, ...]
    who: str
    answer: Answer | None


class SkippedFile(Struct, frozen=True):
    """A file that was not analysed, and why."""

    path: str
    reason: str


class CallCounts(Struct, frozen=True):
    """How the calls of the first-party code were resolved."""

    project: int
    library: int
    other_library: int
    unresolved: int


class FailedRule(Struct, frozen=True):
    """A rule that raised; its lens has no score."""

    rule: str
    path: str
    error: str


class Coverage(Struct, frozen=True):
    """What was and was not seen. `other_languages` maps a language to its lines."""

    files_analysed: int
    files_skipped: tuple[SkippedFile, ...]
    calls: CallCounts
    maybe_sites: int
    other_languages: dict[str, int]
    rules_failed: tuple[FailedRule, ...]
    metrics_missing: tuple[SkippedFile, ...] = ()
    bandit_silenced: int = 0


class Stake(Struct, frozen=True):
    """Something an entry point does to the outside world that somebody would regret."""

    kind: str
    entry_points: tuple[str, ...]
    path: str
    line: int


class Project(Struct, frozen=True):
    """What was scanned. `lines` counts first-party source lines."""

    name: str
    kind: Kind
    files: int
    lines: int
    frameworks: tuple[str, ...]
    applications: tuple[str, ...]
    stakes: tuple[Stake, ...]


class Tool(Struct, frozen=True):
    """Which tool and score model made the report, with how many rules."""

    name: str
    version: str
    model_version: str
    rules: int


class SiteRow(Struct, frozen=True):
    """One site in the machine formats."""

    rule: str
    path: str
    line: int
    outcome: Outcome
    fingerprint: str


class UnitComplexity(Struct, frozen=True):
    """Cyclomatic complexity of one function; `statements` is its weight in the risk profile."""

    path: str
    name: str
    line: int
    end_line: int
    complexity: int
    statements: int
    reach: float = 1.0


class ReportData(Struct, frozen=True):
    """Everything a writer may show; encoding it gives the published JSON."""

    schema_version: int
    tool: Tool
    project: Project
    score: Score | None
    no_score_reason: str
    level: Level | None
    blockers: tuple[Blocker, ...]
    findings: tuple[Finding, ...]
    modes: tuple[ModeRow, ...]
    features: tuple[FeatureRow, ...]
    plan: tuple[PlanStep, ...]
    questions: tuple[Question, ...]
    coverage: Coverage
    accepted: tuple[Finding, ...] = ()
    rules: tuple[RuleInfo, ...] = ()
    sites: tuple[SiteRow, ...] | None = None
