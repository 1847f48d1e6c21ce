"""What support costs: entitlement, cards with their versions and letters, packages of hours. Pure."""
