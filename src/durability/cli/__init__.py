"""The command line. Only what a command needs is imported."""

import sys
from collections.abc import Sequence


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command line and give its exit code. Never raises, save what ends the interpreter itself."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    from durability.cli.failures import guarded
    from durability.cli.group import durability

    return guarded(durability, given)
