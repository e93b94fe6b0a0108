"""The benchmarks are no installed package: they are found beside the tests, whatever starts pytest."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
