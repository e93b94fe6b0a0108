"""`durability rules`: what there is to find."""

import click
import msgspec

from durability.catalogue import Entry, catalogue
from durability.cli.streams import write_result
from durability.cli.tables import aligned
from durability.cli.terminal import output_encoding
from durability.rule_page import as_data


@click.command("rules")
@click.option("--output-format", "format", type=click.Choice(["human", "json"]), default="human", help="human or json.")
@click.option("--pack", "packs", metavar="NAME", multiple=True, help="Include an installed rule pack; repeatable.")
@click.option("--traceback", is_flag=True, expose_value=False, hidden=True)
def command(format: str, packs: tuple[str, ...]) -> int:
    """List the rules with their lens, severity and what they say; `durability explain RULE` has the whole story."""
    entries = catalogue(packs)
    if format == "json":
        write_result(msgspec.json.encode([as_data(entry) for entry in entries]).decode() + "\n")
        return 0
    rows = [("RULE", "LENS", "SEVERITY", "SCORED", "WHAT IT SAYS"), *map(_row, entries)]
    write_result(aligned(rows), output_encoding())
    return 0


def _row(entry: Entry) -> tuple[str, str, str, str, str]:
    return (entry.name, entry.lens, entry.severity or "varies", "yes" if entry.scored else "no", entry.summary)
