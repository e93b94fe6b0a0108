"""`durability scan`, and what a bare PATH does."""

from typing import Any

import click

from durability.cli.options import request, shared
from durability.cli.results import check_destinations, write_results
from durability.cli.running import run, show_files
from durability.cli.streams import say
from durability.gate import BROKEN, crashes

_FORMAT = "human"


@click.command("scan")
@shared
def command(**given: Any) -> int:
    """Report how PATH (the current folder) would fail in production.

    The whole project that PATH belongs to is read; only what lies under PATH is reported. `-` reads standard input.
    Findings do not make this fail: that is what `durability check` is for.
    """
    asked = request(given)
    check_destinations(asked, _FORMAT)
    if asked.show_files:
        return show_files(asked)
    job = run(asked)
    write_results([job.shown], asked, _FORMAT)
    crashed = crashes(job.report)
    for line in crashed:
        say(line)
    return BROKEN if crashed else 0
