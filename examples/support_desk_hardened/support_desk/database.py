"""Short-lived SQLite connections, one per transaction, and the migrations."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path

MIGRATIONS = Path(__file__).resolve().parent.parent / "migrations"
BUSY_SECONDS = 5.0


class Database:
    """Where the data is. Holds no connection: each transaction opens its own and closes it."""

    def __init__(self, path: Path) -> None:
        self.path = path

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """Everything inside is kept, or nothing when it raises."""
        with closing(sqlite3.connect(self.path, timeout=BUSY_SECONDS)) as connection:
            connection.row_factory = sqlite3.Row
            connection.execute("PRAGMA foreign_keys = ON")
            with connection:
                yield connection


def now() -> str:
    """The present moment in UTC, as stored."""
    return datetime.now(UTC).isoformat(timespec="seconds")


def migrations() -> list[tuple[int, Path]]:
    """The numbered SQL files in order."""
    return sorted((int(path.name[:4]), path) for path in MIGRATIONS.glob("[0-9][0-9][0-9][0-9]_*.sql"))


def version(path: Path) -> int:
    """The number of the last migration that was applied."""
    with closing(sqlite3.connect(path, timeout=BUSY_SECONDS)) as connection:
        return int(connection.execute("PRAGMA user_version").fetchone()[0])


def migrate(path: Path) -> list[str]:
    """Apply what is missing, each file in a transaction of its own, and return the names of those files."""
    applied = []
    with closing(sqlite3.connect(path, timeout=BUSY_SECONDS)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        for number, file in migrations():
            if number > int(connection.execute("PRAGMA user_version").fetchone()[0]):
                connection.executescript(file.read_text(encoding="utf-8"))
                applied.append(file.name)
    return applied


def require_current(path: Path) -> None:
    """Refuse to run on a database that has not seen every migration."""
    wanted, found = migrations()[-1][0], version(path)
    if found != wanted:
        raise RuntimeError(f"{path} is at version {found}, not {wanted}: run python -m support_desk.migrate")
