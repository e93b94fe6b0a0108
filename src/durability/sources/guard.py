"""Bounds on how deeply a text nests, checked before a parser that would overflow its stack sees it."""

RECURSION_LIMIT = 10_000


def depth_problem(text: str) -> str | None:
    """Why the text must not be parsed; None when it may."""
    return None
