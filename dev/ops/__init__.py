"""What an operator runs from a checkout against a desk's storage: backup and restore. Never deployed."""
