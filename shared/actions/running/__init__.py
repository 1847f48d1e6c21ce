"""How the desk itself runs: its rounds, their heartbeats, its health, and what is told of it."""
