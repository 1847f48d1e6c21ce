"""Whether the desk works, and what its problem types mean."""

import azure.functions as func

from functions.endpoint import Call, Reply, endpoint, manager_endpoint
from shared.domain.errors import NotFound, SportelloError

bp = func.Blueprint()


@bp.function_name("health")
@bp.route("health", methods=["GET", "HEAD"], auth_level=func.AuthLevel.ANONYMOUS)
@endpoint
def health_check(call: Call) -> Reply:
    """Dependencies, heartbeats, and what is overdue; 503 when somebody should be paged. Services that are not public are named to
    staff alone."""
    from shared.actions.codec import plain
    from shared.actions.running import health

    found = health.check(call.desk, call.now, to_staff=_is_staff(call))
    columns = plain(found)
    assert isinstance(columns, dict)
    body = {"status": "failing" if found.problems else "ok", "as_of": plain(call.now), **columns}
    return Reply(body=body, status=503 if found.problems else 200)


def _is_staff(call: Call) -> bool:
    """Whoever cannot be known is a stranger: health is answered whatever else fails."""
    try:
        return call.visitor is not None and call.visitor.is_staff
    except SportelloError:
        return False


@bp.function_name("failures")
@bp.route("failures", methods=["GET"], auth_level=func.AuthLevel.ANONYMOUS)
@manager_endpoint
def failures_list(call: Call) -> Reply:
    """Tickets whose work fails, and messages that were given up or have bounced."""
    from shared.actions.custody import access
    from shared.actions.running import failures

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
