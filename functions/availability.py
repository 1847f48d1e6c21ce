"""Availability for the managers: months and years as judged, the states behind every figure, maintenance, frozen months."""

from typing import TYPE_CHECKING

import azure.functions as func

from functions.endpoint import Call, Reply, manager_endpoint
from shared.domain.errors import NotFound

if TYPE_CHECKING:
    from shared.domain.guarantees.report import Report
    from shared.domain.watch.maintenance import Window
    from shared.domain.worktime.span import Span

bp = func.Blueprint()

ANONYMOUS = func.AuthLevel.ANONYMOUS


@bp.function_name("availability")
@bp.route("availability", methods=["GET"], auth_level=ANONYMOUS)
@manager_endpoint
def availability(call: Call) -> Reply:
    """A month or a year: every service under each of its guarantees, and the services of each guarantee together."""
    from shared.actions.guarantees import reports
    from shared.web.forms.availability import PeriodQuery
    from shared.web.forms.reading import checked
    from shared.web.views import availability as views

    asked = checked(PeriodQuery, dict(call.query))
    judged = reports.judged(call.desk, asked.period, call.now, service=asked.service, guarantee=asked.guarantee)
    return Reply(body=views.period(asked.period, judged.contract, judged.services, judged.together))


@bp.function_name("availability_states")
@bp.route("availability/{service}/states", methods=["GET"], auth_level=ANONYMOUS)
@manager_endpoint
def availability_states(call: Call) -> Reply:
    """What held when, as questions to the calculator, a line each (`make -s calculate`), or as CSV (`?format=csv`)."""
    from shared.actions.guarantees import reports
    from shared.web.forms.availability import StatesQuery
    from shared.web.forms.reading import checked, in_utc
    from shared.web.views import availability as views

    asked, service = checked(StatesQuery, dict(call.query)), call.params["service"]
    starts_at, ends_at = in_utc(asked.starts_at), in_utc(asked.ends_at)
    assert starts_at is not None and ends_at is not None
    if asked.link is None:
        report = reports.between(call.desk, service, asked.guarantee, starts_at, ends_at, call.now)
    else:
        report = _frozen_report(call, service, asked.guarantee or "", asked.link, (starts_at, ends_at))
    if asked.format == "csv":
        headers = {
            "Content-Disposition": f'attachment; filename="{service}-states.csv"',
            "Content-Type": "text/csv; charset=utf-8; header=present",
        }
        return Reply(body=views.as_csv(report), media_type="text/csv", headers=headers)
    return Reply(body=views.as_lines(report).encode(), media_type="application/jsonl")


@bp.function_name("maintenance_announcement")
@bp.route("maintenance", methods=["POST"], auth_level=ANONYMOUS)
@manager_endpoint
def maintenance_announcement(call: Call) -> Reply:
    """Announces a maintenance that is ahead, and says beforehand what of it will not be excluded. Who is affected is told."""
    from shared.actions.watch import maintenance
    from shared.actions.watch.maintenance import Wanted
    from shared.web.forms.availability import MaintenanceForm
    from shared.web.forms.reading import in_utc

    form = call.form(MaintenanceForm)
    starts_at, ends_at = in_utc(form.starts_at), in_utc(form.ends_at)
    assert starts_at is not None and ends_at is not None
    wanted = Wanted(
        services=tuple(form.services), starts_at=starts_at, ends_at=ends_at, reason={"it": form.reason.it, "en": form.reason.en}
    )
    key = call.headers["idempotency-key"].strip() if call.once else None
    window, is_replay = maintenance.announce(call.desk, wanted, call.principal, call.now, idempotency_key=key)
    headers = {"Location": f"/api/maintenance/{window.id}", **({"Idempotent-Replayed": "true"} if is_replay else {})}
    return Reply(body=_with_effects(call, window), status=200 if is_replay else 201, headers=headers)


