"""The page of a rule: what happens and when, code that fails and code that holds, how to mend it."""

import textwrap
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import msgspec

from durability.catalogue import Entry
from durability.engine.rules import Bad, Example, Good, Miss, Sources

_WIDTH = 88
_MOST_EXAMPLES = 2


def page(entry: Entry, heading: Callable[[str], str] = str) -> str:
    """The page as text. `heading` makes a heading stand out."""
    info = entry.info
    parts = [
        f"{heading(entry.name)}\n{_classes(entry)}",
        _wrapped(f"{entry.summary.rstrip('.')}." + (f" {info.description}" if info and info.description else "")),
        _story(entry),
        *_examples(entry.examples, heading),
        *_mending(entry, heading),
        _origins(entry),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def as_data(entry: Entry) -> dict[str, Any]:
    """Everything the page says, and all examples, as plain data."""
    info = entry.info
    return {
        "name": entry.name,
        "lens": entry.lens,
        "pack": entry.pack,
        "severity": entry.severity,
        "confidence": info.confidence if info else None,
        "scored": entry.scored,
        "summary": entry.summary,
        "description": info.description if info else "",
        "story": msgspec.to_builtins(entry.story),
        "action": info.action if info else "",
        "minutes": info.minutes if info else None,
        "mend_first": info.arms if info else (),
        "options": dict(info.options) if info else {},
        "cwe": info.cwe if info else (),
        "sources": info.sources if info else (),
        "bandit": entry.bandit or None,
        "examples": [
            {"kind": type(example).__name__.lower(), **msgspec.to_builtins(example)} for example in entry.examples
        ],
    }


def _classes(entry: Entry) -> str:
    words = [entry.lens, entry.severity or "severity by finding", f"pack {entry.pack}"]
    return ", ".join([*words, *([] if entry.scored else ["not scored"])])


def _story(entry: Entry) -> str:
    rows = (("In the demo", entry.story.demo), ("In production", entry.story.production), ("When", entry.story.trigger))
    return "\n".join(_wrapped(text, first=f"{label:<15}", indent=" " * 15) for label, text in rows)


def _examples(examples: Sequence[Example], heading: Callable[[str], str]) -> Iterator[str]:
    for title, kind in (("Fails", Bad), ("Holds", Good), ("Not noticed", Miss)):
        shown = [example for example in examples if isinstance(example, kind)]
        # One file says it sooner than several.
        shown.sort(key=lambda example: not isinstance(example.code, str))
        if shown:
            yield "\n\n".join([heading(title), *(_example(example) for example in shown[:_MOST_EXAMPLES])])


def _example(example: Bad | Good | Miss) -> str:
    return _code(example.code) + (f"\n    # {example.why}" if example.why else "")


def _code(sources: Sources) -> str:
    if isinstance(sources, Mapping):
        return "\n\n".join(f"    # {path}\n{_code(text)}" for path, text in sources.items())
    return textwrap.indent(sources.strip("\n"), "    ")


def _mending(entry: Entry, heading: Callable[[str], str]) -> Iterator[str]:
    info = entry.info
    if info is None:
        return
    low, high = info.minutes
    sentence = f"{info.action.rstrip('.')}: {low} to {high} minutes each." if info.action else ""
    first = f" Mend {', '.join(info.arms)} before it: this makes that worse." if info.arms else ""
    fixed = next((example.fixed for example in entry.examples if isinstance(example, Bad) and example.fixed), "")
    yield "\n\n".join(part for part in (heading("How to mend it"), _wrapped(sentence + first), _code(fixed)) if part)
    if info.options:
        values = "\n".join(f"    {name} = {value!r}" for name, value in sorted(info.options.items()))
        yield f"{heading('Options')}\n\n{values}"


def _origins(entry: Entry) -> str:
    info = entry.info
    lines = [f"Found by bandit's test {entry.bandit}."] if entry.bandit else []
    if entry.examples:
        lines.append(f"To hide it in one place: # durability: ignore[{entry.name}] and the reason")
    if info and info.cwe:
        lines.append(", ".join(f"CWE-{number}" for number in info.cwe))
    if info and info.sources:
        lines.append("Sources: " + "; ".join(info.sources))
    return "\n".join(_wrapped(line) for line in lines)


def _wrapped(text: str, first: str = "", indent: str = "") -> str:
    return textwrap.fill(
        text, _WIDTH, initial_indent=first, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False
    )
