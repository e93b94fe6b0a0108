"""The command `durability`: which command a command line means, imported only when it is run."""

import os
from importlib import import_module

import click

from durability import __version__
from durability.errors import UsageError
from durability.naming import nearest

COMMANDS = {
    "scan": "Report how PATH would fail in production (what a bare PATH does).",
    "check": "Pass or fail: the gate for CI and commit hooks.",
    "explain": "Explain a rule, or what was found at PATH:LINE.",
    "rules": "List the rules.",
    "map": "Show the entry points, what each touches, and the settings.",
    "init": "Draft the features of the product from the routes and commands found.",
    "config": "Show the settings in force and which file decided each.",
}
DEFAULT = "scan"
# Words that will be commands: a typed one must not be taken for a folder that was mistyped.
RESERVED = frozenset({"fix", "plan", "baseline", "report", "clean", "new-rule", "break", "mcp", "org", "diff"})


class Commands(click.Group):
    """Commands by name, with `scan` for everything that names none."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The commands, in the order of use."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of that name, from its own module."""
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = import_module(f"durability.cli.{cmd_name}").command
        return command

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Read the group's own options and hand a bare path or option to `scan`."""
        own = {name for parameter in self.get_params(ctx) for name in parameter.opts}
        if not args or (args[0] not in COMMANDS and args[0] not in own):
            args = [DEFAULT, *_checked(args)]
        return super().parse_args(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands without importing them."""
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


def unknown_path(path: str) -> str:
    """What to say of a first word that is neither a command nor a path."""
    if path in RESERVED:
        return f"{path!r} is not a command of this version, and there is no file or folder of that name"
    hint = nearest(path, list(COMMANDS))
    return f"{path!r} is no command, and there is no file or folder of that name{hint or '; see durability --help'}"


def _checked(args: list[str]) -> list[str]:
    """The arguments, unless the first is a word that can only be a mistyped command."""
    first = args[0] if args else "."
    is_word = not first.startswith("-") and os.sep not in first and "." not in first
    if is_word and not os.path.lexists(first):
        raise UsageError(unknown_path(first))
    return args


@click.command(
    cls=Commands,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="Exit codes: 0 done or passed, 1 the gate failed, 2 wrong use or an error, 3 too little to judge.",
)
@click.version_option(__version__, message="durability %(version)s")
def durability() -> None:
    """Will this prototype survive production? Finds its failure modes, scores the gap and plans the fixes.

    `durability PATH` scans PATH; without PATH the current folder. A folder named like a command is `./check`.
    """
