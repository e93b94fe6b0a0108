BEGIN IMMEDIATE;

-- A refund outlives its ticket: the books need it after a customer was deleted.
CREATE TABLE refunds (
    id INTEGER PRIMARY KEY,
    ticket_id INTEGER REFERENCES tickets (id) ON DELETE SET NULL,
    reference TEXT NOT NULL UNIQUE,
    charge_id TEXT NOT NULL,
    cents INTEGER NOT NULL CHECK (cents > 0),
    reason TEXT NOT NULL,
    agent TEXT NOT NULL,
    status TEXT NOT NULL CHECK (status IN ('pending', 'succeeded', 'failed')),
    created_at TEXT NOT NULL
) STRICT;
CREATE INDEX refunds_pending ON refunds (id) WHERE status = 'pending';

-- Messages to the team wait here until they are delivered.
CREATE TABLE notifications (
    id INTEGER PRIMARY KEY,
    body TEXT NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 0,
    delivered_at TEXT,
    created_at TEXT NOT NULL
) STRICT;
CREATE INDEX notifications_waiting ON notifications (id) WHERE delivered_at IS NULL;

PRAGMA user_version = 2;
COMMIT;
