"""The function app: its blueprints, and nothing else."""

import azure.functions as func

from functions import (
    access,
    card_pages,
    changes,
    entitlement,
    estimates,
    evidence,
    health,
    intake,
    lists,
    openapi,
    packages,
    portal,
    privacy,
    subscriptions,
    tickets,
    timers,
)

app = func.FunctionApp()

for room in (
    access,
    card_pages,
    changes,
    entitlement,
    estimates,
    evidence,
    health,
    intake,
    lists,
    openapi,
    packages,
    portal,
    privacy,
    subscriptions,
    tickets,
    timers,
):
    app.register_functions(room.bp)
