"""`durability check --hook`: the files of a commit, each in the project it belongs to, told in short and unscored."""

import os
from pathlib import Path

from msgspec.structs import replace

from durability.cli.options import Request
from durability.cli.results import check_destinations, write_results
from durability.cli.running import Job, config_for, run_target
from durability.cli.streams import say
from durability.errors import UsageError
from durability.gate import PASSED, judge_files, worst
from durability.targets import Target, present, target, together

_FORMAT = "concise"
_UNSCORED = "only the files named were judged."


def run_hook(asked: Request) -> int:
    """Judge the files named: 0 with a note when none of them is to be analysed."""
    check_destinations(asked, _FORMAT)
    if asked.fail_under is not None:
        raise UsageError("--hook judges single files and has no score: --fail-under is for the whole project")
    jobs = [run_target(project, asked) for project in _projects(asked)]
    if not jobs:
        _note("no Python file of the project among those named: nothing to check", asked)
        return PASSED
    for job in jobs:
        if job.root != Path.cwd():
            _note(f"paths are relative to {job.root}", asked)
    unscored = [replace(job.shown, score=None, level=None, no_score_reason=_UNSCORED) for job in jobs]
    write_results(unscored, asked, _FORMAT)
    return worst([_judged(job, asked) for job in jobs])


def _judged(job: Job, asked: Request) -> int:
    report = job.gated
    skipped = tuple(item for item in report.coverage.files_skipped if job.selection.has(item.path))
    gate = judge_files(
        replace(report, coverage=replace(report.coverage, files_skipped=skipped)), job.config, asked.strict
    )
    for item in () if asked.strict else skipped:
        _note(f"not analysed: {item.path}: {item.reason}", asked)
    for reason in gate.reasons:
        say(reason)
    return gate.exit_code


def _projects(asked: Request) -> list[Target]:
    """The projects of the files that are there and analysed; a note for each of the others."""
    existing = []
    for path in asked.paths or (".",):
        if os.path.isfile(path) or os.path.isdir(path):
            existing.append(target(path))
        else:
            _note(f"no such file: {path}", asked)
    projects = []
    for project in together(existing):
        if not project.paths:
            projects.append(project)
            continue
        found = present(project, config_for(project, asked).exclude)
        for line in found.absent:
            _note(line, asked)
        if found.paths:
            projects.append(Target(project.root, found.paths))
    return projects


def _note(text: str, asked: Request) -> None:
    if not asked.quiet:
        say(text)
