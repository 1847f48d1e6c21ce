"""Whether the desk works, and what its problem types mean."""

import azure.functions as func

from functions.endpoint import Call, Reply, endpoint
from shared.domain.errors import NotFound

bp = func.Blueprint()


@bp.function_name("health")
@bp.route("health", methods=["GET"], auth_level=func.AuthLevel.ANONYMOUS)
@endpoint
def health_check(call: Call) -> Reply:
    """Dependencies, heartbeats, and what is overdue; 503 when somebody should be paged."""
    from shared.actions import health
    from shared.actions.codec import plain

    found = health.check(call.desk, call.now)
    columns = plain(found)
    assert isinstance(columns, dict)
    body = {"status": "failing" if found.problems else "ok", "as_of": plain(call.now), **columns}
    return Reply(body=body, status=503 if found.problems else 200)


@bp.function_name("problem")
@bp.route("problems/{kind}", methods=["GET"], auth_level=func.AuthLevel.ANONYMOUS)
@endpoint
def problem(call: Call) -> Reply:
    """What a problem type means."""
    from shared.web import problems

    explained = problems.explained(call.params["kind"])
    if explained is None:
        raise NotFound(f"There is no problem type {call.params['kind'][:60]!r}.")
    return Reply(body=explained)
