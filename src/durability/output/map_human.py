"""A map for people at a terminal: each entry point with what it touches, then the settings."""

from collections.abc import Iterator

from durability.map_model import Lasting, MappedEntry, ProjectMap, Setting, Touch
from durability.output.map_words import ACCESS, KINDS, MISSING, ROLES, counted, lasting, named, nothing, unseen
from durability.output.paper import Paper

_LEFT = 10
_CHAIN = 6
_GAPS = 3


def render(found: ProjectMap, paper: Paper) -> str:
    """The map as text."""
    lines = [f"{paper.text(found.project)}: {counted(found)}", ""]
    for entry in found.entry_points:
        lines += _entry(entry, paper)
    if found.at_start:
        lines += ["When it starts", *_touches(found.at_start, paper), ""]
    if found.settings:
        lines += ["Settings", *_settings(found.settings, paper), ""]
    lines.append(f"{unseen(found.calls) or 'All calls could be followed'}.")
    return "\n".join(lines) + "\n"


def _entry(entry: MappedEntry, paper: Paper) -> Iterator[str]:
    notes = [ROLES[entry.role] if entry.role != "route" else "", ACCESS[entry.access]]
    shown = ", ".join(note for note in notes if note)
    place = f"{paper.text(entry.path)}:{entry.line}"
    yield f"{paper.text(entry.name)}{f' ({shown})' if shown else ''}  {place}"
    yield from (_touches(entry.touches, paper) if entry.touches else (f"  {nothing(entry.calls)}",))
    if entry.hold is not None:
        lanes = f", {entry.lanes} at a time" if entry.lanes is not None else ""
        most, once = ("up to ", " at one step") if entry.hold.seconds is not None else ("", "")
        where = f"{paper.text(entry.hold.path)}:{entry.hold.line}"
        yield f"  {'waits':{_LEFT}}{most}{paper.text(entry.hold.said)}{once}{lanes} ({where})"
    if entry.stakes:
        yield f"  {'at stake':{_LEFT}}{', '.join(entry.stakes)}"
    if len(now := _told([effect for effect in entry.leaves if not effect.later], paper)) > 1:
        yield f"  {'in order':{_LEFT}}{_chain(now)}"
    if after := _told([effect for effect in entry.leaves if effect.later], paper):
        yield f"  {'later':{_LEFT}}{_chain(after)}"
    for gap in entry.gaps[:_GAPS]:
        after_it, missing = paper.text(lasting(gap.after)), paper.text(lasting(gap.missing))
        where = f"{paper.text(gap.after.path)}:{gap.after.line}"
        yield f"  {'gap':{_LEFT}}{after_it} stands, {missing} is missing if it stops at {where}"
    yield ""


def _told(effects: list[Lasting], paper: Paper) -> list[tuple[str, str]]:
    """The effects in their order, each with what joins it to the one before; of branches that exclude each other, what
    several do is told once.
    """
    told: list[tuple[str, str]] = []
    branches: set[str] = set()
    for effect in effects:
        word = paper.text(lasting(effect))
        branches = branches if effect.instead else set()
        if word not in branches and not (told and told[-1][1] == word):
            told.append((" or " if effect.instead else paper.text(" → "), word))
        branches.add(word)
    return told


def _chain(told: list[tuple[str, str]]) -> str:
    more = len(told) - _CHAIN
    shown = "".join(f"{joint if position else ''}{word}" for position, (joint, word) in enumerate(told[:_CHAIN]))
    return shown + (f" and {more} more" if more > 0 else "")


def _touches(touches: tuple[Touch, ...], paper: Paper) -> Iterator[str]:
    """One line for each kind and way of touching, with all that is touched so."""
    groups: dict[tuple[str, str], list[str]] = {}
    for touch in touches:
        groups.setdefault((touch.kind, touch.how), []).append(paper.text(named(touch)))
    for (kind, how), names in groups.items():
        verb = "" if how == "calls" else f"{how} "
        yield f"  {KINDS[kind]:{_LEFT}}{verb}{', '.join(dict.fromkeys(names))}"


def _settings(settings: tuple[Setting, ...], paper: Paper) -> Iterator[str]:
    width = min(max(len(paper.text(item.name)) for item in settings), 40)
    for item in settings:
        default = f" {paper.text(item.default or '') or 'empty'}" if item.missing == "default" else ""
        state = f"{MISSING[item.missing]}{default}"
        if item.default and item.missing in ("stops", "fails later"):
            state += f", default {paper.text(item.default)} elsewhere"
        places = ", ".join(f"{paper.text(place.path)}:{place.line}" for place in item.places)
        yield f"  {paper.text(item.name):{width}}  {state}  {places}"
