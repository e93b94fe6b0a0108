"""Names and contents made to harm: the scan ends, each file is analysed or named, no format passes control characters."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

CONTENTS = {
    "nul.py": b"x = 1\0\n",
    "binary.py": bytes(range(256)) * 20,
    "wrong.py": b"x = '\xff\xfe\xe9'\n",
    "line.py": b"x = '" + b"a" * 150_000 + b"'\n",
    "giant.py": b"x = 1\n" * 200_000,
}
NAMES = [b"new\nline.py", b"esc\x1b[31m.py", b"\x1b]8;;x\x07.py", b"[bold]b[_bold].py", b"bad\xff.py"]


@pytest.fixture
def hostile(tmp_path: Path) -> Path:
    for name, content in CONTENTS.items():
        (tmp_path / name).write_bytes(content)
    for raw in NAMES:
        Path(os.fsdecode(os.fsencode(tmp_path) + b"/" + raw)).write_bytes(b"eval(input())\n")
    os.mkfifo(tmp_path / "pipe.py")
    (tmp_path / "loop.py").symlink_to("loop.py")
    (tmp_path / "around").symlink_to(tmp_path, target_is_directory=True)
    (tmp_path / "fine.py").write_text("print(1)\n")
    return tmp_path


@pytest.mark.parametrize("form", ["human", "concise", "json", "jsonl", "sarif"])
def test_every_format_survives(form: str, hostile: Path) -> None:
    command = [sys.executable, "-m", "durability", "scan", str(hostile), "--output-format", form]
    run = subprocess.run(command, capture_output=True, timeout=120, check=False)

    assert run.returncode == 0, run.stderr
    assert b"Traceback" not in run.stderr
    text = run.stdout.decode("utf-8")
    if form in ("human", "concise"):
        assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f]", text)
    if form == "json":
        assert all(f'"{name}"' in text for name in (*CONTENTS, "pipe.py", "loop.py"))
