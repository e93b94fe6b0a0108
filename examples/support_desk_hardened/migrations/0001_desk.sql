BEGIN IMMEDIATE;

CREATE TABLE agents (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    token_hash TEXT NOT NULL UNIQUE,
    role TEXT NOT NULL CHECK (role IN ('agent', 'admin'))
) STRICT;

CREATE TABLE customers (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL,
    email TEXT NOT NULL UNIQUE,
    plan TEXT NOT NULL DEFAULT 'free' CHECK (plan IN ('free', 'pro'))
) STRICT;

CREATE TABLE tickets (
    id INTEGER PRIMARY KEY,
    customer_id INTEGER NOT NULL REFERENCES customers (id) ON DELETE CASCADE,
    subject TEXT NOT NULL,
    status TEXT NOT NULL DEFAULT 'open' CHECK (status IN ('open', 'pending', 'resolved')),
    priority TEXT NOT NULL DEFAULT 'normal' CHECK (priority IN ('low', 'normal', 'urgent')),
    category TEXT NOT NULL DEFAULT 'general' CHECK (category IN ('billing', 'bug', 'question', 'general')),
    assignee TEXT,
    triage_attempts INTEGER NOT NULL DEFAULT 0,
    triaged_at TEXT,
    created_at TEXT NOT NULL
) STRICT;
CREATE INDEX tickets_by_customer ON tickets (customer_id);
CREATE INDEX tickets_to_triage ON tickets (id) WHERE triaged_at IS NULL;

CREATE TABLE messages (
    id INTEGER PRIMARY KEY,
    ticket_id INTEGER NOT NULL REFERENCES tickets (id) ON DELETE CASCADE,
    author TEXT NOT NULL,
    body TEXT NOT NULL,
    created_at TEXT NOT NULL
) STRICT;
CREATE INDEX messages_by_ticket ON messages (ticket_id, id);

CREATE TABLE attachments (
    id INTEGER PRIMARY KEY,
    ticket_id INTEGER NOT NULL REFERENCES tickets (id) ON DELETE CASCADE,
    filename TEXT NOT NULL,
    content_type TEXT NOT NULL,
    stored_as TEXT NOT NULL UNIQUE
) STRICT;
CREATE INDEX attachments_by_ticket ON attachments (ticket_id, id);

CREATE TABLE drafts (
    id INTEGER PRIMARY KEY,
    agent_id INTEGER NOT NULL REFERENCES agents (id) ON DELETE CASCADE,
    created_at TEXT NOT NULL
) STRICT;
CREATE INDEX drafts_by_agent ON drafts (agent_id, created_at);

PRAGMA user_version = 1;
COMMIT;
