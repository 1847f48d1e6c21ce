"""Watching services: what the probes saw, which outages follow from it, and what a month of it proves. Pure."""
