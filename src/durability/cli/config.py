"""`durability config`: the settings in force and what decided each."""

from typing import Any

import click
import msgspec

from durability.cli.streams import write_result
from durability.cli.tables import aligned
from durability.cli.terminal import output_encoding
from durability.config import KEYS, Loaded
from durability.scanned import select, settings
from durability.targets import target

_BUILT_IN = "built in"


@click.command("config")
@click.argument("path", default=".")
@click.option("--config", "file", metavar="FILE", help="Settings from FILE instead of the project's own.")
@click.option("--isolated", is_flag=True, help="Ignore the project's own settings.")
@click.option("--output-format", "format", type=click.Choice(["human", "json"]), default="human", help="human or json.")
@click.option("--traceback", is_flag=True, expose_value=False, hidden=True)
def command(path: str, file: str | None, isolated: bool, format: str) -> int:
    """Show the settings in force for the project that PATH belongs to, and which file decided each."""
    root = target(path).root
    loaded = settings(root, file, isolated)
    select(loaded.config, ())
    values = _values(loaded)
    if format == "json":
        found = {key: {"value": value, "from": source} for key, (value, source) in values.items()}
        write_result(msgspec.json.encode({"root": str(root), "settings": found}).decode() + "\n")
        return 0
    rows = [("SETTING", "VALUE", "DECIDED BY")]
    rows += [(key, _shown(value), source) for key, (value, source) in values.items()]
    write_result(f"project: {root}\n\n{aligned(rows)}", output_encoding())
    return 0


def _values(loaded: Loaded) -> dict[str, tuple[Any, str]]:
    values = msgspec.to_builtins(loaded.config)
    return {key: (values[key], loaded.file if key in loaded.keys else _BUILT_IN) for key in KEYS[""]}


def _shown(value: Any) -> str:
    return "-" if value in (None, [], (), {}) else msgspec.json.encode(value).decode()
