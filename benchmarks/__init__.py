"""Measurements: each folder is one command that prints a table."""
