"""What the stored data looks like: tables, columns and the keys that the database itself keeps unique."""
