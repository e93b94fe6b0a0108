"""Tickets, messages, customers and attachments in the database."""

import sqlite3
from datetime import UTC, datetime, timedelta

from support_desk.database import now
from support_desk.errors import NotFound, Refused, TooMany
from support_desk.models import NewCustomer, NewTicket, TicketChange, Triage

WITH_CUSTOMER = (
    "SELECT tickets.id, subject, status, priority, category, assignee, created_at, customer_id, "
    "customers.name AS customer, customers.email AS email, "
    "(SELECT COUNT(*) FROM attachments WHERE ticket_id = tickets.id) AS attachments "
    "FROM tickets JOIN customers ON customers.id = customer_id "
)


def page(connection: sqlite3.Connection, before: int, limit: int) -> list[sqlite3.Row]:
    """Tickets with their customers, newest first, older than `before`."""
    return connection.execute(
        WITH_CUSTOMER + "WHERE tickets.id < ? ORDER BY tickets.id DESC LIMIT ?", (before, limit)
    ).fetchall()


def search(connection: sqlite3.Connection, text: str, before: int, limit: int) -> list[sqlite3.Row]:
    """The same for tickets with `text` in their subject or conversation."""
    escaped = text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    pattern = f"%{escaped}%"
    return connection.execute(
        WITH_CUSTOMER + "WHERE tickets.id < ? AND (subject LIKE ? ESCAPE '\\' OR EXISTS "
        "(SELECT 1 FROM messages WHERE ticket_id = tickets.id AND body LIKE ? ESCAPE '\\')) "
        "ORDER BY tickets.id DESC LIMIT ?",
        (before, pattern, pattern, limit),
    ).fetchall()


def get(connection: sqlite3.Connection, ticket_id: int) -> sqlite3.Row:
    """One ticket."""
    row = connection.execute(WITH_CUSTOMER + "WHERE tickets.id = ?", (ticket_id,)).fetchone()
    if row is None:
        raise NotFound(f"ticket {ticket_id}")
    return row


def create(connection: sqlite3.Connection, ticket: NewTicket) -> int:
    """A new ticket with its first message; it is triaged later."""
    if connection.execute("SELECT 1 FROM customers WHERE id = ?", (ticket.customer_id,)).fetchone() is None:
        raise NotFound(f"customer {ticket.customer_id}")
    row = connection.execute(
        "INSERT INTO tickets (customer_id, subject, created_at) VALUES (?, ?, ?) RETURNING id",
        (ticket.customer_id, ticket.subject, now()),
    ).fetchone()
    add_message(connection, row["id"], "customer", ticket.body)
    return row["id"]


def change(connection: sqlite3.Connection, ticket_id: int, wanted: TicketChange) -> None:
    """Set status, priority and assignee."""
    changed = connection.execute(
        "UPDATE tickets SET status = ?, priority = ?, assignee = ? WHERE id = ?",
        (wanted.status, wanted.priority, wanted.assignee, ticket_id),
    )
    if changed.rowcount == 0:
        raise NotFound(f"ticket {ticket_id}")


def add_message(connection: sqlite3.Connection, ticket_id: int, author: str, body: str) -> None:
    """Append to the conversation."""
    connection.execute(
        "INSERT INTO messages (ticket_id, author, body, created_at) VALUES (?, ?, ?, ?)",
        (ticket_id, author, body, now()),
    )


def messages(connection: sqlite3.Connection, ticket_id: int, limit: int = 200) -> list[sqlite3.Row]:
    """The last messages of a conversation, oldest first."""
    newest = connection.execute(
        "SELECT id, author, body, created_at FROM messages WHERE ticket_id = ? ORDER BY id DESC LIMIT ?",
        (ticket_id, limit),
    ).fetchall()
    return newest[::-1]


def attachments(connection: sqlite3.Connection, ticket_id: int, limit: int = 200) -> list[sqlite3.Row]:
    """The files of a ticket."""
    return connection.execute(
        "SELECT id, filename FROM attachments WHERE ticket_id = ? ORDER BY id LIMIT ?", (ticket_id, limit)
    ).fetchall()


