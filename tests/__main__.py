"""Every check of this project in one command: lint, format, types, tests."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent

# pytest comes last, so that its closing line is the last line of a good run.
CHECKS = (
    ("ruff", "check"),
    ("ruff", "format", "--check"),
    ("mypy",),
    ("pytest",),
)


def main() -> int:
    """Run every check even when an earlier one fails; 1 when any of them failed."""
    failed = []
    for check in CHECKS:
        print("==>", *check, flush=True)
        if subprocess.run([sys.executable, "-m", *check], cwd=ROOT, check=False).returncode != 0:
            failed.append(" ".join(check))
    if failed:
        print("failed:", ", ".join(failed), flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
