"""Refunds: written down before money moves, and settled however often the provider has to be asked."""

import sqlite3
import uuid

from support_desk import notifications, tickets
from support_desk.database import Database, now
from support_desk.errors import NotFound, PaymentRefused, PaymentUnavailable, Refused
from support_desk.models import NewRefund, Refund
from support_desk.payments import Payments


def start(database: Database, payments: Payments, ticket_id: int, wanted: NewRefund, agent: str) -> sqlite3.Row:
    """Write the refund down, ask the provider, and return where it stands: pending, succeeded or failed."""
    charge = payments.charge(wanted.charge_id)
    with database.transaction() as connection:
        tickets.get(connection, ticket_id)
        reference = _write_down(connection, ticket_id, wanted, agent, charge.cents)
    try:
        answer = payments.refund(reference, wanted.charge_id, wanted.cents, wanted.reason)
    except PaymentUnavailable:
        answer = Refund(reference=reference, status="pending")  # `settle` asks again with the same reference
    except PaymentRefused:
        answer = Refund(reference=reference, status="failed")
    with database.transaction() as connection:
        move_on(connection, answer)
        return find(connection, reference)


def _write_down(
    connection: sqlite3.Connection, ticket_id: int, wanted: NewRefund, agent: str, charged_cents: int
) -> str:
    reference = str(uuid.uuid4())
    # Test and write in one statement: two agents at once cannot refund more than was charged.
    written = connection.execute(
        "INSERT INTO refunds (ticket_id, reference, charge_id, cents, reason, agent, status, created_at) "
        "SELECT ?, ?, ?, ?, ?, ?, 'pending', ? WHERE ? + "
        "(SELECT COALESCE(SUM(cents), 0) FROM refunds WHERE charge_id = ? AND status != 'failed') <= ?",
        (
            ticket_id, reference, wanted.charge_id, wanted.cents, wanted.reason, agent, now(),
            wanted.cents, wanted.charge_id, charged_cents,
        ),
    )  # fmt: skip
    if written.rowcount == 0:
        raise Refused(f"charge {wanted.charge_id} has less than {wanted.cents} cents left")
    return reference


def find(connection: sqlite3.Connection, reference: str) -> sqlite3.Row:
    """One refund."""
    row = connection.execute(
        "SELECT ticket_id, reference, charge_id, cents, agent, status FROM refunds WHERE reference = ?", (reference,)
    ).fetchone()
    if row is None:
        raise NotFound(f"refund {reference}")
    return row


def move_on(connection: sqlite3.Connection, answer: Refund) -> None:
    """Record what the provider says, once: a second notice of the same outcome changes nothing."""
    if answer.status == "pending":
        return
    changed = connection.execute(
        "UPDATE refunds SET status = ? WHERE reference = ? AND status = 'pending'", (answer.status, answer.reference)
    )
    refund = find(connection, answer.reference)
    if changed.rowcount == 0 or refund["ticket_id"] is None:
        return
    said = f"Refund of {refund['cents'] / 100:.2f} by {refund['agent']}: {answer.status}"
    tickets.add_message(connection, refund["ticket_id"], "system", said)
    notifications.queue(connection, f"Ticket {refund['ticket_id']}: {said}")


def pending(connection: sqlite3.Connection, limit: int) -> list[sqlite3.Row]:
    """Refunds whose outcome is not known yet, oldest first."""
    return connection.execute(
        "SELECT reference, charge_id, cents, reason FROM refunds WHERE status = 'pending' ORDER BY id LIMIT ?", (limit,)
    ).fetchall()
