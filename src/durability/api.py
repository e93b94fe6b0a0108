"""What a rule author imports: the decorator, selectors, verdicts, fixes, examples and the views of places."""

from msgspec.structs import replace

from durability.engine.rules import (
    ROLES_SERVING as SERVING,
)
from durability.engine.rules import Bad, Good, Miss, Partial, Rule, Silent, Unclear, rule
from durability.engine.selectors import (
    calls,
    checks,
    claims,
    distributions,
    entry_points,
    filled_by_model,
    filters,
    fixed_settings,
    functions,
    gaps,
    handlers,
    implied,
    lookups,
    loops,
    parameters,
    project,
    repeated,
    setting_fields,
    stand_ins,
    states,
    switches,
    tested_rows,
    texts,
)
from durability.facts.model import Value
from durability.model import Fix, Step, Story
from durability.program.answers import NO, YES, Answer, Verdict, known, unknown
from durability.program.ask import Ask
from durability.program.failing.attempts import Attempts
from durability.program.flows.arrival import Arrival
from durability.program.flows.flow import Leaf
from durability.program.flows.results import names_in
from durability.program.links.spelling import plain_name
from durability.program.sites import (
    CallSite,
    ClaimSite,
    DistributionSite,
    EntrySite,
    FieldSite,
    FunctionSite,
    GapSite,
    HandlerSite,
    ImpliedSite,
    LoopSite,
    ParameterSite,
    ProjectSite,
    SettingSite,
    Site,
    StandInSite,
    StateSite,
    SwitchSite,
    TextSite,
)
from durability.program.trust.surfaces import Exposure

__all__ = [
    "NO",
    "SERVING",
    "YES",
    "Answer",
    "Arrival",
    "Ask",
    "Attempts",
    "Bad",
    "CallSite",
    "ClaimSite",
    "DistributionSite",
    "EntrySite",
    "Exposure",
    "FieldSite",
    "FunctionSite",
    "GapSite",
    "Good",
    "HandlerSite",
    "ImpliedSite",
    "Leaf",
    "LoopSite",
    "Miss",
    "ParameterSite",
    "Partial",
    "ProjectSite",
    "Rule",
    "SettingSite",
    "Silent",
    "Site",
    "StandInSite",
    "StateSite",
    "Step",
    "Story",
    "SwitchSite",
    "TextSite",
    "Unclear",
    "Value",
    "Verdict",
    "calls",
    "checks",
    "claims",
    "distributions",
    "entry_points",
    "filled_by_model",
    "filters",
    "fixed_settings",
    "functions",
    "gaps",
    "handled",
    "handlers",
    "harmless",
    "implied",
    "known",
    "lookups",
    "loops",
    "names_in",
    "parameters",
    "partial",
    "plain_name",
    "possibly",
    "project",
    "remove_argument",
    "repeated",
    "rule",
    "set_argument",
    "setting_fields",
    "stand_ins",
    "states",
    "suggest",
    "switches",
    "tested_rows",
    "texts",
    "unhandled",
    "unknown",
    "unsure",
]


def handled() -> Verdict:
    """The place copes."""
    return Verdict("handled")


def harmless() -> Verdict:
    """The place copes because nothing can go wrong there: it counts as handled, and shows nobody how it is done."""
    return Verdict("handled", example=False)


def unhandled(message: str, *, fix: Fix | None = None, cause: str = "", trace: tuple[Step, ...] = ()) -> Verdict:
    """The place fails. `message` is one clause for an engineer; `cause` joins places that one edit would mend."""
    return Verdict("unhandled", message, fix, cause, trace)


def partial(message: str, *, missing: str, fix: Fix | None = None, cause: str = "") -> Verdict:
    """The place copes on some paths or with some faults; `missing` says which not."""
    return Verdict("partial", message, fix, cause, missing=missing)


def possibly(verdict: Verdict) -> Verdict:
    """The same verdict, told as possible: it depends on something that is not known to happen."""
    return replace(verdict, evidence="possible")


def unsure(reason: str) -> Verdict:
    """The place cannot be judged; `reason` is one of: passed through, unresolved, escapes, dynamic, version, budget."""
    return Verdict("unknown", reason=reason)


def set_argument(name: str, value: str | int | float | bool | None) -> Fix:
    """The fix that gives a call a keyword argument; it may change behaviour."""
    return Fix("set-argument", {"name": name, "value": value}, "unsafe", f"add {name}={value!r}")


def remove_argument(name: str) -> Fix:
    """The fix that takes a keyword argument away; it may change behaviour."""
    return Fix("remove-argument", {"name": name}, "unsafe", f"remove {name}=")


def suggest(summary: str) -> Fix:
    """A fix in words, for a person to make."""
    return Fix("suggest", {}, "suggest", summary)
