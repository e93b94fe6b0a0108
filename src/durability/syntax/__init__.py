"""LibCST: parsing, positions and names of one file."""
