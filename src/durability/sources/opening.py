"""Opening files of an untrusted folder: no FIFO blocks, no link is followed, no more is read than asked."""

import os
import stat

# Names on systems that lack a flag: zero changes nothing.
_FLAGS = (
    os.O_RDONLY
    | getattr(os, "O_NOFOLLOW", 0)
    | getattr(os, "O_NONBLOCK", 0)
    | getattr(os, "O_CLOEXEC", 0)
    | getattr(os, "O_BINARY", 0)
)

_KINDS = (
    (stat.S_ISLNK, "a symbolic link"),
    (stat.S_ISDIR, "a folder"),
    (stat.S_ISFIFO, "a FIFO"),
    (stat.S_ISSOCK, "a socket"),
    (stat.S_ISCHR, "a device"),
    (stat.S_ISBLK, "a device"),
)


class Unreadable(Exception):
    """A file that cannot be analysed; `reason` says why in a few words, without the path."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def kind_problem(mode: int) -> str | None:
    """Why a file of this mode cannot be read as source; None for a regular file."""
    if stat.S_ISREG(mode):
        return None
    return next((f"not a regular file: {name}" for test, name in _KINDS if test(mode)), "not a regular file")


def read_bytes(path: str, limit: int) -> bytes:
    """At most `limit` + 1 bytes from the start of a regular file. Raises Unreadable, never blocks."""
    try:
        descriptor = os.open(path, _FLAGS)
    except OSError as error:
        raise Unreadable(os_reason(error)) from None
    try:
        problem = kind_problem(os.fstat(descriptor).st_mode)
        if problem:
            raise Unreadable(problem)
        return _drain(descriptor, limit + 1)
    except OSError as error:
        raise Unreadable(os_reason(error)) from None
    finally:
        os.close(descriptor)


def _drain(descriptor: int, wanted: int) -> bytes:
    pieces: list[bytes] = []
    while wanted > 0:
        piece = os.read(descriptor, min(wanted, 1 << 20))
        if not piece:
            break
        pieces.append(piece)
        wanted -= len(piece)
    return b"".join(pieces)


def os_reason(error: OSError) -> str:
    """The system's own words for a failure, in lower case and without the path."""
    if isinstance(error, PermissionError):
        return "permission denied"
    if isinstance(error, FileNotFoundError):
        return "no such file"
    return (error.strerror or type(error).__name__).lower()
