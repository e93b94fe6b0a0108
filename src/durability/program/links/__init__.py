"""How names and calls of all files are linked into one call graph."""
