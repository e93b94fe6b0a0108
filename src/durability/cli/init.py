"""`durability init`: a first version of the product's own words, for a person to edit."""

from pathlib import Path

import click

from durability.cli.progress import progress
from durability.cli.streams import say, write_result
from durability.config import OWN_FILE, SHARED_FILE, find_config
from durability.engine.survey import linked
from durability.errors import UsageError
from durability.output.draft_toml import render
from durability.targets import target


@click.command("init")
@click.argument("path", default=".")
@click.option("--pyproject", is_flag=True, help=f"Add to {SHARED_FILE} instead of writing {OWN_FILE}.")
@click.option("--stdout", "show", is_flag=True, help="Print the draft and write nothing.")
@click.option("-q", "--quiet", is_flag=True, help="No progress and no notes.")
@click.option("--traceback", is_flag=True, expose_value=False, hidden=True)
def command(path: str, pyproject: bool, show: bool, quiet: bool) -> int:
    """Draft the features of the product from the routes and commands found at PATH.

    Writes durability.toml with one [[feature]] per group of entry points and the product's context left open. Nothing
    that exists is changed: a project that has settings keeps them, and the draft is printed with --stdout.
    """
    root = target(path).root
    file = root / (SHARED_FILE if pyproject else OWN_FILE)
    if not show:
        _check_free(root, file)
    with progress(quiet) as bar:
        draft = linked(root, find_config(root).config, 0, bar).draft()
    text = render(draft, "tool.durability." if pyproject else "")
    if show:
        write_result(text)
        return 0
    _write(file, text)
    if not quiet:
        say(f"wrote {len(draft.features)} features to {file.name}: read them, rename them, say why each matters")
    return 0


def _check_free(root: Path, file: Path) -> None:
    """Raises UsageError when the project has settings already, or the file to add to is not there."""
    found = find_config(root)
    if found.config.feature or found.config.product is not None:
        raise UsageError(
            f"{found.file} declares features or a product already: durability init --stdout prints a draft"
        )
    if file.name == SHARED_FILE and not file.is_file():
        raise UsageError(f"there is no {SHARED_FILE} at {root}: leave out --pyproject to write {OWN_FILE}")
    if file.name == OWN_FILE and file.exists():
        raise UsageError(f"{file} exists: durability init --stdout prints a draft to copy from")
    if file.name == OWN_FILE and found.file:
        raise UsageError(f"{found.file} has settings, which {OWN_FILE} would replace: add to it with --pyproject")


def _write(file: Path, text: str) -> None:
    try:
        before = file.read_text("utf-8") if file.exists() else ""
        joined = f"{before.rstrip()}\n\n{text}" if before.strip() else text
        file.write_text(joined, "utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise UsageError(f"cannot write {file}: {reason.lower()}") from None
