"""From exceptions to one clear line and an exit code."""

import os
import signal
import sys
from collections.abc import Sequence

import click

from durability.cli.streams import discard_output, finish_output, say
from durability.errors import UsageError

ERROR = 2
INTERRUPTED = 130
TRACEBACK = "--traceback"


def guarded(command: click.Command, arguments: Sequence[str]) -> int:
    """The exit code of a command line, whatever happens in it."""
    try:
        return _invoked(command, list(arguments))
    except (UsageError, click.ClickException) as error:
        say(_sentence(error))
        return ERROR
    except KeyboardInterrupt:
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # an impatient second one must not end in a traceback
        discard_output()
        say("interrupted")
        return INTERRUPTED
    except BrokenPipeError:
        discard_output()
        return 0
    except Exception as error:
        if TRACEBACK in arguments or os.environ.get("DURABILITY_TRACEBACK") == "1":
            sys.excepthook(type(error), error, error.__traceback__)
        say(_internal(error))
        return ERROR


def _invoked(command: click.Command, arguments: list[str]) -> int:
    try:
        with command.make_context("durability", arguments) as context:
            code = command.invoke(context)
    except click.exceptions.Exit as exit_early:
        code = exit_early.exit_code
    finish_output()
    return code if isinstance(code, int) else 0


def _sentence(error: UsageError | click.ClickException) -> str:
    message = error.format_message() if isinstance(error, click.ClickException) else str(error)
    return " ".join(message.split())


def _internal(error: Exception) -> str:
    from traceback import extract_tb

    frame = extract_tb(error.__traceback__)[-1]
    place = f"{os.path.basename(frame.filename)}:{frame.lineno}"
    what = f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
    return f"internal error at {place}: {' '.join(what.split())[:300]}; please report it with what {TRACEBACK} shows"
