"""Standard output and standard error: results on one, everything else on the other, and readers that go away."""

import os
import sys

from durability.errors import UsageError

_NAME = "durability"


def write_result(text: str, encoding: str = "utf-8") -> None:
    """Write a result to standard output in an encoding; a reader who has gone away is no error.

    Raises UsageError when it cannot be written otherwise.
    """
    if sys.stdout is None:
        raise UsageError("standard output is closed: use --output-file")
    content = text.encode(encoding, "backslashreplace")
    try:
        sys.stdout.flush()
        if hasattr(sys.stdout, "buffer"):
            sys.stdout.buffer.write(content)
        else:
            sys.stdout.write(content.decode(encoding))
        sys.stdout.flush()
    except BrokenPipeError:
        discard_output()
    except OSError as error:
        discard_output()
        raise UsageError(f"cannot write to standard output: {(error.strerror or str(error)).lower()}") from None


def say(text: str) -> None:
    """One line on standard error, harmless to a terminal whatever names it holds."""
    if sys.stderr is None:
        return
    try:
        sys.stderr.write(f"{_NAME}: {printable(text)}\n")
        sys.stderr.flush()
    except OSError:
        pass  # nobody is left to tell


def printable(text: str) -> str:
    """Text with everything escaped that a terminal might act on."""
    return "".join(
        character if character.isprintable() else character.encode("unicode_escape", "backslashreplace").decode("ascii")
        for character in text
    )


def finish_output() -> None:
    """Write out what is pending, so that the interpreter has nothing left to fail on when it ends."""
    if sys.stdout is None:
        return
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        discard_output()


def discard_output() -> None:
    """Send what is still to be written to standard output nowhere."""
    try:
        descriptor = sys.stdout.fileno()
    except (AttributeError, OSError, ValueError):
        return
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, descriptor)
    os.close(nowhere)
