"""A support desk: tickets, drafted replies, attachments and refunds."""
