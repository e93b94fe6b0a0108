"""How many calls are understood, and whether the links between them are right."""
