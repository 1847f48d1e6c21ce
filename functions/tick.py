"""The watchdog's door: a look from outside that also runs what an overdue timer should have run."""

import azure.functions as func

from functions.endpoint import Call, Reply, endpoint

bp = func.Blueprint()


@bp.function_name("tick")
@bp.route("internal/tick", methods=["POST"], auth_level=func.AuthLevel.ANONYMOUS)
@endpoint
def tick(call: Call) -> Reply:
    """Runs what is overdue, for whoever has the watchdog's key. 503 when that failed, or not all could be run in time."""
    from shared.actions.codec import plain
    from shared.actions.running import watchdog

    ticked = watchdog.tick(call.desk, call.now, call.headers.get("x-tick-key", ""))
    ran = [{"timer": each.timer, "late_s": each.late_s, "outcome": each.outcome} for each in ticked.ran]
    body = {"as_of": plain(call.now), "busy": ticked.is_busy, "ran": ran, "left": list(ticked.left)}
    return Reply(body=body, status=200 if ticked.is_well else 503)
