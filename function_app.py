"""The function app: its blueprints, and nothing else."""

import logging
from importlib import import_module

import azure.functions as func

ROOMS = (
    "access",
    "addressees",
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
    "tick",
    "tickets",
    "timers",
    "witness",
)

logging.getLogger("azure").setLevel(logging.WARNING)  # at INFO it tells of every request with its URL, which holds keys of rows

app = func.FunctionApp()

for room in ROOMS:
    app.register_functions(import_module(f"functions.{room}").bp)
