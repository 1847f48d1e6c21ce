"""What leaves the desk by mail: owed, sent, and what became of it."""
