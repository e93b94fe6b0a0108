"""What compounds over time: change, drift, start-up, dependencies."""
