"""What the public sees of the services, and who is written to about them."""
