"""One scan as its callers see it: the report, and what of it is shown and what is gated."""

import os
from collections.abc import Sequence
from datetime import UTC, date, datetime
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from durability.catalogue import catalogue
from durability.config import BUILT_IN, Config, Loaded, find_config, read_config
from durability.engine.scan import ScanOptions, scan_project, scan_text
from durability.errors import UsageError
from durability.model import ReportData
from durability.selection import Selection, apply, check_selection, gated, names_rules, selection
from durability.targets import Target, present, target


class Scanned(Struct, frozen=True):
    """A report and what is selected of it. The report itself holds everything."""

    report: ReportData
    selection: Selection

    @property
    def shown(self) -> ReportData:
        """The report with the findings that are shown."""
        return apply(self.selection, self.report)

    @property
    def gated(self) -> ReportData:
        """The report as the gate reads it."""
        return gated(self.selection, self.report)


def settings(root: Path, file: str | Path | None, isolated: bool) -> Loaded:
    """The settings for the project at `root`: those of `file`, built-in ones when isolated, else its own."""
    if file is not None and isolated:
        raise UsageError("settings are either read from a file or left out: not both")
    if file is not None:
        return read_config(Path(file))
    return BUILT_IN if isolated else find_config(root)


def select(config: Config, packs: Sequence[str], paths: Sequence[str] = ()) -> Selection:
    """What the settings show. Raises UsageError for a selector that matches no rule."""
    if not names_rules(config):
        return Selection(None, (), tuple(paths))
    entries = catalogue(sorted({*config.packs, *packs}))
    check_selection(config, entries)
    return selection(config, entries, paths)


def scan_target(asked: Target, options: ScanOptions) -> Scanned:
    """Scan a project, with today's date where none is given.

    Raises UsageError for a wrong setting and when one of the paths holds nothing to analyse.
    """
    chosen = select(options.config, options.packs, asked.paths)
    if asked.paths:
        absent = present(asked, options.config.exclude).absent
        if absent:
            raise UsageError(absent[0])
    complete = replace(
        options,
        packs=tuple(sorted(set(options.packs) - set(options.config.packs))),
        today=options.today or today().isoformat(),
    )
    return Scanned(scan_project(asked.root, complete), chosen)


def scan_path(
    path: str, config: Config | str | Path | None, isolated: bool, packs: Sequence[str], sites: bool
) -> Scanned:
    """Scan the project that `path` belongs to, with settings that are given, read from a file, or its own."""
    asked = target(path)
    given = config if isinstance(config, Config) else settings(asked.root, config, isolated).config
    # Worker processes would run the caller's own script again where that is not guarded by `__name__`.
    return scan_target(asked, ScanOptions(config=given, packs=tuple(packs), sites=sites, workers=1))


def scan_stream(text: str, filename: str, config: Config) -> Scanned:
    """Scan one text as if it stood in a file of that name, with nothing around it."""
    return Scanned(scan_text(text, filename), select(config, ()))


def today() -> date:
    """The day that decides which accepted risks have expired; SOURCE_DATE_EPOCH (seconds) holds it still."""
    held = os.environ.get("SOURCE_DATE_EPOCH", "")
    if held.isdecimal():
        return datetime.fromtimestamp(int(held), UTC).date()
    return datetime.now(UTC).date()
