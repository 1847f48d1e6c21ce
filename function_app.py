"""The function app: its blueprints, and nothing else."""

from importlib import import_module

import azure.functions as func

ROOMS = (
    "access",
    "availability",
    "card_pages",
    "changes",
    "entitlement",
    "estimates",
    "evidence",
    "health",
    "incidents",
    "intake",
    "lists",
    "openapi",
    "packages",
    "portal",
    "privacy",
    "status",
    "status_mail",
    "subscriptions",
    "tickets",
    "timers",
    "witness",
)

app = func.FunctionApp()

for room in ROOMS:
    app.register_functions(import_module(f"functions.{room}").bp)
