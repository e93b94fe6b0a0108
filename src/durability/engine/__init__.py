"""The scan: schedule, workers, running rules, and the report."""
