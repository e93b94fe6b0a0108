"""What a rule is: data and one function; its decorator checks it when it is defined."""

import inspect
import re
from collections.abc import Callable
from typing import Any, Literal

from msgspec import Struct

from durability.engine.selectors import Selector
from durability.model import Confidence, Lens, RuleInfo, Severity, Story

Sources = str | dict[str, str]
ROLES_SERVING = ("route", "bot", "worker", "tool", "ui")


class Bad(Struct, frozen=True):
    """An example that fails; lines marked `# <-` are where. `decoy`: it has the word and not the protection."""

    code: Sources
    fixed: str = ""
    why: str = ""
    decoy: bool = False


class Good(Struct, frozen=True):
    """An example with a site that is handled."""

    code: Sources
    why: str = ""


class Partial(Struct, frozen=True):
    """An example with a site that is handled on some paths only."""

    code: Sources
    why: str = ""


class Silent(Struct, frozen=True):
    """An example with no site at all."""

    code: Sources
    why: str = ""


class Unclear(Struct, frozen=True):
    """An example whose site cannot be judged."""

    code: Sources
    why: str = ""


class Miss(Struct, frozen=True):
    """A failure that the rule does not see: a false negative it admits to."""

    code: Sources
    why: str = ""


Example = Bad | Good | Partial | Silent | Unclear | Miss


class Rule(Struct, frozen=True):
    """One failure mode: what is said of it, where it could happen, how a place is judged, and its examples."""

    info: RuleInfo
    selectors: tuple[Selector, ...]
    judge: Callable[..., Any]
    examples: tuple[Example, ...]
    phase: Literal["file", "program"]

    @property
    def name(self) -> str:
        """The rule's name, its only identity."""
        return self.info.name


def rule(
    *,
    lens: Lens,
    severity: Severity,
    confidence: Confidence,
    story: Story,
    sites: Selector | tuple[Selector, ...],
    examples: list[Example],
    action: str,
    cwe: list[int] | None = None,
    sources: list[str] | None = None,
    minutes: tuple[int, int] = (5, 15),
    preview: bool = False,
    advisory: bool = False,
    repository: bool = False,
    arms: list[str] | None = None,
) -> Callable[[Callable[..., Any]], Rule]:
    """Declare a rule.

    The function is called once per site. With a parameter `ask` it runs in the program phase and may ask about the
    whole program; without, it uses only its site. Keyword-only parameters are its options. It returns a verdict, or
    None when the place turns out to be no site. Its docstring is the rule's summary and description; its name with
    hyphens is the rule's name. `action` is the sentence of the plan ("Give every outgoing call a timeout"), `minutes`
    the time per edit, `arms` the rules that must be mended before this one's fix is safe.
    """

    def declare(judge: Callable[..., Any]) -> Rule:
        parameters = inspect.signature(judge).parameters.values()
        options = {item.name: item.default for item in parameters if item.kind is item.KEYWORD_ONLY}
        summary, _, description = inspect.cleandoc(judge.__doc__ or "").partition("\n")
        info = RuleInfo(
            name=judge.__name__.replace("_", "-"),
            lens=lens,
            severity=severity,
            confidence=confidence,
            summary=summary.strip(),
            description=re.sub(r"\s*\n\s*", " ", description.strip()),
            story=story,
            cwe=tuple(cwe or ()),
            sources=tuple(sources or ()),
            preview=preview,
            advisory=advisory,
            repository=repository,
            minutes=minutes,
            action=action,
            arms=tuple(arms or ()),
            options=options,
        )
        phase: Literal["file", "program"] = "program" if "ask" in inspect.signature(judge).parameters else "file"
        selectors = sites if isinstance(sites, tuple) else (sites,)
        return Rule(info, selectors, judge, tuple(examples), phase)

    return declare
