"""The options that `scan` and `check` share, and what they come to."""

from collections.abc import Callable, Sequence
from typing import Any

import click
from msgspec import Struct
from msgspec.structs import replace

from durability.cli.terminal import Color
from durability.config import Config
from durability.errors import UsageError
from durability.model import SEVERITIES, Severity
from durability.naming import nearest

Decorated = Callable[..., Any]


class Request(Struct, frozen=True):
    """One command line of `scan` or `check`. None means that the option was not given."""

    paths: tuple[str, ...]
    output_format: str | None
    output_file: str | None
    report: tuple[tuple[str, str], ...]
    select: tuple[str, ...]
    ignore: tuple[str, ...]
    per_file_ignores: dict[str, tuple[str, ...]]
    exclude: tuple[str, ...]
    config: str | None
    isolated: bool
    pack: tuple[str, ...]
    sites: bool
    statistics: bool
    show_files: bool
    stdin_filename: str
    color: Color
    workers: int
    quiet: bool
    fail_on: Severity | None = None
    fail_under: float | None = None
    strict: bool = False
    hook: bool = False
    force_exclude: bool = False


def _format(context: click.Context, option: click.Parameter, value: str | None) -> str | None:
    return None if value is None else checked_format(value)


def _reports(context: click.Context, option: click.Parameter, values: Sequence[str]) -> tuple[tuple[str, str], ...]:
    found = []
    for value in values:
        format, separator, file = value.partition("=")
        if not (separator and file):
            raise click.BadParameter(f"{value!r} is not FORMAT=FILE, such as sarif=report.sarif", context, option)
        found.append((checked_format(format), file))
    return tuple(found)


def _names(context: click.Context, option: click.Parameter, values: Sequence[str]) -> tuple[str, ...]:
    return tuple(name.strip() for value in values for name in value.split(",") if name.strip())


def _file_names(context: click.Context, option: click.Parameter, values: Sequence[str]) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for value in values:
        pattern, _, rest = value.partition(":")  # only the first: `pack:NAME` keeps its own
        names = _names(context, option, [rest])
        if not (pattern and names):
            example = "scripts/*.py:print-as-logging"
            raise click.BadParameter(f"{value!r} is not PATTERN:RULE, such as {example}", context, option)
        found[pattern] = (*found.get(pattern, ()), *names)
    return found


def checked_format(name: str) -> str:
    """The name of a format that there is a writer for. Raises UsageError with the nearest name."""
    from durability.output import FORMATS

    if name not in FORMATS:
        known = f"; formats: {', '.join(FORMATS)}"
        raise UsageError(f"there is no format {name!r}{nearest(name, list(FORMATS)) or known}")
    return name


_SHARED: tuple[Callable[[Decorated], Decorated], ...] = (
    click.argument("paths", nargs=-1, metavar="[PATH]..."),
    click.option(
        "--output-format", callback=_format, metavar="FORMAT", help="human (default), concise, json, jsonl or sarif."
    ),
    click.option("--output-file", metavar="FILE", help="Write the result there instead of to standard output."),
    click.option(
        "--report",
        callback=_reports,
        metavar="FORMAT=FILE",
        multiple=True,
        help="Also write the result as FORMAT to FILE; repeatable.",
    ),
    click.option(
        "--select",
        callback=_names,
        metavar="NAMES",
        multiple=True,
        help="Show only these rules, lenses, pack:NAME or globs.",
    ),
    click.option("--ignore", callback=_names, metavar="NAMES", multiple=True, help="Do not show these."),
    click.option(
        "--per-file-ignores",
        callback=_file_names,
        metavar="PATTERN:NAMES",
        multiple=True,
        help="Do not show these in files that match.",
    ),
    click.option(
        "--exclude",
        callback=_names,
        metavar="PATTERNS",
        multiple=True,
        help="Patterns, as in .gitignore, of files to leave out.",
    ),
    click.option("--config", metavar="FILE", help="Settings from FILE instead of the project's own."),
    click.option("--isolated", is_flag=True, help="Ignore the project's own settings."),
    click.option("--pack", metavar="NAME", multiple=True, help="Load an installed rule pack; repeatable."),
    click.option("--sites", is_flag=True, help="List every place that was judged (json)."),
    click.option("--statistics", is_flag=True, help="Show how often each rule was found instead of where."),
    click.option("--show-files", is_flag=True, help="List the files that would be analysed, and stop."),
    click.option("--stdin-filename", metavar="NAME", default="stdin.py", help="What `-` (standard input) is called."),
    click.option("--color", type=click.Choice(["auto", "always", "never"]), default="auto", help="Colour (auto)."),
    click.option("-j", "--workers", type=click.IntRange(min=0, max=512), default=0, help="Processes; 0 chooses."),
    click.option("-q", "--quiet", is_flag=True, help="No progress and no notes."),
    click.option("--traceback", is_flag=True, expose_value=False, help="Show where an internal error came from."),
)


def shared(function: Decorated) -> Decorated:
    """Give a command the options that `scan` and `check` share."""
    for option in reversed(_SHARED):
        function = option(function)
    return function


_GATE: tuple[Callable[[Decorated], Decorated], ...] = (
    click.option("--fail-on", type=click.Choice(SEVERITIES), help="Fail on open findings of this severity or worse."),
    click.option("--fail-under", type=click.FloatRange(0, 100), help="Fail when the low end of the score is below."),
    click.option("--strict", is_flag=True, help="Files that could not be read are an error."),
    click.option("--hook", is_flag=True, help="For commit hooks: judge only the files named, without the score."),
    click.option("--force-exclude", is_flag=True, help="Pass over excluded files even when they are named."),
)


def gate_options(function: Decorated) -> Decorated:
    """Give a command the options of the gate."""
    for option in reversed(_GATE):
        function = option(function)
    return function


def request(given: dict[str, Any]) -> Request:
    """What a command was asked for."""
    return Request(**given)


def overridden(config: Config, request: Request) -> Config:
    """The settings with what the command line says instead; an option replaces a setting, it does not add to it."""
    return replace(config, **overrides(request))


def overrides(request: Request) -> dict[str, Any]:
    """The settings that the command line gives, by field."""
    given = {
        "select": request.select,
        "ignore": request.ignore,
        "per_file_ignores": request.per_file_ignores,
        "exclude": request.exclude,
        "fail_on": request.fail_on,
        "fail_under": request.fail_under,
    }
    return {name: value for name, value in given.items() if value not in (None, (), {})}
