"""
Database layer for the support desk.

Uses SQLite so there is nothing to install. Tables and sample data are created
automatically the first time the app starts.
"""
import sqlite3
from datetime import datetime
from typing import Dict, List, Optional

from config import DATABASE_PATH

# One shared connection for the whole app
conn = sqlite3.connect(DATABASE_PATH, check_same_thread=False)
conn.row_factory = sqlite3.Row


def init_db():
    """Create all tables if they don't exist yet."""
    conn.executescript(
        """
        CREATE TABLE IF NOT EXISTS customers (
            id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL, email TEXT NOT NULL, plan TEXT DEFAULT 'free'
        );
        CREATE TABLE IF NOT EXISTS tickets (
            id INTEGER PRIMARY KEY AUTOINCREMENT, customer_id INTEGER NOT NULL, subject TEXT NOT NULL, body TEXT,
            status TEXT DEFAULT 'open', priority TEXT DEFAULT 'normal', category TEXT DEFAULT 'general',
            assignee TEXT, created_at TEXT
        );
        CREATE TABLE IF NOT EXISTS messages (
            id INTEGER PRIMARY KEY AUTOINCREMENT, ticket_id INTEGER NOT NULL, author TEXT NOT NULL,
            body TEXT NOT NULL, created_at TEXT
        );
        CREATE TABLE IF NOT EXISTS attachments (
            id INTEGER PRIMARY KEY AUTOINCREMENT, ticket_id INTEGER NOT NULL, filename TEXT NOT NULL, path TEXT NOT NULL
        );
        CREATE TABLE IF NOT EXISTS refunds (
            id INTEGER PRIMARY KEY AUTOINCREMENT, ticket_id INTEGER NOT NULL,
            refund_id TEXT, charge_id TEXT, amount REAL, status TEXT, created_at TEXT
        );
        """
    )
    conn.commit()


def seed_db():
    """Insert sample data so the inbox isn't empty on first start."""
    if conn.execute("SELECT COUNT(*) FROM customers").fetchone()[0] > 0:
        return
    conn.executemany(
        "INSERT INTO customers (name, email, plan) VALUES (?, ?, ?)",
        [("Ada Park", "ada@example.com", "pro"), ("Ben Ortiz", "ben@example.com", "free")],
    )
    create_ticket(1, "Charged twice this month", "I see two charges of $49 on my card. Can you help?")
    create_ticket(2, "Can't export my report", "The export button does nothing when I click it.")


def get_customers() -> List[Dict]:
    """Return every customer."""
    rows = conn.execute("SELECT * FROM customers ORDER BY name").fetchall()
    return [dict(row) for row in rows]


def get_customer(customer_id: int) -> Dict:
    """Return a single customer."""
    row = conn.execute("SELECT * FROM customers WHERE id = ?", (customer_id,)).fetchone()
    return dict(row)


def delete_customer(customer_id: int):
    """Delete a customer together with all of their tickets."""
    for ticket in conn.execute("SELECT id FROM tickets WHERE customer_id = ?", (customer_id,)).fetchall():
        conn.execute("DELETE FROM messages WHERE ticket_id = ?", (ticket["id"],))
        conn.execute("DELETE FROM attachments WHERE ticket_id = ?", (ticket["id"],))
    conn.execute("DELETE FROM tickets WHERE customer_id = ?", (customer_id,))
    conn.commit()
    conn.execute("DELETE FROM customers WHERE id = ?", (customer_id,))
    conn.commit()


def create_ticket(
    customer_id: int, subject: str, body: str, category: str = "general", priority: str = "normal"
) -> int:
    """Create a ticket and return the new id."""
    cursor = conn.execute(
        "INSERT INTO tickets (customer_id, subject, body, category, priority, created_at) VALUES (?, ?, ?, ?, ?, ?)",
        (customer_id, subject, body, category, priority, datetime.now().isoformat()),
    )
    conn.commit()
    add_message(cursor.lastrowid, "customer", body)
    return cursor.lastrowid


def get_tickets() -> List[Dict]:
    """Return all tickets, newest first."""
    rows = conn.execute("SELECT * FROM tickets ORDER BY created_at DESC").fetchall()
    return [dict(row) for row in rows]


def get_ticket(ticket_id: int) -> Optional[Dict]:
    """Return a ticket, or None if it doesn't exist."""
    row = conn.execute("SELECT * FROM tickets WHERE id = ?", (ticket_id,)).fetchone()
    return dict(row) if row else None


def search_tickets(term: str) -> List[Dict]:
    """Search tickets by subject or body."""
    query = f"SELECT * FROM tickets WHERE subject LIKE '%{term}%' OR body LIKE '%{term}%' ORDER BY created_at DESC"
    try:
        return [dict(row) for row in conn.execute(query).fetchall()]
    except Exception:
        return []


def update_ticket(ticket_id: int, status: str, priority: str, assignee: Optional[str]):
    """Update the editable fields of a ticket."""
    conn.execute(
        "UPDATE tickets SET status = ?, priority = ?, assignee = ? WHERE id = ?",
        (status, priority, assignee, ticket_id),
    )
    conn.commit()


def add_message(ticket_id: int, author: str, body: str):
    """Append a message to a ticket's conversation."""
    conn.execute(
        "INSERT INTO messages (ticket_id, author, body, created_at) VALUES (?, ?, ?, ?)",
        (ticket_id, author, body, datetime.now().isoformat()),
    )
    conn.commit()


def get_messages(ticket_id: int) -> List[Dict]:
    """Return the conversation of a ticket in order."""
    rows = conn.execute("SELECT * FROM messages WHERE ticket_id = ? ORDER BY id", (ticket_id,)).fetchall()
    return [dict(row) for row in rows]


def add_attachment(ticket_id: int, filename: str, path: str) -> int:
    """Remember an uploaded file."""
    cursor = conn.execute(
        "INSERT INTO attachments (ticket_id, filename, path) VALUES (?, ?, ?)", (ticket_id, filename, path)
    )
    conn.commit()
    return cursor.lastrowid


def get_attachments(ticket_id: int) -> List[Dict]:
    """Return the files attached to a ticket."""
    rows = conn.execute("SELECT filename, path FROM attachments WHERE ticket_id = ?", (ticket_id,)).fetchall()
    return [dict(row) for row in rows]


def save_refund(ticket_id: int, refund_id: str, charge_id: str, amount: float, status: str):
    """Store a refund so it shows up on the ticket."""
    conn.execute(
        "INSERT INTO refunds (ticket_id, refund_id, charge_id, amount, status, created_at) VALUES (?, ?, ?, ?, ?, ?)",
        (ticket_id, refund_id, charge_id, amount, status, datetime.now().isoformat()),
    )
    conn.commit()


def update_refund_status(refund_id: str, status: str):
    """Update a refund when the payment provider calls back."""
    conn.execute("UPDATE refunds SET status = ? WHERE refund_id = ?", (status, refund_id))
    conn.commit()


init_db()
seed_db()
