"""How one look at a service is taken: over which way, and what of its answer is good. Each kind of check is a file."""
