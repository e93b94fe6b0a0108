"""Messages to the team: queued with what they tell about, delivered afterwards."""

import sqlite3

from support_desk.database import now


def queue(connection: sqlite3.Connection, body: str) -> None:
    """Part of the caller's transaction: it is sent if, and only if, that is kept."""
    connection.execute("INSERT INTO notifications (body, created_at) VALUES (?, ?)", (body, now()))


def waiting(connection: sqlite3.Connection, limit: int) -> list[sqlite3.Row]:
    """What has not been delivered and is still worth trying."""
    return connection.execute(
        "SELECT id, body FROM notifications WHERE delivered_at IS NULL AND attempts < 10 ORDER BY id LIMIT ?", (limit,)
    ).fetchall()


def count_attempt(connection: sqlite3.Connection, notification_id: int) -> None:
    """Noted before sending, so that a message that kills its sender is not tried for ever."""
    connection.execute("UPDATE notifications SET attempts = attempts + 1 WHERE id = ?", (notification_id,))


def delivered(connection: sqlite3.Connection, notification_id: int) -> None:
    """Noted after sending."""
    connection.execute("UPDATE notifications SET delivered_at = ? WHERE id = ?", (now(), notification_id))
