"""Whether the desk works, and what its problem types mean."""

import azure.functions as func

from functions.endpoint import Call, Reply, endpoint, manager_endpoint
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


@bp.function_name("failures")
@bp.route("failures", methods=["GET"], auth_level=func.AuthLevel.ANONYMOUS)
@manager_endpoint
def failures_list(call: Call) -> Reply:
    """Tickets whose work fails, and messages that were given up."""
    from shared.actions import failures
    from shared.actions.custody import access

    access.read_unfiled(call.desk, call.principal, "failures", "", call.now)
    return Reply(body={"tickets": failures.failing_tickets(call.desk), "notices": failures.given_up_notices(call.desk)})


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
