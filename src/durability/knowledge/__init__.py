"""What library calls do to the outside world, as rows in tables: one TOML file per domain, compiled to one file."""

from durability.knowledge.rows import Distribution, Entry, Implied, Parameter, Row
from durability.knowledge.tables import Knowledge, knowledge

__all__ = ["Distribution", "Entry", "Implied", "Knowledge", "Parameter", "Row", "knowledge"]
