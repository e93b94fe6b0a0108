"""`durability map`: what a prototype is made of."""

from pathlib import Path

import click
import msgspec

from durability.cli.progress import progress
from durability.cli.streams import write_result
from durability.cli.terminal import output_encoding, shows_unicode, width
from durability.engine.survey import linked
from durability.errors import UsageError
from durability.map_model import ProjectMap
from durability.output.paper import Paper
from durability.scanned import settings
from durability.targets import target

_FORMATS = ("human", "json", "mermaid")


@click.command("map")
@click.argument("path", default=".")
@click.option("--output-format", "format", type=click.Choice(_FORMATS), default="human", help="human, json or mermaid.")
@click.option("--output-file", "file", metavar="FILE", help="Write the map there instead of to standard output.")
@click.option("--config", metavar="FILE", help="Settings from FILE instead of the project's own.")
@click.option("--isolated", is_flag=True, help="Ignore the project's own settings.")
@click.option("-j", "--workers", type=click.IntRange(min=0, max=512), default=0, help="Processes; 0 chooses.")
@click.option("-q", "--quiet", is_flag=True, help="No progress.")
@click.option("--traceback", is_flag=True, expose_value=False, hidden=True)
def command(
    path: str, format: str, file: str | None, config: str | None, isolated: bool, workers: int, quiet: bool
) -> int:
    """Map the project that PATH belongs to: its entry points, what each touches, and its settings."""
    asked = target(path)
    with progress(quiet) as show:
        found = linked(asked.root, settings(asked.root, config, isolated).config, workers, show).map()
    encoding = output_encoding() if format == "human" and file is None else "utf-8"
    text = _rendered(found, format, encoding)
    if file is None:
        write_result(text, encoding)
        return 0
    try:
        Path(file).write_text(text, "utf-8")
    except OSError as error:
        raise UsageError(f"cannot write {file}: {(error.strerror or str(error)).lower()}") from None
    return 0


def _rendered(found: ProjectMap, format: str, encoding: str) -> str:
    if format == "json":
        from durability.output.machine_json import document

        return document(msgspec.to_builtins(found, order="deterministic"), indent=2)
    if format == "mermaid":
        from durability.output import map_mermaid

        return map_mermaid.render(found)
    from durability.output import map_human

    return map_human.render(found, Paper(width(), False, shows_unicode(encoding)))
