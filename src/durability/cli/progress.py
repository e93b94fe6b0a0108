"""How far the scan is, on one line of a terminal that is wiped when it is done."""

import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from durability.cli.streams import printable
from durability.cli.terminal import is_terminal

Progress = Callable[[str, int, int], None]

_WIPE = "\r\x1b[K"


@contextmanager
def progress(quiet: bool) -> Iterator[Progress | None]:
    """What the engine calls with path, done and total; None when nobody watches."""
    if quiet or not is_terminal(sys.stderr):
        yield None
        return
    line = _Line()
    try:
        yield line.show
    finally:
        line.wipe()


class _Line:
    """The line as it stands."""

    def __init__(self) -> None:
        self._columns = shutil.get_terminal_size().columns

    def show(self, path: str, done: int, total: int) -> None:
        text = printable(f"{done}/{total}  {path}")[: self._columns - 1]
        sys.stderr.write(f"{_WIPE}{text}")
        sys.stderr.flush()

    def wipe(self) -> None:
        sys.stderr.write(_WIPE)
        sys.stderr.flush()
