"""How fast a cold scan is, as ratios measured in one run on the same files."""
