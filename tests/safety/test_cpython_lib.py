"""CPython's own library with its tests, full of files made to break parsers: scanned without a crash."""

import hashlib
import os
import shutil
import sysconfig
from pathlib import Path

import pytest

import durability

pytestmark = pytest.mark.needs_cpython_lib
LIB = Path(sysconfig.get_paths()["stdlib"])
EVERY = 1 if os.environ.get("DURABILITY_FULL") == "1" else 10
REASONS = (
    "not Python that can be parsed", "too deep", "not UTF-8", "unknown encoding", "too large", "holds NUL", "binary",
    "a line of", "not a text encoding", "symbolic link", "undecodable", "cannot be decoded", "NUL",
)  # fmt: skip


def test_every_file_is_analysed_or_named_with_a_reason(tmp_path):
    files = [path for path in sorted(LIB.rglob("*.py")) if "site-packages" not in path.parts]
    chosen = [
        path for path in files if int(hashlib.sha256(str(path.relative_to(LIB)).encode()).hexdigest(), 16) % EVERY == 0
    ]
    for path in chosen:
        copy = tmp_path / "Lib" / path.relative_to(LIB)
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, copy)
    coverage = durability.scan(tmp_path / "Lib").coverage
    assert not coverage.rules_failed
    assert coverage.files_analysed + len(coverage.files_skipped) == len(chosen)
    assert coverage.files_analysed > 0.97 * len(chosen)
    assert all(item.reason.startswith(REASONS) for item in coverage.files_skipped), coverage.files_skipped
