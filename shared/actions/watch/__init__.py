"""Watching services: probing them each minute, closing each day, reading what is known of a month or of ninety days."""
