"""What `scan` and `check` have in common: from a request to a scan of one project."""

import sys
from collections.abc import Sequence
from pathlib import Path

from durability.cli.group import COMMANDS
from durability.cli.options import Request, overridden
from durability.cli.progress import progress
from durability.cli.streams import write_result
from durability.config import Config
from durability.engine.scan import ScanOptions
from durability.errors import UsageError
from durability.scanned import Scanned, scan_stream, scan_target, settings
from durability.sources.files import discover
from durability.targets import Target, target, together

STDIN = "-"
_LARGEST_STREAM = 10_000_000


class Job(Scanned, frozen=True):
    """A scan with the project's folder and the settings it was made with."""

    root: Path
    config: Config


def run(request: Request) -> Job:
    """Scan what the request names: standard input, or one project."""
    if STDIN in request.paths:
        return _run_stream(request)
    return run_target(one_project(request.paths), request)


def run_target(asked: Target, request: Request) -> Job:
    """Scan a project as requested."""
    config = config_for(asked, request)
    with progress(request.quiet) as show:
        options = ScanOptions(
            config=config, packs=request.pack, sites=request.sites, workers=request.workers, progress=show
        )
        scanned = scan_target(asked, options)
    return Job(scanned.report, scanned.selection, asked.root, config)


def config_for(asked: Target, request: Request) -> Config:
    """The settings of a project with what the command line says instead."""
    return overridden(settings(asked.root, request.config, request.isolated).config, request)


def one_project(paths: Sequence[str]) -> Target:
    """The project that all the paths belong to. Raises UsageError when they belong to several, or do not exist."""
    if len(paths) > 1 and paths[0] not in COMMANDS:
        late = [path for path in paths[1:] if path in COMMANDS]
        if late:
            raise UsageError(f"the command comes first: durability {late[0]} {paths[0]}")
    targets = together([target(path) for path in paths or (".",)])
    if len(targets) > 1:
        roots = " and ".join(str(item.root) for item in targets[:2])
        raise UsageError(f"these paths belong to different projects, scan them one by one: {roots}")
    return targets[0]


def show_files(request: Request) -> int:
    """List what would be analysed, with the part each file plays."""
    asked = one_project(request.paths)
    found = discover(asked.root, exclude=config_for(asked, request).exclude)
    files = [
        file
        for file in found.files
        if not asked.paths or any(file.path == path or file.path.startswith(f"{path}/") for path in asked.paths)
    ]
    if not files:
        raise UsageError(f"no Python files at {asked.root}")
    write_result("".join(f"{file.path}  ({file.role})\n" for file in files))
    return 0


def _run_stream(request: Request) -> Job:
    if len(request.paths) > 1:
        raise UsageError("standard input (-) is scanned alone, without other paths")
    if sys.stdin is None:
        raise UsageError("standard input is closed")
    content = sys.stdin.buffer.read(_LARGEST_STREAM + 1)
    if len(content) > _LARGEST_STREAM:
        raise UsageError(f"standard input is larger than {_LARGEST_STREAM:,} bytes")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise UsageError("standard input is not UTF-8 text") from None
    here = target(".")
    config = config_for(here, request)
    scanned = scan_stream(text, request.stdin_filename, config)
    return Job(scanned.report, scanned.selection, here.root, config)
