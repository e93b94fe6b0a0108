"""What becomes of errors: taken, hidden, tried again, seen by nobody."""
