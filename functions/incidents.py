"""Incidents and announcements, written by managers in both languages, entry by entry."""

import azure.functions as func

from functions.endpoint import Call, Reply, manager_endpoint

bp = func.Blueprint()

ANONYMOUS = func.AuthLevel.ANONYMOUS


@bp.function_name("incident_list")
@bp.route("incidents", methods=["GET"], auth_level=ANONYMOUS)
@manager_endpoint
def incident_list(call: Call) -> Reply:
    """Those of which something was told in the last ninety days, the latest first."""
    from datetime import timedelta

    from shared.actions.status import incidents
    from shared.web.status import view

    found = incidents.recent(call.desk, call.now - timedelta(days=90))
    return Reply(body={"incidents": [view.incident(each) for each in found]})


@bp.function_name("incident_create")
@bp.route("incidents", methods=["POST"], auth_level=ANONYMOUS)
@manager_endpoint
def incident_create(call: Call) -> Reply:
    """Opens one, with its first entry; subscribers are written to. The same Idempotency-Key opens it once."""
    from shared.actions.status import incidents
    from shared.domain.status.incident import Phase
    from shared.web.forms.reading import in_utc
    from shared.web.forms.status import IncidentForm
    from shared.web.status import view

    form = call.form(IncidentForm)
    wanted = incidents.Wanted(
        title=form.title.model_dump(),
        text=form.text.model_dump(),
        phase=Phase(form.phase),
        services=tuple(form.services),
        outages=tuple(form.outages),
        started_at=in_utc(form.started_at),
    )
    made, was_there = incidents.open(call.desk, wanted, call.principal, call.now, call.once)
    return Reply(body=view.incident(made), status=201, headers={"Location": f"/api/incidents/{made.id}", **_replayed(was_there)})


@bp.function_name("incident_read")
@bp.route("incidents/{incident}", methods=["GET"], auth_level=ANONYMOUS)
@manager_endpoint
def incident_read(call: Call) -> Reply:
    """One, with all its entries."""
    from shared.actions.status import incidents
    from shared.web.status import view

    return Reply(body=view.incident(incidents.one(call.desk, call.params["incident"])))


@bp.function_name("incident_entry")
@bp.route("incidents/{incident}/entries", methods=["POST"], auth_level=ANONYMOUS)
@manager_endpoint
def incident_entry(call: Call) -> Reply:
    """One entry more; none is ever changed. The same Idempotency-Key adds it once."""
    from shared.actions.status import incidents
    from shared.domain.status.incident import Phase
    from shared.web.forms.status import EntryForm
    from shared.web.status import view

    form = call.form(EntryForm)
    wanted = incidents.Wanted(
        text=form.text.model_dump(), phase=Phase(form.phase), outages=tuple(form.outages), corrects=form.corrects
    )
    told, was_there = incidents.tell(call.desk, call.params["incident"], wanted, call.principal, call.now, call.once)
    return Reply(body=view.incident(told), headers=_replayed(was_there))


def _replayed(was_there: bool) -> dict[str, str]:
    return {"Idempotent-Replayed": "true"} if was_there else {}
