"""Backups of a folder: a command line with Click, a catalogue in SQLite and a copy on another server."""

import hashlib
import logging
import sqlite3
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import click
import httpx

logger = logging.getLogger(__name__)

BLOCK = 1 << 20
SCHEMA = "CREATE TABLE IF NOT EXISTS files (path TEXT PRIMARY KEY, digest TEXT NOT NULL)"


def digest(file: Path) -> str:
    found = hashlib.sha256()
    with file.open("rb") as stream:
        while block := stream.read(BLOCK):
            found.update(block)
    return found.hexdigest()


def files_below(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            yield path


@click.group()
@click.option("--verbose", is_flag=True, help="Say more.")
def cli(verbose: bool) -> None:
    """Keep copies of what matters."""
    logging.basicConfig(level=logging.INFO if verbose else logging.WARNING)


@cli.command()
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--catalogue", type=click.Path(path_type=Path), default=Path("catalogue.db"))
def record(folder: Path, catalogue: Path) -> None:
    """Write down the digest of every file."""
    with closing(sqlite3.connect(catalogue)) as db, db:
        db.execute(SCHEMA)
        rows = ((str(path), digest(path)) for path in files_below(folder))
        db.executemany("INSERT OR REPLACE INTO files VALUES (?, ?)", rows)
    click.echo(f"recorded {folder}")


@cli.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--server", envvar="BACKUP_URL", required=True)
@click.option("--token", envvar="BACKUP_TOKEN", required=True)
def send(file: Path, server: str, token: str) -> None:
    """Copy one file to the server."""
    headers = {"Authorization": f"Bearer {token}"}
    try:
        with httpx.Client(base_url=server, headers=headers, timeout=30.0) as client, file.open("rb") as stream:
            client.put(f"/files/{digest(file)}", content=stream).raise_for_status()
    except httpx.HTTPError as error:
        logger.debug("upload failed", exc_info=error)
        raise click.ClickException("the server did not take the file") from error
    click.echo("sent")


@cli.command()
@click.option("--catalogue", type=click.Path(exists=True, path_type=Path), default=Path("catalogue.db"))
def check(catalogue: Path) -> None:
    """Tell which files have changed."""
    changed = 0
    with closing(sqlite3.connect(catalogue)) as db:
        for path, known in db.execute("SELECT path, digest FROM files ORDER BY path"):
            if not Path(path).is_file() or digest(Path(path)) != known:
                click.echo(path)
                changed += 1
    sys.exit(1 if changed else 0)


if __name__ == "__main__":
    cli()
