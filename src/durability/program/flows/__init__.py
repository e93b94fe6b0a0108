"""Where values start, what becomes of them on the way, and where they arrive."""
