"""The whole program: facts of all files linked into names, calls, entry points, roles, reach and effects."""
