"""The function app: its blueprints, and nothing else."""

import azure.functions as func

from functions import health, intake, portal, tickets, timers

app = func.FunctionApp()

for room in (health, intake, portal, tickets, timers):
    app.register_functions(room.bp)
