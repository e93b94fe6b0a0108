"""Where values start, and what is looked at on the way there."""

from typing import Literal

from msgspec import Struct

from durability.facts.model import Value
from durability.model import Step
from durability.program.links.graph import FunctionKey

Cleaned = Literal["no", "maybe", "yes"]
SourceKind = Literal["constant", "external", "model", "tool", "environment", "library", "parameter", "unknown"]


class Source(Struct, frozen=True):
    """Where a value starts: `external`, chosen by whoever uses the program; `model`, written by a language model,
    `tool`, an argument that a model gives to a tool.

    `cleaned` says what became of it on the way: "yes" when it is harmless for the use, "maybe" when something that is
    not understood looked at it. `parsed`: it is a part of a text that was taken apart (JSON). `steps` lead from the
    start to the value, each true.
    """

    kind: SourceKind
    name: str = ""
    path: str = ""
    line: int = 0
    cleaned: Cleaned = "no"
    steps: tuple[Step, ...] = ()
    parsed: bool = False


class Item(Struct, frozen=True):
    """A value to look at. `inside` are the calls that were entered for their result; `whole`: not a part of a name;
    `taken` is the attribute that was read last."""

    value: Value
    key: FunctionKey
    block: int
    start: tuple[int, int]
    steps: tuple[Step, ...] = ()
    inside: tuple[tuple[FunctionKey, int], ...] = ()
    cleaned: Cleaned = "no"
    whole: bool = True
    taken: str = ""
    parsed: bool = False


def more(one: Cleaned, other: Cleaned) -> Cleaned:
    """The stronger of two words on what became of a value."""
    return "yes" if "yes" in (one, other) else "maybe" if "maybe" in (one, other) else "no"


def source(kind: SourceKind, item: Item, name: str, line: int = 0) -> Source:
    """The start of an item: at its own place, or on a line of its file."""
    return Source(kind, name, item.key[0], line or item.start[0], item.cleaned, item.steps, item.parsed)
