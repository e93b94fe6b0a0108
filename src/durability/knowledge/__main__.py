"""Recompiles the tables: python -m durability.knowledge."""

import sys

from durability.errors import UsageError
from durability.knowledge.compiler import write_compiled


def main() -> int:
    """Write the compiled file; 2 when a table is wrong."""
    try:
        tables = write_compiled()
    except UsageError as error:
        print(error, file=sys.stderr)
        return 2
    rows = sum(len(shared.names) for shared in tables.rows)
    print(f"{rows} rows, {len(tables.entries)} entry points, {len(tables.distributions)} distributions")
    return 0


sys.exit(main())
