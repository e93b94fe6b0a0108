"""`python -m durability`."""

import sys

from durability.cli import main

if __name__ == "__main__":
    sys.exit(main())
