"""Prints what a cold scan costs beside a bare LibCST parse and beside other tools on the same files.

python -m benchmarks.speed [FOLDER]: FOLDER defaults to the sources of pip, which every environment with pip has.
Pylint and Fixit are measured when they are installed (`pip install pylint fixit`).
"""

import gc
import importlib.util
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import median
from typing import NamedTuple

import libcst

from durability.config import Config
from durability.engine.linking import link
from durability.engine.pack import load_rules
from durability.engine.scan import Placed, ScanOptions, report_on
from durability.engine.workers import allow_depth, analyse_all
from durability.facts.collect import collect
from durability.program.links.modules import module_name
from durability.sources.files import discover
from durability.sources.project import Manifests
from durability.sources.text import Unreadable, read

REPEATS = 3


class Row(NamedTuple):
    """One line of the table: seconds, what they are compared with, the ratio and its budget."""

    what: str
    seconds: float | None
    against: str
    ratio: float | None
    budget: str
    within: bool | None


def processor_time(work: Callable[[], object]) -> float:
    """Median processor seconds of a piece of work in this process, the cyclic collector off."""
    found = []
    for _ in range(REPEATS):
        gc.collect()
        gc.disable()
        start = time.process_time()
        work()
        found.append(time.process_time() - start)
    return median(found)


def wall_time(command: Sequence[str]) -> float:
    """Median wall seconds of a command."""
    found = []
    for _ in range(REPEATS):
        start = time.perf_counter()
        subprocess.run(command, capture_output=True, check=False)
        found.append(time.perf_counter() - start)
    return median(found)


def main(arguments: Sequence[str]) -> int:
    """The command."""
    if len(arguments) > 1 or arguments[:1] == ["--help"]:
        print(__doc__, file=sys.stderr)
        return 2
    allow_depth()
    with tempfile.TemporaryDirectory() as copy:
        folder = _copied(Path(arguments[0]) if arguments else _default_folder(), Path(copy) / "project")
        rows, size = measure(folder)
    print(size)
    for row in rows:
        print(_line(row))
    return 0 if all(row.within is not False for row in rows) else 1


def measure(folder: Path) -> tuple[list[Row], str]:
    """All rows for a folder, and what was measured."""
    discovery = discover(folder)
    texts = _texts(discovery.files)
    lines = sum(text.count("\n") for _, text in texts)
    place = Placed("project", Manifests(), "project")
    options, rules = ScanOptions(Config(), workers=1), load_rules()
    parse = processor_time(lambda: [libcst.parse_module(text) for _, text in texts])
    facts = processor_time(lambda: [collect(text, path, module_name(path)) for path, text in texts])
    bridged = processor_time(lambda: analyse_all(discovery.files, 1, None))
    analysed = analyse_all(discovery.files, 1, None)
    judged = processor_time(lambda: report_on(place, discovery, analysed, rules, options))
    own, whole = facts + judged, bridged + judged
    rows = [
        Row("bare libcst.parse_module", parse, "", None, "", None),
        _budgeted("facts of every file", facts, parse, None),
        _budgeted("cold scan, own rules, one process", own, parse, 2.0),
        _budgeted("the same with bandit and radon", whole, parse, 3.5),
        _linking(texts, own),
        *_others(folder, own),
        _start_up(),
    ]
    return rows, f"{len(texts)} files, {lines:,} lines, median of {REPEATS} runs; processor time unless it says wall"


def _linking(texts: Sequence[tuple[str, str]], cold: float) -> Row:
    """What linking the facts into one program costs, entry points included."""
    facts = {path: collect(text, path, module_name(path)) for path, text in texts}
    roles = dict.fromkeys(facts, "first-party")
    seconds = processor_time(lambda: link(facts, roles, Manifests()))
    share = seconds / cold
    return Row("linking the facts", seconds, "the cold scan", share, "at most 0.1 x", share <= 0.1)


def _budgeted(what: str, seconds: float, parse: float, budget: float | None) -> Row:
    ratio = seconds / parse
    said = f"at most {budget} x" if budget else ""
    return Row(what, seconds, "bare parse", ratio, said, ratio <= budget if budget else None)


def _others(folder: Path, own: float) -> list[Row]:
    python = sys.executable
    ours = wall_time([python, "-m", "durability", str(folder), "-j", "2", "--output-format", "json"])
    bandit = wall_time([python, "-m", "bandit", "-r", "-q", str(folder)])
    rows = [
        Row(
            "bandit -r (wall), beside our scan with two workers",
            bandit,
            "our wall",
            bandit / ours,
            "at least 1 x",
            bandit >= ours,
        )
    ]
    for name, command, budget in (
        ("pylint", [python, "-m", "pylint", "--recursive=y", "-sn", str(folder)], None),
        ("fixit", [python, "-m", "fixit", "-q", "lint", str(folder)], 10.0),
    ):
        if importlib.util.find_spec(name) is None:
            rows.append(Row(f"{name}: not installed", None, "", None, "", None))
            continue
        seconds = _child_time(command)
        ratio = seconds / own
        rows.append(
            Row(
                f"{name} with its stock rules",
                seconds,
                "our own rules",
                ratio,
                f"at least {budget:.0f} x" if budget else "",
                ratio >= budget if budget else None,
            )
        )
    return rows


def _child_time(command: Sequence[str]) -> float:
    """Processor seconds of a command and its children."""
    before = os.times()
    subprocess.run(command, capture_output=True, check=False)
    after = os.times()
    return after.children_user + after.children_system - before.children_user - before.children_system


def _start_up() -> Row:
    bare = wall_time([sys.executable, "-c", "pass"])
    version = wall_time([sys.executable, "-m", "durability", "--version"])
    extra = (version - bare) * 1000
    return Row(
        f"durability --version: {extra:.0f} ms over bare Python (wall)",
        version,
        "bare Python",
        version / bare,
        "at most 60 ms over",
        extra <= 60,
    )


def _texts(files: Sequence[object]) -> list[tuple[str, str]]:
    found = []
    for file in files:
        try:
            text = read(file).text  # type: ignore[arg-type]
            libcst.parse_module(text)
        except (Unreadable, libcst.ParserSyntaxError):
            continue
        found.append((file.path, text))  # type: ignore[attr-defined]
    return found


def _copied(source: Path, target: Path) -> Path:
    """A copy outside `site-packages`, which discovery leaves out, without notebooks and data."""
    for file in sorted(source.rglob("*.py")):
        copy = target / file.relative_to(source)
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_bytes(file.read_bytes())
    return target


def _default_folder() -> Path:
    spec = importlib.util.find_spec("pip")
    if spec is None or spec.origin is None:
        raise SystemExit("pip is not installed here: name a folder")
    return Path(spec.origin).parent / "_internal"


def _line(row: Row) -> str:
    seconds = "" if row.seconds is None else f"{row.seconds:7.2f} s"
    ratio = "" if row.ratio is None else f"{row.ratio:6.2f} x {row.against}"
    verdict = {True: "ok", False: "OVER", None: ""}[row.within]
    return f"{row.what:60} {seconds:10} {ratio:24} {row.budget:20} {verdict}".rstrip()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
