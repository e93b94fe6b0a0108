"""What was probably meant by a name that nobody knows."""

from collections.abc import Sequence


def nearest(name: str, known: Sequence[str]) -> str:
    """A clause that names what was probably meant, or "" when nothing is near."""
    from difflib import get_close_matches

    close = get_close_matches(name, known, n=1)
    return f"; did you mean {close[0]!r}?" if close else ""
