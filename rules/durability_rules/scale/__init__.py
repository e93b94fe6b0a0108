"""What breaks with users, rows, bytes or a slow other side."""
