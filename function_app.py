"""The function app: its blueprints, and nothing else."""

from importlib import import_module

import azure.functions as func

ROOMS = (
    "access",
    "card_pages",
    "changes",
    "entitlement",
    "estimates",
    "evidence",
    "health",
    "intake",
    "lists",
    "openapi",
    "packages",
    "portal",
    "privacy",
    "subscriptions",
    "tickets",
    "timers",
)

app = func.FunctionApp()

for room in ROOMS:
    app.register_functions(import_module(f"functions.{room}").bp)