@bp.function_name("maintenance_list")
@bp.route("maintenance", methods=["GET"], auth_level=ANONYMOUS)
@manager_endpoint
def maintenance_list(call: Call) -> Reply:
    """The windows that touch a time: from now on and for a year, unless `from` and `to` say otherwise."""
    from datetime import timedelta

    from shared.actions.watch import maintenance
    from shared.domain.errors import InvalidInput
    from shared.web.forms.availability import WindowsQuery
    from shared.web.forms.reading import checked, in_utc
    from shared.web.views import availability as views

    asked = checked(WindowsQuery, dict(call.query))
    starts_at = in_utc(asked.starts_at) or call.now
    ends_at = in_utc(asked.ends_at) or starts_at + timedelta(days=366)
    if not starts_at < ends_at <= starts_at + timedelta(days=732):
        raise InvalidInput("The time must end after it begins, and is two years at most.", field="to")
    windows = maintenance.between(call.desk, starts_at, ends_at)
    return Reply(body={"maintenance": [views.window(window) for window in windows]})


@bp.function_name("maintenance_one")
@bp.route("maintenance/{maintenance}", methods=["GET"], auth_level=ANONYMOUS)
@manager_endpoint
def maintenance_one(call: Call) -> Reply:
    """A window, with what of it is excluded under each guarantee, and why the rest counts."""
    from shared.actions.watch import maintenance

    return Reply(body=_with_effects(call, maintenance.one(call.desk, call.params["maintenance"])))


@bp.function_name("maintenance_cancellation")
@bp.route("maintenance/{maintenance}", methods=["DELETE"], auth_level=ANONYMOUS)
@manager_endpoint
def maintenance_cancellation(call: Call) -> Reply:
    """Withdraws a window before it begins; once it has begun it stands as it was announced."""
    from shared.actions.watch import maintenance
    from shared.web.views import availability as views

    return Reply(body=views.window(maintenance.cancel(call.desk, call.params["maintenance"], call.now)))


@bp.function_name("frozen_months")
@bp.route("frozen/{guarantee}/{service}", methods=["GET"], auth_level=ANONYMOUS)
@manager_endpoint
def frozen_months(call: Call) -> Reply:
    """The chain of frozen months of a service under a guarantee, with its amendments; `first_broken`: where it does not hold."""
    from shared.actions.guarantees import chains
    from shared.domain.guarantees.frozen import first_broken
    from shared.web.views import availability as views

    chain = chains.chain(call.desk, call.params["guarantee"], call.params["service"])
    return Reply(body=views.frozen(chain, first_broken(chain)))


@bp.function_name("frozen_amendment")
@bp.route("frozen/{guarantee}/{service}/amendments", methods=["POST"], auth_level=ANONYMOUS)
@manager_endpoint
def frozen_amendment(call: Call) -> Reply:
    """Corrects a frozen month beside its record: what the service really was, when, and why it is known only now."""
    from shared.actions.guarantees import amending
    from shared.web.forms.availability import AmendmentForm
    from shared.web.views import availability as views

    form = call.form(AmendmentForm)
    chain = call.params["guarantee"], call.params["service"]
    wanted = amending.Wanted(
        month=form.month, reason=form.reason, corrections=tuple(each.correction() for each in form.corrections)
    )
    link, is_replay = amending.amend(call.desk, *chain, wanted, call.principal, call.now, once=call.once)
    headers = {"Idempotent-Replayed": "true"} if is_replay else {}
    return Reply(body=views.link(link), status=200 if is_replay else 201, headers=headers)


def _frozen_report(call: Call, service: str, guarantee: str, number: int, span: "Span") -> "Report":
    from shared.actions.guarantees import chains
    from shared.actions.guarantees.rejudging import of_link

    for link in chains.chain(call.desk, guarantee, service):
        if link.number == number and (link.starts_at, link.ends_at) == span:
            return of_link(call.desk, link, call.now)
    raise NotFound(f"No figure of that month has the number {number}.")


def _with_effects(call: Call, window: "Window") -> dict[str, object]:
    from shared.actions.watch import maintenance
    from shared.web.views import availability as views

    effects = maintenance.effects(call.desk, window)
    return {**views.window(window), "effects": [views.effect(e.guarantee, e.service, e.accounted) for e in effects]}
