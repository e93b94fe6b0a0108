"""Which files there are, what their text is, and what the project says of itself."""
