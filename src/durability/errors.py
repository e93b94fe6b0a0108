"""Errors that a user can mend; the command line turns each into one line and exit code 2."""


class UsageError(Exception):
    """A mistake in how the tool was called or configured. The message says what to do."""
