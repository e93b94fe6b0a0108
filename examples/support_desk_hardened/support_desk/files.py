"""Attached files on disk, under names that nobody outside chooses."""

import uuid
from pathlib import Path
from typing import BinaryIO

from support_desk.errors import TooLarge, WrongKind

ACCEPTED = frozenset({"image/png", "image/jpeg", "application/pdf", "text/plain", "text/csv"})
PIECE = 64 * 1024


def store(folder: Path, source: BinaryIO, content_type: str | None, max_bytes: int) -> tuple[str, int]:
    """Copy an upload piece by piece; return its name in `folder` and its size in bytes."""
    if content_type not in ACCEPTED:
        raise WrongKind(f"{content_type} is not accepted")
    name = uuid.uuid4().hex
    unfinished = folder / f"{name}.part"
    size = 0
    try:
        with unfinished.open("xb") as target:
            while piece := source.read(PIECE):
                size += len(piece)
                if size > max_bytes:
                    raise TooLarge(f"more than {max_bytes} bytes")
                target.write(piece)
        unfinished.rename(folder / name)
    finally:
        unfinished.unlink(missing_ok=True)
    return name, size


def remove(folder: Path, name: str) -> None:
    """Delete a stored file."""
    (folder / name).unlink(missing_ok=True)
