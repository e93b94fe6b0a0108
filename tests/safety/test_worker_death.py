"""A worker process that dies costs one file."""

import json
import subprocess
import sys
from pathlib import Path

# Workers are spawned, so they run this file's top level too: the patch is in place on both sides.
DRIVER = """
import json, os, signal, sys
from pathlib import Path
from durability.config import Config
from durability.engine import scan, workers

genuine = workers.analyse

def deadly(file):
    if file.path == "deadly.py":
        os.kill(os.getpid(), signal.SIGKILL)
    return genuine(file)

workers.analyse = deadly

if __name__ == "__main__":
    coverage = scan.scan_project(Path(sys.argv[1]), scan.ScanOptions(Config(), workers=2)).coverage
    print(json.dumps([coverage.files_analysed, [[item.path, item.reason] for item in coverage.files_skipped]]))
"""


def test_death_costs_one_file_with_two_workers(tmp_path: Path) -> None:
    driver = tmp_path / "driver.py"
    driver.write_text(DRIVER)
    project = tmp_path / "project"
    project.mkdir()
    for name in ("before.py", "deadly.py", "later.py"):
        (project / name).write_text("print(1)\n")

    run = subprocess.run([sys.executable, driver, project], capture_output=True, text=True, timeout=120, check=False)

    assert run.returncode == 0, run.stderr
    assert json.loads(run.stdout) == [2, [["deadly.py", "the parser died on this file"]]]
