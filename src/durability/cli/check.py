"""`durability check`: the gate."""

from typing import Any

import click

from durability.cli.hook import run_hook
from durability.cli.options import Request, gate_options, request, shared
from durability.cli.results import check_destinations, write_results
from durability.cli.running import Job, config_for, one_project, run, run_target, show_files
from durability.cli.streams import say
from durability.gate import PASSED, Gate, judge
from durability.targets import Target, present

_FORMAT = "human"


@click.command("check")
@shared
@gate_options
def command(**given: Any) -> int:
    """Pass or fail PATH (the current folder): exit code 0 or 1, and 3 when there is too little to judge.

    Without --fail-on or --fail-under it fails on open findings of severity high or worse that are likely or proven and
    lie on a path that users reach; either option replaces that. Reasons go to standard error.
    """
    asked = request(given)
    if asked.hook:
        return run_hook(asked)
    check_destinations(asked, _FORMAT)
    if asked.show_files:
        return show_files(asked)
    job = _job(asked)
    if job is None:
        return PASSED
    write_results([job.shown], asked, _FORMAT)
    if job.config.max_drop is not None and not asked.quiet:
        say("max-drop compares with a baseline, which this version does not keep: it decides nothing")
    gate = judge(job.gated, job.config, asked.strict)
    tell(gate, asked)
    return gate.exit_code


def tell(gate: Gate, asked: Request) -> None:
    """One line per reason, or that it passed."""
    for reason in gate.reasons:
        say(reason)
    if gate.passed and not asked.quiet:
        say("check passed")


def _job(asked: Request) -> Job | None:
    """The scan; None when every named file is excluded and that was to be expected."""
    if not asked.force_exclude or "-" in asked.paths:
        return run(asked)
    project = one_project(asked.paths)
    found = present(project, config_for(project, asked).exclude)
    for line in () if asked.quiet else found.absent:
        say(line)
    if not found.paths:
        return None
    return run_target(Target(project.root, found.paths if project.paths else ()), asked)
