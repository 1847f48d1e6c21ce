"""Support packages: the task in one, the hours debited to it, and what is left."""

import azure.functions as func

from functions.changes import changed
from functions.endpoint import Call, Reply, member_endpoint
from shared.domain.errors import InvalidInput

bp = func.Blueprint()

ANONYMOUS = func.AuthLevel.ANONYMOUS


@bp.function_name("ticket_task")
@bp.route("tickets/{ticket}/task", methods=["POST"], auth_level=ANONYMOUS)
@member_endpoint
def ticket_task(call: Call) -> Reply:
    """Opens the task in the oldest of the customer's packages that has the hours."""
    from shared.actions.quotes import packages
    from shared.web.forms.tickets import NothingForm

    call.form(NothingForm)
    return changed(call, packages.open_task)


@bp.function_name("ticket_work")
@bp.route("tickets/{ticket}/work", methods=["POST"], auth_level=ANONYMOUS)
@member_endpoint
def ticket_work(call: Call) -> Reply:
    """Logs hours worked; those of a task are debited to its package."""
    from shared.actions.quotes import packages
    from shared.domain.lifecycle.working import Work
    from shared.web.forms.packages import WorkForm

    form = call.form(WorkForm)
    return changed(
        call,
        lambda change: packages.log_work(
            change, Work(hours=form.hours, on=form.on, text=change.said(form.text) if form.text else None, package=form.package)
        ),
    )


@bp.function_name("customer_packages")
@bp.route("customers/{customer}/packages", methods=["GET"], auth_level=ANONYMOUS)
@member_endpoint
def customer_packages(call: Call) -> Reply:
    """A customer's support packages: hours bought, debited, remaining."""
    from shared.actions.quotes import packages
    from shared.web.views import package as views

    held = packages.held(call.desk, call.params["customer"], call.principal, call.now)
    return Reply(body={"customer": call.params["customer"], "packages": [views.package(each) for each in held]})


@bp.function_name("package_statement")
@bp.route("customers/{customer}/packages/{number}/statement", methods=["GET"], auth_level=ANONYMOUS)
@member_endpoint
def package_statement(call: Call) -> Reply:
    """Every entry of a package's ledger, as JSON, or as CSV (`?format=csv`, or `Accept: text/csv`)."""
    from shared.actions.quotes import packages
    from shared.web.views import package as views

    customer, number = call.params["customer"], call.number("number")
    is_csv = _wants_csv(call)
    package, entries = packages.statement(call.desk, customer, number, call.principal, call.now)
    if not is_csv:
        return Reply(body={"customer": customer, **views.statement(package, entries)})
    disposition = {
        "Content-Disposition": f'attachment; filename="{customer}-package-{number:04d}.csv"',
        "Content-Type": "text/csv; charset=utf-8; header=present",
    }
    return Reply(body=views.as_csv(entries), media_type="text/csv", headers=disposition)


def _wants_csv(call: Call) -> bool:
    asked = call.query.get("format")
    if asked not in (None, "json", "csv"):
        raise InvalidInput(f"format is {asked[:20]!r}; allowed: json, csv.")
    return asked == "csv" if asked else call.headers.get("accept", "").split(",")[0].strip().lower().startswith("text/csv")
