"""Text that nests beyond what the parser's stack holds is one line in the report, and the scan goes on."""

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from durability.config import Config
from durability.engine.scan import ScanOptions, scan_project

# Each shape from how often it repeats, and the repetitions that the guard still admits.
SHAPES: Mapping[str, tuple[Callable[[int], str], int]] = {
    "parentheses": (lambda n: "x = " + "(" * n + "1" + ")" * n, 66),
    "unary": (lambda n: "x = " + "-" * n + "1", 400),
    "sum": (lambda n: "x = " + " + ".join(["a"] * n), 400),
    "chain": (lambda n: "x = a" + ".b()" * n, 200),
    "elif": (lambda n: "if a: pass\n" + "elif a: pass\n" * n, 400),
    "pieces": (lambda n: "x = " + "'a' " * n, 800),
    "blocks": (lambda n: "".join(" " * i + "if a:\n" for i in range(n)) + " " * n + "pass", 100),
}


@pytest.mark.parametrize("shape", SHAPES)
def test_twice_the_limit_is_named_and_the_rest_analysed(shape: str, tmp_path: Path) -> None:
    make, limit = SHAPES[shape]
    (tmp_path / "deep.py").write_text(make(2 * limit + 2) + "\n")
    (tmp_path / "fine.py").write_text("print(1)\n")

    coverage = scan_project(tmp_path, ScanOptions(Config(), workers=1)).coverage

    assert [item.path for item in coverage.files_skipped] == ["deep.py"]
    assert coverage.files_skipped[0].reason
    assert coverage.files_analysed == 1
