"""What is shown and gated: `select`, `ignore`, `per-file-ignores` and the paths asked for. Never what is scored."""

from collections.abc import Callable, Iterable, Sequence
from fnmatch import fnmatchcase

from msgspec import Struct
from msgspec.structs import replace

from durability.catalogue import Entry, find
from durability.config import Config
from durability.errors import UsageError
from durability.model import LENSES, Finding, Place, ReportData
from durability.naming import nearest
from durability.sources.ignoring import Excludes

_PACK = "pack:"


class Selection(Struct, frozen=True):
    """The rules and places that are shown. `paths` are relative to the root, files or folders; none means all."""

    rules: frozenset[str] | None
    ignored: tuple[tuple[Callable[[str], bool], frozenset[str]], ...]
    paths: tuple[str, ...] = ()

    def shows(self, rule: str, path: str) -> bool:
        """Whether a finding of `rule` in `path` is shown."""
        if self.rules is not None and rule not in self.rules:
            return False
        return self.has(path) and not any(rule in names and covers(path) for covers, names in self.ignored)

    def has(self, path: str) -> bool:
        """Whether `path` is among the paths that were asked for."""
        return not self.paths or any(path == asked or path.startswith(f"{asked}/") for asked in self.paths)


def selects_everything(config: Config) -> bool:
    """Whether no setting hides anything, so that nobody needs to know the names of the rules."""
    return not (config.select or config.ignore or config.per_file_ignores)


def names_rules(config: Config) -> bool:
    """Whether a setting names a rule, so that the name can be wrong."""
    return bool(config.accept) or not selects_everything(config)


def check_selection(config: Config, entries: Sequence[Entry]) -> None:
    """Raises UsageError, with the nearest name, for a selector that matches nothing or an unknown rule to accept."""
    selection(config, entries)
    for accepted in config.accept:
        find(accepted.rule, entries)


def selection(config: Config, entries: Sequence[Entry], paths: Sequence[str] = ()) -> Selection:
    """What the settings select among the entries of the catalogue. Raises UsageError as `check_selection`."""
    ignored = _matching("ignore", config.ignore, entries)
    selected = _matching("select", config.select or ("*",), entries)
    if selects_everything(config):
        return Selection(None, (), tuple(paths))
    per_file = tuple(
        (_covers(pattern), _matching("per-file-ignores", names, entries))
        for pattern, names in sorted(config.per_file_ignores.items())
    )
    return Selection(selected - ignored, per_file, tuple(paths))


def apply(selection: Selection, report: ReportData) -> ReportData:
    """The report with only the findings that are shown; score, level, blockers and plan stay as they are."""
    return replace(
        report,
        findings=_shown(selection, report.findings),
        accepted=_shown(selection, report.accepted),
    )


def gated(selection: Selection, report: ReportData) -> ReportData:
    """The report as the gate reads it: also without the blockers that are not shown as findings."""
    hidden = {(finding.rule, place) for finding in report.findings if finding.suppressed for place in _lines(finding)}
    blockers = tuple(
        blocker
        for blocker in report.blockers
        if blocker.path is None
        or (selection.shows(blocker.rule, blocker.path) and (blocker.rule, (blocker.path, blocker.line)) not in hidden)
    )
    return replace(apply(selection, report), blockers=blockers)


def _lines(finding: Finding) -> list[tuple[str, int | None]]:
    return [(place.path, place.line) for place in finding.locations]


def _shown(selection: Selection, findings: Iterable[Finding]) -> tuple[Finding, ...]:
    kept = []
    for finding in findings:
        places = tuple(place for place in finding.locations if selection.shows(finding.rule, place.path))
        if len(places) == len(finding.locations):
            kept.append(finding)
        elif places:
            kept.append(_moved(finding, places))
    return tuple(kept)


def _moved(finding: Finding, places: tuple[Place, ...]) -> Finding:
    """The finding at those of its places that are shown."""
    first = places[0]
    return replace(
        finding,
        path=first.path,
        line=first.line,
        column=first.column,
        end_line=first.end_line,
        end_column=first.end_column,
        cell=first.cell,
        locations=places,
    )


def _covers(pattern: str) -> Callable[[str], bool]:
    try:
        return Excludes([pattern])
    except UsageError as error:
        raise UsageError(str(error).replace("exclude pattern", "per-file-ignores pattern", 1)) from None


def _matching(setting: str, selectors: Sequence[str], entries: Sequence[Entry]) -> frozenset[str]:
    found: set[str] = set()
    for selector in selectors:
        names = {entry.name for entry in entries if _matches(selector, entry)}
        if not names:
            raise UsageError(f"{setting}: {_unmatched(selector, entries)}")
        found |= names
    return frozenset(found)


def _matches(selector: str, entry: Entry) -> bool:
    if selector.startswith(_PACK):
        return entry.pack == selector.removeprefix(_PACK)
    return selector in (entry.name, entry.lens) or fnmatchcase(entry.name, selector)


def _unmatched(selector: str, entries: Sequence[Entry]) -> str:
    packs = sorted({f"{_PACK}{entry.pack}" for entry in entries})
    if selector.startswith(_PACK):
        return f"no rule pack {selector!r}{nearest(selector, packs) or '; loaded are ' + ', '.join(packs)}"
    if any(character in selector for character in "*?["):
        return f"no rule is named like {selector!r}"
    known = [*(entry.name for entry in entries), *LENSES]
    return f"there is no rule or lens {selector!r}{nearest(selector, known) or '; `durability rules` lists them'}"