def add_attachment(
    connection: sqlite3.Connection, ticket_id: int, filename: str, content_type: str, stored_as: str
) -> int:
    """Remember a stored file."""
    row = connection.execute(
        "INSERT INTO attachments (ticket_id, filename, content_type, stored_as) VALUES (?, ?, ?, ?) RETURNING id",
        (ticket_id, filename, content_type, stored_as),
    ).fetchone()
    return row["id"]


def attachment(connection: sqlite3.Connection, attachment_id: int) -> sqlite3.Row:
    """One file."""
    row = connection.execute(
        "SELECT filename, content_type, stored_as FROM attachments WHERE id = ?", (attachment_id,)
    ).fetchone()
    if row is None:
        raise NotFound(f"attachment {attachment_id}")
    return row


def customers(connection: sqlite3.Connection, after: int, limit: int) -> list[sqlite3.Row]:
    """Customers with the number of their tickets."""
    return connection.execute(
        "SELECT id, name, email, plan, (SELECT COUNT(*) FROM tickets WHERE customer_id = customers.id) AS tickets "
        "FROM customers WHERE id > ? ORDER BY id LIMIT ?",
        (after, limit),
    ).fetchall()


def add_customer(connection: sqlite3.Connection, customer: NewCustomer) -> int:
    """A new customer; an address belongs to one only."""
    row = connection.execute(
        "INSERT INTO customers (name, email, plan) VALUES (?, ?, ?) ON CONFLICT (email) DO NOTHING RETURNING id",
        (customer.name, customer.email.lower(), customer.plan),
    ).fetchone()
    if row is None:
        raise Refused("the address is taken")
    return row["id"]


def delete_customer(connection: sqlite3.Connection, customer_id: int) -> list[str]:
    """Delete a customer with tickets, messages and attachments; return the names of the stored files."""
    stored = connection.execute(
        "SELECT stored_as FROM attachments JOIN tickets ON tickets.id = ticket_id WHERE customer_id = ?",
        (customer_id,),
    ).fetchall()
    if connection.execute("DELETE FROM customers WHERE id = ?", (customer_id,)).rowcount == 0:
        raise NotFound(f"customer {customer_id}")
    return [row["stored_as"] for row in stored]


def count_draft(connection: sqlite3.Connection, agent_id: int, per_hour: int) -> None:
    """Note that an agent asks the model for something, unless the hour's share is used up."""
    hour_ago = (datetime.now(UTC) - timedelta(hours=1)).isoformat(timespec="seconds")
    # One statement, so that two requests at once cannot both take the last place.
    taken = connection.execute(
        "INSERT INTO drafts (agent_id, created_at) SELECT ?, ? "
        "WHERE (SELECT COUNT(*) FROM drafts WHERE agent_id = ? AND created_at > ?) < ?",
        (agent_id, now(), agent_id, hour_ago, per_hour),
    )
    if taken.rowcount == 0:
        raise TooMany(f"agent {agent_id} used {per_hour} drafts in an hour")


def to_triage(connection: sqlite3.Connection, limit: int) -> list[sqlite3.Row]:
    """Tickets that nobody has looked at yet, with their first message."""
    return connection.execute(
        "SELECT tickets.id, subject, "
        "(SELECT body FROM messages WHERE ticket_id = tickets.id ORDER BY messages.id LIMIT 1) AS body "
        "FROM tickets WHERE triaged_at IS NULL AND triage_attempts < 5 ORDER BY triage_attempts, tickets.id LIMIT ?",
        (limit,),
    ).fetchall()


def count_triage_attempt(connection: sqlite3.Connection, ticket_id: int) -> None:
    """Note a try, so that a ticket the model cannot read does not hold up the others."""
    connection.execute("UPDATE tickets SET triage_attempts = triage_attempts + 1 WHERE id = ?", (ticket_id,))


def set_triage(connection: sqlite3.Connection, ticket_id: int, triage: Triage) -> bool:
    """Store category and priority once; False when another process was quicker."""
    changed = connection.execute(
        "UPDATE tickets SET category = ?, priority = ?, triaged_at = ? WHERE id = ? AND triaged_at IS NULL",
        (triage.category, triage.priority, now(), ticket_id),
    )
    return changed.rowcount == 1
